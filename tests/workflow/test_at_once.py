"""Two people at the same moment, with real transactions."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from rongxin.workflow.actions import Stale, open_case, take_step
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.outbox import deliver
from tests.workflow import toy
from tests.workflow.conftest import Bureau, on

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each gave, or how it was refused."""
    together = Barrier(len(deeds))
    outcomes: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        try:
            together.wait(10)
            outcomes[index] = deed()
        except Exception as refusal:
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


def test_the_same_step_by_two_people_happens_once(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft")

    def approves(officer: object) -> Callable[[], object]:
        return lambda: take_step(case.number, "approve", by=officer, seen=case.position)  # type: ignore[arg-type]

    outcomes = at_once(approves(bureau.reviewer), approves(bureau.second))

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [Stale]
    assert len(toy.effects) == 1
    assert CaseEvent.objects.filter(step="approve").count() == 1


def test_cases_opened_at_once_have_numbers_without_gaps(bureau: Bureau) -> None:
    def opens(key: str) -> Callable[[], object]:
        return lambda: open_case("toy", title="示例", owner=bureau.department, key=key)

    outcomes = at_once(*(opens(key) for key in ("a", "b", "a", "c")))

    assert all(isinstance(outcome, Case) for outcome in outcomes), outcomes
    assert sorted(Case.objects.values_list("number", flat=True)) == [f"示例-2026-000{n}" for n in (1, 2, 3)]
    assert sorted(CaseEvent.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_two_jobs_tell_of_lateness_once(bureau: Bureau) -> None:
    for _ in range(3):
        bureau.open()
    with on("2026-11-30"):
        outcomes = at_once(keep_clocks, keep_clocks)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert CaseEvent.objects.filter(kind=EventKind.OVERDUE).count() == 3
    assert CaseEvent.objects.filter(kind=EventKind.ESCALATED).count() == 3


def test_two_readers_of_one_consumer_share_the_work(bureau: Bureau) -> None:
    for _ in range(4):
        bureau.open()
    told: list[int] = []

    def reads() -> int:
        return deliver("notices", lambda event: told.append(event.position))

    outcomes = at_once(reads, reads)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert sorted(told) == [1, 2, 3, 4]
