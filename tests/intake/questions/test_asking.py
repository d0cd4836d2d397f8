import polars as pl
import pytest
from django.utils import timezone

from rongxin.intake import files, jobs
from rongxin.intake.checking import check_file
from rongxin.intake.mapping.known import circumstances
from rongxin.intake.models import Question, RowProblem
from rongxin.intake.questions import asking
from rongxin.intake.receiving import receive
from rongxin.policy.pack import Policy
from tests.intake.questions.conftest import TRADE, TRADE_NAME, Desk, one_off, subject, unclear
from tests.intake.tables import CODE, NAME, as_csv, penalty


def test_every_row_that_needs_a_person_is_one_question_and_no_other_row_is(desk: Desk) -> None:
    bad = penalty(处罚决定日期="2026-02-31", **{CODE: "", NAME: "示例某公司"})
    batch = desk.send(penalty(), unclear(2), bad, unclear(3, **{NAME: TRADE_NAME, CODE: one_off()}))
    questions = Question.objects.filter(batch=batch).order_by("row")

    assert [question.row for question in questions] == [3, 5]
    assert batch.in_review == 2
    assert [reason["code"] for reason in questions[1].reasons] == [
        "code_unknown_to_register",
        "uscc_check_character",
        "uscc_organisation_code",
    ]
    assert questions[1].party_code == one_off()


def test_checking_again_asks_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = receive(
        [as_csv([unclear(2)])],
        file_name="本周.csv",
        kind="administrative_penalty",
        provider=desk.office.department,
        by=desk.office.clerk,
    )
    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(jobs, "_conclude", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        jobs.check_batch.call_now(sent.batch.number)
    assert Question.objects.count() == RowProblem.objects.count() == 0
    for _ in range(2):
        jobs.check_batch.call_now(sent.batch.number)
    assert Question.objects.count() == 1


def test_asking_about_many_rows_costs_no_more_statements_than_about_one(
    desk: Desk, policy: Policy, django_assert_max_num_queries: object
) -> None:
    kind = policy.kinds["administrative_penalty"]
    for count in (1, 400):
        rows = [unclear(number, **{NAME: f"福州示例榕海贸易{number}公司"}) for number in range(count)]
        path = files.environment.var / f"many-{count}.csv"
        path.write_bytes(as_csv(rows))
        about = circumstances(desk.office.department, kind.name)
        checked = check_file(path, kind, policy, timezone.localdate(), about=about)
        with django_assert_max_num_queries(22):  # type: ignore[operator]
            questions = asking.questions_of(checked, desk.office.department)
        assert questions.height == count


def test_a_row_whose_company_is_certain_but_a_code_fails_asks_for_no_company(desk: Desk) -> None:
    desk.send(penalty(处罚机关统一社会信用代码="11320100MB1886843J"))
    question = Question.objects.get()
    assert [reason["code"] for reason in question.reasons] == ["uscc_check_character"]
    assert question.reasons[0]["field"] == "penalty_authority_uscc"
    assert question.candidates == []


def test_candidates_are_kept_with_subject_score_and_reasons(desk: Desk) -> None:
    question = desk.question(**{NAME: TRADE_NAME, CODE: one_off()})
    first = question.candidates[0]
    assert set(first) == {"subject", "score", "reasons"}
    assert first["subject"] == subject(TRADE).pk
    assert 0 < first["score"] < 1
    assert pl.DataFrame(first["reasons"])["code"].to_list()[0] == "code_one_off"
