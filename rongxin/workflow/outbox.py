"""Handing events on: whoever must hear of them reads by position, and what it writes is kept with how far it has come."""

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.workflow.models import CaseEvent, Consumer, Delivery

LIMIT: Final = 500
_wakes: list[Callable[[], None]] = []


def when_written(wake: Callable[[], None]) -> None:
    """Have ``wake`` called in the transaction that writes events, so that a consumer need not wait for its schedule.

    It may ask for a job and nothing more: what it raises would undo the step.
    """
    if wake not in _wakes:
        _wakes.append(wake)


def wake_consumers() -> None:
    """Events were written in the open transaction."""
    for wake in _wakes:
        wake()


def events_after(position: int, *, limit: int = LIMIT) -> list[CaseEvent]:
    """The events after a position of the platform, the oldest first, with their cases. Positions have no gaps."""
    events = CaseEvent.objects.filter(position__gt=position).select_related("case", "by", "department")
    return list(events.order_by("position")[:limit])


def deliver(consumer: str, handle: Callable[[CaseEvent], None], *, limit: int = LIMIT) -> int:
    """Hand to ``handle`` what ``consumer`` has not had yet, in order; returns how many events.

    Each event is one transaction: what ``handle`` writes to the database and that it had the event are kept together or not at
    all, so a crash at any point neither loses nor doubles it. What ``handle`` raises stops here, before the event that raised it.
    What leaves the database (a letter, a message) must be written down by ``handle`` and sent by a job of its own.
    """
    Consumer.objects.get_or_create(name=consumer)
    for done in range(limit):
        if not _deliver_next(consumer, handle):
            return done
    return limit


@transaction.atomic
def deliver_part(consumer: str, handle: Callable[[list[CaseEvent]], None], *, limit: int = LIMIT) -> int:
    """The next ``limit`` events in one transaction, for a consumer that reads many at once; returns how many there were.

    As ``deliver``, but what ``handle`` raises holds back the whole part.
    """
    Consumer.objects.get_or_create(name=consumer)
    reader = Consumer.objects.select_for_update().get(name=consumer)
    events = events_after(reader.position, limit=limit)
    if events:
        now = timezone.now()
        Delivery.objects.bulk_create(Delivery(consumer=reader, event=event, delivered_at=now) for event in events)
        handle(events)
        reader.position = events[-1].position
        reader.save(update_fields=["position"])
    return len(events)


@transaction.atomic
def _deliver_next(consumer: str, handle: Callable[[CaseEvent], None]) -> bool:
    reader = Consumer.objects.select_for_update().get(name=consumer)
    events = events_after(reader.position, limit=1)
    if not events:
        return False
    [event] = events
    Delivery.objects.create(consumer=reader, event=event, delivered_at=timezone.now())
    handle(event)
    reader.position = event.position
    reader.save(update_fields=["position"])
    return True
