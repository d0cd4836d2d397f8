"""Periods of months and years, Civil Code articles 200–204."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.periods import add_months, add_years, earliest_start, last_day
from rongxin.primitives.workdays import Calendar

days_any = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 15), 3, date(2026, 4, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 5), -1, date(2025, 12, 5)),
        (date(2026, 1, 5), 0, date(2026, 1, 5)),
    ],
)
def test_the_corresponding_day_or_the_last_of_the_month(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_leap_day_has_no_corresponding_day_in_a_common_year() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_the_day_of_the_event_is_not_counted() -> None:
    assert last_day(date(2026, 3, 10), days=1) == date(2026, 3, 11)
    assert last_day(date(2026, 3, 10), months=3) == date(2026, 6, 10)
    assert last_day(date(2026, 3, 10), years=3) == date(2029, 3, 10)
    assert last_day(date(2026, 3, 10), years=1, months=6) == date(2027, 9, 10)


def test_a_deadline_on_a_rest_day_moves_behind_the_rest_but_a_term_of_display_does_not() -> None:
    calendar = Calendar(
        off=frozenset(date(2019, 10, day) for day in range(1, 8)), work=frozenset(), covered=frozenset({2019})
    )

    assert last_day(date(2019, 7, 1), months=3, calendar=calendar) == date(2019, 10, 8)
    assert last_day(date(2019, 7, 1), months=3) == date(2019, 10, 1)
    assert last_day(date(2019, 7, 9), months=3, calendar=calendar) == date(2019, 10, 9)


@given(days_any, st.integers(-60, 60))
def test_the_earliest_start_is_the_first_day_that_reaches_the_end(end: date, months: int) -> None:
    found = earliest_start(end, months)
    around = [found + timedelta(step) for step in range(-40, 41)]

    assert min(day for day in around if add_months(day, months) >= end) == found
    assert add_months(found - timedelta(1), months) < end


@given(days_any, days_any, st.integers(-60, 60))
def test_a_later_start_never_ends_earlier(a: date, b: date, months: int) -> None:
    assert (add_months(min(a, b), months)) <= add_months(max(a, b), months)


def test_outside_the_calendar_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        add_months(date(9999, 12, 1), 1)
    with pytest.raises(OverflowError):
        add_months(date(1, 1, 1), -1)
