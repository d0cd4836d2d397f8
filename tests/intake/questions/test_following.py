"""What followed a judgement that is taken back, or contradicted: nothing goes on to a subject that nobody means."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rongxin.intake import checking, files, jobs, releasing
from rongxin.intake.models import Batch, BatchState, Question, QuestionState, RowProblem
from rongxin.intake.questions import actions, following
from rongxin.intake.questions.rows import rows_to_record
from rongxin.intake.receiving import receive
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Record
from rongxin.subjects.judging import FiledParty, judge, take_back
from rongxin.subjects.models import Judgement, Verdict
from tests.intake.conftest import open_office
from tests.intake.questions.conftest import FAR, TRADE, TRADE_NAME, Desk, one_off, subject, unclear
from tests.intake.questions.test_answers import adds_up, record_of, whose
from tests.intake.tables import CODE, DOCUMENT, NAME, as_csv, penalties, penalty

WRONG = {NAME: TRADE_NAME, CODE: one_off()}
REGISTRATION_NUMBER = "行政相对人代码_2（工商注册号）"
AUTHORITY_CODE = "处罚机关统一社会信用代码"
FAILING = {AUTHORITY_CODE: "11320100MB1886843J"}


@pytest.fixture
def answered(desk: Desk) -> Question:
    """A question to which a clerk once answered TRADE; its batch is recorded."""
    question = desk.question(**WRONG)
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    desk.office.release(question.batch)
    question.refresh_from_db()
    return question


@pytest.fixture
def waiting(desk: Desk, answered: Question) -> Batch:
    """A batch that waits for release: two good rows, and two that follow the answer."""
    batch = desk.send(*penalties(2), unclear(8, **WRONG), unclear(9, **WRONG), name="下周.csv")
    assert (batch.state, batch.accepted, batch.in_review) == (BatchState.CHECKED, 4, 0)
    return batch


def asked(batch: Batch) -> list[int]:
    return list(
        Question.objects.filter(batch=batch, state=QuestionState.OPEN).order_by("row").values_list("row", flat=True)
    )


def counts(batch: Batch) -> tuple[int, int, int]:
    batch.refresh_from_db()
    return batch.accepted, batch.in_review, batch.recorded


def nobody_bears(*rows: dict[str, str]) -> bool:
    return not any(Record.objects.filter(document_number=row[DOCUMENT]).exists() for row in rows)


# ── waiting for release ──────────────────────────────────────────────────────────────────────────────────────────────
def test_rows_that_wait_for_release_ask_again_when_their_judgement_is_taken_back(
    desk: Desk, answered: Question, waiting: Batch
) -> None:
    days = waiting.decided_days
    followed = actions.undo(answered.pk, desk.office.clerk).followed

    assert followed.asked == 2
    assert adds_up(waiting)
    assert counts(waiting) == (2, 2, 0)
    assert asked(waiting) == [4, 5]
    assert sum(day["public"] for day in days.values()) - 2 == sum(
        day["public"] for day in waiting.decided_days.values()
    )
    desk.office.release(waiting)
    assert nobody_bears(unclear(8), unclear(9))
    assert counts(waiting) == (2, 2, 2)


def test_the_questions_say_why_and_whom_the_rows_may_mean(desk: Desk, answered: Question, waiting: Batch) -> None:
    actions.undo(answered.pk, desk.office.clerk)
    question = Question.objects.filter(batch=waiting).first()
    assert question is not None
    assert question.reasons == [
        {"code": "judgement_ended", "field": "party_name", "value": TRADE_NAME, "params": {"judged_uscc": TRADE}}
    ]
    assert (question.party_name, question.party_code) == (TRADE_NAME, one_off())
    assert question.candidates[0]["subject"] == subject(TRADE).pk
    assert question.candidates[0]["reasons"][0]["code"] == "code_one_off"


def test_the_batch_page_says_why_it_changed(desk: Desk, answered: Question, waiting: Batch, client: Client) -> None:
    actions.undo(answered.pk, desk.office.clerk)
    for officer in (desk.office.clerk, desk.office.reviewer):
        client.force_login(officer)
        page = client.get(f"/desk/batches/{waiting.number}").content.decode()
        assert "2 行改为待核归属，不随本批入库" in page
        assert "该认定已撤销或改判" in page
        assert "按本单位此前的认定" not in page


def test_an_answer_brings_the_rows_back_into_the_batch(desk: Desk, answered: Question, waiting: Batch) -> None:
    actions.undo(answered.pk, desk.office.clerk)
    question = Question.objects.filter(batch=waiting).first()
    assert question is not None
    assert actions.choose(question.pk, subject(FAR).pk, desk.office.clerk).also == (5,)
    assert adds_up(waiting)
    assert counts(waiting) == (4, 0, 0)
    desk.office.release(waiting)
    assert {whose(record_of(unclear(number))) for number in (8, 9)} == {FAR}
    assert Record.objects.count() == 6


def test_after_release_an_answer_makes_a_follow_up(desk: Desk, answered: Question, waiting: Batch) -> None:
    actions.undo(answered.pk, desk.office.clerk)
    desk.office.release(waiting)
    question = Question.objects.filter(batch=waiting).first()
    assert question is not None
    carried = actions.choose(question.pk, subject(FAR).pk, desk.office.clerk).carried_by
    assert carried is not None
    desk.office.release(carried)
    assert adds_up(waiting)
    assert {whose(record_of(unclear(number))) for number in (8, 9)} == {FAR}


def test_a_batch_of_which_every_row_asks_is_finished(desk: Desk, answered: Question) -> None:
    batch = desk.send(unclear(8, **WRONG), name="下周.csv")
    actions.undo(answered.pk, desk.office.clerk)
    assert adds_up(batch)
    assert (batch.state, counts(batch)) == (BatchState.NOTHING_NEW, (0, 1, 0))
    assert batch.finished_at is not None
    with pytest.raises(releasing.NotPossible):
        releasing.release(batch.number, desk.office.reviewer)


def test_other_rows_are_not_touched(desk: Desk, answered: Question) -> None:
    other = open_office("other").send(as_csv([unclear(7, **WRONG), penalty()]))
    by_name = desk.send(unclear(6), *penalties(1), name="无代码.csv")
    before = [counts(batch) for batch in (other, by_name)]
    assert actions.undo(answered.pk, desk.office.clerk).followed == following.Followed(0, 0)
    assert [counts(batch) for batch in (other, by_name)] == before


def test_what_persons_answered_in_the_batch_stays_answered(desk: Desk, answered: Question) -> None:
    batch = desk.send(*penalties(1), unclear(8, **WRONG), unclear(9), name="下周.csv")
    by_hand = Question.objects.get(batch=batch)
    actions.choose(by_hand.pk, subject(FAR).pk, desk.office.clerk)
    actions.undo(answered.pk, desk.office.clerk)
    by_hand.refresh_from_db()
    assert adds_up(batch)
    assert (by_hand.state, counts(batch)) == (QuestionState.ANSWERED, (2, 1, 0))


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_row_of_which_only_its_form_was_asked_now_asks_whose_it_is(
    desk: Desk, answered: Question, is_confirmed: bool
) -> None:
    batch = desk.send(*penalties(1), unclear(8, **WRONG, **FAILING), name="下周.csv")
    question = Question.objects.get(batch=batch)
    if is_confirmed:
        actions.confirm(question.pk, "与机关代码证书一致", desk.office.clerk)
    actions.undo(answered.pk, desk.office.clerk)

    question.refresh_from_db()
    assert adds_up(batch)
    assert (question.state, counts(batch)) == (QuestionState.OPEN, (1, 1, 0))
    assert [reason["code"] for reason in question.reasons] == ["judgement_ended", "uscc_check_character"]
    with pytest.raises(ValueError, match="whose"):
        actions.confirm(question.pk, "与机关代码证书一致", desk.office.clerk)


def test_an_answer_that_ends_an_earlier_one_has_the_same_effect(desk: Desk, waiting: Batch, policy: Policy) -> None:
    early = unclear(8, **WRONG)
    judged = Judgement.objects.get(verdict=Verdict.SAME, ended_at=None)
    Judgement.objects.filter(pk=judged.pk).update(ended_at=timezone.now())
    open_one = desk.send(unclear(30, **WRONG), name="另一批.csv")
    Judgement.objects.filter(pk=judged.pk).update(ended_at=None)

    question = Question.objects.get(batch=open_one)
    answered = actions.choose(question.pk, subject(FAR).pk, desk.office.clerk)
    assert answered.followed.asked == 2
    assert counts(waiting) == (2, 2, 0)
    assert nobody_bears(early)


def test_not_the_same_asks_again_what_waits_in_every_department_however_it_was_found(desk: Desk) -> None:
    question = desk.question(**WRONG)
    other = open_office("other")
    theirs = Question.objects.get(batch=other.send(as_csv([unclear(7, **WRONG)])))
    actions.choose(theirs.pk, subject(TRADE).pk, other.clerk)
    following_theirs = other.send(as_csv([unclear(8, **WRONG), penalty()]), name="下周.csv")
    assert following_theirs.accepted == 2

    done = actions.differ(question.pk, subject(TRADE).pk, desk.office.clerk)
    assert done.followed.asked == 1
    assert adds_up(following_theirs)
    assert counts(following_theirs) == (1, 1, 0)
    again = Question.objects.get(batch=following_theirs)
    assert subject(TRADE).pk not in [candidate["subject"] for candidate in again.candidates]


def test_not_the_same_asks_again_what_a_code_had_found(desk: Desk) -> None:
    """The rows were found by their code, which the register learnt only after the question was asked."""
    question = desk.question(**WRONG)
    batch = desk.send(
        penalty(**{NAME: TRADE_NAME, CODE: TRADE, DOCUMENT: "榕示〔2026〕77号"}), *penalties(1), name="乙.csv"
    )
    Question.objects.filter(pk=question.pk).update(party_code=TRADE)

    assert actions.differ(question.pk, subject(TRADE).pk, desk.office.clerk).followed.asked == 1
    assert adds_up(batch)
    asked_again = Question.objects.get(batch=batch)
    assert [reason["code"] for reason in asked_again.reasons] == ["judged_different"]
    assert asked_again.reasons[0]["params"] == {"registered": TRADE_NAME}


def test_many_rows_cost_no_more_queries_than_few(desk: Desk, answered: Question) -> None:
    """But for the pieces in which many problems are written."""
    numbers = []
    for count in (2, 300):
        actions.choose(answered.pk, subject(TRADE).pk, desk.office.clerk) if numbers else None
        rows = [unclear(1000 * count + number, **WRONG) for number in range(count)]
        batch = desk.send(*penalties(1), *rows, name=f"{count}.csv")
        assert batch.accepted == count + 1
        with CaptureQueriesContext(connection) as made:
            assert actions.undo(answered.pk, desk.office.clerk).followed.asked == count
        numbers.append(len(made))
    assert numbers[1] < numbers[0] + 25


# ── being checked, released, recorded ────────────────────────────────────────────────────────────────────────────────
def test_a_judgement_taken_back_during_a_check_is_met_when_it_is_checked(
    desk: Desk, answered: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checking.check_file

    def slow(*args: object, **more: object) -> checking.CheckedFile:
        checked = real(*args, **more)  # type: ignore[arg-type]
        assert actions.undo(answered.pk, desk.office.clerk).followed.asked == 0
        return checked

    monkeypatch.setattr(jobs, "check_file", slow)
    batch = desk.send(*penalties(1), unclear(8, **WRONG), name="下周.csv")
    assert adds_up(batch)
    assert (batch.state, counts(batch), asked(batch)) == (BatchState.CHECKED, (1, 1, 0), [3])


def test_a_check_that_dies_before_it_caught_up_catches_up_when_it_is_begun_again(
    desk: Desk, answered: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(jobs, "catch_up", lambda _number: (_ for _ in ()).throw(OSError("killed")))
        desk.send(*penalties(1), unclear(8, **WRONG), name="下周.csv")
    batch = Batch.objects.latest("pk")
    judged = Judgement.objects.get(ended_at=None)
    take_back(
        FiledParty(judged.name_normalised, judged.code), judged.subject, Verdict.SAME, provider="demo", by="demo-clerk"
    )
    assert counts(batch) == (2, 0, 0)
    for _ in range(2):
        jobs.check_batch.call_now(batch.number)
    assert adds_up(batch)
    assert counts(batch) == (1, 1, 0)


@pytest.mark.parametrize("chunk", [1, 10_000])
def test_what_is_being_recorded_leaves_the_rows_out_and_asks_about_them(
    desk: Desk, answered: Question, waiting: Batch, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("rongxin.records.appending.CHUNK", chunk)
    releasing.release(waiting.number, desk.office.reviewer)
    actions.undo(answered.pk, desk.office.clerk)
    jobs.record_batch.call_now(waiting.number)

    assert adds_up(waiting)
    assert (waiting.state, counts(waiting), asked(waiting)) == (BatchState.RECORDED, (2, 2, 2), [4, 5])
    assert nobody_bears(unclear(8), unclear(9))
    assert waiting.findings[-1] == {"code": "judgement_ended_rows", "params": {"count": "2", "party": TRADE_NAME}}
    assert not files.accepted_path(waiting.number).exists()

    first = Question.objects.filter(batch=waiting).order_by("row")[0]
    carried = actions.choose(first.pk, subject(FAR).pk, desk.office.clerk).carried_by
    assert carried is not None
    desk.office.release(carried)
    assert whose(record_of(unclear(8))) == FAR
    assert adds_up(waiting)


def test_what_was_recorded_before_the_undo_is_taken_off_and_the_rest_is_left_out(
    desk: Desk, answered: Question, waiting: Batch, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 1)
    releasing.release(waiting.number, desk.office.reviewer)
    steps = iter(range(2))  # the worker dies after the third of four rows

    def die(*_: object) -> None:
        if next(steps, None) is None:
            raise OSError("killed")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr("rongxin.jobs.progress.Progress.advance", die)
        jobs.record_batch.call_now(waiting.number)
    assert whose(record_of(unclear(8))) == TRADE
    assert nobody_bears(unclear(9))
    assert actions.undo(answered.pk, desk.office.clerk).followed.taken_off == 1
    jobs.record_batch.call_now(waiting.number)
    assert adds_up(waiting)
    assert counts(waiting) == (3, 1, 3)
    assert whose(record_of(unclear(8))) is None
    assert not displayed(policy, Moment.now()).filter(document_number=unclear(8)[DOCUMENT]).exists()
    assert nobody_bears(unclear(9))


def test_a_confirmed_row_in_a_follow_up_is_left_out_of_it(desk: Desk, answered: Question) -> None:
    batch = desk.send(*penalties(1), unclear(8, **WRONG, **FAILING), name="下周.csv")
    desk.office.release(batch)
    question = Question.objects.get(batch=batch)
    carried = actions.confirm(question.pk, "与机关代码证书一致", desk.office.clerk).carried_by
    assert carried is not None
    releasing.release(carried.number, desk.office.reviewer)
    actions.undo(answered.pk, desk.office.clerk)
    jobs.record_batch.call_now(carried.number)

    question.refresh_from_db()
    carried.refresh_from_db()
    assert adds_up(batch)
    assert (question.state, batch.in_review, carried.accepted, carried.rows) == (QuestionState.OPEN, 1, 0, 0)
    assert nobody_bears(unclear(8))


def test_a_merge_of_the_subject_meanwhile_ends_no_judgement(desk: Desk, answered: Question, waiting: Batch) -> None:
    releasing.release(waiting.number, desk.office.reviewer)
    subject(TRADE).__class__.objects.filter(uscc=TRADE).update(merged_into=subject(FAR))
    jobs.record_batch.call_now(waiting.number)
    assert counts(waiting) == (4, 0, 4)


def test_records_found_by_a_registration_number_are_taken_off_as_well(desk: Desk) -> None:
    """The code of a judgement is any code of the kind, not only the unified one."""
    number = {NAME: "福州示例榕海贸易有限责任公司", CODE: "", REGISTRATION_NUMBER: "110000006000375"}
    question = Question.objects.get(batch=desk.send(unclear(2, **number)))
    assert question.party_code == "110000006000375"
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    later = desk.office.release(desk.send(unclear(8, **number), name="下周.csv"))
    assert (later.recorded, whose(record_of(unclear(8)))) == (1, TRADE)
    assert actions.undo(question.pk, desk.office.clerk).followed.taken_off == 1
    assert whose(record_of(unclear(8))) is None


# ── at the same moment ───────────────────────────────────────────────────────────────────────────────────────────────
def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each gave, or how it was refused."""
    together = Barrier(len(deeds))
    outcomes: list[object] = [None] * len(deeds)

    def run(index: int, deed: Callable[[], object]) -> None:
        try:
            together.wait(10)
            outcomes[index] = deed() or True
        except (releasing.NotPossible, actions.NotNow) as refusal:
            outcomes[index] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in outcomes
    return outcomes


def settled(desk: Desk, batch: Batch) -> None:
    """However it went: nothing is on the subject, nothing displayed, every row accounted for."""
    batch.refresh_from_db()
    assert adds_up(batch)
    for number in (8, 9):
        row = unclear(number)
        if Record.objects.filter(document_number=row[DOCUMENT]).exists():
            assert whose(record_of(row)) is None
    if files.accepted_path(batch.number).exists():
        assert set(rows_to_record(batch).collect()["row"]) == {2, 3}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(3))
def test_an_undo_at_the_moment_of_a_release(request: pytest.FixtureRequest, _turn: int) -> None:
    desk, answered, batch = (request.getfixturevalue(name) for name in ("desk", "answered", "waiting"))

    def release_and_record() -> object:
        releasing.release(batch.number, desk.office.reviewer)
        return jobs.record_batch.call_now(batch.number)

    at_once(release_and_record, lambda: actions.undo(answered.pk, desk.office.clerk))
    assert Batch.objects.get(pk=batch.pk).state == BatchState.RECORDED
    settled(desk, batch)


@pytest.mark.django_db(transaction=True)
def test_an_undo_at_the_moment_of_a_recording_in_small_chunks(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, answered, batch = (request.getfixturevalue(name) for name in ("desk", "answered", "waiting"))
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 1)
    releasing.release(batch.number, desk.office.reviewer)
    at_once(lambda: jobs.record_batch.call_now(batch.number), lambda: actions.undo(answered.pk, desk.office.clerk))
    settled(desk, batch)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_turn", range(3))
def test_an_undo_at_the_moment_of_a_check(request: pytest.FixtureRequest, _turn: int) -> None:
    desk, answered = (request.getfixturevalue(name) for name in ("desk", "answered"))
    sent = receive(
        [as_csv([*penalties(2), unclear(8, **WRONG), unclear(9, **WRONG)])],
        file_name="下周.csv",
        kind="administrative_penalty",
        provider=desk.office.department,
        by=desk.office.clerk,
    ).batch
    at_once(lambda: jobs.check_batch.call_now(sent.number), lambda: actions.undo(answered.pk, desk.office.clerk))
    settled(desk, sent)
    assert counts(sent) == (2, 2, 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_about_the_same_party_in_two_batches_wait_for_each_other(
    request: pytest.FixtureRequest,
) -> None:
    desk = request.getfixturevalue("desk")
    one, other = (desk.question(**WRONG), Question.objects.get(batch=desk.send(unclear(8, **WRONG), name="乙.csv")))
    at_once(
        lambda: actions.choose(one.pk, subject(TRADE).pk, desk.office.clerk),
        lambda: actions.choose(other.pk, subject(FAR).pk, desk.lead_officer),
    )
    assert Judgement.objects.filter(ended_at=None, verdict=Verdict.SAME).count() == 1
    assert adds_up(one.batch)
    assert adds_up(other.batch)


@pytest.mark.django_db(transaction=True)
def test_undo_and_send_back_at_the_same_moment(request: pytest.FixtureRequest) -> None:
    desk, answered, batch = (request.getfixturevalue(name) for name in ("desk", "answered", "waiting"))
    at_once(
        lambda: releasing.send_back(batch.number, desk.office.reviewer, reason="示例"),
        lambda: actions.undo(answered.pk, desk.office.clerk),
    )
    assert Batch.objects.get(pk=batch.pk).state == BatchState.RETURNED
    assert not Record.objects.filter(document_number=unclear(8)[DOCUMENT]).exists()


def test_a_judgement_made_anew_upholds_the_rows(desk: Desk, waiting: Batch) -> None:
    """Whoever judges the same again in the meantime has not contradicted them."""
    judged = Judgement.objects.get(ended_at=None)
    party = FiledParty(judged.name_normalised, judged.code)
    take_back(party, judged.subject, Verdict.SAME, provider="demo", by="demo-clerk")
    judge(party, judged.subject, Verdict.SAME, provider="demo", by="demo-clerk", basis="示例")
    following.catch_up(waiting.number)
    assert counts(waiting) == (4, 0, 0)
    assert RowProblem.objects.filter(batch=waiting, code="judged_same").count() == 2
