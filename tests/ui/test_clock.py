"""The working-day clock shows every calendar day once, and counts only working days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rongxin.ui.clock import KEPT_AT_END, LONGEST, clock_days
from rongxin.ui.templatetags.rongxin import working_day_clock

NATIONAL_DAY = {date(2026, 10, day) for day in range(1, 8)}
DECIDED, DUE, TODAY = date(2026, 9, 28), date(2026, 10, 13), date(2026, 11, 23)


def is_workday(day: date) -> bool:
    """October 2026 with seven days off and one Saturday worked in exchange."""
    return day == date(2026, 10, 10) or (day.weekday() < 5 and day not in NATIONAL_DAY)


def kinds(done: date | None, today: date = TODAY) -> list[str]:
    return [cell.kind for cell in clock_days(DECIDED, DUE, done, today, is_workday)]


def test_days_off_are_shown_and_not_counted() -> None:
    cells = clock_days(DECIDED, DUE, date(2026, 10, 12), TODAY, is_workday)

    assert len(cells) == 16
    assert [cell.number for cell in cells if cell.kind == "counted"] == [1, 2, 3, 4, 5]
    assert [cell.day for cell in cells if cell.kind == "off"] == [*sorted(NATIONAL_DAY), date(2026, 10, 11)]
    assert cells[0].kind == "start"
    assert cells[-2].kind == "done"
    assert cells[-1].kind == "due"


def test_a_worked_saturday_counts() -> None:
    cells = {cell.day: cell for cell in clock_days(DECIDED, DUE, None, DECIDED, is_workday)}
    assert cells[date(2026, 10, 10)].number == 5


def test_display_on_the_last_day_is_in_time() -> None:
    assert kinds(DUE)[-1] == "done"


def test_days_after_the_deadline_are_counted_anew() -> None:
    cells = clock_days(DECIDED, DUE, date(2026, 10, 16), TODAY, is_workday)

    assert [(cell.kind, cell.number) for cell in cells[-4:]] == [("due", 7), ("over", 1), ("over", 2), ("late", 3)]


def test_display_on_the_day_of_decision() -> None:
    assert kinds(DECIDED)[0] == "done"


def test_what_is_not_displayed_yet_runs_to_today() -> None:
    cells = clock_days(DECIDED, DUE, None, date(2026, 10, 15), is_workday)

    assert cells[-1].day == date(2026, 10, 15)
    assert cells[-1].is_now
    assert cells[-1].kind == "over"


def test_a_very_late_display_leaves_out_the_middle() -> None:
    cells = clock_days(DECIDED, DUE, date(2027, 9, 1), TODAY, is_workday)

    assert len(cells) == LONGEST
    assert [cell.kind for cell in cells].count("gap") == 1
    assert [cell.day for cell in cells[-KEPT_AT_END:]] == [date(2027, 8, 30), date(2027, 8, 31), date(2027, 9, 1)]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 20),
    st.one_of(st.none(), st.integers(0, 25)),
    st.integers(0, 25),
)
def test_every_day_stands_once_and_in_order(start: date, due: int, done: int | None, today: int) -> None:
    cells = clock_days(
        start,
        start + timedelta(days=due),
        None if done is None else start + timedelta(days=done),
        start + timedelta(days=today),
        lambda day: day.weekday() < 5,
    )

    assert [cell.day for cell in cells] == [start + timedelta(days=offset) for offset in range(len(cells))]
    assert len([cell for cell in cells if cell.kind in ("done", "late")]) == (done is not None)


def test_the_clock_is_written_as_a_list_with_its_legend() -> None:
    written = working_day_clock(clock_days(DECIDED, DUE, date(2026, 10, 14), date(2026, 10, 14), is_workday))

    assert written.count("<li") == 17
    assert '<li class="late now" aria-current="date"><span>10/14</span><b>公示</b></li>' in written
    assert "实际公示（已逾期）" in written
    assert "逾期的工作日" not in written
