"""The class at the time is kept with every decision about an enterprise, so that it can be told later what the office saw.

Reads the log of cases; a class has no say in most of these decisions, and none in this module.
"""

from typing import Final

from rongxin.classification.models import DecidedWith
from rongxin.classification.reading import held
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.outside import firm_of_case
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.outbox import LIMIT, deliver
from rongxin.workflow.registry import UnknownProcedure, procedure

CONSUMER: Final = "classification"


def keep_classes() -> int:
    """Keep the class with every decision that has none yet; returns how many events were read."""
    read = 0
    with asks(PLATFORM):
        while done := deliver(CONSUMER, keep):
            read += done
            if done < LIMIT:
                break
    return read


def keep(event: CaseEvent) -> None:
    """Keep the class of the enterprise that the case is about, where the event decides."""
    firm = firm_of_case(event.case) if decides(event) else None
    if firm is None:
        return
    found = held([firm.pk], event.on).get(firm.pk)
    DecidedWith.objects.create(
        event=event,
        subject=firm,
        run=found.run if found else None,
        grade=found.grade.value if found and found.grade else "",
        how=found.how.value if found else "",
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
