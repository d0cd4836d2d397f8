"""The log is the outbox: gapless, and handed on once whatever crashes."""

import pytest

from rongxin.workflow.models import Case, CaseEvent, Delivery
from rongxin.workflow.outbox import deliver, deliver_part, events_after
from tests.workflow.conftest import Bureau


def test_positions_have_no_gaps_over_all_cases(bureau: Bureau) -> None:
    one, two = bureau.open(), bureau.open()
    bureau.take(two, "accept")
    bureau.take(one, "accept")
    assert [event.position for event in events_after(0)] == [1, 2, 3, 4]
    assert [event.case.number for event in events_after(2)] == [two.number, one.number]
    assert [event.position for event in events_after(1, limit=2)] == [2, 3]


def test_a_crash_between_step_and_notice_loses_nothing_and_tells_once(bureau: Bureau) -> None:
    bureau.take(bureau.open(), "accept")
    told: list[int] = []

    def crashes(event: CaseEvent) -> None:
        Case.objects.filter(pk=event.case_id).update(title="写了一半")
        if event.notice:
            raise ZeroDivisionError
        told.append(event.position)

    with pytest.raises(ZeroDivisionError):
        deliver("notices", crashes)
    assert told == [1]
    Case.objects.update(title="示例")

    assert deliver("notices", lambda event: told.append(event.position)) == 1
    assert deliver("notices", lambda event: told.append(event.position)) == 0
    assert told == [1, 2]
    assert Delivery.objects.count() == 2


def test_what_a_crashed_consumer_wrote_is_undone(bureau: Bureau) -> None:
    case = bureau.open()

    def crashes(event: CaseEvent) -> None:
        Case.objects.filter(pk=case.pk).update(title="写了一半")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deliver("notices", crashes)
    case.refresh_from_db()
    assert case.title.startswith("示例修复")


def test_each_consumer_reads_at_its_own_pace(bureau: Bureau) -> None:
    bureau.take(bureau.open(), "accept")
    assert deliver("notices", lambda event: None, limit=1) == 1
    assert deliver("ledger", lambda event: None) == 2
    assert deliver("notices", lambda event: None) == 1


def test_a_part_is_handed_on_whole_or_not_at_all(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")

    def crashes(events: list[CaseEvent]) -> None:
        Case.objects.filter(pk=case.pk).update(title="写了一半")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deliver_part("notices", crashes)
    case.refresh_from_db()
    assert case.title.startswith("示例修复")
    assert Delivery.objects.count() == 0

    told: list[int] = []
    handle = lambda events: told.extend(event.position for event in events)  # noqa: E731
    assert [deliver_part("notices", handle, limit=1) for _ in range(3)] == [1, 1, 0]
    assert told == [1, 2]
    assert deliver("notices", lambda event: None) == 0
