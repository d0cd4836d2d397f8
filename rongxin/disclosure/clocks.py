"""The clocks that still run: acts that wait for release, each against its deadline, what is due first at the top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rongxin.departments.models import Department
from rongxin.disclosure.subjects import platform_began_on
from rongxin.disclosure.timing import Clock, clock_of
from rongxin.intake.coverage.waiting import WaitingDay, waiting_days
from rongxin.policy.display import Timing
from rongxin.policy.pack import Policy


@dataclass(frozen=True, slots=True)
class RunningClock:
    """Acts of one batch decided on one day that will be displayed after release, and how their deadline stands."""

    waiting: WaitingDay
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockCounts:
    """Acts that wait: beyond their deadline, reminded of, beyond a provisional deadline, and all."""

    overdue: int
    soon: int
    undetermined: int
    acts: int

    @property
    def urgent(self) -> int:
        """What somebody must look at today."""
        return self.overdue + self.soon


def running_clocks(policy: Policy, today: date, providers: Iterable[Department] = ()) -> list[RunningClock]:
    """The clocks of all providers or of some, by the last day allowed; two queries.

    Acts that are lawfully withheld or have no deadline run against no clock.
    """
    days = [day for day in waiting_days(providers) if day.public]
    if not days:
        return []
    began_on = platform_began_on(today)
    running = []
    for day in days:
        clock = clock_of(policy, day.kind, day.decided_on, today=today, began_on=began_on)
        if clock is not None:
            running.append(RunningClock(day, clock))
    return sorted(running, key=lambda each: (each.clock.due, each.waiting.decided_on, each.waiting.batch))


def clock_counts(running: Iterable[RunningClock]) -> ClockCounts:
    """How many acts stand where."""
    counts = {"overdue": 0, "soon": 0, "undetermined": 0, "acts": 0}
    for each in running:
        acts, clock = each.waiting.public, each.clock
        counts["acts"] += acts
        counts["overdue"] += acts if clock.state == Timing.OVERDUE else 0
        counts["soon"] += acts if clock.is_soon else 0
        counts["undetermined"] += acts if clock.state == Timing.UNDETERMINED else 0
    return ClockCounts(**counts)
