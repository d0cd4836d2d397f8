"""送达: which day counts, what is refused, and that what was wrong is corrected beside and never away."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from rongxin.documents.issuing import issue
from rongxin.notices.models import Serving, ServingNote, ServingNoteKind, ServingProof
from rongxin.notices.serving import Fault, Given, NotServed, may_serve, note, serve, served_on
from rongxin.workflow import registry
from rongxin.workflow.models import Case
from tests.documents.papers import values
from tests.ledger.told import PLATFORM, Kind, acts, of, told
from tests.workflow.conftest import Bureau, on

DAY = date(2026, 11, 11)
PDF = b"%PDF-1.7 \xe7\xa4\xba\xe4\xbe\x8b"


def given(way: str = "direct", **more: object) -> Given:
    return Given(**{"way": way, "on": DAY, "document": "示例决定书", **more})  # type: ignore[arg-type]


@pytest.fixture
def case(bureau: Bureau) -> Case:
    return bureau.open()


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        (given("direct"), DAY),
        (given("left"), DAY),
        (given("electronic", has_consent=True), DAY),
        (given("post", tracking="ems12345678"), None),
        (given("public"), date(2026, 12, 11)),
    ],
)
def test_the_day_that_counts(bureau: Bureau, case: Case, what: Given, counts: date | None) -> None:
    entry = serve(case, what, by=bureau.clerk)
    assert (served_on(entry), entry.served_on) == (counts, counts)
    assert entry.department == bureau.department


def test_what_stays_among_offices_is_served_on_nobody(
    bureau: Bureau, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    among_offices = replace(registry.procedure(case.kind), is_internal=True)
    monkeypatch.setitem(registry._known, case.kind, among_offices)
    assert not may_serve(bureau.clerk, case)
    with pytest.raises(PermissionDenied):
        serve(case, given(), by=bureau.clerk)


def test_a_letter_counts_from_its_receipt_and_one_that_came_back_does_not(bureau: Bureau, case: Case) -> None:
    letters = [serve(case, given("post", tracking=f"EMS1234567{n}"), by=bureau.clerk) for n in range(2)]
    note(letters[0], ServingNoteKind.RECEIVED, on=date(2026, 11, 12), reason="", by=bureau.clerk)
    note(letters[1], ServingNoteKind.RETURNED, on=date(2026, 11, 12), reason="查无此地址", by=bureau.clerk)
    assert [served_on(each) for each in letters] == [date(2026, 11, 12), None]
    with pytest.raises(NotServed, match="already"):
        note(letters[0], ServingNoteKind.RETURNED, on=date(2026, 11, 12), reason="示例", by=bureau.clerk)


def test_the_ledger_is_told_of_the_serving_and_of_what_came_after_but_no_words(bureau: Bureau, case: Case) -> None:
    letter = serve(case, given("post", tracking="EMS12345678", proof=PDF), by=bureau.clerk)
    note(letter, ServingNoteKind.RETURNED, on=date(2026, 11, 12), reason="查无此地址", by=bureau.reviewer)
    common = {"serving": letter.pk, "case": case.number, "document": "", "way": "post"}
    department = {"department": bureau.department.code}
    assert told(Kind.STATUS, PLATFORM, act="serving.") == [
        {"act": "serving.enter", **common, "on": "2026-11-11", "proof": hashlib.sha256(PDF).hexdigest()}
        | {"by": bureau.clerk.username, **department},
        {"act": "serving.returned", **common, "on": "2026-11-12", "by": bureau.reviewer.username, **department},
    ]
    case.firm = "91350100M000100Y43"
    serve(case, given(), by=bureau.clerk)
    assert acts(Kind.STATUS, of(case.firm)) == ["serving.enter"]


def test_what_was_wrong_is_voided_and_recorded_anew(bureau: Bureau, case: Case) -> None:
    wrong = serve(case, given(), by=bureau.clerk)
    note(wrong, ServingNoteKind.VOID, on=None, reason="日期写错", by=bureau.reviewer)
    serve(case, given(on=date(2026, 11, 10)), by=bureau.clerk)
    assert [served_on(each) for each in Serving.objects.all()] == [date(2026, 11, 10), None]
    with pytest.raises(NotServed, match="already"):
        note(wrong, ServingNoteKind.VOID, on=None, reason="再来", by=bureau.clerk)


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        (given("shouting"), Fault.NO_WAY),
        (given(on=None), Fault.NO_DAY),
        (given(on=date(2026, 11, 13)), Fault.FUTURE),
        (given(on=date(2024, 11, 13)), Fault.TOO_OLD),
        (given(document=" "), Fault.NO_NAME),
        (given(document="示例 13800000000"), Fault.NAMES_A_NUMBER),
        (given("post"), Fault.NO_TRACKING),
        (given("electronic"), Fault.NO_CONSENT),
        (given(proof=b"MZ\x90"), Fault.PROOF_UNKNOWN),
        (given(proof=PDF + b"0" * 5 * 1024 * 1024), Fault.PROOF_TOO_LARGE),
    ],
)
def test_what_is_refused(bureau: Bureau, case: Case, what: Given, fault: Fault) -> None:
    with pytest.raises(NotServed) as refused:
        serve(case, what, by=bureau.clerk)
    assert refused.value.fault == fault
    assert Serving.objects.count() == 0


def test_only_who_may_act_in_the_case(bureau: Bureau, case: Case) -> None:
    with pytest.raises(PermissionDenied):
        serve(case, given(), by=bureau.stranger)
    serve(case, given(), by=bureau.lead_officer)


def test_a_document_of_the_platform_is_known_by_its_number(bureau: Bureau, case: Case) -> None:
    paper = issue("notice", values(), authority=bureau.department, by="示例审核员")
    entry = serve(case, given(document=f" {paper.number} "), by=bureau.reviewer)
    assert (entry.document, entry.document_name) == (paper, paper.number)


# ── on the page of the case ──────────────────────────────────────────────────────────────────────────────────────────
def fill(**more: object) -> Mapping[str, object]:
    return {"way": "direct", "on": "2026-11-11", "document": "示例决定书", **more}


def test_it_is_done_on_the_page_of_the_case(bureau: Bureau, case: Case, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(bureau.clerk)
    proof = SimpleUploadedFile("回证.pdf", PDF)
    answer = client.post(f"/desk/cases/{case.number}/servings", fill(proof=proof), follow=True)
    assert "2026-11-11 送达" in answer.content.decode()
    entry = Serving.objects.get()
    assert bytes(ServingProof.objects.get().content) == PDF
    file = client.get(f"/desk/servings/{entry.pk}/proof")
    assert (file.content, file["Content-Type"]) == (PDF, "application/pdf")
    client.force_login(bureau.stranger)
    assert client.get(f"/desk/servings/{entry.pk}/proof").status_code == 404
    assert client.post(f"/desk/servings/{entry.pk}/note", {"kind": "void", "reason": "示例"}).status_code == 404
    assert ServingNote.objects.count() == 0


def test_what_is_missing_stands_at_its_field_and_what_was_filled_in_stays(
    bureau: Bureau, case: Case, client: Client
) -> None:
    client.force_login(bureau.clerk)
    answer = client.post(f"/desk/cases/{case.number}/servings", fill(way="post"))
    assert answer.status_code == 422
    assert "邮寄送达请填写邮件号" in answer.content.decode()
    assert 'value="示例决定书"' in answer.content.decode()


def test_the_page_says_that_the_term_of_a_public_notice_is_a_setting(
    bureau: Bureau, case: Case, client: Client
) -> None:
    client.force_login(bureau.clerk)
    client.post(f"/desk/cases/{case.number}/servings", fill(way="public"))
    page = client.get(f"/desk/cases/{case.number}").content.decode()
    assert "公告中，2026-12-11 视为送达" in page
    assert "本地设定" in page
    with on("2026-12-11"):
        client.force_login(bureau.clerk)
        assert "2026-12-11 送达" in client.get(f"/desk/cases/{case.number}").content.decode()


def test_a_forged_form_does_nothing(bureau: Bureau, case: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bureau.clerk)
    assert client.post(f"/desk/cases/{case.number}/servings", fill()).status_code == 403
    assert client.post("/desk/messages/read").status_code == 403
    assert Serving.objects.count() == 0
