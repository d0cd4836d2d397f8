"""Departments are reminded of acts that wait for release: on working days, once a week for the same counts."""

from datetime import date

import pytest
import time_machine

from rongxin.disclosure.reminding import remind_of_deadlines
from rongxin.notices.models import Notice
from tests.factories import a_department, a_record, at, the_rules
from tests.intake.coverage.batches import a_waiting_batch

pytestmark = pytest.mark.django_db


def told(day: str) -> int:
    with time_machine.travel(at(day, "08:30"), tick=False):
        return remind_of_deadlines.call_now()


@pytest.fixture(autouse=True)
def waiting() -> None:
    """Acts of 5 November 2026 that nobody has released, and some that are in time, on a platform at work since January."""
    the_rules()
    a_record(decided_on=date(2026, 1, 5), recorded_at=at("2026-01-06"))
    with time_machine.travel(at("2026-11-05"), tick=False):
        a_waiting_batch({"2026-11-05": {"public": 3}}, a_department())
        a_waiting_batch({"2026-11-20": {"public": 2}}, a_department("other", "福州市示例他局"))


def test_only_who_has_something_urgent_is_told_in_numbers() -> None:
    assert told("2026-11-20") == 1
    notice = Notice.objects.get()
    assert notice.department == a_department()
    assert notice.title.zh == "公示时限提醒：3 条已逾期，0 条临近到期"
    assert "2026年11月20日" in notice.body.zh


def test_the_same_counts_are_told_once_a_week() -> None:
    assert [told(day) for day in ("2026-11-19", "2026-11-20", "2026-11-23")] == [1, 0, 1]


def test_a_day_off_is_left_alone() -> None:
    assert date(2026, 11, 21).isoweekday() == 6
    assert told("2026-11-21") == 0
