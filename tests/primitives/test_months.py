"""Months by their first day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.months import last_day_of, month_of, months_up_to

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))


def test_a_month_is_named_by_year_and_month() -> None:
    assert month_of("2026-10") == date(2026, 10, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-1", "2026-10-01", "２０２６-10", "10-2026"])
def test_anything_else_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        month_of(text)


@given(DAYS)
def test_the_day_after_the_last_begins_the_next_month(day: date) -> None:
    last = last_day_of(day)
    assert last.replace(day=1) == day.replace(day=1)
    assert (last + timedelta(days=1)).day == 1


@given(DAYS, st.integers(min_value=1, max_value=30))
def test_months_follow_one_another_up_to_the_one_named(day: date, number: int) -> None:
    months = months_up_to(day, number)
    assert (len(months), months[-1]) == (number, day.replace(day=1))
    assert [last_day_of(month) + timedelta(days=1) for month in months[:-1]] == months[1:]
