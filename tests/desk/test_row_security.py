"""What the database itself shows of the same data, as every role: on PostgreSQL a raw SELECT gives what the matrix gives and no
more, and on both databases the queries of the workbench give the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts import invitations
from rongxin.accounts.askers import asker_of
from rongxin.accounts.events import note
from rongxin.accounts.keys import make_key
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account, EventKind, FormerPassword, RecoveryCode
from rongxin.accounts.permissions import ADMINISTRATORS, Action, Face, Role, Scope
from rongxin.classification.models import Adjustment, Run
from rongxin.departments.models import Department
from rongxin.departments.regions import covers
from rongxin.documents import queries as documents
from rongxin.documents.issuing import withdraw
from rongxin.documents.models import Document
from rongxin.governance.rules.models import RuleDraft
from rongxin.intake import queries as batches
from rongxin.intake.faults import queries as faults
from rongxin.intake.idempotency import IdempotencyKey
from rongxin.intake.models import Batch, SourceCount
from rongxin.intake.questions import queries as questions
from rongxin.notices.contacts import set_contact
from rongxin.notices.models import (
    Attempt,
    Notice,
    Receipt,
    Sending,
    Serving,
    ServingNote,
    ServingNoteKind,
    ServingProof,
    Way,
)
from rongxin.policy.notices import ChannelName
from rongxin.records.models import Clearing, Record, RecordContent
from rongxin.remedies.declarations.models import Declaration, Falsehood
from rongxin.remedies.inquiries.models import Inquiry
from rongxin.remedies.objections.models import Objection
from rongxin.remedies.repairs.models import Repair, RepairNotice, Revocation
from rongxin.remedies.unwinding.models import Item, Redecision, Unwinding
from rongxin.storage.askers import ENTRANCE, NOBODY, PORTAL, Asker, asks
from rongxin.workflow import queries as cases
from rongxin.workflow.models import Case, CaseDocument
from tests.desk.test_routes import Things, an_account, places  # noqa: F401
from tests.factories import PENALTY, a_record, a_subject
from tests.intake.coverage.batches import an_officer
from tests.logins import give_generator
from tests.standing import db, standing  # noqa: F401

pytestmark = pytest.mark.usefixtures("db")

SECRETS: Final = ("formerpassword", "codegenerator", "recoverycode", "machinekey", "invitation", "accountevent")
OF_ACCOUNTS: Final = ("accounts_account", *(f"accounts_{name}" for name in SECRETS), "accounts_securitykey")
_OF_SERVING: Final = "JOIN notices_serving s ON s.id = t.serving_id JOIN workflow_case c ON c.id = s.case_id"
_OF_INCIDENT: Final = "JOIN incidents_incident i ON i.id = t.incident_id JOIN workflow_case c ON c.id = i.case_id"
# Each guarded table of credit data with the department of a row and the action that shows it.
OF_DEPARTMENTS: Final = {
    "intake_batch": ("t.provider_id", "", Action.BATCH_READ),
    "intake_rowproblem": ("b.provider_id", "JOIN intake_batch b ON b.id = t.batch_id", Action.BATCH_READ),
    "intake_question": ("b.provider_id", "JOIN intake_batch b ON b.id = t.batch_id", Action.BATCH_READ),
    "intake_codefault": ("t.provider_id", "", Action.BATCH_READ),
    "intake_sourcecount": ("t.provider_id", "", Action.BATCH_READ),
    "intake_headmapping": ("t.provider_id", "", Action.BATCH_READ),
    "records_clearing": ("r.provider_id", "JOIN records_record r ON r.id = t.record_id", Action.TEXT_CLEAR),
    "workflow_case": ("t.owner_id", "", Action.CASE_READ),
    "workflow_caseevent": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "workflow_casedocument": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "notices_serving": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "notices_servingnote": ("c.owner_id", _OF_SERVING, Action.CASE_READ),
    "notices_servingproof": ("c.owner_id", _OF_SERVING, Action.CASE_READ),
    "notices_notice": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "notices_receipt": (
        "c.owner_id",
        "JOIN notices_notice n ON n.id = t.notice_id JOIN workflow_case c ON c.id = n.case_id",
        Action.CASE_READ,
    ),
    "mandates_claim": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "inquiries_inquiry": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    **dict.fromkeys(
        (
            *("objections_objection", "repairs_repair", "repairs_revocation", "workflow_evidence"),
            *("declarations_declaration", "declarations_falsehood", "classification_adjustment"),
        ),
        ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    ),
    "workflow_evidencefile": (
        "c.owner_id",
        "JOIN workflow_evidence e ON e.id = t.evidence_id JOIN workflow_case c ON c.id = e.case_id",
        Action.CASE_READ,
    ),
    "repairs_repairnotice": (
        "d.authority_id",
        "JOIN documents_document d ON d.id = t.document_id",
        Action.DOCUMENT_READ,
    ),
    "declarations_invitationlist": ("t.office_id", "", Action.DECLARATION_INVITE),
    "declarations_invited": (
        "l.office_id",
        "JOIN declarations_invitationlist l ON l.id = t.list_id",
        Action.DECLARATION_INVITE,
    ),
    "unwinding_unwinding": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "unwinding_redecision": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "unwinding_item": (
        "c.owner_id",
        "JOIN unwinding_unwinding u ON u.id = t.unwinding_id JOIN workflow_case c ON c.id = u.case_id",
        Action.CASE_READ,
    ),
    "rules_ruledraft": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "incidents_incident": ("c.owner_id", "JOIN workflow_case c ON c.id = t.case_id", Action.CASE_READ),
    "incidents_affected": ("c.owner_id", _OF_INCIDENT, Action.CASE_READ),
    "incidents_search": ("c.owner_id", _OF_INCIDENT, Action.CASE_READ),
    "documents_document": ("t.authority_id", "", Action.DOCUMENT_READ),
    "documents_documentfile": (
        "d.authority_id",
        "JOIN documents_document d ON d.id = t.document_id",
        Action.DOCUMENT_READ,
    ),
    "documents_withdrawal": (
        "d.authority_id",
        "JOIN documents_document d ON d.id = t.document_id",
        Action.DOCUMENT_READ,
    ),
}
OF_MANDATES: Final = ("mandates_mandate", "mandates_mandateend", "mandates_proxyinvitation")  # tests/enterprise
OF_SENDING: Final = ("notices_sending", "notices_attempt", "notices_contact", "notices_contactchange")
OF_CODES: Final = ("notices_codeasked",)  # tests/notices
PUBLISHED: Final = frozenset(f"ledger_{name}" for name in ("log", "cut", "checkpoint", "cosignature", "headsmap"))
"""What the log publishes of itself: read by everybody, written by the platform."""
OF_DENIALS: Final = ("accounts_denial",)  # tests/entrance
OF_LEDGER: Final = tuple(  # tests/ledger
    f"ledger_{name}"
    for name in (
        *("pending", "stream", "subjectkey", "entry", "withholding"),
        *("log", "cut", "checkpoint", "cosignature", "headsmap", "audit"),
    )
)
OF_RECIPIENTS: Final = tuple(f"recipients_{name}" for name in ("recipientkey", "address", "spotfile"))  # tests/exchange
OF_TRIALS: Final = ("classification_trial",)  # tests/classification
ELSEWHERE: Final = {
    *("records_recordcontent", "intake_idempotencykey"),
    *(*OF_MANDATES, *OF_SENDING, *OF_CODES, *OF_DENIALS, *OF_LEDGER, *OF_RECIPIENTS, *OF_TRIALS),
}
GUARDED: Final = {*OF_ACCOUNTS, *OF_DEPARTMENTS, *ELSEWHERE}

_ENVELOPE: Final = "searched and counted for the public, loaded by COPY; what is not public stands in the contents"
_RESTS: Final = "asked whenever something is displayed: numbers of records, and on what document an officer says so"
_REGISTER: Final = "the register of market entities: public, searched by everybody"
_NUMBERS: Final = "a counter: numbers alone"
_DOOR: Final = (
    "asked before anybody is known: a random key, names of logins and addresses of failed tries; no credit data"
)
_JOBS: Final = "work of the platform: names, numbers of batches, progress; read by who watches jobs"
_DJANGO: Final = "Django's own and empty, or its list of models"
OPEN: Final = {
    "records_record": _ENVELOPE,
    "records_recordevent": _ENVELOPE,
    "records_sighting": _ENVELOPE,
    "records_resolution": _ENVELOPE,
    "records_support": _RESTS,
    "records_supportend": _RESTS,
    "records_candidate": _RESTS,
    "subjects_subject": _REGISTER,
    "subjects_subjectname": _REGISTER,
    "subjects_name_index": _REGISTER,
    "subjects_identifier": _REGISTER,
    "subjects_judgement": _REGISTER,
    "subjects_merge": _REGISTER,
    "subjects_split": _REGISTER,
    "subjects_succession": _REGISTER,
    **dict.fromkeys(
        (f"recipients_{name}" for name in ("recipient", "page", "acknowledgement", "spotcheck", "retraction")),
        "who keeps a copy of what is public, and how far each has come: published",
    ),
    **dict.fromkeys(
        (f"recipients_{name}" for name in ("call", "callattempt")), "how far the feed has come, and a closed word"
    ),
    **dict.fromkeys(
        (f"disclosure_{name}" for name in ("statuslist", "statusindices", "statuscheck", "bulkedition")),
        "copies of what is displayed, published",
    ),
    "recipients_paper": "which document tells of which public number; the document itself is guarded",
    **dict.fromkeys(
        ("classification_run", "classification_use", "classification_decidedwith", "classification_hitreport"),
        "when everything was classified, and how many have which class",
    ),
    "rulebook_release": "the rules are public",
    "departments_department": "who the departments are is public",
    "departments_duty": "who has to deliver what is published with the catalogue",
    "documents_series": _NUMBERS,
    "intake_batchcounter": _NUMBERS,
    "records_eventcursor": _NUMBERS,
    "records_untold": _NUMBERS,
    "workflow_caseseries": _NUMBERS,
    "workflow_casecursor": _NUMBERS,
    "workflow_consumer": _NUMBERS,
    "workflow_delivery": "which consumer was handed which position of the log, not what it tells",
    "jobs_run": _JOBS,
    "jobs_due": _JOBS,
    "django_tasks_database_dbtaskresult": _JOBS,
    "django_session": _DOOR,
    "accounts_signup": _DOOR,
    "axes_accessattempt": _DOOR,
    "axes_accessattemptexpiration": _DOOR,
    "axes_accessfailurelog": _DOOR,
    "axes_accesslog": _DOOR,
    "auth_permission": _DJANGO,
    "auth_group": _DJANGO,
    "auth_group_permissions": _DJANGO,
    "django_content_type": _DJANGO,
    "django_migrations": _DJANGO,
}
"""Every table without policies, and why."""


@dataclass(frozen=True)
class World:
    """One thing of every sort in three departments, and accounts with everything that guards them."""

    own: Department
    departments: dict[int, Department]
    withheld: dict[int, int]


@pytest.fixture(scope="module")
def world(places: dict[str, Things]) -> World:  # noqa: F811
    found = {things.department.pk: things.department for things in places.values()}
    withheld = {}
    for each in found.values():
        officer = an_officer(each)
        give_generator(officer)
        make_key(officer, label="示例")
        invitations.make_link(officer, None)
        note(officer, EventKind.LOGIN)
        FormerPassword.objects.create(account=officer, password="x", ended_at=timezone.now())
        RecoveryCode.objects.create(account=officer, digest=f"{each.pk:064d}")
        SourceCount.objects.create(
            provider=each,
            kind=PENALTY,
            month="2026-10-01",
            produced=3,
            own_published=2,
            by=officer,
            filed_at=timezone.now(),
        )
        IdempotencyKey.objects.create(
            account=officer,
            key="示例",
            request_sha256="0" * 64,
            batch=Batch.objects.filter(provider=each)[0],
            made_at=timezone.now(),
        )
        document = Document.objects.get(authority=each)
        a_serving(Case.objects.filter(owner=each, kind="toy")[0], document, officer)
        withdraw(document, by="示例审核员", reason="示例")
        told_and_sent(each, officer)
        of_cases(Case.objects.filter(owner=each, kind="toy")[0])
        withheld[each.pk] = a_withheld_record(each).pk
    return World(places["own"].department, found, withheld)


def a_serving(case: Case, document: Document, officer: Account) -> None:
    """The document was issued in the case, handed over, and that was wrong."""
    CaseDocument.objects.create(case=case, document=document)
    day, now = timezone.localdate(), timezone.now()
    serving = Serving.objects.create(
        case=case,
        document=document,
        document_name=document.number,
        way=Way.DIRECT,
        on=day,
        served_on=day,
        by=officer,
        department=case.owner,
        at=now,
        policy_digest="0" * 64,
    )
    ServingNote.objects.create(serving=serving, kind=ServingNoteKind.VOID, on=day, reason="示例", by=officer, at=now)
    ServingProof.objects.create(serving=serving, media_type="application/pdf", sha256="0" * 64, content=b"%PDF-")


def a_run() -> Run:
    """The one run that all adjustments of the world are about."""
    words = {"policy_digest": "0" * 64, "plan": "0" * 64, "snapshot_folder": "00000001", "snapshot": "0" * 32}
    return Run.objects.get_or_create(
        name="示例", defaults=words | {"day": timezone.localdate(), "engine": "polars", "begun_at": timezone.now()}
    )[0]


def told_and_sent(department: Department, officer: Account) -> None:
    """The department's message was read by the officer, and what went outside of it failed; both have addresses."""
    notice = Notice.objects.get(department=department)
    Receipt.objects.create(notice=notice, account=officer, at=timezone.now())
    Attempt.objects.create(sending=Sending.objects.get(notice=notice), number=1, at=timezone.now(), reason="timeout")
    for owner in (department, officer):
        set_contact(owner, ChannelName.EMAIL, "office@example.gov.cn", by=officer)


def remedies_of(case: Case) -> None:
    """What an enterprise asked for, and what an office means to take back."""
    repair = Repair.objects.filter(case__owner=case.owner)[0]
    Objection.objects.create(case=case, subject=repair.subject, ground="wrong", statement="示例")
    Adjustment.objects.create(case=case, subject=repair.subject, run=a_run(), grade="b", statement="示例")
    Revocation.objects.create(case=case, repair=repair, ground="false_material", facts="示例")
    paper = Document.objects.filter(authority=case.owner)[0]
    RepairNotice.objects.create(record=repair.record, version=1, document=paper)
    declaration = Declaration.objects.filter(case__owner=case.owner)[0]
    Falsehood.objects.create(case=case, declaration=declaration, ground="示例")


def of_cases(case: Case) -> None:
    """What procedures keep of their cases, and what was decided about a text."""
    Inquiry.objects.create(case=case, subject=a_subject(), about="look", happened_on=timezone.localdate())
    fallen = {"number": "示例", "version": 1, "position": 1, "effect": "withdrawn", "happened_at": timezone.now()}
    unwinding = Unwinding.objects.create(case=case, **fallen)
    Item.objects.create(unwinding=unwinding, sort="document", ref="示例")
    Redecision.objects.create(case=case, number="示例", support="示例", is_suspended=True)
    remedies_of(case)
    RuleDraft.objects.create(case=case, base="0" * 64, digest="1" * 64, content="{}", sources={}, note="示例")
    record = Record.objects.filter(provider=case.owner)[0]
    Clearing.objects.create(
        record=record, field="violation_facts", decision="withheld", by="示例", made_at=timezone.now()
    )


def a_withheld_record(department: Department) -> Record:
    """What the law does not let the public see; only its department, and the offices above it, do."""
    return a_record(a_subject(), department=department, severity="minor")


def visitor(role: Role, department: Department) -> Account:
    return an_account(role, department, "visitor")


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def within(role: Role, action: Action, world: World) -> set[int]:
    """The departments that the matrix gives, by a loop that shares nothing with policies or queries."""
    scopes = matrix().roles[role].scopes(action)
    return {
        key
        for key, each in world.departments.items()
        if (Scope.DEPARTMENT in scopes and key == world.own.pk)
        or (Scope.REGION in scopes and covers(world.own.region, each.region))
    }


@pytest.fixture
def postgresql(db: None) -> None:  # noqa: F811
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no policies")


def guarded() -> set[str]:
    found = rows("SELECT relname FROM pg_class WHERE relrowsecurity")
    return {name for (name,) in found}


# ── PostgreSQL: the database itself ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("postgresql")
def test_every_guarded_table_is_tried_here() -> None:
    assert guarded() == GUARDED
    forced = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relforcerowsecurity")}
    assert guarded() - forced == {"mandates_mandate", "mandates_mandateend", "mandates_claim"}


@pytest.mark.usefixtures("postgresql")
def test_every_table_of_the_database_is_guarded_or_says_why_not() -> None:
    found = rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    )
    assert {name for (name,) in found} == guarded() | set(OPEN)
    assert not guarded() & set(OPEN)


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", sorted(Role))
def test_a_raw_select_shows_what_the_matrix_gives(
    role: Role, world: World, record_property: Callable[[str, int], None]
) -> None:
    account = visitor(role, world.own)
    shown = 0
    for table, (department, join, action) in OF_DEPARTMENTS.items():
        allowed = within(role, action, world)
        everything = rows(f"SELECT t.*, {department} FROM {table} t {join}")
        expected = [row[:-1] for row in everything if row[-1] in allowed]
        assert {row[-1] for row in everything} == set(world.departments), table
        with asks(asker_of(account)):
            seen = rows(f"SELECT * FROM {table}")
        assert same(seen, expected), table
        shown += len(seen)
    record_property("rows that PostgreSQL showed by raw SELECT, as every role", shown)


def same(seen: Iterable[tuple[Any, ...]], expected: Iterable[tuple[Any, ...]]) -> bool:
    return sorted(map(str, seen)) == sorted(map(str, expected))


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", sorted(Role))
def test_what_records_say_is_public_or_within_reach(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    public = set(Record.objects.filter(display="public").values_list("pk", flat=True))
    assert public
    assert not public & set(world.withheld.values())
    faces = {Face.PORTAL, Face.DESK, Face.ENTERPRISE}
    expected = public if matrix().roles[role].face in faces else set()
    expected = expected | {world.withheld[key] for key in within(role, Action.BATCH_READ, world)}
    with asks(asker_of(account)):
        seen = {key for (key,) in rows("SELECT record_id FROM records_recordcontent")}
    assert seen == expected


@pytest.mark.usefixtures("postgresql", "world")
@pytest.mark.parametrize("role", sorted(Role))
def test_accounts_are_seen_by_who_works_with_them_and_secrets_by_their_bearer(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    give_generator(account)
    note(account, EventKind.LOGIN)
    everybody = set(Account.objects.values_list("pk", flat=True))
    keeps = Action.ACCOUNT_KEEP in held_by(role)
    reads_log = Action.ACCOUNT_LOG_READ in held_by(role)
    sees_all = keeps or reads_log or matrix().roles[role].face == Face.DESK
    with asks(asker_of(account)):
        assert {key for (key,) in rows("SELECT id FROM accounts_account")} == (everybody if sees_all else {account.pk})
        for name in SECRETS:
            bearers = {key for (key,) in rows(f"SELECT account_id FROM accounts_{name}")}
            may_all = keeps or (reads_log and name == "accountevent")
            assert bearers - {account.pk} == (bearers_of(name) - {account.pk} if may_all else set()), name


def held_by(role: Role) -> set[Action]:
    return {action for action in Action if matrix().roles[role].scopes(action)}


def bearers_of(name: str) -> set[int]:
    from rongxin.storage.askers import PLATFORM

    with asks(PLATFORM):
        return {key for (key,) in rows(f"SELECT account_id FROM accounts_{name}")}


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", sorted(Role))
def test_what_is_sent_outside_is_seen_with_its_case_and_addresses_by_their_bearer(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    set_contact(account, ChannelName.SMS, "13800000000", by=account)
    of_cases_seen = within(role, Action.CASE_READ, world)
    sends = set(world.departments) if Action.SENDING_RETRY in held_by(role) else of_cases_seen
    keeps = set(world.departments) if Action.ACCOUNT_KEEP in held_by(role) else set[int]()
    with asks(asker_of(account)):
        assert {key for (key,) in rows("SELECT department_id FROM notices_sending")} == sends
        assert len(rows("SELECT id FROM notices_attempt")) == len(sends)
        for table, of_departments in (("notices_contact", keeps | of_cases_seen), ("notices_contactchange", keeps)):
            assert set(rows(f"SELECT account_id, department_id FROM {table}")) == {
                (account.pk, None),
                *((None, key) for key in of_departments),
            }, table


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_sees_no_credit_data(role: Role, world: World) -> None:
    with asks(asker_of(visitor(role, world.own))):
        for table in (*OF_DEPARTMENTS, "records_recordcontent", "intake_idempotencykey", *OF_MANDATES):
            assert rows(f"SELECT * FROM {table}") == [], table


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_nobody_sends_again_or_decides_where_they_may_not(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    may_send = {Role.CLERK: {world.own.pk}, Role.SYSTEM_ADMIN: set(world.departments)}.get(role, set())
    with asks(asker_of(account)):
        for key in world.departments:
            sent = Sending.objects.filter(department_id=key)
            if key in may_send:
                assert sent.update(reason="示例") == 1
            else:
                assert not changed(sent, reason="示例")
            assert not changed(Inquiry.objects.filter(case__owner=key), answer="示例")
            assert not changed(RuleDraft.objects.filter(case__owner=key), note="示例")


def changed(found: QuerySet[Any], **values: str) -> bool:
    """Whether the database let the rows be changed; a row that is read and not written is refused aloud."""
    try:
        with transaction.atomic():
            return found.update(**values) > 0
    except ProgrammingError as refused:
        if "row-level security" not in str(refused):
            raise
        return False


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize(
    ("asker", "shown"),
    [
        (NOBODY, set()),
        (PORTAL, {"records_recordcontent"}),
        (ENTRANCE, {*OF_ACCOUNTS} - {"accounts_securitykey"}),
        (Asker("desk"), {"accounts_account", "records_recordcontent"}),
        (Asker("anything"), set()),
        (Asker("desk", of_department=("batch:read",)), {"accounts_account", "records_recordcontent"}),
    ],
    ids=["nobody", "public", "entrance", "no account", "no such purpose", "no department"],
)
def test_where_nothing_is_said_nothing_is_shown(asker: Asker, shown: set[str], world: World) -> None:
    with asks(asker):
        seen = {table for table in guarded() - PUBLISHED if rows(f"SELECT 1 FROM {table} LIMIT 1")}
    assert seen == shown


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_nobody_changes_or_removes_what_is_not_theirs(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    foreign = next(each for each in world.departments.values() if each.region == "350200")
    with asks(asker_of(account)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE intake_batch SET state = 'released' WHERE provider_id = %s", [foreign.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM intake_codefault WHERE provider_id = %s", [foreign.pk])
        assert cursor.rowcount == 0
        cursor.execute("UPDATE workflow_case SET is_open = false WHERE owner_id = %s", [foreign.pk])
        assert cursor.rowcount == 0


@pytest.mark.usefixtures("postgresql")
def test_a_row_is_not_given_away(world: World) -> None:
    account = visitor(Role.CLERK, world.own)
    foreign = next(each for each in world.departments.values() if each.region == "350200")
    with asks(asker_of(account)), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Batch.objects.filter(provider=world.own).update(provider=foreign)


@pytest.mark.usefixtures("postgresql")
def test_who_only_reads_changes_nothing_of_what_is_read(world: World) -> None:
    account = visitor(Role.AUDITOR, world.own)
    with asks(asker_of(account)):
        assert Batch.objects.filter(provider=world.own).exists()
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Batch.objects.filter(provider=world.own).update(state="released")


@pytest.mark.usefixtures("postgresql")
def test_a_swapped_identifier_gives_nothing(world: World) -> None:
    account = visitor(Role.CLERK, world.own)
    foreign = next(each for each in world.departments.values() if each.region == "350200")
    batch, document = Batch.objects.filter(provider=foreign)[0], Document.objects.get(authority=foreign)
    with asks(asker_of(account)):
        assert not Batch.objects.filter(number=batch.number).exists()
        assert not Document.objects.filter(code=document.code).exists()
        assert not RecordContent.objects.filter(pk=world.withheld[foreign.pk]).exists()


# ── both databases: the queries of the workbench ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", sorted(role for role in Role if matrix().roles[role].face == Face.DESK))
def test_queries_answer_alike_on_both_databases(role: Role, world: World) -> None:
    account = visitor(role, world.own)
    allowed = within(role, Action.BATCH_READ, world)
    with asks(asker_of(account)):
        assert set(batches.visible_to(account).values_list("provider", flat=True)) == allowed
        assert set(questions.visible_to(account).values_list("batch__provider", flat=True)) == allowed
        assert set(faults.visible_faults(account).values_list("provider", flat=True)) == allowed
        assert set(cases.visible_to(account).values_list("owner", flat=True)) == within(role, Action.CASE_READ, world)
        if Action.DOCUMENT_READ in held_by(role):
            seen = set(documents.documents(account).values_list("authority", flat=True))
            assert seen == within(role, Action.DOCUMENT_READ, world)
        # A name beside what one sees never hides the row.
        assert len(batches.visible_to(account)) == batches.visible_to(account).count()


def test_the_tables_are_those_of_models() -> None:
    known = {model._meta.db_table for model in apps.get_models()}
    assert known >= GUARDED
    assert known - GUARDED <= set(OPEN), "guard these tables, or say in OPEN why not"
    assert not GUARDED & set(OPEN)
