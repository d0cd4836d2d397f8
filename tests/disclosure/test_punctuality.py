"""A month of decisions: where each act stands against its deadline, on any day, without a stored result."""

from datetime import date, timedelta

import polars as pl
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from rongxin.disclosure.clocks import clock_counts, running_clocks
from rongxin.disclosure.punctuality import PunctualityReport, Tally, judge, punctuality_report
from rongxin.disclosure.timing import clock_of, punctuality_of, timing_of
from rongxin.intake.models import BatchState
from rongxin.policy.display import Timing
from rongxin.policy.pack import Policy
from rongxin.records.counting import FIRST_DAYS
from rongxin.records.models import Effect
from tests.factories import (
    LICENCE,
    PENALTY,
    a_department,
    a_record,
    a_subject,
    at,
    note,
    some_records,
    the_pack,
)
from tests.intake.coverage.batches import a_waiting_batch

LONG_AGO = date(2018, 1, 1)
OCTOBER = date(2026, 10, 1)
TODAY = date(2026, 11, 22)

pytestmark = pytest.mark.django_db


def report(
    policy: Policy, month: date = OCTOBER, *, as_of: date = TODAY, kind: str = "", began_on: date = LONG_AGO
) -> PunctualityReport:
    with time_machine.travel(at(TODAY.isoformat(), "20:00"), tick=False):
        return punctuality_report(policy, month, as_of=as_of, today=TODAY, began_on=began_on, kind=kind)


# ── states ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_act_stands_in_one_place(policy: Policy) -> None:
    subject = a_subject()
    decided = date(2026, 10, 9)
    some_records(3, subject, decided_on=decided, recorded_at=at("2026-10-13"))
    some_records(2, subject, decided_on=decided, recorded_at=at("2026-10-30"))
    a_record(subject, severity="minor", decided_on=decided, recorded_at=at("2026-10-30"))
    a_waiting_batch({"2026-10-09": {"public": 4, "withheld": 1}})

    found = report(policy)

    assert found.total == Tally(on_time=3, late=2, overdue=4, withheld=1)
    assert found.total.share == pytest.approx(3 / 9)
    assert found.reasons == (("轻微失信信息依法不予公示", 1),)


def test_what_is_not_due_yet_counts_for_nobody(policy: Policy) -> None:
    a_waiting_batch({"2026-11-20": {"public": 5}})

    found = report(policy, date(2026, 11, 1))

    assert found.total == Tally(not_due=5)
    assert found.total.share is None


@pytest.mark.parametrize("state", [BatchState.RELEASED, BatchState.RETURNED, BatchState.STOPPED, BatchState.RECORDED])
def test_only_a_batch_that_waits_for_release_has_a_running_clock(policy: Policy, state: BatchState) -> None:
    a_waiting_batch({"2026-10-09": {"public": 5}}, state=state)

    assert report(policy).total.acts == 0
    assert running_clocks(policy, TODAY) == []


def test_an_act_displayed_only_after_it_was_completed_is_as_late_as_that(policy: Policy) -> None:
    subject = a_subject()
    filed = {"decided_on": date(2026, 10, 9), "penalty_document_no": "榕示市监罚〔2026〕9号"}
    a_record(subject, severity="minor", recorded_at=at("2026-10-12"), **filed)
    a_record(subject, severity="general", recorded_at=at("2026-11-20"), violation_type="更正后的类型", **filed)

    assert report(policy).total == Tally(late=1)


# ── edge days ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("decided_on", "last_day"),
    [
        # National Day: 1 to 7 October off, Saturday the 10th worked.
        ("2026-09-28", "2026-10-13"),
        # Spring Festival: 15 to 23 February off, Saturdays the 14th and the 28th worked.
        ("2026-02-12", "2026-02-28"),
        # The last decisions of the year whose deadline lies within it.
        ("2026-12-22", "2026-12-31"),
    ],
)
def test_the_last_day_is_on_time_and_the_next_is_late(policy: Policy, decided_on: str, last_day: str) -> None:
    decided, last = date.fromisoformat(decided_on), date.fromisoformat(last_day)
    next_day = last + timedelta(days=1)

    on_time = punctuality_of(policy, PENALTY, decided, last, began_on=LONG_AGO)
    late = punctuality_of(policy, PENALTY, decided, next_day, began_on=LONG_AGO)

    assert on_time is not None
    assert late is not None
    assert (on_time.state, late.state) == ("met", "late")


def test_nothing_is_late_by_a_calendar_that_is_not_announced(policy: Policy) -> None:
    # The calendar of 2027 is not announced, so a deadline in January is provisional.
    for recorded_on, state in (("2026-12-31", "met"), ("2027-01-04", "met"), ("2027-03-01", "undetermined")):
        found = punctuality_of(policy, PENALTY, date(2026, 12, 24), date.fromisoformat(recorded_on), began_on=LONG_AGO)
        assert found is not None
        assert found.state == state, recorded_on

    waiting = clock_of(policy, PENALTY, date(2026, 12, 24), today=date(2027, 3, 1), began_on=LONG_AGO)
    assert waiting is not None
    assert (waiting.state, waiting.is_provisional, waiting.workdays_late) == (Timing.UNDETERMINED, True, 0)


@given(
    decided=st.dates(min_value=date(2026, 12, 1), max_value=date(2027, 6, 30)),
    days=st.integers(min_value=0, max_value=200),
)
def test_no_day_of_display_makes_an_act_with_a_provisional_deadline_late(decided: date, days: int) -> None:
    policy, _sources = the_pack()
    clock = clock_of(policy, PENALTY, decided, today=decided, began_on=LONG_AGO)
    assert clock is not None
    found = punctuality_of(policy, PENALTY, decided, decided + timedelta(days=days), began_on=LONG_AGO)
    assert found is not None
    if clock.is_provisional:
        assert found.state in ("met", "undetermined")
    else:
        assert found.state == ("met" if decided + timedelta(days=days) <= clock.due else "late")


ACTS = st.lists(
    st.tuples(
        st.sampled_from([PENALTY, LICENCE, "registration", "nothing"]),
        st.dates(min_value=date(2026, 9, 1), max_value=date(2027, 1, 31)),
        st.none() | st.integers(min_value=0, max_value=60),
        st.sampled_from(["public", "withheld"]),
    ),
    max_size=20,
)


@given(acts=ACTS, as_of=st.dates(min_value=date(2027, 1, 31), max_value=date(2027, 3, 31)))
def test_many_acts_are_judged_like_one(acts: list[tuple[str, date, int | None, str]], as_of: date) -> None:
    policy, _sources = the_pack()
    rows = [
        (7, kind, decided, None if days is None else decided + timedelta(days=days), display, "", 1)
        for kind, decided, days, display in acts
    ]
    frame = pl.DataFrame(rows, schema={**FIRST_DAYS, "acts": pl.Int64}, orient="row").with_row_index("at")

    judged = judge(frame, policy, as_of=as_of, began_on=date(2026, 9, 20))

    states = dict(judged.select("at", "state").iter_rows())
    for place, (_, kind, decided, recorded, display, _, _) in enumerate(rows):
        shown_on = recorded if recorded and recorded <= as_of else None
        one = timing_of(policy, kind, decided, shown_on, today=as_of, began_on=date(2026, 9, 20))
        if one is None:
            assert place not in states
        else:
            assert states[place] == ("withheld" if display == "withheld" else one.state.value)


def test_the_month_counts_undetermined_apart(policy: Policy) -> None:
    subject = a_subject()
    day = date(2026, 12, 24)
    some_records(2, subject, decided_on=day, recorded_at=at("2026-12-28"))
    a_record(subject, decided_on=day, recorded_at=at("2027-03-01"))
    a_waiting_batch({"2026-12-24": {"public": 3}})

    with time_machine.travel(at("2027-03-02"), tick=False):
        found = punctuality_report(
            policy, date(2026, 12, 1), as_of=date(2027, 3, 2), today=date(2027, 3, 2), began_on=LONG_AGO
        )

    assert found.total == Tally(on_time=2, undetermined=4)
    assert found.late_acts == ()


def test_an_act_due_before_the_platform_began_is_not_judged(policy: Policy) -> None:
    subject = a_subject()
    a_record(subject, decided_on=date(2026, 10, 9), recorded_at=at("2026-11-02"))

    assert report(policy, began_on=date(2026, 11, 2)).total.acts == 0


# ── any day, any kind, any region ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("as_of", "tally"),
    [
        (date(2026, 10, 8), Tally()),
        (date(2026, 10, 9), Tally(not_due=2)),
        (date(2026, 10, 13), Tally(on_time=1, not_due=1)),
        (date(2026, 10, 19), Tally(on_time=1, not_due=1)),
        (date(2026, 10, 20), Tally(on_time=1, overdue=1)),
        (date(2026, 10, 29), Tally(on_time=1, overdue=1)),
        (date(2026, 10, 30), Tally(on_time=1, late=1)),
    ],
)
def test_a_month_can_be_counted_again_for_any_day(policy: Policy, as_of: date, tally: Tally) -> None:
    subject = a_subject()
    a_record(subject, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))

    assert report(policy, as_of=as_of).total == tally


def test_units_regions_and_kinds(policy: Policy) -> None:
    subject = a_subject()
    gulou = a_department("gulou", "示例鼓楼局", region="350102")
    cangshan = a_department("cangshan", "示例仓山局", region="350104")
    also_gulou = a_department("gulou-2", "示例鼓楼二局", region="350102")
    day, good, bad = date(2026, 10, 9), at("2026-10-13"), at("2026-10-30")
    some_records(3, subject, department=gulou, decided_on=day, recorded_at=good)
    a_record(subject, department=also_gulou, decided_on=day, recorded_at=bad)
    a_record(subject, department=cangshan, kind=LICENCE, decided_on=day, recorded_at=good)

    found = report(policy)

    assert [(line.short_name, line.tally.share) for line in found.units] == [
        ("示例鼓楼局", 1.0),
        ("示例仓山局", 1.0),
        ("示例鼓楼二局", 0.0),
    ]
    assert [(line.name, line.units, line.tally.share) for line in found.regions] == [
        ("鼓楼区", 2, 0.75),
        ("仓山区", 1, 1.0),
    ]
    assert report(policy, kind=LICENCE).total == Tally(on_time=1)
    assert found.axis_from == 0.0


def test_the_trend_covers_a_year_up_to_the_month(policy: Policy) -> None:
    subject = a_subject()
    a_record(subject, decided_on=date(2026, 9, 1), recorded_at=at("2026-09-02"))
    a_record(subject, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))

    found = report(policy)

    assert [f"{line.month:%Y-%m}" for line in found.trend][::11] == ["2025-11", "2026-10"]
    assert [line.tally.share for line in found.trend][-2:] == [1.0, 0.0]
    # Months in which nothing could have been due here are left out.
    assert [line.month for line in report(policy, began_on=date(2026, 9, 2)).trend] == [date(2026, 9, 1), OCTOBER]


def test_late_acts_are_named_by_number_and_how_late(policy: Policy) -> None:
    subject = a_subject()
    unit = a_department("slow", "示例慢局")
    late = a_record(subject, department=unit, decided_on=date(2026, 9, 28), recorded_at=at("2026-10-19"))
    on_saturday = a_record(subject, department=unit, decided_on=date(2026, 9, 2), recorded_at=at("2026-09-12"))
    ended = a_record(subject, department=unit, decided_on=date(2026, 9, 28), recorded_at=at("2026-10-20"))
    a_record(subject, department=unit, decided_on=date(2026, 9, 28), recorded_at=at("2026-10-13"))
    note(ended, Effect.WITHDRAWN, at=at("2026-10-21"))

    found = report(policy, date(2026, 9, 1))

    assert [(act.number, act.unit, act.workdays_late) for act in found.late_acts] == [
        (late.number, "示例慢局", 4),
        # After the deadline, and before the next working day.
        (on_saturday.number, "示例慢局", 0),
    ]
    assert found.total.late == 3


def test_the_measure_is_told_with_the_strength_of_each_deadline(policy: Policy) -> None:
    told = {title.zh: deadline for deadline in report(policy).deadlines for title in deadline.kinds}

    assert (told["行政处罚"].length, told["行政处罚"].strength.value, told["行政处罚"].basis.reading.value) == (
        7,
        "local",
        "P",
    )
    assert all(deadline.basis.document for deadline in told.values())


# ── running clocks ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("today", "state", "taken", "left", "warnings"),
    [
        ("2026-09-28", Timing.NOT_DUE, 0, 7, 0),
        ("2026-09-30", Timing.NOT_DUE, 2, 5, 0),
        ("2026-10-07", Timing.NOT_DUE, 2, 5, 0),
        ("2026-10-08", Timing.NOT_DUE, 3, 4, 1),
        # The make-up Saturday counts, the Sunday after it does not.
        ("2026-10-10", Timing.NOT_DUE, 5, 2, 2),
        ("2026-10-11", Timing.NOT_DUE, 5, 2, 2),
        ("2026-10-13", Timing.NOT_DUE, 7, 0, 2),
        ("2026-10-14", Timing.OVERDUE, 8, 0, 2),
    ],
)
def test_reminders_fall_due_on_the_third_and_the_fifth_working_day(
    policy: Policy, today: str, state: Timing, taken: int, left: int, warnings: int
) -> None:
    clock = clock_of(policy, PENALTY, date(2026, 9, 28), today=date.fromisoformat(today), began_on=LONG_AGO)

    assert clock is not None
    assert (clock.state, clock.taken, clock.left, clock.warnings) == (state, taken, left, warnings)


def test_the_first_to_be_released_is_due_first(policy: Policy) -> None:
    a_record(decided_on=date(2026, 1, 5), recorded_at=at("2026-01-06"))
    later = a_waiting_batch({"2026-11-18": {"public": 2}})
    sooner = a_waiting_batch({"2026-11-20": {"public": 9}, "2026-11-09": {"public": 1, "withheld": 7}})
    a_waiting_batch({"2026-11-02": {"withheld": 3}})

    running = running_clocks(policy, date(2026, 11, 22))

    assert [(each.waiting.batch, each.waiting.public) for each in running] == [
        (sooner.number, 1),
        (later.number, 2),
        (sooner.number, 9),
    ]
    assert clock_counts(running).overdue == 1
    assert clock_counts(running).acts == 12


def test_another_department_does_not_see_the_clocks(policy: Policy) -> None:
    a_waiting_batch({"2026-11-18": {"public": 2}})

    assert running_clocks(policy, TODAY, (a_department("other", "示例他局"),)) == []


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", [2, 20])
def test_queries_do_not_grow(policy: Policy, number: int, django_assert_max_num_queries: object) -> None:
    subject = a_subject()
    for index in range(number):
        unit = a_department(f"unit-{index}", f"示例第{index}局")
        a_record(subject, department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))
    a_waiting_batch({"2026-10-09": {"public": 1}})

    with django_assert_max_num_queries(4):  # type: ignore[operator]
        report(policy)


def test_a_report_is_counted_once_a_minute(policy: Policy, django_assert_num_queries: object) -> None:
    a_record(decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    report(policy)

    with django_assert_num_queries(0):  # type: ignore[operator]
        report(policy)
