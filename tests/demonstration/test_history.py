"""Months of made-up work: nothing in the future, most sent in time, few rows wrong and only where shown."""

from collections import Counter
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from rongxin.demonstration import flaws
from rongxin.demonstration.acts import LICENCE, PENALTY
from rongxin.demonstration.authorities import AUTHORITIES, SHOWN
from rongxin.demonstration.diary import sending_days
from rongxin.demonstration.enterprises import identities
from rongxin.demonstration.famous import DECIDED_ON, DOCUMENT_NUMBER
from rongxin.demonstration.history import SHANGHAI, WAITING_FILE, History, Sending
from rongxin.demonstration.parts import REGISTRATION
from rongxin.primitives import uscc
from tests.demonstration.packs import fuzhou

MONDAY_MORNING = datetime(2026, 11, 23, 11, 30, tzinfo=SHANGHAI)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 50, tzinfo=SHANGHAI)
DECIDED = {PENALTY: "penalty_decision_date", LICENCE: "license_decision_date"}
DOCUMENT = {PENALTY: "penalty_document_no", LICENCE: "license_document_no"}


def told(now: datetime = MONDAY_MORNING, weeks: int = 12) -> History:
    return History(1, 400, now, fuzhou().calendar, weeks)


@pytest.fixture(scope="module")
def sendings() -> list[Sending]:
    return told().sendings()


def acts_of(sendings: list[Sending], *, shown: bool) -> list[Sending]:
    return [each for each in sendings if each.kind in DECIDED and (each.authority == SHOWN) is shown]


@pytest.mark.parametrize("now", [MONDAY_MORNING, SUNDAY_NIGHT, datetime(2026, 10, 5, 15, tzinfo=SHANGHAI)])
def test_nothing_lies_in_the_future_and_each_step_follows_the_one_before(now: datetime) -> None:
    for sending in told(now).sendings():
        assert sending.received_at < now
        if sending.decided_at is not None:
            assert sending.received_at < sending.decided_at < now
        if sending.kind in DECIDED:
            decided = sending.rows[DECIDED[sending.kind]].cast(pl.String)
            assert max(decided) <= sending.received_at.date().isoformat()


def test_the_same_day_tells_the_same_history(sendings: list[Sending]) -> None:
    again = told().sendings()
    assert [each.file_name for each in sendings] == [each.file_name for each in again]
    assert all(one.rows.equals(other.rows) for one, other in zip(sendings, again, strict=True))


def test_a_week_is_told_alike_whenever_it_is_told(sendings: list[Sending]) -> None:
    before = told(MONDAY_MORNING - timedelta(weeks=5)).sendings()
    earlier = {(each.authority.code, each.file_name): each.rows for each in before}
    # What was forgotten in the week before the first told is not told.
    settled = [each for each in acts_of(sendings, shown=False) if each.received_at.date() > date(2026, 9, 20)]
    both = [each for each in settled if (each.authority.code, each.file_name) in earlier]
    assert len(both) > 40
    assert all(each.rows.equals(earlier[each.authority.code, each.file_name]) for each in both)


def test_most_acts_are_sent_within_seven_working_days_and_some_late(sendings: list[Sending]) -> None:
    calendar = fuzhou().calendar
    taken = Counter(
        calendar.between(decided, sending.received_at.date()).days
        for sending in acts_of(sendings, shown=False)
        for decided in sending.rows[DECIDED[sending.kind]]
    )
    late = sum(count for days, count in taken.items() if days > 7)
    assert min(taken) == 1
    assert set(range(1, 8)) <= set(taken)
    assert 0 < late < 0.06 * taken.total()


def test_a_department_numbers_its_documents_through_the_year_without_using_one_twice(sendings: list[Sending]) -> None:
    for kind in DECIDED:
        documents = [
            number
            for each in acts_of(sendings, shown=False)
            if each.kind == kind
            for number in each.rows[DOCUMENT[kind]]
        ]
        assert len(documents) == len(set(documents)) > 100


def test_sending_days_are_working_days_one_a_week() -> None:
    days = sending_days(SHOWN, fuzhou().calendar, date(2026, 9, 14), date(2026, 10, 16))
    assert days == [date(2026, 9, 15), date(2026, 9, 22), date(2026, 9, 29), date(2026, 10, 8), date(2026, 10, 13)]


def test_acts_concern_enterprises_that_stand_on_the_register_before(sendings: list[Sending]) -> None:
    standing = told().register().filter(pl.col("status") == "存续")["uscc"]
    for each in acts_of(sendings, shown=False):
        assert set(each.rows["party_uscc"]) <= set(standing)


def test_a_district_decides_upon_its_own_enterprises(sendings: list[Sending]) -> None:
    districts = dict(identities(1, np.arange(400)).select("uscc", "district").iter_rows())
    bounded = [each for each in acts_of(sendings, shown=False) if each.authority.district]
    assert len({each.authority.district for each in bounded}) == 2
    for each in bounded:
        assert {districts[code] for code in each.rows["party_uscc"]} == {each.authority.district}


def test_newcomers_are_registered_by_the_authority_and_are_not_there_before() -> None:
    sent = [each for each in told(weeks=26).sendings() if each.kind == REGISTRATION]
    assert len(sent) == 1
    before = told(weeks=26).register()
    assert not set(sent[0].rows["uscc"]) & set(before["uscc"])
    assert before.height + sent[0].rows.height == 400


def test_one_batch_waits_and_one_was_sent_back_and_came_again(sendings: list[Sending]) -> None:
    waiting = [each for each in sendings if each.decided_at is None]
    assert [(each.file_name, each.authority) for each in waiting] == [(WAITING_FILE, SHOWN)]
    assert waiting[0].received_at >= MONDAY_MORNING - timedelta(hours=1)
    returned = [each for each in sendings if each.return_reason]
    assert len(returned) == 1
    again = next(each for each in sendings if f"初稿-{each.file_name}" == returned[0].file_name)
    assert again.received_at > returned[0].decided_at  # type: ignore[operator]
    assert not again.rows.equals(returned[0].rows)


def test_the_famous_penalty_goes_out_once_after_the_holidays(sendings: list[Sending]) -> None:
    carrying = [
        each for each in sendings if each.kind == PENALTY and DOCUMENT_NUMBER in each.rows["penalty_document_no"]
    ]
    assert [each.received_at.date() for each in carrying] == [date(2026, 10, 8)]
    row = carrying[0].rows.filter(pl.col("penalty_document_no") == DOCUMENT_NUMBER).row(0, named=True)
    assert row["penalty_decision_date"] == DECIDED_ON
    assert row["source_unit_uscc"] == SHOWN.uscc


def test_the_famous_penalty_is_not_told_before_its_day_and_still_long_after() -> None:
    def carrying(now: datetime) -> list[date]:
        return [
            each.received_at.date()
            for each in told(now, weeks=4).sendings()
            if each.kind == PENALTY and DOCUMENT_NUMBER in each.rows["penalty_document_no"]
        ]

    assert carrying(datetime(2026, 9, 20, 12, tzinfo=SHANGHAI)) == []
    assert len(carrying(datetime(2027, 3, 10, 12, tzinfo=SHANGHAI))) == 1


def test_wrong_rows_are_few_and_stand_only_with_the_department_that_is_shown(sendings: list[Sending]) -> None:
    for each in acts_of(sendings, shown=False):
        assert each.rows["party_uscc"].null_count() == 0
        assert all(uscc.is_valid(code) for code in each.rows["party_uscc"])
    wrong = [row for each in acts_of(sendings, shown=True) for row in each.rows["party_uscc"] if not row]
    assert 1 <= len(wrong) <= 4


def test_flaws_change_as_many_rows_as_they_say(sendings: list[Sending]) -> None:
    good = next(each.rows for each in sendings if each.kind == LICENCE and each.rows.height > 8)
    bad = flaws.licences(good)
    assert bad.height == good.height
    same = [
        one == other
        for one, other in zip(
            bad.drop("license_decision_date").rows(), good.drop("license_decision_date").rows(), strict=True
        )
    ]
    assert same.count(False) == 3, "the fourth differs in its day only"
    assert bad["license_decision_date"][0].endswith("02-30")
    assert not uscc.is_valid(bad["party_uscc"][2])
    assert bad["party_category"][3] == "自然人"


def test_every_department_has_a_name_of_its_own_and_two_people() -> None:
    assert len({each.name for each in AUTHORITIES}) == len(AUTHORITIES) >= 6
    assert all("示例" in each.name and uscc.is_valid(each.uscc) for each in AUTHORITIES)
    assert all(each.clerk != each.reviewer for each in AUTHORITIES)
