"""The class at the time is kept with every decision about an enterprise, so that it can be told later what the office saw.

Reads the log of cases; a class has no say in most of these decisions, and none in this module.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from rongxin.classification.models import DecidedWith
from rongxin.classification.reading import Held, held_on
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
    asked: dict[date, set[int]] = {}
    for event in deciding:
        if firm := firms.get(event.case_id):
            asked.setdefault(event.on, set()).add(firm.pk)
    found = held_on(asked)
    DecidedWith.objects.bulk_create(
        _kept(event, firms[event.case_id], found[event.on]) for event in deciding if event.case_id in firms
    )


def _kept(event: CaseEvent, firm: Subject, held: Mapping[int, Held]) -> DecidedWith:
    its = held.get(firm.pk)
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
