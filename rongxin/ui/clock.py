"""The working-day clock: one cell for each calendar day from a decision to its deadline, so that anyone can recount.

Counting starts the day after the decision (administrative time limits do not count the first day); days that the
calendar does not count get a cell of their own, which shows why the deadline is where it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

CellKind = Literal["start", "counted", "off", "pause", "done", "late", "due", "over", "gap"]
LONGEST = 32
KEPT_AT_END = 3


@dataclass(frozen=True, slots=True)
class ClockDay:
    """One cell. ``number`` counts working days, from 1 after the decision and again from 1 after the deadline.

    ``done`` is the day it was displayed, ``late`` the same after the deadline, ``pause`` a day on which the clock stood still,
    ``gap`` stands for days left out.
    """

    day: date
    kind: CellKind
    number: int = 0
    is_now: bool = False


def clock_days(
    decided_on: date,
    due: date,
    done: date | None,
    today: date,
    is_workday: Callable[[date], bool],
    is_paused: Callable[[date], bool] = lambda day: False,
) -> tuple[ClockDay, ...]:
    """The cells from the decision to the deadline, or to the display (still missing: to today) where that is later.

    A very late display would give a wall of cells: then the middle is one ``gap``. While the clock stands still, ``due`` is
    the last day it would have if it went on tomorrow.
    """
    last = max(due, done or min(today, due + timedelta(days=366)))
    cells: list[ClockDay] = []
    counted = over = 0
    for offset in range((last - decided_on).days + 1):
        day = decided_on + timedelta(days=offset)
        stands = is_paused(day)
        works = offset > 0 and is_workday(day) and not stands
        counted, over = (counted + works, over) if day <= due else (counted, over + works)
        number = (over if day > due else counted) if works else 0
        kind = "pause" if stands else _kind(day, decided_on, due, done, works)
        cells.append(ClockDay(day, kind, number, is_now=day == today))
    if len(cells) > LONGEST:
        kept = LONGEST - KEPT_AT_END - 1
        return (*cells[:kept], ClockDay(cells[kept].day, "gap"), *cells[-KEPT_AT_END:])
    return tuple(cells)


def _kind(day: date, decided_on: date, due: date, done: date | None, works: bool) -> CellKind:
    if day == done:
        return "late" if day > due else "done"
    if day == decided_on:
        return "start"
    if day == due:
        return "due"
    if not works:
        return "off"
    return "over" if day > due else "counted"
