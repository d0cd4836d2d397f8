"""Two people at the same instant: one of them wins, the other is told, nobody waits in a circle, and the counts add up."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connections

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.intake import files, jobs, receiving, releasing
from rongxin.intake.models import Batch, BatchState, Channel, Question, QuestionState
from rongxin.intake.questions import actions
from rongxin.intake.receiving import receive
from rongxin.jobs.models import Run
from rongxin.records.models import Record, Sighting
from tests.intake.conftest import PASSWORD
from tests.intake.questions.conftest import FAR, TRADE, Desk, desk, subject, unclear  # noqa: F401
from tests.intake.tables import NAME, as_csv, penalties, penalty

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3
Deed = Callable[[], Any]


def at_once(*deeds: Deed) -> list[Any]:
    """What each deed returned or raised, all begun at the same instant, each with its own connection."""
    start = threading.Barrier(len(deeds))
    came_of: list[Any] = [None] * len(deeds)

    def do(place: int, deed: Deed) -> None:
        try:
            start.wait(20)
            came_of[place] = deed()
        except Exception as error:
            came_of[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(place, deed), daemon=True) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "they wait for each other"
    return came_of


def won(came_of: list[Any]) -> list[Any]:
    return [each for each in came_of if not isinstance(each, BaseException)]


def lost(came_of: list[Any]) -> list[BaseException]:
    return [each for each in came_of if isinstance(each, BaseException)]


def adds_up(batch: Batch) -> bool:
    batch.refresh_from_db()
    followed = Question.objects.filter(batch=batch, state=QuestionState.ANSWERED).exclude(follow_up=None).count()
    parts = batch.accepted + batch.rejected + batch.refused_person + batch.in_review + batch.duplicates + followed
    return batch.rows == parts


def recorded(*batches: Batch) -> None:
    """Every batch that was released is recorded, follow-ups by the second reviewer."""
    for batch in batches:
        jobs.record_batch.call_now(batch.number)


@pytest.fixture(params=range(ROUNDS))
def asked(request: pytest.FixtureRequest) -> tuple[Desk, Batch, Question]:
    """A desk, a batch of a good row and an unclear one, and the question about it; some rounds, as chance decides much."""
    desk: Desk = request.getfixturevalue("desk")  # noqa: F811
    question = desk.question()
    return desk, question.batch, question


Asked = tuple[Desk, Batch, Question]


def test_of_two_releases_one_counts(asked: Asked) -> None:
    desk, batch, _ = asked  # noqa: F811
    came_of = at_once(
        *(lambda by=by: releasing.release(batch.number, by) for by in (desk.office.reviewer, desk.second))
    )

    (winner,) = won(came_of)
    (loser,) = lost(came_of)
    assert isinstance(loser, releasing.NotPossible)
    assert loser.state == BatchState.RELEASED
    assert Run.objects.filter(job="intake.record_batch").count() == 1
    recorded(batch)
    assert adds_up(batch)
    assert (batch.state, batch.recorded, batch.in_review, batch.decided_by) == (
        BatchState.RECORDED,
        1,
        1,
        winner.decided_by,
    )
    assert Record.objects.count() == Sighting.objects.count() == 1


def test_an_answer_and_a_release_both_count_in_whatever_order(asked: Asked) -> None:
    """The answered row goes with the batch, or into a follow-up; never into both, never into none."""
    desk, batch, question = asked  # noqa: F811
    came_of = at_once(
        lambda: actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk),
        lambda: releasing.release(batch.number, desk.office.reviewer),
    )

    assert lost(came_of) == []
    recorded(batch)
    assert adds_up(batch)
    carried = came_of[0].carried_by
    if carried.pk != batch.pk:
        assert (carried.channel, batch.recorded) == (Channel.QUESTION, 1)
        desk.office.release(carried)
    assert Record.objects.count() == Sighting.objects.count() == 2


def test_an_answer_is_taken_back_or_released(asked: Asked) -> None:
    desk, batch, question = asked  # noqa: F811
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    undone, released = at_once(
        lambda: actions.undo(question.pk, desk.office.clerk),
        lambda: releasing.release(batch.number, desk.office.reviewer),
    )

    assert isinstance(released, Batch)
    recorded(batch)
    assert adds_up(batch)
    question.refresh_from_db()
    if isinstance(undone, actions.NotNow):
        assert (question.state, batch.recorded, Record.objects.count()) == (QuestionState.ANSWERED, 2, 2)
    else:
        assert (question.state, batch.recorded, Record.objects.count()) == (QuestionState.OPEN, 1, 1)


def test_a_follow_up_is_taken_back_or_released(asked: Asked) -> None:
    desk, batch, question = asked  # noqa: F811
    desk.office.release(batch)
    carried = actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk).carried_by
    assert carried is not None
    came_of = at_once(
        lambda: actions.undo(question.pk, desk.office.clerk),
        lambda: releasing.release(carried.number, desk.office.reviewer),
    )

    assert len(won(came_of)) == len(lost(came_of)) == 1
    assert isinstance(lost(came_of)[0], actions.NotNow | releasing.NotPossible)
    recorded(carried)
    carried.refresh_from_db()
    assert adds_up(batch)
    assert (carried.state, Record.objects.count()) in {(BatchState.STOPPED, 1), (BatchState.RECORDED, 2)}


def test_of_two_answers_to_one_question_one_counts(asked: Asked) -> None:
    desk, batch, question = asked  # noqa: F811
    came_of = at_once(
        lambda: actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk),
        lambda: actions.choose(question.pk, subject(FAR).pk, desk.second),
        lambda: actions.send_back(question.pk, "查无此企业", desk.office.reviewer),
    )

    (winner,) = won(came_of)
    assert [type(error) for error in lost(came_of)] == [actions.AnsweredBefore] * 2
    assert {error.question.answered_by for error in lost(came_of)} == {winner.question.answered_by}  # type: ignore[attr-defined]
    assert adds_up(batch)
    assert (batch.in_review, batch.accepted + batch.rejected + Batch.objects.filter(continues=batch).count()) == (0, 2)


@pytest.mark.parametrize("deed", ["release", "send_back"])
def test_a_batch_is_stopped_or_decided(asked: Asked, deed: str) -> None:
    desk, batch, _ = asked  # noqa: F811
    decide = {
        "release": lambda: releasing.release(batch.number, desk.office.reviewer),
        "send_back": lambda: releasing.send_back(batch.number, desk.office.reviewer, reason="请核对"),
    }
    came_of = at_once(lambda: releasing.stop(batch.number, desk.office.clerk), decide[deed])

    assert len(won(came_of)) == 1
    assert isinstance(lost(came_of)[0], releasing.NotPossible)
    recorded(batch)
    batch.refresh_from_db()
    released = batch.state == BatchState.RECORDED
    assert batch.state in {BatchState.STOPPED, BatchState.RETURNED, BatchState.RECORDED}
    assert Record.objects.count() == released
    assert not files.accepted_path(batch.number).exists()


def test_a_stopped_batch_is_not_answered_and_an_answered_one_is_stopped_whole(asked: Asked) -> None:
    desk, batch, question = asked  # noqa: F811
    came_of = at_once(
        lambda: releasing.stop(batch.number, desk.office.clerk),
        lambda: actions.choose(question.pk, subject(TRADE).pk, desk.office.reviewer),
    )

    assert isinstance(came_of[0], Batch)
    assert all(isinstance(error, actions.NotNow) for error in lost(came_of))
    follow_ups = Batch.objects.filter(channel=Channel.QUESTION)
    assert [each.state for each in follow_ups] == [BatchState.STOPPED] * len(follow_ups)
    assert Record.objects.count() == 0


def sent_by(desk: Desk, table: bytes, by: Account, **more: Any) -> Deed:  # noqa: F811
    return lambda: receive(
        [table], file_name="本周.csv", kind="administrative_penalty", provider=desk.office.department, by=by, **more
    )


@pytest.mark.parametrize("check_now", [False, True])
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_the_same_file_sent_by_two_people_at_once_is_one_batch(
    desk: Desk,  # noqa: F811
    check_now: bool,
    round_: int,
) -> None:
    other = open_account(
        "other-clerk", PASSWORD, display_name="录入员丁", department=desk.office.department, role=Role.CLERK
    )
    table = as_csv(penalties(3))
    came_of = at_once(*(sent_by(desk, table, by, check_now=check_now) for by in (desk.office.clerk, other)))

    assert lost(came_of) == []
    assert sorted(receipt.was_here for receipt in came_of) == [False, True]
    batch = Batch.objects.get()
    assert {receipt.batch.pk for receipt in came_of} == {batch.pk}
    assert Run.objects.filter(job="intake.check_batch").count() == (0 if check_now else 1)
    received = files.received_path(batch.number)
    assert [path.name for path in received.parent.glob("arriving-*")] == []
    if not check_now:
        jobs.check_batch.call_now(batch.number)
    assert desk.office.release(Batch.objects.get()).recorded == 3


def test_a_second_sender_whose_first_is_done_meanwhile_is_given_that_batch(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database refused a second batch under way; when its sender asks for the first one, that is finished."""
    table = as_csv(penalties(1))
    first = desk.office.release(desk.office.send(table))

    def refused() -> str:
        raise IntegrityError

    monkeypatch.setattr(receiving, "next_number", refused)
    receipt = sent_by(desk, table, desk.office.clerk)()
    assert (receipt.batch, receipt.was_here) == (first, True)


def test_desks_that_exclude_companies_for_the_same_party_do_not_block_each_other(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = desk.question()
    batch = desk.send(unclear(7), unclear(8), name="下周.csv")
    second = Question.objects.filter(batch=batch).order_by("row")[0]
    trade, far = subject(TRADE).pk, subject(FAR).pk
    judge = actions.judge
    both_judged = threading.Barrier(2, timeout=0.3)

    def judge_together(*arguments: Any, **more: Any) -> Any:
        judged = judge(*arguments, **more)
        with suppress(threading.BrokenBarrierError):  # SQLite has one writer at a time
            both_judged.wait()
        return judged

    monkeypatch.setattr(actions, "judge", judge_together)
    came_of = at_once(
        lambda: actions.differ(first.pk, far, desk.office.clerk),
        lambda: actions.differ(second.pk, trade, desk.second),
        lambda: actions.choose(second.pk, subject(TRADE).pk, desk.office.reviewer),
    )

    assert lost(came_of[:1]) == []
    assert {type(error) for error in lost(came_of)} <= {actions.AnsweredBefore}
    left = [[each["subject"] for each in question.candidates] for question in Question.objects.filter(state="open")]
    assert far not in {pk for subjects in left for pk in subjects}
    assert adds_up(batch)


def test_a_corrected_file_and_an_answer_about_its_first_one_do_not_block_each_other(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both hold the first batch and take a number, the answer for its follow-up."""
    question = desk.question()
    batch = question.batch
    desk.office.release(batch)
    corrected = as_csv([penalty(), unclear(9, **{NAME: "厦门示例榕海贸易公司"})])
    number = receiving.next_number

    numbered = threading.Event()

    def number_slowly() -> str:
        taken = number()
        if not numbered.is_set():
            numbered.set()
            time.sleep(0.5)  # the answer goes as far as it can
        return taken

    def answer() -> Any:
        assert numbered.wait(20)
        return actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)

    monkeypatch.setattr(receiving, "next_number", number_slowly)
    came_of = at_once(
        sent_by(desk, corrected, desk.office.clerk, continues=batch),
        answer,
    )

    assert lost(came_of) == []
    assert {each.number for each in Batch.objects.all()} == {f"B-20261120-000{place}" for place in (1, 2, 3)}
