"""Whoever is told anything that is not public about a firm has left a look in that firm's stream, and nobody else has.

Every route of every face is called; one that stands in no example fails, and so does one that reads past the choke point.
"""

import ast
import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
import time_machine
from django.db import DatabaseError, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from config import urls
from rongxin.accounts.keys import make_key
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import ADMINISTRATORS, Action, Role
from rongxin.desk.frame import officer_only
from rongxin.documents.issuing import issue
from rongxin.governance.incidents.models import Affected
from rongxin.intake.models import CodeFault, FaultKind, FaultState, Question
from rongxin.intake.receiving import receive
from rongxin.ledger.entries import Kind, Of
from rongxin.ledger.entries import Subject as Party
from rongxin.ledger.models import Pending
from rongxin.ledger.reading import books_of
from rongxin.notices.models import Notice
from rongxin.notices.serving import Given, serve
from rongxin.policy.notices import ChannelName
from rongxin.records.models import Effect, Record, RecordContent
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.inquiries.actions import ask_why
from rongxin.remedies.inquiries.models import About
from rongxin.remedies.inquiries.workflow import INQUIRY
from rongxin.remedies.repairs.actions import apply, apply_at_counter
from rongxin.remedies.repairs.models import Ground
from rongxin.remedies.unwinding.actions import open_unwinding
from rongxin.remedies.unwinding.models import Item
from rongxin.remedies.unwinding.workflow import UNWINDING
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.actions import open_claim
from rongxin.subjects.mandates.models import Way
from rongxin.subjects.mandates.queries import demand
from rongxin.subjects.mandates.workflow import CLAIM
from rongxin.subjects.models import Subject
from rongxin.workflow import registry
from rongxin.workflow.actions import take_step
from rongxin.workflow.evidence import attach
from rongxin.workflow.models import Case
from rongxin.workflow.papers import documents_of
from tests.desk.test_routes import a_declaration, an_audit, an_incident, an_invitation_list
from tests.documents.papers import values
from tests.entrance.looking import Example, Looked, looked, routes
from tests.factories import PENALTY, a_department, a_record, a_subject, an_account, at, note
from tests.intake.coverage.batches import an_officer
from tests.intake.questions.conftest import TRADE, TRADE_NAME, unclear
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, TEA_NAME, as_csv, penalty
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.looks import a_look, looked_at, signed
from tests.notices.conftest import confirmed
from tests.subjects.mandates.firms import Hall, a_firm, a_hall, a_login, a_proxy
from tests.workflow.conftest import in_force, rules, toy_is_known  # noqa: F401

pytestmark = pytest.mark.django_db
NOW: Final = at("2026-11-20")
LOOKED: Final = at("2026-11-17", "03:33")
OFFICERS: Final = (Role.CLERK, Role.REVIEWER, Role.INSPECTOR, Role.WINDOW, Role.CITY_OFFICE, Role.AUDITOR)
POST: Final = "post"


@dataclass(frozen=True)
class Platform:
    """``words``: what is not public, and whose it is."""

    words: dict[str, frozenset[str]]
    examples: tuple[Example, ...]
    people: dict[str, Client]


def words_of(what: str, *firms: str) -> tuple[str, frozenset[str]]:
    return f"示例甲乙丙{what}", frozenset(firms)


def as_login(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    client.raise_request_exception = False
    return client


# ── the workbench ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def desk(toy_is_known: None) -> Iterator[Platform]:  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        registry.register(CLAIM)
        registry.register(INQUIRY)
        registry.register(UNWINDING)
        yield a_desk()


def a_desk() -> Platform:
    office = a_department("own", "福州市示例局", region="350100")
    clerk, _window = an_officer(office), an_officer(office, Role.WINDOW)
    tea, trade = a_subject(TEA_NAME, TEA), a_subject(TRADE_NAME, TRADE)
    words: dict[str, frozenset[str]] = {}

    def said(what: str, *firms: str) -> str:
        text, whose = words_of(what, *firms)
        words[text] = whose
        return text

    words["榕示市监罚〔2026〕880101号"] = frozenset({TEA})
    rows = [
        penalty(**{DOCUMENT: "榕示市监罚〔2026〕880101号"}),
        penalty(
            **{NAME: TRADE_NAME, CODE: TRADE, DOCUMENT: "榕示市监罚〔2026〕2号", "处罚决定日期": said("日子", TRADE)}
        ),
        unclear(违法事实=said("行文")),
    ]
    batch = receive([as_csv(rows)], file_name="本周.csv", kind=PENALTY, provider=office, by=clerk, check_now=True).batch
    question = Question.objects.get(batch=batch)
    meant = Subject.objects.filter(pk__in=[each["subject"] for each in question.candidates[:3]])
    table = f"甲,乙,丙\n{TEA_NAME},{TEA},{said('列', TEA)}\n".encode()
    columns = receive([table], file_name="列.csv", kind=PENALTY, provider=office, by=clerk, check_now=True).batch
    text_firm, plain_firm, hidden_firm = a_subject(), a_subject(), a_subject()
    facts = f"张三在店内实施。{said('事实', text_firm.uscc)}"
    text = a_record(text_firm, department=office, violation_facts=facts, penalty_content=None)
    a_record(plain_firm, department=office, violation_facts=said("没有明码标价", plain_firm.uscc), penalty_content=None)
    hidden = a_record(
        hidden_firm, department=office, violation_type=said("类型", hidden_firm.uscc), violation_facts=None
    )
    note(hidden, Effect.SUSPENDED)
    coded = a_subject()
    fault = CodeFault.objects.create(
        provider=office,
        kind=PENALTY,
        batch=batch.number,
        row=2,
        field="party_uscc",
        value="9135",
        fault=FaultKind.WRONG,
        problem="code_length",
        found_on=date(2026, 11, 20),
        state=FaultState.CONFIRMED,
        subject=coded,
        mended_by=clerk,
        mended_at=NOW,
        note=said("核实", coded.uscc),
    )
    asks = a_subject()
    case = ask_why(asks, office, About.LOOK, happened_on=date(2026, 11, 10), by=clerk).case
    take_step(case.number, "draft", by=clerk, reason=said("理由", asks.uscc), answers={"outcome": "explained"})
    proof = b"%PDF-" + said("回证", asks.uscc).encode()
    serving = serve(case, Given(way="direct", on=NOW.date(), document=said("送达", asks.uscc), proof=proof), by=clerk)
    told = Notice.objects.create(
        key="n",
        name="toy",
        department=office,
        case=case,
        at=NOW,
        title_zh="示例",
        title_en="示例",
        body_zh=said("正文", asks.uscc),
        body_en="示例",
    )
    addressee = a_subject()
    written = said("文书", addressee.uscc)
    document = issue("notice", values(paragraphs=[written]), authority=office, by="示例审核员", firm=addressee.uscc)
    mended = a_subject()
    lines = {"violation_facts": None, "penalty_content": None, "penalty_authority": said("作出机关", mended.uscc)}
    old = a_record(mended, department=office, decided_on=date(2026, 6, 1), **lines)
    repair = apply_at_counter(
        mended, old.number, Ground.FULFILLED, said("履行情况", mended.uscc), has_committed=True, by=clerk
    ).case
    shown_paper = b"%PDF-" + said("凭证", mended.uscc).encode()
    evidence = attach(repair, name="凭证.pdf", content=shown_paper, by=clerk)
    claims = a_subject(address=said("住所路1号", ""))
    words["示例甲乙丙住所路1号"] = frozenset({claims.uscc})
    login = an_account(Role.ENTERPRISE, office, "qy-own")
    claim = open_claim(login, claims.uscc, way=Way.LETTER, office=office).case
    misused, touched = a_subject(), an_incident(office, clerk)
    incident = touched.case
    Affected.objects.create(incident=touched, uscc=misused.uscc, why="looked", looks=3, first_at=LOOKED, last_at=NOW)
    words["2026-11-17 03:33"] = frozenset({misused.uscc})
    declares = a_subject()
    declaration = a_declaration(office, declares, said("产品", declares.uscc))
    looked_at(misused.uscc, a_look())
    signed()
    fallen_firm = a_subject()
    undone = undone_after(a_record(fallen_firm, department=office), reason=said("核对", fallen_firm.uscc))
    invited_firm = a_subject("福州示例受邀有限公司")
    words[invited_firm.name] = frozenset({invited_firm.uscc})
    invited = an_invitation_list(office, clerk, invited_firm)
    meant_firms = frozenset(subject.uscc for subject in meant)
    assert meant_firms

    def desk(name: str, *arguments: object, **more: Any) -> Example:
        return Example(f"desk:{name}", arguments, **more)

    examples = (
        *map(desk, ("home", "rights", "documents", "cases", "cases_csv", "inquiry_enter", "rule_draft", "messages")),
        *map(desk, ("messages_failed", "upload", "record_form", "clocks", "clocks_csv", "coverage", "coverage_report")),
        desk("weights"),
        # Without a run nothing is known of classes; that each look at one is logged is tried in tests/desk/test_classes.py.
        *map(desk, ("classes", "class_hits", "class_hits_json")),
        *(desk(name, method=POST) for name in ("class_start", "class_hits_start")),
        *(desk(name, "d") for name in ("class_list", "class_list_csv")),
        *(desk(name, asks.uscc) for name in ("class_firm", "class_adjust")),
        desk("class_compare", "one", "other"),
        desk("class_use", "one", method=POST),
        desk("invitations"),
        desk("invitation", invited.pk, reveals=True),
        desk("invitation_csv", invited.pk, reveals=True),
        *(desk(name, invited.pk, method=POST) for name in ("invitation_drop", "invitation_send")),
        *(desk(name, 1) for name in ("trial", "trial_json", "trial_csv")),
        desk("trial_start", case.number, method=POST),
        *map(desk, ("coverage_series", "coverage_series_csv", "texts", "texts_csv", "kept_records", "withdrawn_csv")),
        *map(
            desk, ("batches", "mappings", "mappings_csv", "questions_csv", "duties", "duties_csv", "subjects", "login")
        ),
        *map(desk, ("subjects_csv", "subject_succeed")),
        # What the ledger says of looks tells nothing of the files, and an auditor's own questions are events of another stream.
        *map(desk, ("ledger", "ledger_looks", "ledger_looks_csv")),
        desk("ledger", method=POST, given={"note": "示例"}),
        desk("ledger_ask", method=POST, given={"task": "verify"}),
        desk("ledger_audit", an_audit().pk),
        desk("ledger_export", an_audit().pk),
        desk("kept_records", given={"q": hidden.number}),
        desk("subjects", given={"one": TEA}),
        desk("template", PENALTY),
        desk("document", document.code, reveals=True),
        desk("document_file", document.code, reveals=True),
        desk("document_page", document.code, 1, reveals=True, says=written),
        desk("document_withdraw", document.code, method=POST, given={"reason": ""}, reveals=True),
        desk("case", case.number, reveals=True),
        desk("case", claim.number, reveals=True),
        desk("case", batch.number),
        desk("case_take", case.number, method=POST, given={"step": "redraft", "seen": "99"}, reveals=True),
        desk("case", repair.number, reveals=True),
        desk("remedy_enter"),
        desk("remedy_enter", method=POST),
        desk("case_hand_in", repair.number, method=POST),
        desk("evidence", evidence.pk, reveals=True),
        desk("repair_revoke", repair.number),
        desk("repair_notice", old.number, reveals=True),
        desk("case_told", case.number, reveals=True),
        desk("case_serve", case.number, method=POST),
        desk("serving_note", serving.pk, method=POST, given={"kind": "void", "reason": "示例"}),
        desk("serving_proof", serving.pk, reveals=True),
        desk("messages_read", method=POST),
        desk("message", told.pk, reveals=True),
        desk("message_read", told.pk, method=POST),
        desk("message_again", 1, method=POST),
        desk("claim_code", claim.number, method=POST, given={"step": "send_letter", "seen": "99"}, reveals=True),
        desk("texts_together", reveals=True),
        desk("texts_together", method=POST, reveals=True),
        desk("text", text.number, "violation_facts", reveals=True),
        desk("text", text.number, "violation_facts", method=POST, given={"decision": ""}, reveals=True),
        desk("text_undo", text.number, "violation_facts", method=POST),
        desk("kept_record", hidden.number, reveals=True),
        desk("kept_record", hidden.number, method=POST, given={"ground": "other"}, reveals=True),
        desk("support_enter", hidden.number, method=POST, given={"support": "x", "basis": "示例"}),
        desk("support_end", hidden.number, method=POST, given={"support": "0"}),
        desk("candidate_decide", hidden.number, method=POST, given={"candidate": "0"}),
        desk("case", undone.number, reveals=True),
        desk("item_settle", undone.number, method=POST, given={"item": "0"}),
        desk("withdraw_clock", hidden.number, given={"decided_on": "2026-11-19"}),
        # Who dropped a record is told by its number and its authority; the papers are tried in tests/exchange.
        desk("arrivals", hidden.number),
        *(desk(name, text.number) for name in ("sync_certificate", "withdrawal_notice")),
        desk("spot", text.number, method=POST),
        desk("spot_file", 1),
        desk("spot_retract", 1, method=POST),
        *map(desk, ("recipients", "recipient_propose")),
        desk("recipient", 1),
        *(desk(name, 1, method=POST) for name in ("recipient_key", "recipient_call")),
        desk("recipient_take", 1, "approve", method=POST),
        desk("recipient_key_end", 1, "rx000000000000", method=POST),
        desk("batch", batch.number, reveals=True),
        desk("batch", batch.number, given={"all": "1"}, reveals=True),
        desk("batch_progress", batch.number),
        desk("return_file", batch.number, reveals=True),
        desk("release", batch.number, method=POST),
        desk("send_back", batch.number, method=POST, reveals=True),
        desk("stop", batch.number, method=POST),
        desk("columns", columns.number, reveals=True),
        desk("columns", columns.number, method=POST, reveals=True),
        desk("refile", columns.number, method=POST),
        desk("mapping_forget", 1, method=POST),
        desk("questions", reveals=True, may_be={"示例甲乙丙行文": meant_firms}),
        desk("question_answer", question.pk, method=POST, given={"decision": "unknown"}),
        desk("question_differ", question.pk, method=POST, given={"subject": str(trade.pk)}),
        desk("question_undo", question.pk, method=POST),
        *map(desk, ("incidents", "incidents_csv", "incident_register")),
        desk("incident_register", method=POST),
        desk("case", incident.number),
        desk("case", incident.number, given={"looks": "1"}, reveals=True),
        desk("case", declaration.number, reveals=True),
        desk("declaration_examine", declaration.number),
        desk("declaration_examine", declaration.number, method=POST),
        desk("affected_csv", incident.number, reveals=True),
        desk("affected_name", incident.number, method=POST, given={"codes": TEA}),
        desk("affected_search", incident.number, method=POST, given={"why": "faulty"}),
        desk("affected_take_out", incident.number, method=POST, given={"uscc": TEA}),
        desk("duty_enter", method=POST),
        desk("duty_nothing_new", 1, method=POST),
        desk("duty_end", 1, method=POST),
        desk("subject_told", asks.uscc, reveals=True),
        desk("subject_compare", given={"keep": TEA, "absorb": TRADE}),
        desk("merge_end", 1, method=POST),
        desk("judgement_end", 1, method=POST),
        desk("subject_split", given={"origin": TEA}),
        desk("split_end", 1, method=POST),
        desk("succession_end", 1, method=POST),
        desk("codes"),
        desk("codes", given={"state": "all"}, reveals=True),
        desk("codes_csv", given={"state": "all"}, reveals=True),
        desk("code_convert", method=POST),
        desk("code_mend", fault.pk, method=POST, given={"code": tea.uscc}),
        desk("code_confirm", fault.pk, method=POST, given={"note": "示例"}),
        desk("code_reopen", fault.pk, method=POST),
    )
    # A notice of the firm itself, for what it was told: the page of a firm shows those about the cases of the officer.
    Notice.objects.create(
        key="f",
        name="toy",
        uscc=asks.uscc,
        case=case,
        at=NOW,
        title_zh=said("告知", asks.uscc),
        title_en="示例",
        body_zh="示例",
        body_en="示例",
    )
    people = {role.value: as_login(an_account(role, office, f"visitor-{role.value}")) for role in OFFICERS}
    return Platform(words, examples, people)


def test_whoever_works_here_sees_nothing_unlogged_and_nothing_is_logged_unseen(desk: Platform) -> None:
    assert_whole("desk", desk.examples)
    wrong, revealed = _all(desk)
    assert not wrong, "\n".join(wrong)
    unseen = {example for example in desk.examples if example.reveals} - revealed
    assert not {(example.route, example.method) for example in unseen}


def _all(platform: Platform) -> tuple[list[str], set[Example]]:
    """Every example by everybody: what was wrong, and what told something to somebody."""
    wrong, revealed = [], set()
    for example in platform.examples:
        for who, client in platform.people.items():
            found = looked(client, example, platform.words)
            if found.is_wrong or found.status >= 500:
                wrong.append(f"{who} {example.method} {example.address}: {_told(found)}")
            if found.shown:
                revealed.add(example)
    return wrong, revealed


def _told(found: Looked) -> str:
    return f"{found.status}, shown {sorted(found.shown)}, logged {dict(found.told)}"


def undone_after(record: Record, *, reason: str) -> Case:
    """The case that unwinds a record which was withdrawn, with a document that somebody looked at for ``reason``."""
    unwinding = open_unwinding(note(record, Effect.WITHDRAWN))
    Item.objects.create(unwinding=unwinding, sort="document", ref="x", outcome="noted", reason=reason)
    return unwinding.case


# ── an enterprise ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def enterprise(db: None) -> Iterator[Platform]:
    with time_machine.travel(NOW, tick=True):
        yield an_enterprise(a_hall())


def an_enterprise(hall: Hall) -> Platform:
    firm, holder, proxy = a_firm(), a_login(), a_login("qy-proxy-of-one")
    mandate = hall.held(holder, firm)
    given = a_proxy(holder, firm, proxy, Action.FILE_READ, Action.FILE_DOWNLOAD, Action.CONTACT_KEEP)
    invitation, _code = proxies.invite(holder, firm.uscc, scope=(Action.FILE_READ,), until=date(2027, 1, 1))
    own = frozenset({firm.uscc})
    words = dict(words_of(what, firm.uscc) for what in ("类型", "正文")) | {proxy.username: own}
    hidden = a_record(firm, violation_type="示例甲乙丙类型", violation_facts=None)
    note(hidden, Effect.SUSPENDED)

    told = Notice.objects.create(
        key="a",
        name="toy",
        uscc=firm.uscc,
        at=NOW,
        title_zh="示例",
        title_en="示例",
        body_zh="示例甲乙丙正文",
        body_en="示例",
    )
    numbered = {
        "violation_facts": None,
        "penalty_authority": "示例甲乙丙作出机关",
        "violation_type": "示例甲乙丙种类",
    }
    old = a_record(firm, decided_on=date(2026, 6, 1), **numbered)
    words["示例甲乙丙作出机关"] = words["示例甲乙丙种类"] = words["示例甲乙丙补正"] = own
    stated = "示例甲乙丙履行情况"
    words[stated] = own
    words["示例甲乙丙产品"] = own
    declaring = demand(holder, firm.uscc, Action.DECLARATION_MAKE)
    declaration = declare(declaring, "products", {"products": "示例甲乙丙产品"})
    by = demand(holder, firm.uscc, Action.REPAIR_APPLY)
    repair = apply(old.number, Ground.FULFILLED, stated, has_committed=True, by=by).case
    words["示例甲乙丙凭证"] = own
    evidence = attach(repair, name="凭证.pdf", content="%PDF-示例甲乙丙凭证".encode(), by=holder)
    clerk = an_officer(repair.owner)
    take_step(repair.number, "ask_to_complete", by=clerk, reason="示例甲乙丙补正。", answers={"lacks_proof": "yes"})
    (paper,) = (each.document for each in documents_of(repair))
    fallen = a_record(firm)
    undone_after(fallen, reason="示例甲乙丙类型")
    # Shown in part: what stands before the sign is hidden.
    confirmed(mandate, ChannelName.EMAIL, "office@jiayibing.example.com", by=holder)
    words["jiayibing.example.com"] = own
    # The office that handles a claim stands on its page alone.
    branch = a_firm("福州示例榕海茶业有限公司分公司")
    a_department("tax", "福州市示例税务局", region="350100")
    looked_at(firm.uscc, a_look(department="tax"))
    signed()
    (book,) = books_of([Party(Of.FIRM, firm.uscc)])
    log, number = book.log.origin.rpartition("/")[2], book.heads.events[-1].number
    claim = hall.claim(holder, branch).case
    words[hall.office.name] = frozenset({branch.uscc})
    events = frozenset({proxy.username, hall.office.name})

    def of(name: str, *arguments: object, **more: Any) -> Example:
        return Example(f"enterprise:{name}", arguments, **more)

    examples = (
        *map(of, ("home", "rights", "accept", "messages", "claiming", "login", "sign_up")),
        of("firm", firm.uscc, reveals=True),
        of("file_csv", firm.uscc, reveals=True),
        of("effects", firm.uscc, fallen.number, reveals=True),
        of("proxies", firm.uscc, reveals=True),
        of("proxies", firm.uscc, method=POST, reveals=True),
        of("contacts", firm.uscc, reveals=True),
        of("contacts", firm.uscc, method=POST, given={"do": "remove", "channel": "email"}),
        of("message", told.pk, reveals=True),
        of("messages_read", method=POST),
        of("message_read", told.pk, method=POST),
        of("claim", claim.number, reveals=True),
        of("claim_code", claim.number, method=POST, given={"claim_code": "AAAA"}),
        of("claim_take", claim.number, method=POST, given={"step": "withdraw", "seen": "0"}),
        of("proxy_end", firm.uscc, given.pk, method=POST),
        of("invitation_end", firm.uscc, invitation.pk, method=POST),
        of("class", firm.uscc),
        of("class_object", firm.uscc, "one"),
        of("arrivals", firm.uscc, hidden.number),
        *(of(name, firm.uscc, "R-1") for name in ("sync_certificate", "withdrawal_notice")),
        of("leave", firm.uscc),
        of("cases", firm.uscc),
        of("case", firm.uscc, declaration.number, reveals=True),
        of("declarations", firm.uscc, reveals=True),
        of("declare", firm.uscc, "honour"),
        of("declare", firm.uscc, "honour", method=POST),
        of("declaration_edit", firm.uscc, declaration.number, reveals=True),
        of("declaration_take", firm.uscc, declaration.number, method=POST, given={"step": "publish"}),
        of("case", firm.uscc, repair.number, reveals=True),
        of("case_take", firm.uscc, repair.number, method=POST, given={"step": "withdraw", "seen": "0"}),
        of("case_hand_in", firm.uscc, repair.number, method=POST),
        of("case_evidence", firm.uscc, repair.number, evidence.pk, reveals=True),
        of("case_paper", firm.uscc, repair.number, paper.code, reveals=True),
        of("missing", firm.uscc, tells=events),
        of("missing", firm.uscc, method=POST, tells=events),
        of("record", firm.uscc, hidden.number, reveals=True),
        of("object", firm.uscc, hidden.number, reveals=True),
        of("object", firm.uscc, hidden.number, method=POST, reveals=True),
        of("repair", firm.uscc, old.number, reveals=True),
        of("repair", firm.uscc, old.number, method=POST, reveals=True),
        of("repair_notice", firm.uscc, old.number, reveals=True),
        # Events say nothing of what the file says, and a list that logs its readers would be full of them.
        *(of(name, firm.uscc, tells=events) for name in ("looks", "looks_csv", "changes")),
        of("looks_stream", firm.uscc, log, tells=events),
        of("look", firm.uscc, log, number, tells=events),
        of("look", firm.uscc, log, number, method=POST),
        of("look_proof", firm.uscc, log, number, tells=events),
        of("look_records", firm.uscc, log, number, tells=events),
    )
    return Platform(words, examples, {"holder": as_login(holder)})


def test_an_enterprise_reads_nothing_of_itself_unlogged(enterprise: Platform) -> None:
    assert_whole("enterprise", enterprise.examples)
    wrong, revealed = _all(enterprise)
    assert not wrong, "\n".join(wrong)
    assert {example.route for example in enterprise.examples if example.reveals} == {each.route for each in revealed}


# ── machines and administrators ──────────────────────────────────────────────────────────────────────────────────────
def a_machine() -> Platform:
    office = a_department("own", "福州市示例局", region="350100")
    clerk = an_officer(office)
    a_subject(TEA_NAME, TEA)
    words = dict([words_of("日子", TEA)])
    row = penalty(处罚决定日期="示例甲乙丙日子")
    batch = receive([as_csv([row])], file_name="a.csv", kind=PENALTY, provider=office, by=clerk, check_now=True).batch
    one = {"kind": PENALTY, "record": row}

    def of(name: str, *arguments: object, **more: Any) -> Example:
        return Example(f"api-1:{name}", arguments, **more)

    examples = (
        *map(of, ("openapi-json", "openapi-view", "api-root", "listing", "kinds")),
        of("kind", PENALTY),
        of("record", "R-1"),
        # For recipients: what is public, and nothing to the key of a department.
        *map(of, ("feed", "me")),
        *(of(name, method=POST, given="{}") for name in ("acknowledge", "set_address", "forget_address")),
        of("declarations", TEA),
        of("batch", batch.number),
        of("batch_errors", batch.number, reveals=True),
        of("batch_returned", batch.number, reveals=True),
        of("send", method=POST, given=json.dumps({"kind": PENALTY, "records": [one["record"]]})),
        of("send_one", method=POST, given=json.dumps(one), reveals=True),
    )
    key = make_key(clerk, label="示例系统")
    return Platform(words, examples, {"machine": Client(headers={"authorization": f"Bearer {key}"})})


def test_a_machine_is_answered_nothing_unlogged(toy_is_known: None) -> None:  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        platform = a_machine()
        assert_whole("api-1", platform.examples)
        wrong, revealed = _all(platform)
    assert not wrong, "\n".join(wrong)
    assert {example.route for example in platform.examples if example.reveals} == {each.route for each in revealed}


ADMINISTRATION: Final = (
    *(Example(f"administration:{name}") for name in ("home", "accounts", "accounts_csv", "invite", "log", "log_csv")),
    *(Example(f"administration:{name}") for name in ("work", "contacts", "sendings")),
    Example("administration:account", (1,)),
    Example("administration:contact", ("own",)),
    *(
        Example(f"administration:{name}", (1,), POST)
        for name in ("invite_again", "role", "reset_password", "reset_second_factor", "end", "reopen", "sending_again")
    ),
)


def test_administrators_are_shown_nothing_of_any_firm(desk: Platform) -> None:
    assert_whole("administration", ADMINISTRATION)
    office = a_department("own", "福州市示例局", region="350100")
    people = {role.value: as_login(an_account(role, office, f"admin-{role.value}")) for role in ADMINISTRATORS}
    wrong, revealed = _all(Platform(desk.words, ADMINISTRATION, people))
    assert not wrong, "\n".join(wrong)
    assert not revealed


# ── nothing is left out ──────────────────────────────────────────────────────────────────────────────────────────────
def assert_whole(face: str, examples: Iterable[Example]) -> None:
    """Every route of the face stands among the examples."""
    assert {route for route in routes() if route.startswith(f"{face}:")} == {example.route for example in examples}


@officer_only
def leak(request: HttpRequest, number: str) -> HttpResponse:
    """What nobody should write: a page that reads past the choke point."""
    record = Record.objects.get(number=number)
    return HttpResponse(RecordContent.objects.get(record=record).title)


def leaking() -> ModuleType:
    """The addresses of the platform with that page among them."""
    module = ModuleType("leaking")
    added = include(([path("leak/<str:number>", leak, name="leak")], "desk"), namespace="desk")
    module.urlpatterns = [path("desk/", added), *urls.urlpatterns]  # type: ignore[attr-defined]
    module.handler500 = urls.handler500  # type: ignore[attr-defined]
    return module


def test_a_page_that_reads_past_the_choke_point_is_found(desk: Platform) -> None:
    hidden = next(example for example in desk.examples if example.route == "desk:kept_record")
    with override_settings(ROOT_URLCONF=leaking()):
        with pytest.raises(AssertionError):
            assert_whole("desk", desk.examples)
        example = Example("desk:leak", hidden.arguments, reveals=True)
        found = looked(desk.people["reviewer"], example, desk.words)
    assert (found.status, len(found.shown), sum(found.told.values())) == (200, 1, 0)
    assert found.is_wrong


# ── what cannot be logged ────────────────────────────────────────────────────────────────────────────────────────────
def test_where_no_look_can_be_logged_nothing_is_shown_and_public_pages_stay(
    desk: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr("rongxin.ledger.actions._insert", fails)
    for example in (each for each in desk.examples if each.reveals and each.method == "get"):
        for who, client in desk.people.items():
            found = looked(client, example, desk.words)
            assert not found.shown, f"{who} {example.address}"
            assert found.status in (200, 302, 403, 404, 503), f"{who} {example.address}: {found.status}"
    answer = desk.people["reviewer"].get(next(e for e in desk.examples if e.route == "desk:kept_record").address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "未能登记查询，故不予显示" in answer.content.decode()
    assert Client().get("/").status_code == 200


def test_a_machine_is_told_that_nothing_could_be_logged(toy_is_known: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    def fails(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        platform = a_machine()
        monkeypatch.setattr("rongxin.ledger.actions._insert", fails)
        example = next(each for each in platform.examples if each.route == "api-1:batch_errors")
        answer = platform.people["machine"].get(example.address)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_logged")
    assert "示例甲乙丙" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_look_is_committed_when_the_answer_is_made(toy_is_known: None) -> None:  # noqa: F811
    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        office = a_department("own", "福州市示例局", region="350100")
        firm = a_subject()
        record = a_record(firm, department=office)
        client = as_login(an_account(Role.REVIEWER, office, "visitor"))
        answer = client.get(f"/desk/records/{record.number}")
    seen: list[int] = []

    def look() -> None:
        seen.append(Pending.objects.filter(kind=Kind.ACCESS, identifier=firm.uscc).count())
        connections.close_all()

    other = threading.Thread(target=look)
    other.start()
    other.join()
    assert (answer.status_code, seen) == (200, [1])


@pytest.mark.django_db(transaction=True)
def test_on_a_database_that_takes_nothing_the_public_still_reads(toy_is_known: None) -> None:  # noqa: F811
    if connection.vendor != "sqlite":
        pytest.skip("told to the connection of SQLite")
    with time_machine.travel(NOW, tick=False):
        in_force(rules())
        office = a_department("own", "福州市示例局", region="350100")
        record = a_record(a_subject(), department=office)
        client = as_login(an_account(Role.REVIEWER, office, "visitor"))
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            try:
                refused = client.get(f"/desk/records/{record.number}")
                public = Client().get(f"/r/{record.number}")
            finally:
                cursor.execute("PRAGMA query_only = OFF")
    assert (refused.status_code, public.status_code) == (503, 200)


# ── no face reads contents itself ────────────────────────────────────────────────────────────────────────────────────
PAST: Final = frozenset(
    {
        *("RecordContent", "DocumentFile", "EvidenceFile", "ServingProof", "Clearing", "with_content"),
        *("events_of", "claim_of", "waiting_row", "waiting_rows", "problems_of", "warnings_of", "return_workbook"),
        *("columns_of", "waiting_path", "accepted_path"),
    }
)
"""Tables of contents, and what reads them for the work of the platform."""
MAY: Final = {
    ("enterprise/apps.py", "claim_of"): "tells the platform whose firm a claim is about",
    ("desk/sending.py", "problems_of"): "of a table that is only tried and kept nowhere",
}


def test_no_face_reads_contents_itself() -> None:
    package = Path(__file__).parents[2] / "rongxin"
    found = {
        (str(file.relative_to(package)), name)
        for face in ("desk", "enterprise", "administration", "api", "entrance", "ui")
        for file in sorted((package / face).rglob("*.py"))
        for name in _names(ast.parse(file.read_text(encoding="utf-8"))) & PAST
    }
    assert found == set(MAY)


def _names(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.ImportFrom(names=imported):
                names |= {each.name for each in imported}
    return names
