"""Two officers at the same moment: whatever both are told, the register holds together."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from rongxin.records.models import Resolution
from rongxin.records.splitting import MovedOn, Portion, rejoin, split
from rongxin.subjects.merging import Doubt, Ended, NotMergeable, merge, unmerge
from rongxin.subjects.models import Merge, Subject
from rongxin.subjects.splitting import NotSplittable
from tests.factories import a_record, a_subject

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "登记机关函（示例）"
REFUSALS = (NotMergeable, NotSplittable, Ended, MovedOn)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each gave, or how it was refused."""
    together = Barrier(len(deeds))
    outcomes: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        try:
            together.wait(10)
            outcomes[index] = deed()
        except REFUSALS as refusal:
            outcomes[index] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert None not in outcomes
    return outcomes


def merging(kept: Subject, absorbed: Subject) -> Callable[[], Merge]:
    return lambda: merge(kept, absorbed, by="lead-officer", basis=WHY, answers=dict.fromkeys(Doubt, "已核实"))


def refused(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Exception) for outcome in outcomes)


@pytest.fixture
def three() -> tuple[Subject, Subject, Subject]:
    return a_subject("福州示例甲有限公司"), a_subject("福州示例乙有限公司"), a_subject("福州示例丙有限公司")


def assert_flat() -> None:
    for subject in Subject.objects.select_related("merged_into"):
        assert subject.merged_into is None or subject.merged_into.merged_into_id is None


def test_two_who_merge_each_into_the_other_make_no_circle(three: tuple[Subject, Subject, Subject]) -> None:
    one, other, _third = three
    assert refused(at_once(merging(one, other), merging(other, one))) == 1
    assert Merge.objects.count() == 1
    assert_flat()


def test_one_subject_is_absorbed_once(three: tuple[Subject, Subject, Subject]) -> None:
    one, other, third = three
    assert refused(at_once(merging(one, third), merging(other, third))) == 1
    assert_flat()


def test_a_chain_made_at_once_is_flat(three: tuple[Subject, Subject, Subject]) -> None:
    one, other, third = three
    at_once(merging(one, other), merging(other, third))
    assert_flat()


def test_a_merge_is_ended_by_one_of_two(three: tuple[Subject, Subject, Subject]) -> None:
    one, other, _third = three
    done = merging(one, other)()
    ends = [lambda: unmerge(done, by="lead-officer", basis=WHY)] * 2
    outcomes = at_once(*ends)
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [Ended]


def test_the_same_act_goes_to_one_of_two(three: tuple[Subject, Subject, Subject]) -> None:
    one, other, third = three
    record = a_record(one)
    portion = Portion(numbers=(record.number,))
    outcomes = at_once(
        *(lambda to=to: split(one, to, portion, by="lead-officer", provider="lead", basis=WHY) for to in (other, third))
    )
    assert refused(outcomes) == 1
    assert Resolution.objects.filter(record=record, ended_at=None).count() == 1

    done = next(outcome for outcome in outcomes if not isinstance(outcome, Exception))
    ends = [lambda: rejoin(done, by="lead-officer", basis=WHY)] * 2  # type: ignore[arg-type]
    assert refused(at_once(*ends)) == 1
    assert Resolution.objects.get(record=record, ended_at=None).subject == one
