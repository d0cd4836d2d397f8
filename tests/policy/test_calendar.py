"""The announced calendar against two independent ones, day by day."""

from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from rongxin.policy.pack import Policy
from tests.policy.packs import POLICIES

FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
ALL_DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


@pytest.mark.parametrize(
    "is_workday",
    [
        pytest.param(chinese_calendar.is_workday, id="chinesecalendar"),
        pytest.param(holidays.country_holidays("CN", years=range(2007, 2027)).is_working_day, id="holidays"),
    ],
)
def test_every_day_from_2007_to_2026_is_what_the_other_calendar_says(
    is_workday: Callable[[date], bool], fuzhou: Policy
) -> None:
    different = [day for day in ALL_DAYS if fuzhou.calendar.is_workday(day) is not is_workday(day)]

    assert different == []


def test_every_year_is_announced_and_no_other(fuzhou: Policy) -> None:
    assert fuzhou.calendar.covered == set(range(2007, 2027))
    assert not any(fuzhou.calendar.is_provisional(day) for day in ALL_DAYS)
    assert fuzhou.calendar.is_provisional(date(2027, 1, 4))


def test_days_of_december_come_from_the_notice_for_the_next_year(fuzhou: Policy) -> None:
    assert fuzhou.calendar.is_workday(date(2018, 12, 29))
    assert not fuzhou.calendar.is_workday(date(2018, 12, 31))


def test_each_year_credits_where_its_days_come_from() -> None:
    for year in range(2007, 2027):
        head = (POLICIES / "national" / "calendar" / f"{year}.yaml").read_text(encoding="utf-8").splitlines()[0]
        assert "https://github.com/NateScarlet/holiday-cn (MIT, see NOTICE)" in head
    assert "Copyright (c) 2019 NateScarlet" in (POLICIES.parent / "NOTICE").read_text(encoding="utf-8")
