"""Punctuality: of one act and of the units in a month."""

from datetime import date

import pytest
import time_machine

from rongxin.departments.queries import providers
from rongxin.disclosure.figures import month_to_show
from rongxin.disclosure.punctuality import month_of_units
from rongxin.disclosure.timing import punctuality_of, timeliness_of
from rongxin.disclosure.views import Punctuality, PunctualityMonth
from rongxin.policy.pack import Policy
from rongxin.records.counting import first_days
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at, some_records

LONG_AGO = date(2018, 1, 1)


def kept(policy: Policy, decided_on: str, recorded_on: str, *, began_on: date = LONG_AGO) -> Punctuality | None:
    decided, recorded = date.fromisoformat(decided_on), date.fromisoformat(recorded_on)
    return punctuality_of(policy, PENALTY, decided, recorded, began_on=began_on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recorded_on", "state", "workday"),
    [
        ("2026-09-28", "met", 0),
        ("2026-09-30", "met", 2),
        # 1 to 7 October are days off, Saturday the 10th is worked, Sunday the 11th is not.
        ("2026-10-10", "met", 5),
        ("2026-10-13", "met", 7),
        ("2026-10-14", "late", 1),
        ("2026-10-19", "late", 4),
    ],
)
def test_seven_working_days_over_the_national_day_holiday(
    policy: Policy, recorded_on: str, state: str, workday: int
) -> None:
    assert kept(policy, "2026-09-28", recorded_on) == Punctuality(state=state, workday=workday)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_act_whose_deadline_passed_before_the_platform_began_is_not_judged(policy: Policy) -> None:
    assert kept(policy, "2025-03-10", "2026-01-05", began_on=date(2026, 1, 5)) is None
    # Decided before, but due only after the beginning.
    assert kept(policy, "2025-12-31", "2026-01-05", began_on=date(2026, 1, 5)) == Punctuality(state="met", workday=2)


@pytest.mark.django_db
def test_the_deadline_is_told_with_its_rule(policy: Policy) -> None:
    told = timeliness_of(policy, PENALTY, date(2026, 9, 28), date(2026, 10, 12), began_on=LONG_AGO)

    assert told is not None
    assert (told.due, told.length, told.unit) == (date(2026, 10, 13), 7, "workdays")
    assert (told.strength, told.basis.reading, told.is_provisional) == ("local", "P", False)


@pytest.mark.django_db
def test_a_deadline_over_days_that_are_not_announced_is_provisional(policy: Policy) -> None:
    told = timeliness_of(policy, PENALTY, date(2026, 12, 30), date(2026, 12, 31), began_on=LONG_AGO)

    assert told is not None
    assert told.is_provisional


def october(policy: Policy, *, began_on: date = LONG_AGO) -> PunctualityMonth:
    return month_of_units(policy, date(2026, 10, 1), providers(), today=date(2026, 11, 22), began_on=began_on)


@pytest.mark.django_db
def test_a_month_of_units(policy: Policy) -> None:
    subject = a_subject()
    quick = a_department("quick", "示例甲局")
    slow = a_department("slow", "示例乙局")
    a_department("idle", "示例丙局")
    some_records(3, subject, department=quick, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, department=slow, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, department=slow, kind=LICENCE, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))

    month = october(policy)

    assert [(row.name, row.share, row.on_time, row.late) for row in month.rows] == [
        ("示例甲局", 1.0, 3, 0),
        ("示例乙局", 0.5, 1, 1),
        ("示例丙局", None, 0, 0),
    ]
    assert (month.share, month.days, month.axis_from) == (0.8, 7, 0.5)


@pytest.mark.django_db
def test_what_is_lawfully_withheld_is_neither_on_time_nor_late(policy: Policy) -> None:
    a_record(severity="minor", decided_on=date(2026, 10, 9), recorded_at=at("2026-10-30"))

    assert [row.share for row in october(policy).rows] == [None]


@pytest.mark.django_db
def test_a_correction_sent_late_does_not_make_the_act_late(policy: Policy) -> None:
    subject = a_subject()
    for day, words in (("2026-10-12", "标签不符"), ("2026-11-20", "未明码标价")):
        a_record(
            subject,
            decided_on=date(2026, 10, 9),
            recorded_at=at(day),
            penalty_document_no="榕示市监罚〔2026〕9号",
            violation_type=words,
        )

    assert [(row.on_time, row.late) for row in october(policy).rows] == [(1, 0)]


@pytest.mark.django_db
def test_the_day_of_display_is_a_day_in_shanghai(policy: Policy) -> None:
    # Half past midnight of the 14th in Shanghai is still the 13th in UTC.
    a_record(decided_on=date(2026, 9, 28), recorded_at=at("2026-10-14", "00:30"))

    acts = first_days(date(2026, 9, 1), date(2026, 9, 30), providers())
    assert acts["recorded_on"].to_list() == [date(2026, 10, 14)]


@pytest.mark.parametrize(
    ("today", "began_on", "month"),
    [
        (date(2026, 11, 22), date(2026, 3, 1), date(2026, 10, 1)),
        (date(2026, 1, 5), date(2025, 3, 1), date(2025, 12, 1)),
        (date(2026, 11, 22), date(2026, 10, 31), date(2026, 10, 1)),
        (date(2026, 11, 22), date(2026, 11, 2), date(2026, 11, 1)),
    ],
)
def test_the_last_full_month_is_shown_unless_the_platform_is_younger(today: date, began_on: date, month: date) -> None:
    assert month_to_show(today, began_on) == month


@pytest.mark.django_db
def test_figures_are_counted_once_a_minute(policy: Policy) -> None:
    from rongxin.disclosure.figures import figures
    from rongxin.records.display import Moment

    with time_machine.travel(at("2026-11-22"), tick=False) as clock:
        a_record(decided_on=date(2026, 11, 18))
        first = figures(policy, Moment.now())
        a_record(decided_on=date(2026, 11, 18))
        clock.shift(59)
        assert figures(policy, Moment.now()) == first
        clock.shift(2)
        later = figures(policy, Moment.now())
    assert (first.records, later.records) == (1, 2)
    assert (first.subjects, first.units) == (1, 1)
    assert later.as_of == at("2026-11-22", "10:01").replace(second=1)
