"""The clock of a case: working days from the day a state began, standing still while the case is with somebody else.

The first day is not counted (行政诉讼法 and 行政处罚法 art. 85 count alike). A pause leaves out the days after the one on
which it began, up to and including the one on which it ended. The number of days is the policy value in force on the day the
clock began and stays with it; where those days fall is the calendar's matter and is computed anew when that changes.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

from rongxin.primitives.workdays import Calendar
from rongxin.workflow.table import Procedure, Step

MARK_LENGTH: Final = 16
CALENDARS_KEPT: Final = 8
NO_TERM: Final = 0
TermOf = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still on the days after ``after`` up to and including ``until``; None: still."""

    after: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A term that runs. ``days`` working days are allowed from ``since``, itself not counted, and ``extended`` more."""

    term: str
    since: date
    days: int
    extended: int = 0
    pauses: tuple[Pause, ...] = ()

    @property
    def allowed(self) -> int:
        """All the working days allowed."""
        return self.days + self.extended

    def stopped(self, on: date) -> "Clock":
        """The clock, standing still from the day ``on``."""
        return replace(self, pauses=(*self.pauses, Pause(on)))

    def resumed(self, on: date) -> "Clock":
        """The clock, going on after the day ``on``."""
        *earlier, last = self.pauses
        return replace(self, pauses=(*earlier, replace(last, until=max(on, last.after))))

    def is_paused(self, day: date) -> bool:
        """Whether the day is left out because the clock stood still."""
        return any(p.after < day and (p.until is None or day <= p.until) for p in self.pauses)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day allowed; ``provisional`` when days without an announced calendar lie on the way."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock that runs, and the one that is held meanwhile."""

    running: Clock | None = None
    held: Clock | None = None

    def as_json(self) -> dict[str, Any] | None:
        """As kept with a case; None for no clock."""
        if self.running is None and self.held is None:
            return None
        return {name: _written(clock) for name, clock in (("running", self.running), ("held", self.held)) if clock}

    @classmethod
    def from_json(cls, kept: dict[str, Any] | None) -> "Clocks":
        """What ``as_json`` wrote."""
        return cls(**{name: _read(clock) for name, clock in (kept or {}).items()})

    def due(self, calendar: Calendar) -> Due | None:
        """When the running clock is over; None when none runs."""
        return due(self.running, calendar) if self.running else None


def due(clock: Clock, calendar: Calendar) -> Due:
    """The last day of the term. Raises ValueError for a clock that stands still."""
    cursor, left, provisional = clock.since, clock.allowed, False
    for pause in clock.pauses:
        counted = calendar.between(cursor, pause.after)
        if counted.days >= left:
            break
        if pause.until is None:
            raise ValueError("a clock that stands still has no last day")
        left, cursor, provisional = left - counted.days, pause.until, provisional or counted.provisional
    found = calendar.add(cursor, left)
    return Due(found.date, provisional or found.provisional)


def counted(clock: Clock, until: date, calendar: Calendar) -> int:
    """How many days of the term were counted, up to and including ``until``."""
    total = calendar.between(clock.since, until).days
    for pause in clock.pauses:
        end = min(pause.until or until, until)
        if pause.after < end:
            total -= calendar.between(pause.after, end).days
    return total


def left(clock: Clock, today: date, calendar: Calendar) -> int:
    """The working days still allowed after ``today``, negative beyond the last."""
    return clock.allowed - counted(clock, today, calendar)


def after_step(
    clocks: Clocks, procedure: Procedure, step: Step | None, source: str, on: date, term_of: TermOf
) -> Clocks:
    """The clocks after a step taken on the day ``on``; ``step`` None opens the case in ``source``.

    ``term_of`` gives the days of a policy value, and raises what it raises when there is none.
    """
    if step is not None and not step.target:
        return clocks
    state = procedure.by_state[step.target if step else source]
    if state.is_final:
        return Clocks()
    if state.pauses:
        held = clocks.held or (clocks.running.stopped(on) if clocks.running else None)
        return Clocks(begun(state.within, on, term_of), held)
    going = clocks.held.resumed(on) if clocks.held else clocks.running
    if going and going.term == state.within and not (step and step.restarts):
        return Clocks(going)
    return Clocks(begun(state.within, on, term_of))


def begun(term: str, on: date, term_of: TermOf) -> Clock | None:
    """A clock that begins on the day, or None where the state has no term, or none is in force and none is needed (NO_TERM)."""
    days = term_of(term) if term else NO_TERM
    return Clock(term, on, days) if days else None


def extended(clocks: Clocks, days: int) -> Clocks:
    """The running clock with more days."""
    if clocks.running is None:
        raise ValueError("no clock runs")
    return replace(clocks, running=replace(clocks.running, extended=clocks.running.extended + days))


@lru_cache(maxsize=CALENDARS_KEPT)
def _mark(off: frozenset[date], work: frozenset[date], covered: frozenset[int]) -> str:
    told = "|".join([*(f"-{d}" for d in sorted(off)), *(f"+{d}" for d in sorted(work)), *map(str, sorted(covered))])
    return hashlib.sha256(told.encode()).hexdigest()[:MARK_LENGTH]


def mark(calendar: Calendar) -> str:
    """A short word for what the calendar says; another calendar has another."""
    return _mark(calendar.off, calendar.work, calendar.covered)


def _written(clock: Clock) -> dict[str, Any]:
    kept = asdict(clock) | {"since": clock.since.isoformat()}
    kept["pauses"] = [[p.after.isoformat(), p.until.isoformat() if p.until else None] for p in clock.pauses]
    return kept


def _read(kept: dict[str, Any]) -> Clock:
    pauses = tuple(
        Pause(date.fromisoformat(after), date.fromisoformat(until) if until else None)
        for after, until in kept["pauses"]
    )
    return Clock(**kept | {"since": date.fromisoformat(kept["since"]), "pauses": pauses})
