"""Dates as departments write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.primitives.dates import OPEN_END, DateProblem, is_open_end, parse_date, read_date

FIFTH_OF_JANUARY = date(2026, 1, 5)
days_any = st.dates(date(1900, 1, 1), date(2098, 12, 31))
NUMERALS = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-01-05",
            "2026/1/5",
            "2026.1.5",
            "2026/01/05",
            "2026年1月5日",
            "2026年01月05日",
            "2026年1月5号",
            "20260105",
        ),
        *(
            "二〇二六年一月五日",
            "二○二六年一月五日",
            "二零二六年元月五日",
            "2026-01-05 00:00:00",
            "2026-01-05 00:00:00.000",
        ),
        *(
            "2026-01-05T00:00:00",
            "2026/1/5 0:00",
            "2026-01-05T08:30:00+08:00",
            "46027",
            "46027.0",
            "46027.375",
            "20260105.0",
        ),
        *(
            "２０２６－０１－０５",
            "２０２６年１月５日",
            " 2026-01-05 ",
            "\u30002026-01-05\ufeff",
            "2026 年 1 月 5 日",
            "2026-1/5",
        ),
    ],
)
def test_one_day_in_many_notations(text: str) -> None:
    assert read_date(text) == FIFTH_OF_JANUARY
    assert parse_date(text) == FIFTH_OF_JANUARY


@pytest.mark.parametrize(
    "text",
    ["2026-02-31", "2026-13-05", "20260231", "2026年2月29日", "0000-01-01", "二〇二六年二月三十日", "2026/00/10"],
)
def test_days_that_do_not_exist(text: str) -> None:
    assert read_date(text) == "date_impossible"
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "待定",
            "26-01-05",
            "26年1月5日",
            "05/01/2026",
            "1/5/2026",
            "5 Jan 2026",
            "2026-01",
            "2026年1月",
            "2026",
        ),
        *("202601", "2026010", "19999", "80001", "2026-01-05 25", "2026-01-05T00:00:00Z", "2026-01-05至2026-02-05"),
        *("二六年一月五日", "二〇二六年二五月五日", "2026年一月5日", "-46027", "2026--01-05"),
    ],
)
def test_what_would_need_a_guess_is_unreadable(text: str) -> None:
    assert read_date(text) is DateProblem.UNREADABLE
    assert read_date(text) == "date_unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "2099-12-31",
        "2099/12/31",
        "20991231",
        "2099年12月31日",
        "2099-12-31 00:00:00",
        "73050",
        "长期",
        " 长 期 ",
        "永久",
    ],
)
def test_terms_without_end(text: str) -> None:
    assert is_open_end(text)
    assert read_date(text) == OPEN_END


@pytest.mark.parametrize("text", ["2099-12-30", "2026-01-05", "", "无"])
def test_terms_with_an_end_or_none_at_all(text: str) -> None:
    assert not is_open_end(text)


@given(days_any, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00"]))
def test_every_day_is_read_back(day: date, notation: str) -> None:
    assert read_date(day.strftime(notation)) == day


def spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens] + "十")
    return ten + (NUMERALS[ones] if ones else "")


@given(days_any)
def test_every_day_in_numerals_is_read_back(day: date) -> None:
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    assert read_date(f"{year}年{spoken(day.month)}月{spoken(day.day)}日") == day


@given(st.integers(20_000, 80_000))
def test_serials_count_days_of_the_1900_system(serial: int) -> None:
    assert read_date(str(serial)) == date.fromordinal(date(2026, 1, 5).toordinal() + serial - 46_027)


@given(st.text(max_size=20))
def test_any_text_gives_a_date_or_a_problem(text: str) -> None:
    found = read_date(text)
    assert isinstance(found, date | DateProblem)
