"""The hours for the report: pure decisions over instants. Hours run on by day and night, over weekends and New Year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Hours(StrEnum):
    """How an incident stands with its hours."""

    RUNNING = "running"
    SOON = "soon"
    OVER = "over"
    REPORTED = "reported"
    REPORTED_LATE = "reported_late"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class HourClock:
    """The clock at one instant. ``left``: until it is over; negative beyond. ``share``: how much of the time is used, 0 to 1."""

    state: Hours
    discovered_at: datetime
    due_at: datetime
    left: timedelta
    share: float

    @property
    def hours(self) -> int:
        """Whole hours: those still left, or those over."""
        return int(abs(self.left).total_seconds() // 3600)

    @property
    def minutes(self) -> int:
        """Minutes beside :attr:`hours`."""
        return int(abs(self.left).total_seconds() // 60 % 60)

    @property
    def is_open(self) -> bool:
        """Whether a report is still to be made."""
        return self.state in (Hours.RUNNING, Hours.SOON, Hours.OVER)


def hour_clock(
    discovered_at: datetime,
    due_at: datetime,
    now: datetime,
    *,
    warned: Sequence[int],
    must_report: bool | None,
    reported_at: datetime | None,
    is_case_open: bool,
) -> HourClock:
    """The clock at ``now``. ``warned``: hours after the discovery at which the office is warned.

    Until it is assessed (``must_report`` None) the hours run, as a precaution. The last instant itself is in time.
    """
    end = reported_at or now
    whole = due_at - discovered_at
    used = min(max((end - discovered_at) / whole, 0.0), 1.0) if whole else 1.0
    if reported_at is not None:
        state = Hours.REPORTED if reported_at <= due_at else Hours.REPORTED_LATE
    elif must_report is False or not is_case_open:
        state = Hours.NOT_NEEDED
    elif now > due_at:
        state = Hours.OVER
    else:
        state = Hours.SOON if reached(discovered_at, now, warned) else Hours.RUNNING
    return HourClock(state, discovered_at, due_at, due_at - end, used)


def reached(discovered_at: datetime, now: datetime, warned: Sequence[int]) -> int | None:
    """The last warning that is due by ``now``, in hours after the discovery; None before the first."""
    return max((hours for hours in warned if discovered_at + timedelta(hours=hours) <= now), default=None)
