"""Working days over an announced calendar.

全国年节及纪念日放假办法 (State Council, amended 10 November 2024) fixes the holidays; which weekends are worked in
return (调休) is announced for each year and cannot be computed. Where no announcement covers a day, Monday to Friday
less the holidays with a fixed solar date are counted, and the answer is marked provisional: compute it again when the
announcement is there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

# New Year, Labour Day and National Day: the statutory holidays that can be told without the moon.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


class DayKind(StrEnum):
    """Why a day counts or does not."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


_WORKED = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP})


@dataclass(frozen=True, slots=True)
class WorkdayResult:
    """A day found by counting, and whether an uncovered day was stepped over on the way."""

    date: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkdayCount:
    """A number of working days, and whether an uncovered day was among those looked at."""

    days: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class _Year:
    workdays: list[int]
    provisional: list[int]


@dataclass(frozen=True)
class Calendar:
    """Announced days off, announced make-up working days, and the years whose announcement is in.

    An announcement may name days of the December before; such a day counts as announced although its year is not
    covered.
    """

    off: frozenset[date]
    work: frozenset[date]
    covered: frozenset[int]
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        return self.kind(day) in _WORKED

    def is_provisional(self, day: date) -> bool:
        """Whether no announcement speaks for ``day``."""
        return day.year not in self.covered and day not in self.off and day not in self.work

    def kind(self, day: date) -> DayKind:
        """What kind of day it is. A day announced both ways is worked."""
        if day in self.work:
            return DayKind.MAKE_UP
        if day in self.off:
            return DayKind.HOLIDAY
        if day.weekday() >= 5:
            return DayKind.WEEKEND
        if day.year not in self.covered and (day.month, day.day) in _FIXED_HOLIDAYS:
            return DayKind.HOLIDAY
        return DayKind.WORKDAY

    def add(self, start: date, n: int) -> WorkdayResult:
        """The ``n``-th working day after ``start``, itself not counted; backwards for a negative ``n``; 0 is ``start``.

        OverflowError where the count runs out of the years a date can hold.
        """
        if n == 0:
            return WorkdayResult(start, provisional=False)
        found = self._forward(start, n) if n > 0 else self._backward(start, -n)
        lower, upper = (start, found) if n > 0 else (found - timedelta(1), start - timedelta(1))
        return WorkdayResult(found, self._provisional_within(lower, upper))

    def between(self, a: date, b: date) -> WorkdayCount:
        """How many working days lie after ``a`` up to and including ``b``, so that ``add(a, n).date == b``.

        For ``b`` before ``a``: minus the working days from ``b`` on and before ``a``.
        """
        if a <= b:
            return WorkdayCount(self._count(a, b), self._provisional_within(a, b))
        one = timedelta(1)
        return WorkdayCount(-self._count(b - one, a - one), self._provisional_within(b - one, a - one))

    def days(self, a: date, b: date) -> Iterator[tuple[date, bool, DayKind]]:
        """Each day from ``a`` to ``b``, both included: the day, whether it is worked, and its kind."""
        for ordinal in range(a.toordinal(), b.toordinal() + 1):
            day = date.fromordinal(ordinal)
            kind = self.kind(day)
            yield day, kind in _WORKED, kind

    def _forward(self, start: date, n: int) -> date:
        year, position = start.year, bisect_right(self._year(start.year).workdays, start.toordinal()) + n - 1
        while position >= len(workdays := self._year(year).workdays):
            position -= len(workdays)
            year += 1
        return date.fromordinal(workdays[position])

    def _backward(self, start: date, n: int) -> date:
        year, position = start.year, bisect_left(self._year(start.year).workdays, start.toordinal()) - n
        while position < 0:
            year -= 1
            position += len(self._year(year).workdays)
        return date.fromordinal(self._year(year).workdays[position])

    def _count(self, after: date, until: date) -> int:
        return sum(_within(self._year(year).workdays, after, until) for year in range(after.year, until.year + 1))

    def _provisional_within(self, after: date, until: date) -> bool:
        return any(_within(self._year(year).provisional, after, until) for year in range(after.year, until.year + 1))

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._compute(year)
        return known

    def _compute(self, year: int) -> _Year:
        if not date.min.year <= year <= date.max.year:
            raise OverflowError(f"no date in the year {year}")
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]
        return _Year(
            workdays=[day.toordinal() for day in days if self.is_workday(day)],
            provisional=[day.toordinal() for day in days if self.is_provisional(day)],
        )


def _within(ordinals: list[int], after: date, until: date) -> int:
    return bisect_right(ordinals, until.toordinal()) - bisect_right(ordinals, after.toordinal())
