"""Succession in law: who took over whom, on which day, and that no record moves."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from rongxin.records.queries import of_subject
from rongxin.subjects.merging import Ended
from rongxin.subjects.models import Subject, Succession, SuccessionKind
from rongxin.subjects.succession import NotSucceedable, SuccessionBar, end_succession, succeed, successions_of
from tests.factories import a_record, a_sole_trader, a_subject, at, the_rules

pytestmark = pytest.mark.django_db

MERGER, DIVISION, CONVERSION = SuccessionKind.MERGER, SuccessionKind.DIVISION, SuccessionKind.CONVERSION


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at("2026-11-22"), tick=False):
        yield


@pytest.fixture
def policy() -> Policy:
    return the_rules()


@pytest.fixture
def old() -> Subject:
    return a_subject("福州示例老榕有限公司")


@pytest.fixture
def new() -> Subject:
    return a_subject("福州示例新榕有限公司")


def succeeds(
    predecessor: Subject, successor: Subject, kind: SuccessionKind = MERGER, on: date = date(2026, 3, 1)
) -> Succession:
    return succeed(kind, predecessor, successor, effective_on=on, document="示例登记〔2026〕1号", by="lead-officer")


def bars_of(predecessor: Subject, successor: Subject, *more: object) -> tuple[SuccessionBar, ...]:
    before = Succession.objects.count()
    with pytest.raises(NotSucceedable) as refused:
        succeeds(predecessor, successor, *more)  # type: ignore[arg-type]
    assert Succession.objects.count() == before
    return refused.value.bars


def test_no_record_moves(old: Subject, new: Subject, policy: Policy) -> None:
    record = a_record(old)
    succession = succeeds(old, new)

    now = Moment.now()
    assert [shown.record for shown in of_subject(old, policy, now, limit=9)] == [record]
    assert of_subject(new, policy, now, limit=9) == []
    assert successions_of(old) == successions_of(new) == [succession]


def test_a_division_has_several_successors_and_a_merger_several_predecessors(old: Subject, new: Subject) -> None:
    third = a_subject("福州示例第三有限公司")
    assert succeeds(old, new, DIVISION)
    assert succeeds(old, third, DIVISION)
    assert succeeds(third, new, MERGER)


def test_nobody_follows_itself(old: Subject) -> None:
    assert bars_of(old, old) == (SuccessionBar.SAME_SUBJECT,)


def test_nobody_follows_in_a_circle_on_one_day(old: Subject, new: Subject) -> None:
    third = a_subject("福州示例第三有限公司")
    succeeds(old, new)
    succeeds(new, third)
    assert bars_of(third, old) == bars_of(new, old) == (SuccessionBar.IN_A_CIRCLE,)
    assert succeeds(third, old, MERGER, date(2026, 4, 1))


def test_the_same_succession_is_recorded_once(old: Subject, new: Subject) -> None:
    succeeds(old, new)
    assert bars_of(old, new) == (SuccessionBar.STANDS_ALREADY,)


def test_what_has_not_happened_yet_is_not_recorded(old: Subject, new: Subject) -> None:
    assert bars_of(old, new, MERGER, date(2026, 11, 23)) == (SuccessionBar.NOT_YET,)


def test_a_sole_trader_becomes_an_enterprise_and_nothing_else(new: Subject, old: Subject) -> None:
    trader = a_sole_trader()
    assert bars_of(trader, new, MERGER) == bars_of(new, trader) == (SuccessionBar.SOLE_TRADER,)
    assert bars_of(old, new, CONVERSION) == (SuccessionBar.NOT_A_SOLE_TRADER,)
    assert succeeds(trader, new, CONVERSION)


def test_a_succession_entered_wrongly_is_ended(old: Subject, new: Subject) -> None:
    done = end_succession(succeeds(old, new), by="other-lead_officer", basis="录入有误")

    assert successions_of(old) == []
    assert (done.ended_by, done.ended_basis) == ("other-lead_officer", "录入有误")
    with pytest.raises(Ended):
        end_succession(done, by="lead-officer", basis="录入有误")
    assert succeeds(old, new)


def test_a_succession_needs_its_document_and_its_end_a_basis(old: Subject, new: Subject) -> None:
    with pytest.raises(ValueError, match="document"):
        succeed(MERGER, old, new, effective_on=date(2026, 3, 1), document=" ", by="lead-officer")
    with pytest.raises(ValueError, match="basis"):
        end_succession(succeeds(old, new), by="lead-officer", basis="")
