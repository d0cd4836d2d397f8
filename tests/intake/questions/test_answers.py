import polars as pl
import pytest
from django.core.exceptions import PermissionDenied

from rongxin.intake import files, jobs, releasing
from rongxin.intake.models import Batch, BatchState, Channel, Question, QuestionState, RowProblem
from rongxin.intake.questions import actions
from rongxin.intake.questions.returning import return_workbook
from rongxin.intake.questions.rows import rows_to_record
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record, RecordEvent, Resolution, Sighting
from rongxin.subjects.models import Judgement, Verdict
from tests.intake.conftest import open_office
from tests.intake.questions.conftest import FAR, SHOP, TRADE, TRADE_NAME, Desk, one_off, subject, unclear
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, penalty

AUTHORITY_CODE = "处罚机关统一社会信用代码"


def whose(record: Record) -> str | None:
    standing = Resolution.objects.filter(record=record, ended_at=None).select_related("subject").first()
    return standing.subject.uscc if standing else None


def record_of(row: dict[str, str]) -> Record:
    return Record.objects.get(document_number=row[DOCUMENT])


def adds_up(batch: Batch) -> bool:
    batch.refresh_from_db()
    followed = Question.objects.filter(batch=batch, state=QuestionState.ANSWERED).exclude(follow_up=None).count()
    parts = batch.accepted + batch.rejected + batch.refused_person + batch.in_review + batch.duplicates + followed
    return batch.rows == parts


def test_a_row_that_cannot_be_told_asks_with_ranked_candidates(desk: Desk) -> None:
    question = desk.question()

    assert question.party_name == "福州市示例榕海贸易公司"
    assert [reason["code"] for reason in question.reasons] == ["subject_unknown"]
    found = [candidate["subject"] for candidate in question.candidates]
    assert found[0] == subject(TRADE).pk
    assert subject(FAR).pk in found
    assert subject(SHOP).pk not in found


def test_the_waiting_row_keeps_nothing_about_persons(desk: Desk) -> None:
    batch = desk.question(
        法定代表人="林示例", 法定代表人证件类型="身份证", 法定代表人证件号码="350102199001011238"
    ).batch
    text = str(pl.read_parquet(files.waiting_path(batch.number)).rows())
    assert "林示例" not in text
    assert "350102199001011238" not in text


def test_an_answered_row_joins_the_waiting_batch_and_is_recorded_by_a_second_person(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    batch = question.batch

    assert adds_up(batch)
    assert (batch.accepted, batch.in_review) == (2, 0)
    assert rows_to_record(batch).select("row", "subject", "method").collect().row(0) == (
        3,
        subject(TRADE).pk,
        "person",
    )
    desk.office.release(batch)
    assert whose(record_of(unclear())) == TRADE
    assert Record.objects.count() == 2


def test_an_answer_after_release_goes_into_one_follow_up_that_somebody_else_releases(desk: Desk) -> None:
    batch = desk.send(penalty(), unclear(2), unclear(3, **{NAME: "厦门示例榕海贸易公司"}))
    desk.office.release(batch)
    first, second = Question.objects.filter(batch=batch).order_by("row")
    carried = actions.choose(first.pk, subject(TRADE).pk, desk.office.clerk).carried_by
    assert actions.choose(second.pk, subject(FAR).pk, desk.office.clerk).carried_by == carried

    assert carried is not None
    carried.refresh_from_db()
    assert (carried.channel, carried.state, carried.continues, carried.accepted) == (
        Channel.QUESTION,
        BatchState.CHECKED,
        batch,
        2,
    )
    assert adds_up(batch)
    assert Record.objects.count() == 1
    with pytest.raises(PermissionDenied):
        releasing.release(carried.number, desk.office.clerk)
    desk.office.release(carried)
    assert (whose(record_of(unclear(2))), whose(record_of(unclear(3)))) == (TRADE, FAR)


def test_a_batch_in_which_every_row_asks_has_a_follow_up_too(desk: Desk) -> None:
    batch = desk.send(unclear())
    assert batch.state == BatchState.NOTHING_NEW
    carried = actions.choose(Question.objects.get().pk, subject(TRADE).pk, desk.office.clerk).carried_by
    assert carried is not None
    assert desk.office.release(carried).recorded == 1


def test_who_may_release_does_not_release_the_own_answer(desk: Desk) -> None:
    question = desk.question()
    carried = actions.choose(question.pk, subject(TRADE).pk, desk.office.reviewer).carried_by

    assert carried is not None
    assert carried != question.batch
    releasing.release(question.batch.number, desk.office.reviewer)
    with pytest.raises(PermissionDenied):
        releasing.release(carried.number, desk.office.reviewer)
    releasing.release(carried.number, desk.second)


def test_the_second_of_two_officers_is_told_who_was_faster(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    with pytest.raises(actions.AnsweredBefore) as told:
        actions.choose(question.pk, subject(FAR).pk, desk.lead_officer)
    assert told.value.question.answered_by == desk.office.clerk
    assert adds_up(question.batch)


def test_another_department_answers_nothing(desk: Desk) -> None:
    question = desk.question()
    with pytest.raises(PermissionDenied):
        actions.choose(question.pk, subject(TRADE).pk, open_office("other").clerk)


def test_one_answer_answers_the_rows_of_the_batch_with_the_same_name_and_code(desk: Desk) -> None:
    wrong = {NAME: TRADE_NAME, CODE: one_off()}
    batch = desk.send(unclear(2, **wrong), unclear(3, **wrong), unclear(4))
    first = Question.objects.filter(batch=batch).order_by("row").first()
    assert first is not None
    assert actions.choose(first.pk, subject(TRADE).pk, desk.office.clerk).also == (3,)
    assert Question.objects.filter(batch=batch, state=QuestionState.OPEN).count() == 1


def test_rows_by_name_alone_are_asked_one_by_one_but_the_very_same_act_only_once(desk: Desk) -> None:
    batch = desk.send(unclear(2), unclear(2), unclear(3))
    first = Question.objects.filter(batch=batch).order_by("row").first()
    assert first is not None
    assert actions.choose(first.pk, subject(TRADE).pk, desk.office.clerk).also == (3,)


def test_undoing_before_release_puts_the_row_back_into_the_queue(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    assert actions.undo(question.pk, desk.lead_officer).question.state == QuestionState.OPEN

    assert adds_up(question.batch)
    assert question.batch.in_review == 1
    assert not Judgement.objects.filter(ended_at=None).exists()
    desk.office.release(question.batch)
    assert Record.objects.count() == 1


def test_undoing_the_last_answer_of_a_follow_up_stops_it(desk: Desk) -> None:
    question = desk.question()
    desk.office.release(question.batch)
    carried = actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk).carried_by
    assert carried is not None
    actions.undo(question.pk, desk.office.clerk)
    carried.refresh_from_db()
    assert (carried.state, carried.accepted, carried.rows) == (BatchState.STOPPED, 0, 0)
    again = actions.choose(question.pk, subject(FAR).pk, desk.office.clerk).carried_by
    assert again is not None
    desk.office.release(again)
    assert whose(record_of(unclear())) == FAR


def test_undoing_after_recording_takes_the_record_off_every_page_until_it_is_answered_anew(
    desk: Desk, policy: Policy
) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    desk.office.release(question.batch)
    record = record_of(unclear())
    assert displayed(policy, Moment.now()).filter(pk=record.pk).exists()

    actions.undo(question.pk, desk.office.clerk)
    assert whose(record) is None
    assert not displayed(policy, Moment.now()).filter(pk=record.pk).exists()
    assert adds_up(question.batch)

    carried = actions.choose(question.pk, subject(FAR).pk, desk.office.clerk).carried_by
    assert carried is not None
    desk.office.release(carried)
    assert whose(record) == FAR
    assert displayed(policy, Moment.now()).filter(pk=record.pk).exists()
    assert (Record.objects.count(), Resolution.objects.filter(record=record).count()) == (2, 2)
    effects = RecordEvent.objects.filter(record=record).order_by("position").values_list("effect", flat=True)
    assert list(effects) == [Effect.RECORDED, Effect.SUSPENDED, Effect.RESUMED]


def test_a_row_taken_off_its_subject_is_asked_again_when_it_is_sent_again(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    desk.office.release(question.batch)
    actions.undo(question.pk, desk.office.clerk)
    again = desk.send(penalty(), unclear(), name="再报.csv")
    assert (again.duplicates, again.in_review) == (1, 1)


def test_the_same_file_again_asks_nothing_again(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    desk.office.release(question.batch)

    again = desk.send(penalty(), unclear(), name="再报.csv")
    assert (again.state, again.duplicates, again.in_review) == (BatchState.NOTHING_NEW, 2, 0)
    assert not Question.objects.filter(batch=again).exists()
    assert not RowProblem.objects.filter(batch=again, severity="review").exists()


def test_while_a_batch_is_being_recorded_nothing_is_taken_back(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    releasing.release(question.batch.number, desk.office.reviewer)
    with pytest.raises(actions.NotNow):
        actions.undo(question.pk, desk.office.clerk)


def test_a_recording_that_dies_half_way_records_the_answered_rows_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    releasing.release(question.batch.number, desk.office.reviewer)
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 1)
    steps = iter([None])

    def die(*_: object) -> None:
        if next(steps, 0) == 0:
            raise OSError("killed")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr("rongxin.jobs.progress.Progress.advance", die)
        jobs.record_batch.call_now(question.batch.number)
    jobs.record_batch.call_now(question.batch.number)
    assert (Record.objects.count(), Sighting.objects.count()) == (2, 2)
    assert whose(record_of(unclear())) == TRADE


def test_sending_a_row_back_needs_a_reason_and_the_clerk_reads_it(desk: Desk) -> None:
    question = desk.question()
    with pytest.raises(ValueError, match="reason"):
        actions.send_back(question.pk, " ", desk.office.clerk)
    actions.send_back(question.pk, "登记库查无此企业", desk.office.reviewer)

    assert adds_up(question.batch)
    assert (question.batch.rejected, question.batch.in_review) == (1, 0)
    told = RowProblem.objects.get(batch=question.batch, code="sent_back_by_person")
    assert (told.row, told.severity, told.params) == (3, "refuse", {"note": "登记库查无此企业"})
    actions.undo(question.pk, desk.office.clerk)
    assert adds_up(question.batch)
    assert not RowProblem.objects.filter(code="sent_back_by_person").exists()


def test_the_return_workbook_tells_what_was_decided_since(desk: Desk) -> None:
    batch = desk.send(penalty(), unclear(2), unclear(3, **{NAME: "厦门示例榕海贸易公司"}), unclear(4))
    before = return_workbook(batch)
    second, third, fourth = Question.objects.filter(batch=batch).order_by("row")
    actions.send_back(second.pk, "查无 <此家>", desk.office.clerk)
    actions.choose(third.pk, subject(FAR).pk, desk.office.clerk)

    reasons = {row["原文件行号"]: row["退回原因"] for row in pl.read_excel(return_workbook(batch)).to_dicts()}
    assert "经人工核对退回：查无 <此家>。" in reasons["3"]
    assert "已由人工认定，不用更正" in reasons["4"]
    assert "人工" not in reasons["5"]
    actions.undo(second.pk, desk.office.clerk)
    actions.undo(third.pk, desk.office.clerk)
    assert return_workbook(batch) == before
    assert fourth.state == QuestionState.OPEN


def test_a_row_that_is_right_as_filed_is_confirmed_with_a_reason_and_its_likes_with_it(desk: Desk) -> None:
    failing = {AUTHORITY_CODE: "11320100MB1886843J"}
    good = penalty()
    batch = desk.send(good, *(penalty(**{DOCUMENT: f"榕示〔2026〕{n}号"}, **failing) for n in (1, 2, 3)))
    question = Question.objects.filter(batch=batch).order_by("row")[0]
    with pytest.raises(ValueError, match="reason"):
        actions.confirm(question.pk, "", desk.office.clerk)
    assert actions.confirm(question.pk, "与机关代码证书一致", desk.office.clerk).also == (4, 5)

    assert adds_up(batch)
    desk.office.release(batch)
    assert Record.objects.count() == 4
    assert {whose(record) for record in Record.objects.all()} == {TEA}


def test_whose_a_row_is_cannot_be_passed_over_by_confirming(desk: Desk) -> None:
    with pytest.raises(ValueError, match="whose"):
        actions.confirm(desk.question().pk, "已核实", desk.office.clerk)


def test_not_the_same_is_remembered_for_everybody(desk: Desk) -> None:
    question = desk.question()
    left = actions.differ(question.pk, subject(TRADE).pk, desk.office.clerk).question
    assert subject(TRADE).pk not in [candidate["subject"] for candidate in left.candidates]

    other = open_office("other")
    batch = other.send("\n".join(_csv(unclear(9))).encode())
    asked = Question.objects.get(batch=batch)
    assert subject(TRADE).pk not in [candidate["subject"] for candidate in asked.candidates]
    assert asked.candidates


def _csv(row: dict[str, str]) -> list[str]:
    return [",".join(row), ",".join(row.values())]


def test_the_same_name_and_code_again_follows_the_answer_and_says_so(desk: Desk) -> None:
    wrong = {NAME: TRADE_NAME, CODE: one_off()}
    question = desk.question(**wrong)
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)

    later = desk.send(unclear(8, **wrong), name="下周.csv")
    assert (later.accepted, later.in_review) == (1, 0)
    codes = set(RowProblem.objects.filter(batch=later, severity="warn").values_list("code", flat=True))
    assert "judged_same" in codes
    desk.office.release(later)
    assert whose(record_of(unclear(8))) == TRADE


def test_what_followed_an_answer_is_taken_off_with_it_and_asked_when_it_comes_again(desk: Desk) -> None:
    wrong = {NAME: TRADE_NAME, CODE: one_off()}
    question = desk.question(**wrong)
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    later = desk.office.release(desk.send(unclear(8, **wrong), name="下周.csv"))
    assert later.recorded == 1

    assert actions.undo(question.pk, desk.office.clerk).followed.taken_off == 1
    assert whose(record_of(unclear(8))) is None
    again = desk.send(unclear(8, **wrong), name="再报.csv")
    assert (again.duplicates, again.in_review) == (0, 1)


def test_another_departments_rows_do_not_follow_the_answer(desk: Desk) -> None:
    wrong = {NAME: TRADE_NAME, CODE: one_off()}
    question = desk.question(**wrong)
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    other = open_office("other")
    assert other.send("\n".join(_csv(unclear(9, **wrong))).encode()).in_review == 1


def test_a_name_alone_is_asked_again_with_the_earlier_answer_first(desk: Desk) -> None:
    question = desk.question()
    actions.choose(question.pk, subject(FAR).pk, desk.office.clerk)

    later = desk.send(unclear(8), name="下周.csv")
    first = Question.objects.get(batch=later).candidates[0]
    assert first["subject"] == subject(FAR).pk
    assert first["reasons"][0]["code"] == "judged_before"


def test_a_new_answer_ends_the_earlier_judgement(desk: Desk) -> None:
    wrong = {NAME: TRADE_NAME, CODE: one_off()}
    question = desk.question(**wrong)
    actions.differ(question.pk, subject(TRADE).pk, desk.lead_officer)
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    standing = Judgement.objects.filter(ended_at=None)
    assert [(judgement.verdict, judgement.subject) for judgement in standing] == [(Verdict.SAME, subject(TRADE))]


def test_a_follow_up_that_is_sent_back_asks_its_rows_again(desk: Desk) -> None:
    question = desk.question()
    desk.office.release(question.batch)
    carried = actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk).carried_by
    assert carried is not None
    releasing.send_back(carried.number, desk.office.reviewer, reason="不是这家")
    question.refresh_from_db()
    assert (question.state, question.follow_up) == (QuestionState.OPEN, None)
    assert adds_up(question.batch)


def test_the_questions_of_a_batch_that_was_sent_back_are_asked_no_more(desk: Desk) -> None:
    question = desk.question()
    carried = actions.choose(question.pk, subject(TRADE).pk, desk.office.reviewer).carried_by
    assert carried is not None
    releasing.send_back(question.batch.number, desk.second, reason="全部重报")
    carried.refresh_from_db()
    assert carried.state == BatchState.STOPPED
    with pytest.raises(actions.NotNow):
        actions.undo(question.pk, desk.office.clerk)


def test_a_register_row_is_confirmed_too(desk: Desk) -> None:
    failing = one_off(TRADE)
    row = {"企业名称": "福州示例新设有限公司", "统一社会信用代码": failing}
    batch = desk.office.send("\n".join(_csv(row)).encode(), kind="registration")
    question = Question.objects.get(batch=batch)
    carried = actions.confirm(question.pk, "与营业执照一致", desk.office.clerk).carried_by
    assert carried is not None
    desk.office.release(carried)
    assert subject(failing).name == "福州示例新设有限公司"
