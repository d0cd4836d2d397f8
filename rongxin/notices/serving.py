"""Official delivery (送达): what an officer did to bring a document to its addressee, and from which day it counts.

An entry is never changed. A letter that was received or came back, and an entry that was wrong, are notes beside it; what was
wrong is recorded anew. The day that counts: of handing over, leaving and sending, that day; of a letter, the day of receipt; of a
public notice, the last day of the term in ``serving/public_notice_days``, which begins on the day after it was put up.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied
from rongxin.documents.models import Document
from rongxin.documents.queries import documents
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.notices.models import Serving, ServingNote, ServingNoteKind, ServingProof, Way
from rongxin.policy.pack import NothingInForce
from rongxin.policy.values import ValueInForce
from rongxin.primitives.recognisers import names_a_number
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.evidence import LARGEST, media_type
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure

PUBLIC_DAYS: Final = "serving/public_notice_days"
TRACKING: Final = re.compile(r"[0-9A-Za-z]{8,30}")
LONGEST_NAME: Final = 120
LONGEST_REASON: Final = 200
LARGEST_PROOF: Final = LARGEST
OLDEST: Final = timedelta(days=366)


class Fault(StrEnum):
    """Why nothing was recorded."""

    NO_WAY = "no_way"
    NO_DAY = "no_day"
    FUTURE = "future"
    TOO_OLD = "too_old"
    NO_NAME = "no_name"
    NAMES_A_NUMBER = "names_a_number"
    NO_TRACKING = "no_tracking"
    NO_CONSENT = "no_consent"
    NO_TERM = "no_term"
    NO_REASON = "no_reason"
    NOT_A_LETTER = "not_a_letter"
    BEFORE_POSTING = "before_posting"
    ALREADY = "already"
    PROOF_TOO_LARGE = "proof_too_large"
    PROOF_UNKNOWN = "proof_unknown"


class NotServed(ValueError):
    """What was given is not a serving; nothing was kept."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the officer filled in. ``proof``: the scanned 送达回证, empty for none."""

    way: str
    on: date | None
    document: str
    tracking: str = ""
    has_consent: bool = False
    proof: bytes = b""


def may_serve(officer: Account, case: Case) -> bool:
    """Whoever may act on cases of the office responsible or the one that handles it; also after the case is over. Nobody for a
    procedure that stays among offices.
    """
    if procedure(case.kind).is_internal:
        return False
    return any(officer.may(Action.CASE_ACT, office) for office in (case.owner, case.handler) if office is not None)


@transaction.atomic
def serve(case: Case, given: Given, *, by: Account) -> Serving:
    """Record a serving. Raises PermissionDenied and NotServed."""
    _demand(by, case)
    _demand_sense(given)
    on = given.on
    assert on is not None
    found = _issued(by, given.document)
    days = public_days(on).count if given.way == Way.PUBLIC else None
    serving = Serving.objects.create(
        case=case,
        document=found,
        document_name=found.number if found else " ".join(given.document.split()),
        way=given.way,
        on=on,
        served_on=None if given.way == Way.POST else on + timedelta(days=days or 0),
        tracking=given.tracking.strip().upper() if given.way == Way.POST else "",
        days=days,
        has_consent=given.way == Way.ELECTRONIC and given.has_consent,
        by=by,
        department=by.works_for,
        at=timezone.now(),
        policy_digest=rulebook.current().digest,
    )
    if given.proof:
        ServingProof.objects.create(
            serving=serving,
            media_type=media_type(given.proof),
            sha256=hashlib.sha256(given.proof).hexdigest(),
            content=given.proof,
        )
    _tell(serving, "enter", on, by, proof=hashlib.sha256(given.proof).hexdigest() if given.proof else "")
    return serving


def note(serving: Serving, kind: ServingNoteKind, *, on: date | None, reason: str, by: Account) -> ServingNote:
    """Record that a letter was received or came back, or that the entry was wrong. Raises PermissionDenied and NotServed."""
    _demand(by, serving.case)
    today, words = timezone.localdate(), " ".join(reason.split())[:LONGEST_REASON]
    day = today if kind == ServingNoteKind.VOID else on
    if day is None:
        raise NotServed(Fault.NO_DAY)
    for is_wrong, fault in (
        (kind != ServingNoteKind.VOID and serving.way != Way.POST, Fault.NOT_A_LETTER),
        (day > today, Fault.FUTURE),
        (day < serving.on, Fault.BEFORE_POSTING),
        (kind != ServingNoteKind.RECEIVED and not words, Fault.NO_REASON),
        (names_a_number(words), Fault.NAMES_A_NUMBER),
        (is_void(serving), Fault.ALREADY),
    ):
        if is_wrong:
            raise NotServed(fault)
    try:
        with transaction.atomic():
            kept = ServingNote.objects.create(
                serving=serving, kind=kind, on=day, reason=words, by=by, at=timezone.now()
            )
            _tell(serving, kind, day, by)
            return kept
    except IntegrityError:
        raise NotServed(Fault.ALREADY) from None


def _tell(serving: Serving, act: str, on: date, by: Account, **more: str) -> None:
    """The ledger: what became of which serving, by its number; neither its words nor those of a note."""
    case, document = serving.case, serving.document
    told = {
        "act": f"serving.{act}",
        "serving": serving.pk,
        "case": case.number,
        "document": document.number if document else "",
        "way": serving.way,
        "on": on.isoformat(),
        **more,
        "by": by.username,
        "department": by.works_for.code,
    }
    log(Kind.STATUS, firm_or_platform(case.firm), told)


def servings_of(case: Case, access: Access) -> QuerySet[Serving]:
    """What was recorded for a case, the newest first, with notes; without the bytes of the proofs. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return _servings([case.pk])


def servings_on(uscc: str, cases: Collection[int], access: Access) -> QuerySet[Serving]:
    """The same of several cases about one firm, by their keys."""
    access.look([uscc], "case")
    return _servings(cases)


def _servings(cases: Collection[int]) -> QuerySet[Serving]:
    found = Serving.objects.filter(case__in=cases).select_related("by", "department", "document")
    return found.prefetch_related("notes__by").order_by("-pk")


def proof_of(serving: Serving, access: Access) -> ServingProof | None:
    """The scanned proof, None where there is none. Raises NotLogged."""
    found = ServingProof.objects.filter(serving=serving).first()
    if found is not None:
        access.look([serving.case.firm or ""], "document", act="export")
    return found


def with_proof(servings: Sequence[Serving]) -> set[int]:
    """The keys of those that have a scanned proof."""
    return set(ServingProof.objects.filter(serving__in=servings).values_list("pk", flat=True))


def served_on(serving: Serving) -> date | None:
    """The day that counts; None while a letter is on its way, when it came back, and for an entry that was wrong."""
    notes = {each.kind: each for each in serving.notes.all()}
    if ServingNoteKind.VOID in notes or ServingNoteKind.RETURNED in notes:
        return None
    received = notes.get(ServingNoteKind.RECEIVED)
    return received.on if received else serving.served_on


def is_void(serving: Serving) -> bool:
    """Whether the entry was wrong."""
    return any(each.kind == ServingNoteKind.VOID for each in serving.notes.all())


def public_days(on: date) -> ValueInForce:
    """How long a public notice put up on the day runs; raises NotServed when no rule says so."""
    try:
        return rulebook.current().value(PUBLIC_DAYS, on)
    except NothingInForce:
        raise NotServed(Fault.NO_TERM) from None


def _demand(officer: Account, case: Case) -> None:
    if not may_serve(officer, case):
        raise Denied(Action.CASE_ACT, case.owner.code)


def _demand_sense(given: Given) -> None:
    today = timezone.localdate()
    checks: tuple[tuple[Callable[[], bool], Fault], ...] = (
        (lambda: given.way not in Way.values, Fault.NO_WAY),
        (lambda: given.on is None, Fault.NO_DAY),
        (lambda: given.on is not None and given.on > today, Fault.FUTURE),
        (lambda: given.on is not None and given.on < today - OLDEST, Fault.TOO_OLD),
        (lambda: not given.document.strip() or len(given.document) > LONGEST_NAME, Fault.NO_NAME),
        (lambda: names_a_number(given.document), Fault.NAMES_A_NUMBER),
        (lambda: given.way == Way.POST and not TRACKING.fullmatch(given.tracking.strip()), Fault.NO_TRACKING),
        (lambda: given.way == Way.ELECTRONIC and not given.has_consent, Fault.NO_CONSENT),
        (lambda: len(given.proof) > LARGEST_PROOF, Fault.PROOF_TOO_LARGE),
        (lambda: bool(given.proof) and not media_type(given.proof), Fault.PROOF_UNKNOWN),
    )
    for is_wrong, fault in checks:
        if is_wrong():
            raise NotServed(fault)


def _issued(officer: Account, number: str) -> Document | None:
    """The document of this number that the platform issued, if the officer sees it; otherwise the name alone is kept."""
    wanted = " ".join(number.split())
    if not officer.may(Action.DOCUMENT_READ, officer.works_for):
        return None
    return documents(officer).filter(number=wanted).first()
