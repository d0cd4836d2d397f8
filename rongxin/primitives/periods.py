"""Periods in months and years, Civil Code (民法典) articles 200–204.

Art. 200: by the Gregorian calendar. Art. 201: the day of the event is not counted. Art. 202: a period of months or
years ends on the corresponding day of the last month, or on that month's last day where there is none. Art. 203: a
period that ends on a rest day ends on the day after the rest. Art. 204: unless a law or the parties say otherwise.
"""

from calendar import monthrange
from datetime import date, timedelta

from rongxin.primitives.workdays import Calendar


def add_months(day: date, n: int) -> date:
    """The corresponding day ``n`` months on (back for a negative ``n``), or the last day of that month (art. 202).

    OverflowError where the result lies outside the years a date can hold.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"no date in the year {year}")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, n: int) -> date:
    """The corresponding day ``n`` years on, 28 February for 29 February where there is none (art. 202)."""
    return add_months(day, 12 * n)


def last_day(start: date, *, years: int = 0, months: int = 0, days: int = 0, calendar: Calendar | None = None) -> date:
    """The last day of a period that an event of ``start`` opens; ``start`` itself is not counted (arts. 201, 202).

    With a ``calendar``, a last day that is a rest day moves to the next working day (art. 203); leave it out where a
    law fixes the term itself, as for a term of display or a ban (art. 204).
    """
    end = add_months(start, years * 12 + months) + timedelta(days)
    if calendar is None or calendar.is_workday(end):
        return end
    return calendar.add(end, 1).date


def earliest_start(end: date, months: int) -> date:
    """The earliest day whose period of ``months`` reaches ``end``: the smallest d with add_months(d, months) >= end."""
    candidate = add_months(end, -months)
    return candidate if add_months(candidate, months) >= end else candidate + timedelta(1)
