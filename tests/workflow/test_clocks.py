"""How many days are left: by the calendar, standing still in a pause, lengthened with a reason, moved by an announcement."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.policy.words import Title
from rongxin.primitives.workdays import Calendar
from rongxin.workflow import clocks, registry
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.clocks import Clock, Clocks, Pause
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.queries import counts, events_of, overdue
from tests.factories import the_pack
from tests.workflow.conftest import Bureau, in_force, on, rules, with_year
from tests.workflow.toy import TOY

T = Title(zh="还不行", en="Not yet")
FIRST = date(2026, 9, 1)
OFFSETS = st.integers(0, 60)


@given(
    since=st.integers(0, 90),
    days=st.integers(1, 20),
    extended=st.integers(0, 5),
    lengths=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4),
)
def test_the_last_day_is_the_one_on_which_the_last_day_is_counted(
    since: int, days: int, extended: int, lengths: list[tuple[int, int]]
) -> None:
    """Compared with counting day by day."""
    calendar = the_pack()[0].calendar
    start = FIRST + timedelta(days=since)
    pauses, cursor = [], start
    for gap, length in lengths:
        after = cursor + timedelta(days=gap)
        cursor = after + timedelta(days=length)
        pauses.append(Pause(after, cursor))
    clock = Clock("t", start, days, extended, tuple(pauses))

    day, counted = start, 0
    while counted < days + extended:
        day += timedelta(days=1)
        stands = any(pause.after < day <= (pause.until or day) for pause in pauses)
        counted += calendar.is_workday(day) and not stands
    assert clocks.due(clock, calendar).on == day
    assert clocks.left(clock, day, calendar) == 0
    assert clocks.left(clock, day - timedelta(days=1), calendar) == 1
    assert Clocks.from_json(Clocks(clock, clock.stopped(day)).as_json()) == Clocks(clock, clock.stopped(day))


def test_the_case_of_the_picture(bureau: Bureau) -> None:
    """Ten working days from 12 November, two days of completion left out: 30 November minus what was paused."""
    case = bureau.open()
    bureau.take(case, "accept")
    assert case.due_on == date(2026, 11, 26)
    with on("2026-11-16"):
        bureau.take(case, "return_once")
    assert (case.is_paused, case.due_on) == (True, date(2026, 11, 23))
    with on("2026-11-18"):
        bureau.take(case, "completed")
    assert (case.is_paused, case.due_on) == (False, date(2026, 11, 30))
    with on("2026-11-23"):
        bureau.take(case, "draft")
    assert case.due_on == date(2026, 11, 30)


def test_a_term_over_a_make_up_saturday_counts_it(bureau: Bureau) -> None:
    with on("2026-10-08"):
        case = bureau.open()  # Thursday; Saturday the 10th is worked
    assert case.due_on == date(2026, 10, 12)


def test_an_extension_needs_a_reason_a_reviewer_and_has_a_most(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    for given_, expected in (
        ({"reason": ""}, Bar.NO_REASON),
        ({"answers": {"days": "6"}}, Bar.LONGEST),
        ({"answers": {"days": "0"}}, Bar.LONGEST),
        ({"answers": {}}, Bar.BAD_ANSWER),
        ({"by": bureau.clerk}, Bar.NOT_YOURS),
    ):
        with pytest.raises(NotPossible) as refused:
            bureau.take(case, "extend", **({"by": bureau.reviewer} | given_))
        assert refused.value.barred.bar == expected
    bureau.take(case, "extend", bureau.reviewer, answers={"days": "3"})
    assert (case.state, case.due_on) == ("checking", date(2026, 12, 1))
    with pytest.raises(NotPossible) as refused:
        bureau.take(case, "extend", bureau.reviewer, answers={"days": "3"})
    assert refused.value.barred.most == 2


def test_what_is_over_is_not_extended(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    with on("2026-11-27"), pytest.raises(NotPossible) as refused:
        bureau.take(case, "extend", bureau.reviewer)
    assert refused.value.barred.bar == Bar.ALREADY_OVER


# ── what time does ───────────────────────────────────────────────────────────────────────────────────────────────────
def told(kind: EventKind) -> list[tuple[date, dict[str, object]]]:
    return [(e.on, e.payload) for e in CaseEvent.objects.filter(kind=kind).order_by("position")]


def test_reminders_come_once_each(bureau: Bureau) -> None:
    bureau.open()  # last day 17 November
    with on("2026-11-12"):
        keep_clocks()
        keep_clocks()
    with on("2026-11-13"):
        keep_clocks()
    with on("2026-11-16"):
        keep_clocks()
        keep_clocks()
    assert told(EventKind.WARNED) == [(date(2026, 11, 12), {"left": 3}), (date(2026, 11, 16), {"left": 1})]


def test_a_deadline_missed_while_the_platform_was_down_is_told_once_and_dated_rightly(bureau: Bureau) -> None:
    case = bureau.open()
    with on("2026-11-30"):
        keep_clocks()
        keep_clocks()
    case.refresh_from_db()
    assert told(EventKind.WARNED) == []
    assert told(EventKind.OVERDUE) == [(date(2026, 11, 18), {})]
    assert told(EventKind.ESCALATED) == [(date(2026, 11, 20), {"workdays_late": 3})]
    assert case.escalated_on == date(2026, 11, 20)
    assert [e.at.date() for e in events_of(case)][-2:] == [date(2026, 11, 30)] * 2
    with on("2026-12-01"):
        bureau.take(case, "accept")
    assert case.escalated_on is None


def test_a_paused_case_is_not_late(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "return_once")
    with on("2026-11-19"):
        keep_clocks()
    assert told(EventKind.OVERDUE) == []


def test_a_term_of_the_pause_that_is_over_makes_no_office_late(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "return_once")  # the other side has until the 19th
    held = replace(TOY, steps=tuple(replace(s, guard=lambda *_: T) if s.on_lapse else s for s in TOY.steps))
    registry._known["toy"] = held
    with on("2026-11-30"):
        assert not overdue(bureau.clerk, date(2026, 11, 30)).exists()
        assert keep_clocks() == {"lapsed": 0}


def test_a_term_that_lapses_goes_on_by_itself_as_of_its_last_day(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")  # ten days from the 12th
    bureau.take(case, "return_once")  # five days to complete: the 19th
    with on("2026-11-19"), pytest.raises(NotPossible):
        take_step(case.number, "uncompleted", by=None)
    with on("2026-11-25"):
        assert keep_clocks()["lapsed"] == 1
        assert keep_clocks()["lapsed"] == 0
    case.refresh_from_db()
    assert case.state == "checking"
    assert case.due_on == date(2026, 12, 3)  # ten days after the 19th, whatever day it was noticed
    last = events_of(case)[-1]
    assert (last.by, last.step, last.on) == (None, "uncompleted", date(2026, 11, 19))
    assert told(EventKind.OVERDUE) == []


def test_no_person_takes_what_only_the_platform_takes(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "return_once")
    with on("2026-11-25"), pytest.raises(NotPossible) as refused:
        bureau.take(case, "uncompleted")
    assert refused.value.barred.bar == Bar.PLATFORM_ONLY


def test_over_new_year_without_a_calendar_nothing_is_overdue(bureau: Bureau) -> None:
    with on("2026-12-30"):
        case = bureau.open()
        bureau.take(case, "accept")
    assert case.is_provisional
    with on("2027-03-01"):
        keep_clocks()
        assert told(EventKind.OVERDUE) == []
        assert counts(bureau.clerk, date(2027, 3, 1)).overdue == 0
        assert not overdue(bureau.clerk, date(2027, 3, 1)).exists()
        bureau.take(case, "extend", bureau.reviewer)  # nobody can say that it is too late


def test_an_announced_calendar_moves_the_days_and_the_log_says_so(bureau: Bureau) -> None:
    with on("2026-12-30"):
        case = bureau.open()
        bureau.take(case, "accept")
    before = case.due_on
    holidays = [f"2027-01-{day:02d}" for day in (1, 2, 3)]
    in_force(with_year(rules(), 2027, off=[*holidays, "2027-01-04"], work=["2027-01-09"]))
    with on("2027-01-05"):
        keep_clocks()
        keep_clocks()
    case.refresh_from_db()
    assert not case.is_provisional
    assert told(EventKind.DUE_MOVED) == [(date(2027, 1, 5), {"before": str(before), "was_provisional": True})]
    assert events_of(case)[-1].due_on == case.due_on
    with on("2027-03-01"):
        keep_clocks()
    assert told(EventKind.OVERDUE) == [(case.due_on + timedelta(days=1), {})]


def test_a_release_that_leaves_the_calendar_alone_moves_nothing(bureau: Bureau) -> None:
    bureau.open()
    in_force(rules(accept=9))
    keep_clocks()
    assert told(EventKind.DUE_MOVED) == []


def test_equal_calendars_have_one_mark() -> None:
    one = Calendar(frozenset({FIRST}), frozenset(), frozenset({2026}))
    assert clocks.mark(one) == clocks.mark(Calendar(frozenset({FIRST}), frozenset(), frozenset({2026})))
    assert clocks.mark(one) != clocks.mark(Calendar(frozenset(), frozenset({FIRST}), frozenset({2026})))


@pytest.mark.parametrize("number", [1, 12])
def test_keeping_clocks_costs_no_more_with_more_cases(
    bureau: Bureau, number: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(number):
        bureau.open()
    with on("2026-11-30"), django_assert_max_num_queries(19):  # type: ignore[operator]
        assert keep_clocks()["overdue"] == number
