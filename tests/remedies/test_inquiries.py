"""An enterprise asks why: two people answer within the term, in a numbered document that tells of no person."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from rongxin.documents.issuing import withdraw
from rongxin.documents.models import Document, Series
from rongxin.remedies.inquiries.actions import NotAsked, ask_why
from rongxin.remedies.inquiries.models import About, Inquiry
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseDocument
from rongxin.workflow.queries import overdue, to_do
from tests.desk.test_pages import as_officer
from tests.factories import a_subject, at
from tests.ledger.told import Kind, of, told
from tests.workflow.conftest import Bureau, bureau, toy_is_known  # noqa: F401

DAY = at("2026-11-10").date()


def asked(bureau: Bureau, **more: object) -> Inquiry:  # noqa: F811
    subject = a_subject("福州示例榕海茶业有限公司")
    given = {"happened_on": DAY, "by": bureau.clerk} | more
    return ask_why(subject, bureau.department, About.LOOK, **given)  # type: ignore[arg-type]


def draft(inquiry: Inquiry, bureau: Bureau, words: str = "办理行政许可申请时依规定核查", **answers: str) -> None:  # noqa: F811
    given = {"outcome": "explained"} | answers
    take_step(inquiry.case.number, "draft", by=bureau.clerk, reason=words, answers=given)


def test_two_people_answer_and_the_document_stands_on_the_page(bureau: Bureau) -> None:  # noqa: F811
    inquiry = asked(bureau)
    assert [case.number for case in to_do(bureau.clerk)] == [inquiry.case.number]
    assert str(inquiry.case.due_on) == "2026-11-19"
    draft(inquiry, bureau)
    take_step(inquiry.case.number, "answer", by=bureau.reviewer)
    case = Case.objects.get(pk=inquiry.case_id)
    paper = CaseDocument.objects.get(case=case).document
    assert (case.state, paper.number, paper.authority) == ("answered", "信询〔2026〕1号", bureau.department)
    assert "办理行政许可申请时依规定核查" in paper.values
    page = as_officer(bureau.clerk).get(f"/desk/cases/{case.number}").content.decode()
    for words in ("信询〔2026〕1号", "办结：已答复", "福州示例榕海茶业有限公司"):
        assert words in page
    stream = of(inquiry.subject.uscc)
    assert [(each["act"], each["state"], each["by"], each["role"]) for each in told(Kind.DECISION, stream)] == [
        ("case.opened", "asked", bureau.clerk.username, "clerk"),
        ("case.draft", "drafted", bureau.clerk.username, "clerk"),
        ("case.answer", "answered", bureau.reviewer.username, "reviewer"),
    ]
    (issued,) = told(Kind.STATUS, stream)
    assert (issued["act"], issued["document"], issued["sha256"]) == ("document.issue", paper.number, paper.sha256)
    withdraw(paper, by="示例审核员", reason="答复有误")
    assert [each["act"] for each in told(Kind.STATUS, stream)] == ["document.issue", "document.withdraw"]


def test_a_number_is_taken_only_when_the_step_succeeds(
    bureau: Bureau,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inquiry = asked(bureau)
    draft(inquiry, bureau)
    with monkeypatch.context() as broken:
        broken.setattr(CaseDocument.objects, "create", lambda **_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            take_step(inquiry.case.number, "answer", by=bureau.reviewer)
    assert (Document.objects.count(), Series.objects.count()) == (0, 0)
    take_step(inquiry.case.number, "answer", by=bureau.reviewer)
    assert Document.objects.get().number == "信询〔2026〕1号"


def test_whoever_drafted_the_answer_does_not_approve_it(bureau: Bureau) -> None:  # noqa: F811
    inquiry = asked(bureau)
    take_step(inquiry.case.number, "draft", by=bureau.reviewer, reason="依规定核查", answers={"outcome": "explained"})
    with pytest.raises(NotPossible) as refused:
        take_step(inquiry.case.number, "answer", by=bureau.reviewer)
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    assert list(to_do(bureau.reviewer)) == [Case.objects.get()]  # sending it back is still open to the drafter


def test_an_answer_that_may_tell_of_a_person_is_looked_at_first(bureau: Bureau) -> None:  # noqa: F811
    inquiry = asked(bureau)
    words = "法定代表人张建国来窗口办理时查询"
    with pytest.raises(NotPossible) as refused:
        draft(inquiry, bureau, words)
    assert refused.value.barred.bar == Bar.BAD_ANSWER
    with pytest.raises(NotPossible):
        draft(inquiry, bureau, "来电 13800138000 核查")
    draft(inquiry, bureau, words, names_nobody="yes")
    assert Inquiry.objects.get().answer == words


def test_an_unanswered_one_is_late_and_the_credit_office_sees_it(bureau: Bureau) -> None:  # noqa: F811
    inquiry = asked(bureau, by=None)
    with time_machine.travel(at("2026-12-01"), tick=False):
        keep_clocks()
        assert [case.number for case in overdue(bureau.lead_officer, at("2026-12-01").date())] == [inquiry.case.number]
        assert Case.objects.get().escalated_on is not None
    late = told(Kind.DECISION, of(inquiry.subject.uscc))
    assert [each["act"] for each in late] == ["case.opened", "case.overdue", "case.escalated"]
    assert {each["by"] for each in late} == {""}


def test_the_same_asked_twice_is_one_and_nonsense_is_refused(bureau: Bureau) -> None:  # noqa: F811
    inquiry = asked(bureau, reference="榕示市监罚〔2026〕64号")
    given = {"happened_on": DAY, "reference": "榕示市监罚〔2026〕64号", "by": bureau.lead_officer}
    assert ask_why(inquiry.subject, bureau.department, About.LOOK, **given) == inquiry  # type: ignore[arg-type]
    for wrong in (
        {"happened_on": at("2027-01-01").date()},
        {"reference": "请问，为什么？"},
        {"reference": "13800138000"},
    ):
        with pytest.raises(NotAsked):
            asked(bureau, **wrong)
    with pytest.raises(PermissionDenied):
        asked(bureau, by=bureau.stranger)


def test_it_is_entered_on_the_page_and_withdrawn_again(bureau: Bureau) -> None:  # noqa: F811
    subject = a_subject("福州示例榕海茶业有限公司")
    client = as_officer(bureau.lead_officer)
    assert "登记企业询问" in client.get("/desk/cases").content.decode()
    form = {"uscc": "91", "department": "demo", "about": "look", "happened_on": "2026-11-10"}
    wrong = client.post("/desk/inquiries/new", form)
    assert wrong.status_code == 422
    assert "登记库里没有" in wrong.content.decode()
    answer = client.post("/desk/inquiries/new", form | {"uscc": subject.uscc})
    case = Case.objects.get()
    assert answer["Location"] == reverse("desk:case", args=[case.number])
    take_step(case.number, "withdraw", by=bureau.lead_officer, reason="企业11月13日来函撤回")
    assert not Case.objects.get().is_open
