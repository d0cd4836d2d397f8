"""Working days: the announced calendar, what happens outside it, and counting back and forth."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.workdays import Calendar, DayKind, WorkdayCount, WorkdayResult
from tests.primitives.tables import rows

NOTHING_ANNOUNCED = Calendar(frozenset(), frozenset(), frozenset())


@cache
def announced() -> Calendar:
    days = [(date.fromisoformat(row["date"]), row["kind"]) for row in rows("data/codes/holidays_cn_2007_2026.csv")]
    return Calendar(
        off=frozenset(day for day, kind in days if kind == "off"),
        work=frozenset(day for day, kind in days if kind == "work"),
        covered=frozenset(range(2007, 2027)),
    )


NATIONAL_DAY_2019 = Calendar(
    off=frozenset(date(2019, 10, day) for day in range(1, 8)),
    work=frozenset({date(2019, 9, 29), date(2019, 10, 12)}),
    covered=frozenset({2019}),
)
SPRING_FESTIVAL_2026 = Calendar(
    off=frozenset(date(2026, 2, day) for day in range(15, 24)),
    work=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
    covered=frozenset({2026}),
)
# 2019 and 2021 are covered, 2020 is not; the notice of 2021 names a day of December 2020.
WITH_A_HOLE = Calendar(
    off=NATIONAL_DAY_2019.off | {date(2020, 12, 31), date(2021, 1, 1)},
    work=NATIONAL_DAY_2019.work | {date(2021, 1, 2)},
    covered=frozenset({2019, 2021}),
)
days_any = st.dates(date(2018, 1, 1), date(2022, 12, 31))


def test_seven_working_days_run_past_the_national_day_of_2019() -> None:
    assert NATIONAL_DAY_2019.add(date(2019, 9, 30), 7) == WorkdayResult(date(2019, 10, 15), provisional=False)


def test_both_vectors_hold_in_the_calendar_of_twenty_years() -> None:
    assert announced().add(date(2019, 9, 30), 7) == WorkdayResult(date(2019, 10, 15), provisional=False)
    assert announced().add(date(2026, 2, 13), 3) == WorkdayResult(date(2026, 2, 25), provisional=False)


def test_three_working_days_run_past_the_spring_festival_of_2026() -> None:
    assert SPRING_FESTIVAL_2026.add(date(2026, 2, 13), 3) == WorkdayResult(date(2026, 2, 25), provisional=False)


def test_the_make_up_days_of_2026() -> None:
    make_up = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]

    worked = [day for day, _, kind in announced().days(date(2026, 1, 1), date(2026, 12, 31)) if kind == DayKind.MAKE_UP]

    assert worked == [date(2026, month, day) for month, day in make_up]


def test_every_day_from_2007_to_2026_is_what_the_independent_library_says() -> None:
    calendar = announced()
    first, last = date(2007, 1, 1), date(2026, 12, 31)

    differing = [day for day, worked, _ in calendar.days(first, last) if worked != chinese_calendar.is_workday(day)]

    assert differing == []
    assert calendar.between(first - timedelta(1), last).days == len(chinese_calendar.get_workdays(first, last))


def test_zero_days_on_is_the_day_itself_even_a_day_off() -> None:
    assert NATIONAL_DAY_2019.add(date(2019, 10, 1), 0) == WorkdayResult(date(2019, 10, 1), provisional=False)
    assert NOTHING_ANNOUNCED.add(date(2030, 10, 1), 0) == WorkdayResult(date(2030, 10, 1), provisional=False)


def test_counting_backwards_does_not_count_the_start() -> None:
    assert NATIONAL_DAY_2019.add(date(2019, 10, 15), -7).date == date(2019, 9, 30)
    assert NATIONAL_DAY_2019.add(date(2019, 10, 8), -1).date == date(2019, 9, 30)


@given(days_any, st.integers(-400, 400))
def test_between_undoes_add(start: date, n: int) -> None:
    calendar = WITH_A_HOLE
    result = calendar.add(start, n)

    assert calendar.between(start, result.date) == WorkdayCount(n, result.provisional)
    assert n == 0 or calendar.is_workday(result.date)


@given(days_any, st.integers(-90, 90))
def test_add_and_between_are_what_stepping_day_by_day_gives(start: date, span: int) -> None:
    calendar, end = WITH_A_HOLE, start + timedelta(span)
    later = [start + timedelta(step) for step in range(1, span + 1)]
    earlier = [start - timedelta(step) for step in range(1, -span + 1)]
    worked = [day for day in later or earlier if calendar.is_workday(day)]

    assert calendar.between(start, end) == WorkdayCount(
        len(worked) * (1 if span >= 0 else -1), any(map(calendar.is_provisional, later or earlier))
    )
    if worked:
        assert calendar.add(start, len(worked) if span > 0 else -len(worked)).date == worked[-1]


def test_outside_the_covered_years_weekends_and_fixed_holidays_are_off_and_the_answer_is_provisional() -> None:
    calendar = SPRING_FESTIVAL_2026
    year = list(calendar.days(date(2027, 1, 1), date(2027, 12, 31)))

    # 1 and 2 May, 2 and 3 October 2027 fall on a weekend.
    holidays = [day for day, _, kind in year if kind == DayKind.HOLIDAY]
    assert [day for day in holidays if day.weekday() < 5] == [date(2027, 1, 1), date(2027, 10, 1)]
    assert all(worked == (day.weekday() < 5) for day, worked, kind in year if kind != DayKind.HOLIDAY)
    assert calendar.kind(date(2027, 1, 1)) == DayKind.HOLIDAY
    assert calendar.kind(date(2027, 2, 6)) == DayKind.WEEKEND
    assert calendar.kind(date(2027, 2, 8)) == DayKind.WORKDAY
    assert calendar.add(date(2026, 12, 31), 1) == WorkdayResult(date(2027, 1, 4), provisional=True)


@pytest.mark.parametrize(
    ("start", "n", "provisional"),
    [
        (date(2026, 12, 30), 1, False),
        (date(2026, 12, 31), 1, True),
        (date(2026, 12, 1), 60, True),
        (date(2027, 1, 4), -1, True),
        (date(2027, 1, 1), -1, False),
        (date(2027, 12, 31), 1, True),
    ],
)
def test_an_answer_is_provisional_when_an_uncovered_day_was_stepped_over(
    start: date, n: int, provisional: bool
) -> None:
    assert SPRING_FESTIVAL_2026.add(start, n).provisional is provisional


def test_a_notice_speaks_for_the_december_days_it_names() -> None:
    calendar = Calendar(
        off=frozenset({date(2018, 12, 30), date(2018, 12, 31), date(2019, 1, 1)}),
        work=frozenset({date(2018, 12, 29)}),
        covered=frozenset({2019}),
    )

    assert calendar.is_workday(date(2018, 12, 29))
    assert not calendar.is_workday(date(2018, 12, 31))
    assert not calendar.is_provisional(date(2018, 12, 31))
    assert calendar.is_provisional(date(2018, 12, 28))
    assert calendar.add(date(2018, 12, 28), 2) == WorkdayResult(date(2019, 1, 2), provisional=False)


def test_the_days_for_drawing_a_clock() -> None:
    drawn = list(NATIONAL_DAY_2019.days(date(2019, 9, 28), date(2019, 10, 1)))

    assert drawn == [
        (date(2019, 9, 28), False, DayKind.WEEKEND),
        (date(2019, 9, 29), True, DayKind.MAKE_UP),
        (date(2019, 9, 30), True, DayKind.WORKDAY),
        (date(2019, 10, 1), False, DayKind.HOLIDAY),
    ]


def test_counting_past_the_end_of_time_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        NOTHING_ANNOUNCED.add(date(9999, 12, 1), 40)
    with pytest.raises(OverflowError):
        NOTHING_ANNOUNCED.add(date(1, 1, 10), -40)


def test_calendars_of_the_same_announcement_are_equal_and_hashable() -> None:
    again = Calendar(NATIONAL_DAY_2019.off, NATIONAL_DAY_2019.work, NATIONAL_DAY_2019.covered)
    NATIONAL_DAY_2019.add(date(2019, 1, 1), 5)

    assert again == NATIONAL_DAY_2019
    assert hash(again) == hash(NATIONAL_DAY_2019)


def test_however_many_deadlines_are_counted_each_year_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar, start, laid_out = replace(WITH_A_HOLE), date(2010, 1, 1), Counter[int]()
    compute = Calendar._compute

    def counted(calendar: Calendar, year: int) -> Any:
        laid_out[year] += 1
        return compute(calendar, year)

    monkeypatch.setattr(Calendar, "_compute", counted)
    for n in range(5_000):
        calendar.add(start + timedelta(n), n % 60 + 1)

    assert laid_out == dict.fromkeys(range(2010, 2024), 1)
