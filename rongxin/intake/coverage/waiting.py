"""Acts that wait for release, by the day on which they were decided: the only acts whose clock still runs here.

``Batch.decided_days`` holds them as {ISO day: {display: acts}} from the check on. Whether a batch still waits is its
state alone, so nothing has to be cleared when it is released, sent back or stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from rongxin.departments.models import Department
from rongxin.intake.models import Batch, BatchState
from rongxin.policy.words import Display
from rongxin.storage.askers import PLATFORM, asks


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """Acts of one batch decided on one day. ``public`` will be displayed after release, ``withheld`` will not."""

    batch: str
    file_name: str
    provider: int
    kind: str
    decided_on: date
    public: int
    withheld: int


def decided_days(accepted: pl.DataFrame) -> dict[str, dict[str, int]]:
    """What ``Batch.decided_days`` holds for checked rows (columns decided_on, display); nothing for a register."""
    if not {"decided_on", "display"} <= set(accepted.columns):
        return {}
    days: dict[str, dict[str, int]] = {}
    counted = accepted.drop_nulls("decided_on").group_by("decided_on", "display").len().sort("decided_on", "display")
    for decided_on, display, acts in counted.iter_rows():
        days.setdefault(decided_on.isoformat(), {})[display] = acts
    return days


def waiting_days(providers: Iterable[Department] = ()) -> list[WaitingDay]:
    """The acts that wait, the earliest decision first; of all providers when none is named. One query.

    Counted for the platform: the public figures hold what waits everywhere. Who shows single batches names the providers.
    """
    batches = Batch.objects.filter(state=BatchState.CHECKED).exclude(decided_days={})
    if chosen := list(providers):
        batches = batches.filter(provider__in=chosen)
    with asks(PLATFORM):
        lines = list(batches.values_list("number", "file_name", "provider", "kind", "decided_days"))
    waiting = [
        WaitingDay(
            number,
            file_name,
            provider,
            kind,
            date.fromisoformat(day),
            acts.get(Display.PUBLIC.value, 0),
            acts.get(Display.WITHHELD.value, 0),
        )
        for number, file_name, provider, kind, days in lines
        for day, acts in days.items()
    ]
    return sorted(waiting, key=lambda each: (each.decided_on, each.batch))
