"""Every route of the workbench as every role, for what is the own department's, another's of the region, and a stranger's.

What is expected follows from the permission matrix alone: which action a route asks for stands in ROUTES, and a route that is
not there fails.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Face, Role, Scope
from rongxin.departments.models import Department, Duty
from rongxin.documents.issuing import issue
from rongxin.governance.incidents.models import Affected, Incident, Search
from rongxin.intake.models import CodeFault, FaultKind, HeadMapping, Question
from rongxin.intake.receiving import receive
from rongxin.ledger.models import Audit, Log, Task
from rongxin.notices.models import Notice, Sending, SendingState
from rongxin.notices.serving import Given, serve
from rongxin.remedies.declarations.models import Declaration, InvitationList, Invited
from rongxin.remedies.repairs.actions import apply_at_counter
from rongxin.remedies.repairs.models import Ground, Repair
from rongxin.subjects.mandates.actions import open_claim
from rongxin.subjects.mandates.models import Claim, Way
from rongxin.subjects.mandates.workflow import CLAIM
from rongxin.subjects.models import Subject
from rongxin.workflow import registry
from rongxin.workflow.actions import open_case
from rongxin.workflow.evidence import attach
from rongxin.workflow.models import Case
from tests.desk.test_pages import as_officer
from tests.documents.papers import values
from tests.factories import PENALTY, a_department, a_record, a_subject, an_account, at
from tests.intake.coverage.batches import an_officer
from tests.intake.questions.conftest import TRADE, TRADE_NAME, unclear
from tests.intake.tables import TEA, TEA_NAME, as_csv, penalty
from tests.standing import db, standing  # noqa: F401
from tests.strict import assert_strict
from tests.workflow.conftest import in_force, know_the_toy, rules

pytestmark = pytest.mark.usefixtures("db")
NOW = at("2026-11-20")

ANYBODY: Final = None
"""Whoever works here; what the page lists is filtered by reach."""


@dataclass(frozen=True)
class Route:
    """What a route asks for. ``of``: the objects it is about. ``given``: what is sent with the call. ``may_be_missing``: the
    page answers 404 where the object has no such part.
    """

    action: Action | None
    method: Literal["get", "post"] = "get"
    of: Literal[
        "",
        "firm",
        "batch",
        "question",
        "fault",
        "duty",
        "mapping",
        "record",
        "text",
        "document",
        "page",
        "case",
        "kind",
        "serving",
        "notice",
        "sending",
        "claim",
        "audit",
        "incident",
        "declaration",
        "unwinding",
        "repair",
        "evidence",
        "invitations",
    ] = ""
    given: Mapping[str, str] = field(default_factory=dict)
    may_be_missing: bool = False


GET: Final = "get"
POST: Final = "post"
ROUTES: Final = {
    "home": Route(ANYBODY),
    "rights": Route(ANYBODY),
    "documents": Route(Action.DOCUMENT_READ),
    "document": Route(Action.DOCUMENT_READ, of="document"),
    "document_file": Route(Action.DOCUMENT_READ, of="document"),
    "document_page": Route(Action.DOCUMENT_READ, of="page"),
    "document_withdraw": Route(Action.DOCUMENT_ISSUE, POST, of="document", given={"reason": "示例"}),
    "cases": Route(Action.CASE_READ),
    "cases_csv": Route(Action.CASE_READ),
    "inquiry_enter": Route(Action.CASE_ACT),
    "remedy_enter": Route(Action.CASE_ACT),
    "case_hand_in": Route(Action.CASE_ACT, POST, of="repair"),
    "evidence": Route(Action.CASE_READ, of="evidence"),
    "repair_revoke": Route(Action.CASE_ACT, of="repair"),
    "repair_notice": Route(Action.BATCH_READ, of="record"),
    "rule_draft": Route(Action.RULE_DRAFT),
    "classes": Route(Action.CLASS_READ),
    "class_list": Route(Action.CLASS_READ, may_be_missing=True),
    "class_list_csv": Route(Action.CLASS_READ, may_be_missing=True),
    "class_firm": Route(Action.CLASS_READ, of="firm", may_be_missing=True),
    "class_compare": Route(Action.CLASS_READ, may_be_missing=True),
    "class_hits": Route(Action.CLASS_READ),
    "class_hits_json": Route(Action.CLASS_READ, may_be_missing=True),
    "class_hits_start": Route(Action.CLASS_KEEP, POST),
    "class_start": Route(Action.CLASS_KEEP, POST),
    "class_use": Route(Action.CLASS_KEEP, POST, may_be_missing=True),
    "class_adjust": Route(Action.CLASS_KEEP, of="firm", may_be_missing=True),
    "weights": Route(Action.RULE_DRAFT),
    "invitations": Route(Action.DECLARATION_INVITE),
    "invitation": Route(Action.DECLARATION_INVITE, of="invitations"),
    "invitation_csv": Route(Action.DECLARATION_INVITE, of="invitations"),
    "invitation_send": Route(Action.DECLARATION_INVITE, POST, of="invitations"),
    "invitation_drop": Route(Action.DECLARATION_INVITE, POST, of="invitations"),
    "trial_start": Route(Action.RULE_DRAFT, POST, of="case", may_be_missing=True),
    "trial": Route(Action.CLASS_READ, may_be_missing=True),
    "trial_json": Route(Action.CLASS_READ, may_be_missing=True),
    "trial_csv": Route(Action.CLASS_READ, may_be_missing=True),
    "incidents": Route(ANYBODY),
    "incidents_csv": Route(Action.CASE_READ),
    "incident_register": Route(Action.INCIDENT_REPORT),
    "affected_csv": Route(Action.CASE_READ, of="incident"),
    "affected_name": Route(Action.INCIDENT_HANDLE, POST, of="incident", given={"codes": TEA}),
    "affected_search": Route(Action.INCIDENT_HANDLE, POST, of="incident", given={"why": "faulty"}),
    "affected_take_out": Route(Action.INCIDENT_HANDLE, POST, of="incident", given={"uscc": TEA}),
    "declaration_examine": Route(Action.CASE_ACT, of="declaration"),
    "case": Route(Action.CASE_READ, of="case"),
    "case_take": Route(Action.CASE_READ, POST, of="case", given={"step": "accept"}),
    "case_told": Route(Action.CASE_READ, of="case"),
    "case_serve": Route(Action.CASE_ACT, POST, of="case"),
    "serving_note": Route(Action.CASE_ACT, POST, of="serving", given={"kind": "void", "reason": "示例"}),
    "serving_proof": Route(Action.CASE_READ, of="serving", may_be_missing=True),
    "messages": Route(ANYBODY),
    "messages_read": Route(ANYBODY, POST),
    "message": Route(ANYBODY, of="notice", may_be_missing=True),
    "message_read": Route(ANYBODY, POST, of="notice", may_be_missing=True),
    "messages_failed": Route(Action.CASE_ACT),
    "message_again": Route(Action.CASE_ACT, POST, of="sending"),
    "claim_code": Route(
        Action.CASE_READ, POST, of="claim", given={"step": "hand_over", "papers": "licence_and_letter"}
    ),
    "upload": Route(Action.BATCH_SUBMIT),
    "record_form": Route(Action.BATCH_SUBMIT),
    "template": Route(ANYBODY, of="kind"),
    "ledger": Route(Action.LEDGER_READ),
    "ledger_ask": Route(Action.LEDGER_READ, POST, given={"task": "verify"}),
    "ledger_audit": Route(Action.LEDGER_READ, of="audit"),
    "ledger_export": Route(Action.LEDGER_READ, of="audit", may_be_missing=True),
    "ledger_looks": Route(Action.LEDGER_READ),
    "ledger_looks_csv": Route(Action.LEDGER_READ),
    "clocks": Route(Action.BATCH_READ),
    "clocks_csv": Route(Action.BATCH_READ),
    "coverage": Route(Action.BATCH_READ),
    "coverage_report": Route(Action.BATCH_READ),
    "coverage_series": Route(Action.BATCH_READ),
    "coverage_series_csv": Route(Action.BATCH_READ),
    "texts": Route(Action.TEXT_CLEAR),
    "texts_csv": Route(Action.TEXT_CLEAR),
    "texts_together": Route(Action.TEXT_CLEAR),
    "text": Route(Action.TEXT_CLEAR, of="text"),
    "text_undo": Route(Action.TEXT_CLEAR, POST, of="text", may_be_missing=True),
    "kept_records": Route(Action.BATCH_READ),
    "withdrawn_csv": Route(Action.BATCH_READ),
    "kept_record": Route(Action.BATCH_READ, of="record"),
    "support_enter": Route(Action.CASE_ACT, POST, of="record", given={"support": "示例"}),
    "support_end": Route(Action.CASE_ACT, POST, of="record", given={"support": "0"}),
    "candidate_decide": Route(Action.CASE_ACT, POST, of="record", given={"candidate": "0"}),
    "item_settle": Route(Action.CASE_ACT, POST, of="unwinding", given={"item": "0"}),
    "withdraw_clock": Route(Action.BATCH_READ, of="record", may_be_missing=True),
    "arrivals": Route(Action.BATCH_READ, of="record"),
    "sync_certificate": Route(Action.BATCH_READ, of="record", may_be_missing=True),
    "withdrawal_notice": Route(Action.BATCH_READ, of="record", may_be_missing=True),
    "spot": Route(Action.RECIPIENT_KEEP, POST, of="record"),
    "spot_file": Route(Action.RECIPIENT_KEEP, may_be_missing=True),
    "spot_retract": Route(Action.RECIPIENT_KEEP, POST, may_be_missing=True),
    "recipients": Route(Action.RECIPIENT_KEEP),
    "recipient_propose": Route(Action.RECIPIENT_KEEP),
    "recipient": Route(Action.RECIPIENT_KEEP, may_be_missing=True),
    "recipient_take": Route(Action.RECIPIENT_KEEP, POST, may_be_missing=True),
    "recipient_key": Route(Action.RECIPIENT_KEEP, POST, may_be_missing=True),
    "recipient_key_end": Route(Action.RECIPIENT_KEEP, POST, may_be_missing=True),
    "recipient_call": Route(Action.RECIPIENT_KEEP, POST, may_be_missing=True),
    "batches": Route(ANYBODY),
    "batch": Route(Action.BATCH_READ, of="batch"),
    "batch_progress": Route(Action.BATCH_READ, of="batch"),
    "return_file": Route(Action.BATCH_READ, of="batch", may_be_missing=True),
    "release": Route(Action.BATCH_RELEASE, POST, of="batch"),
    "send_back": Route(Action.BATCH_RELEASE, POST, of="batch", given={"reason": "示例"}),
    "stop": Route(Action.BATCH_SUBMIT, POST, of="batch"),
    "columns": Route(Action.BATCH_READ, of="batch", may_be_missing=True),
    "refile": Route(Action.BATCH_SUBMIT, POST, of="batch"),
    "mappings": Route(ANYBODY),
    "mappings_csv": Route(ANYBODY),
    "mapping_forget": Route(Action.BATCH_SUBMIT, POST, of="mapping"),
    "questions": Route(ANYBODY),
    "questions_csv": Route(ANYBODY),
    "question_answer": Route(Action.QUESTION_ANSWER, POST, of="question", given={"decision": "unknown"}),
    "question_differ": Route(Action.QUESTION_ANSWER, POST, of="question", given={"subject": "0"}),
    "question_undo": Route(Action.QUESTION_ANSWER, POST, of="question"),
    "duties": Route(ANYBODY),
    "duties_csv": Route(ANYBODY),
    "duty_enter": Route(Action.DUTY_KEEP, POST),
    "duty_nothing_new": Route(Action.COUNT_FILE, POST, of="duty"),
    "duty_end": Route(Action.DUTY_KEEP, POST, of="duty"),
    "subjects": Route(ANYBODY),
    "subjects_csv": Route(ANYBODY),
    "subject_told": Route(Action.CASE_READ, of="firm"),
    "subject_compare": Route(ANYBODY, given={"keep": TEA, "absorb": TRADE}),
    "merge_end": Route(Action.SUBJECT_MERGE, POST, may_be_missing=True),
    "judgement_end": Route(Action.SUBJECT_MERGE, POST, may_be_missing=True),
    "subject_split": Route(Action.SUBJECT_MERGE, given={"origin": TEA}),
    "split_end": Route(Action.SUBJECT_MERGE, POST, may_be_missing=True),
    "subject_succeed": Route(Action.SUBJECT_MERGE),
    "succession_end": Route(Action.SUBJECT_MERGE, POST, may_be_missing=True),
    "codes": Route(ANYBODY),
    "codes_csv": Route(ANYBODY),
    "code_convert": Route(ANYBODY, POST),
    "code_mend": Route(Action.CODE_MEND, POST, of="fault"),
    "code_confirm": Route(Action.CODE_MEND, POST, of="fault", given={"note": "示例"}),
    "code_reopen": Route(Action.CODE_MEND, POST, of="fault"),
}
OPEN_TO_ALL: Final = ("login", "logout")
OF_NO_DEPARTMENT: Final[Mapping[str, list[object]]] = {
    **{key: [1] for key in ("merge_end", "judgement_end", "split_end", "succession_end")},
    **{key: [1] for key in ("recipient", "recipient_key", "recipient_call", "spot_file", "spot_retract")},
    "recipient_take": [1, "approve"],
    **{key: ["d"] for key in ("class_list", "class_list_csv")},
    "class_compare": ["one", "other"],
    "class_use": ["one"],
    **{key: [1] for key in ("trial", "trial_json", "trial_csv")},
    "recipient_key_end": [1, "rx000000000000"],
}
"""Deeds on the register and recipients belong to no department; without one there is nothing there, for whoever may."""


@dataclass(frozen=True)
class Things:
    """One object of every sort of one department, by the arguments of its address."""

    department: Department
    arguments: dict[str, list[object]]


def a_claim(office: Department) -> Claim:
    """A claim that somebody handles there: with an officer at the window."""
    an_officer(office, Role.WINDOW)
    login = an_account(Role.ENTERPRISE, office, f"qy-{office.code}")
    return open_claim(login, a_subject(address="示例路1号").uscc, way=Way.COUNTER, office=office)


def a_declaration(office: Department, firm: Subject | None = None, words: str = "示例") -> Declaration:
    """What a firm declares, for the department to look at."""
    declares = firm or a_subject()
    case = open_case("declaration", title="示例", owner=office, firm=declares.uscc)
    title = {"zh": "示例", "en": "示例"}
    field = {"name": "products", "kind": "text", "title": title, "value": words, "unit": None}
    return Declaration.objects.create(
        case=case,
        number=case.number,
        subject=declares,
        item="products",
        told={"title": title, "fields": [field]},
        digest=case.number,
        declared_on=NOW.date(),
        until=NOW.date(),
    )


def an_incident(office: Department, by: Account) -> Incident:
    """An incident that the department would handle, with one firm concerned and one search."""
    case = open_case("incident", title="示例", owner=office)
    incident = Incident.objects.create(
        case=case,
        sort="misuse",
        found_by="staff",
        system="platform",
        data=["withheld"],
        description="示例",
        discovered_at=NOW,
        report_due_at=NOW,
        reported_by=by,
    )
    Affected.objects.create(incident=incident, uscc=TRADE, why="named")
    Search.objects.create(incident=incident, why="faulty", asked_by=by, asked_at=NOW)
    return incident


def things_of(department: Department) -> Things:
    clerk = an_officer(department)
    batch = receive(
        [as_csv([penalty(), unclear()])],
        file_name=f"{department.code}.csv",
        kind=PENALTY,
        provider=department,
        by=clerk,
        check_now=True,
    ).batch
    record = a_record(a_subject(), department=department, violation_facts="张三在店内实施")
    question = Question.objects.get(batch=batch)
    fault = CodeFault.objects.create(
        provider=department,
        kind=PENALTY,
        batch=batch.number,
        row=2,
        field="party_uscc",
        value="9135",
        fault=FaultKind.WRONG,
        problem="code_length",
        found_on=date(2026, 11, 20),
    )
    duty = Duty.objects.create(department=department, item="FJ-01", since=date(2026, 1, 5))
    mapping = HeadMapping.objects.create(
        provider=department, kind=PENALTY, head="案卷", written="案卷", by=clerk, made_at=timezone.now()
    )
    document = issue("notice", values(), authority=department, by="示例审核员")
    case = open_case("toy", title="示例", owner=department, by=clerk)
    told = a_notice(case, department)
    repair = a_repair(department, clerk)
    return Things(
        department,
        {
            "": [],
            "kind": [PENALTY],
            "firm": [TEA],
            "batch": [batch.number],
            "question": [question.pk],
            "fault": [fault.pk],
            "duty": [duty.pk],
            "mapping": [mapping.pk],
            "case": [case.number],
            "serving": [serve(case, Given(way="direct", on=NOW.date(), document="示例"), by=clerk).pk],
            "notice": [told.pk],
            "sending": [given_up(told).pk],
            "claim": [a_claim(department).case.number],
            "incident": [an_incident(department, clerk).case.number],
            "declaration": [a_declaration(department).number],
            "unwinding": [open_case("unwinding", title="示例", owner=department).number],
            "repair": [repair.case.number],
            "invitations": [an_invitation_list(department, clerk).pk],
            "evidence": [attach(repair.case, name="凭证.pdf", content=b"%PDF-1.7", by=clerk).pk],
            "document": [document.code],
            "page": [document.code, 1],
            "record": [record.number],
            "text": [record.number, "violation_facts"],
            "audit": [an_audit().pk],
        },
    )


def a_repair(office: Department, clerk: Account) -> Repair:
    """An application for repair that the department decides."""
    firm = a_subject()
    record = a_record(firm, department=office, decided_on=NOW.date() - timedelta(days=150))
    return apply_at_counter(firm, record.number, Ground.FULFILLED, "已经缴清。", has_committed=True, by=clerk)


def an_invitation_list(office: Department, by: Account, firm: Subject | None = None) -> InvitationList:
    """Drafted for one enterprise, and neither sent nor dropped."""
    then = {"asked_at": NOW, "drafted_at": NOW, "as_of": NOW.date()}
    made = InvitationList.objects.create(
        office=office, region="35", groups=["thin_file"], counts={"thin_file": 1}, by=by, **then
    )
    Invited.objects.create(list=made, subject=firm or a_subject(), group="thin_file")
    return made


def an_audit() -> Audit:
    log, _ = Log.objects.get_or_create(origin="credit.example.gov.cn/ledger/2026", suite=1, defaults={"began_at": NOW})
    return Audit.objects.create(log=log, task=Task.VERIFY, ended_at=NOW)


def a_notice(case: Case, department: Department) -> Notice:
    words = {"title_zh": "示例", "title_en": "示例", "body_zh": "示例", "body_en": "示例"}
    return Notice.objects.create(key=case.number, name="toy", department=department, case=case, at=NOW, **words)


def given_up(notice: Notice) -> Sending:
    return Sending.objects.create(
        notice=notice,
        channel="email",
        department=notice.department,
        message_id=uuid4(),
        state=SendingState.GAVE_UP,
        allowed=1,
        attempts=1,
        due_at=NOW,
        reason="timeout",
    )


@pytest.fixture(scope="module")
def places(standing: None) -> Iterator[dict[str, Things]]:  # noqa: F811
    """What belongs to the own department, to one below it and to one of another city."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=False):
        know_the_toy(patch)
        in_force(rules())
        registry.register(CLAIM)
        a_subject(TEA_NAME, TEA)
        a_subject(TRADE_NAME, TRADE)
        yield {
            "own": things_of(a_department("own", "福州市示例局", region="350100")),
            "below": things_of(a_department("below", "鼓楼示例局", region="350102")),
            "foreign": things_of(a_department("foreign", "厦门市示例局", region="350200")),
        }


def names() -> list[str]:
    desk = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "desk")
    return [pattern.name for pattern in desk.url_patterns if pattern.name not in OPEN_TO_ALL]


def test_every_route_says_which_action_it_asks_for() -> None:
    assert set(names()) == set(ROUTES)


def called(client: Client, name: str, route: Route, arguments: list[object]) -> int:
    address = reverse(f"desk:{name}", args=arguments or OF_NO_DEPARTMENT.get(name, []))
    # No transaction of its own: a look that is logged inside of one is refused.
    before = transaction.savepoint()
    try:
        answer = (client.get if route.method == GET else client.post)(address, dict(route.given))
    finally:
        transaction.savepoint_rollback(before)
    assert_strict(answer)
    return answer.status_code


OFFICERS: Final = [role for role in Role if matrix().roles[role].face == Face.DESK]
COUNTED: Final = "routes of the workbench called, as every role"


def visitor(role: Role, department: Department) -> Client:
    client = as_officer(an_account(role, department, "visitor"))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("role", OFFICERS)
def test_a_route_opens_as_the_matrix_says(
    role: Role, places: dict[str, Things], record_property: Callable[[str, int], None]
) -> None:
    client = visitor(role, places["own"].department)
    wrong: list[str] = []
    calls = 0
    for name, route in ROUTES.items():
        for place, things in places.items():
            if route.of in ("", "firm") and place != "own":  # they belong to no department
                continue
            status = called(client, name, route, things.arguments[route.of])
            calls += 1
            if not as_it_should(role, route, place, status):
                wrong.append(f"{name} of {place}: {status}")
    record_property(COUNTED, calls)
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("role", sorted(set(Role) - set(OFFICERS)))
def test_no_route_opens_to_whoever_is_no_officer(role: Role, record_property: Callable[[str, int], None]) -> None:
    client = visitor(role, a_department("own", "福州市示例局", region="350100"))
    of_nothing: dict[str, list[object]] = {
        "": [],
        "kind": [PENALTY],
        "firm": [TEA],
        "batch": ["B-1"],
        "record": ["R-1"],
        "document": ["D-1"],
        "case": ["C-1"],
        "claim": ["C-1"],
        "incident": ["C-1"],
        "declaration": ["C-1"],
        "page": ["D-1", 1],
        "text": ["R-1", "violation_facts"],
    }
    told = {name: called(client, name, route, of_nothing.get(route.of, [1])) for name, route in ROUTES.items()}

    record_property(COUNTED, len(told))
    assert set(told.values()) == {403}


def as_it_should(role: Role, route: Route, place: str, status: int) -> bool:
    line = matrix().roles[role]
    if status >= 500:
        return False
    scopes = line.scopes(route.action) if route.action else frozenset(Scope)
    if place == "foreign" and route.of not in ("", "kind", "firm", "audit"):
        # Whoever never may is told so before anything is looked up; for all others there is no such thing.
        return status == 404 or (status == 403 and not scopes)
    here = {Scope.DEPARTMENT, Scope.REGION} if place == "own" else {Scope.REGION}
    if scopes & here or route.of == "kind":
        return status != 403 and (status != 404 or route.may_be_missing)
    return status in (403, 404)
