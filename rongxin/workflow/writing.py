"""Writing the log: rows under the cursor, in the transaction of what they tell; and the numbers of cases."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.db.models import F

from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.storage.askers import PLATFORM, asks
from rongxin.workflow.models import CaseCursor, CaseEvent, CaseSeries
from rongxin.workflow.outbox import wake_consumers

EVENTS: Final = "events"
_kept_back: ContextVar[list[CaseEvent] | None] = ContextVar("events_kept_back", default=None)


@contextmanager
def events_last() -> Iterator[None]:
    """Write the events of everything within at the end, in their order: the outermost of these decides when.

    Events of all cases stand under one cursor, which is locked until the transaction ends. Whoever takes steps of several cases,
    or locks more rows after a step, takes the cursor last, so that nobody waits in a circle. Inside one transaction.
    """
    if (outer := _kept_back.get()) is not None:
        begun = len(outer)
        try:
            yield
        except BaseException:
            del outer[begun:]  # what it told is undone with it
            raise
        return
    kept: list[CaseEvent] = []
    token = _kept_back.set(kept)
    try:
        yield
    finally:
        _kept_back.reset(token)
    append(kept)


def append(events: Sequence[CaseEvent]) -> None:
    """Give the events the next positions of the platform and keep them (at the end of ``events_last``); must run inside the
    transaction of what they tell.

    Nobody else writes an event until that ends. An event of a case has its ``number`` already: the case is locked.
    """
    if not events:
        return
    if (kept := _kept_back.get()) is not None:
        kept += events
        return
    CaseCursor.objects.get_or_create(name=EVENTS)
    cursor = CaseCursor.objects.select_for_update().get(name=EVENTS)
    for offset, event in enumerate(events, start=1):
        event.position = cursor.value + offset
    with asks(PLATFORM):
        CaseEvent.objects.bulk_create(events)
    log_many(Kind.DECISION, map(_told, events))
    CaseCursor.objects.filter(name=EVENTS).update(value=cursor.value + len(events))
    wake_consumers()


def _told(event: CaseEvent) -> Event:
    """What the ledger says of it: what was done, in closed words; never a reason or a title."""
    return Event(
        firm_or_platform(event.case.firm),
        {
            "act": f"case.{event.step or event.kind}",
            "procedure": event.case.kind,
            "case": event.case.number,
            "step": event.step,
            "state": event.target,
            "by": event.by.username if event.by else "",
            "department": event.department.code if event.department else "",
            "role": event.role,
        },
    )


def next_number(prefix: str, year: int) -> str:
    """The next case number of the series, such as 修复-2026-0412; without gaps, given only when the case is kept."""
    CaseSeries.objects.get_or_create(prefix=prefix, year=year)
    # The row stays locked by this update until the transaction ends.
    CaseSeries.objects.filter(prefix=prefix, year=year).update(value=F("value") + 1)
    value = CaseSeries.objects.values_list("value", flat=True).get(prefix=prefix, year=year)
    return f"{prefix}-{year}-{value:04d}"
