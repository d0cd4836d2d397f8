"""Waking whoever reads record events, when one is noted."""

from collections.abc import Callable

_wakes: list[Callable[[], None]] = []


def when_noted(wake: Callable[[], None]) -> None:
    """Have ``wake`` called in the transaction that notes an event by hand, so that a consumer need not wait for its schedule.

    It may ask for a job and nothing more: what it raises would undo the event. Recording a batch wakes nobody; its events are
    found by the schedule.
    """
    if wake not in _wakes:
        _wakes.append(wake)


def wake_consumers() -> None:
    """An event was noted in the open transaction."""
    for wake in _wakes:
        wake()
