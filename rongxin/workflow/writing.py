"""Writing the log: rows under the cursor, in the transaction of what they tell; and the numbers of cases."""

from collections.abc import Sequence
from typing import Final

from django.db.models import F

from rongxin.workflow.models import CaseCursor, CaseEvent, CaseSeries
from rongxin.workflow.outbox import wake_consumers

EVENTS: Final = "events"


def append(events: Sequence[CaseEvent]) -> None:
    """Give the events the next positions of the platform and keep them; must run inside the transaction of what they tell.

    Nobody else writes an event until that ends. An event of a case has its ``number`` already: the case is locked.
    """
    if not events:
        return
    CaseCursor.objects.get_or_create(name=EVENTS)
    cursor = CaseCursor.objects.select_for_update().get(name=EVENTS)
    for offset, event in enumerate(events, start=1):
        event.position = cursor.value + offset
    CaseEvent.objects.bulk_create(events)
    CaseCursor.objects.filter(name=EVENTS).update(value=cursor.value + len(events))
    wake_consumers()


def next_number(prefix: str, year: int) -> str:
    """The next case number of the series, such as 修复-2026-0412; without gaps, given only when the case is kept."""
    CaseSeries.objects.get_or_create(prefix=prefix, year=year)
    # The row stays locked by this update until the transaction ends.
    CaseSeries.objects.filter(prefix=prefix, year=year).update(value=F("value") + 1)
    value = CaseSeries.objects.values_list("value", flat=True).get(prefix=prefix, year=year)
    return f"{prefix}-{year}-{value:04d}"
