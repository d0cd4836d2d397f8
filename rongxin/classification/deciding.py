"""The class at the time is kept with every decision about an enterprise, so that it can be told later what the office saw.

Reads the log of cases; a class has no say in most of these decisions, and none in this module.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from rongxin.classification.models import DecidedWith, Use
from rongxin.classification.reading import Held, How, held_on, reckoned
from rongxin.classification.using import all_used
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.outside import firms_of_cases
from rongxin.subjects.models import Subject
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.outbox import LIMIT, deliver_part
from rongxin.workflow.registry import UnknownProcedure, procedure

CONSUMER: Final = "classification"


def keep_classes(limit: int = LIMIT) -> int:
    """Keep the class with every decision that has none yet, ``limit`` events at a time; returns how many were read."""
    read = 0
    with asks(PLATFORM):
        while done := deliver_part(CONSUMER, keep, limit=limit):
            read += done
            if done < limit:
                break
    return read


def keep(events: Iterable[CaseEvent]) -> None:
    """Keep the classes of the enterprises that the cases are about, where an event decides."""
    deciding = [event for event in events if decides(event)]
    firms = firms_of_cases(event.case for event in deciding)
    uses = all_used()
    about = [(event, firms[event.case_id], _use_at(event.at, uses)) for event in deciding if event.case_id in firms]
    asked: dict[Use | None, dict[date, set[int]]] = {}
    for event, firm, use in about:
        asked.setdefault(use, {}).setdefault(event.on, set()).add(firm.pk)
    found = {use: _held_under(use, its) for use, its in asked.items()}
    DecidedWith.objects.bulk_create(_kept(event, firm, found[use][event.on].get(firm.pk)) for event, firm, use in about)


def _use_at(at: datetime, uses: list[Use]) -> Use | None:
    """The use that was in force then."""
    return next((use for use in uses if use.since and use.since <= at and (use.until is None or at < use.until)), None)


def _held_under(use: Use | None, asked: Mapping[date, set[int]]) -> Mapping[date, Mapping[int, Held]]:
    """What held on the days while ``use`` was in force. Of one that is over its run alone says it: what newer runs, objections and
    adjustments made of it then is not known any more.
    """
    if use is None:
        return {day: {} for day in asked}
    if use.is_current:
        return held_on(asked)
    return {
        day: {key: Held(its.grade, How.IN_USE, use.run, its) for key, its in reckoned(use.run, keys, day).items()}
        for day, keys in asked.items()
    }


def _kept(event: CaseEvent, firm: Subject, its: Held | None) -> DecidedWith:
    return DecidedWith(
        event=event,
        subject=firm,
        run=its.run if its else None,
        grade=its.grade.value if its and its.grade else "",
        how=its.how.value if its else "",
    )


def decides(event: CaseEvent) -> bool:
    """Whether a person decided with it: what needs a second person, or ends the case."""
    if event.kind != EventKind.STEP or event.by_id is None:
        return False
    try:
        table = procedure(event.case.kind)
    except UnknownProcedure:
        return False
    step = table.by_step.get(event.step)
    return step is not None and (bool(step.four_eyes) or table.by_state[event.target].is_final)
