"""Handing record events on: whoever above must hear of them reads by position, and what it writes is kept with how far it has come.

Recording a batch makes an event for every row; a consumer says which effects it wants, and the database passes over the rest.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q

from rongxin.records.actions import EVENTS
from rongxin.records.models import Effect, EventCursor, RecordEvent

PART: Final = 500
"""Events of one transaction."""
EVERY: Final = Q()


def deliver(
    consumer: str,
    handle: Callable[[Sequence[RecordEvent]], None],
    *,
    effects: Collection[Effect] = (),
    only: Q = EVERY,
    limit: int = PART,
) -> int:
    """Hand to ``handle`` what ``consumer`` has not had yet, in order, with their records; returns how many events.

    ``effects``: which are wanted, all where it is empty; ``only``: of those, as a condition on events. At most ``limit`` events are
    one transaction: what ``handle`` writes and that it had them are kept together or not at all, so a crash at any point neither
    loses nor doubles one. What it raises stops here, before the part that raised it. ``consumer``: at most 16 characters, its own.
    """
    if consumer == EVENTS or len(consumer) > 16:
        raise ValueError(f"no name of a consumer: {consumer!r}")
    done = 0
    while (part := _deliver_part(consumer, handle, effects, only, limit)) is not None:
        done += part
    return done


def locked_cursor(consumer: str) -> tuple[EventCursor, int]:
    """How far a consumer has come, held for this transaction, and the position of the last event that there is to be read."""
    EventCursor.objects.get_or_create(name=consumer)
    cursor = EventCursor.objects.select_for_update().get(name=consumer)
    # Positions are given out in the order of commits: whatever is up to the last is there to be read.
    last = EventCursor.objects.filter(name=EVENTS).values_list("value", flat=True).first() or 0
    return cursor, last


@transaction.atomic
def _deliver_part(
    consumer: str, handle: Callable[[Sequence[RecordEvent]], None], effects: Collection[Effect], only: Q, limit: int
) -> int | None:
    """The next part; how many events were handed over, None where no more happened."""
    cursor, last = locked_cursor(consumer)
    if cursor.value >= last:
        return None
    events = RecordEvent.objects.filter(only, position__gt=cursor.value, position__lte=last)
    if effects:
        events = events.filter(effect__in=effects)
    part = list(events.select_related("record__provider", "record__supersedes").order_by("position")[:limit])
    if part:
        handle(part)
    cursor.value = part[-1].position if len(part) == limit else last
    cursor.save(update_fields=["value"])
    return len(part)
