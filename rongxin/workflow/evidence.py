"""Evidence beside a case: files that the enterprise and the offices hand in. What is there stays; what is wrong is answered."""

import hashlib
import re
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.primitives.recognisers import suspects
from rongxin.storage.askers import PLATFORM, asks
from rongxin.workflow.barring import stands_outside
from rongxin.workflow.models import Case, Evidence, EvidenceFile
from rongxin.workflow.registry import procedure

LARGEST: Final = 5 * 1024 * 1024
MOST: Final = 20
LONGEST_NAME: Final = 100
BEGINNINGS: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
_KEPT_OUT: Final = re.compile(r"[\x00-\x1f/\\<>:\"|?*]+")
_ENDING: Final = re.compile(r"\.(pdf|jpe?g|png)$", re.IGNORECASE)


class Fault(StrEnum):
    """Why a file was not kept."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    CLOSED = "closed"
    NOT_YOURS = "not_yours"


class NotAttached(ValueError):
    """Nothing was kept; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def media_type(content: bytes) -> str:
    """What the bytes are, by how they begin; empty for what is not taken."""
    return next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), "")


def may_attach(case: Case, account: Account) -> bool:
    """Whoever acts on the case: an office responsible for it or handling it, or somebody outside to whom its table gives a step."""
    if account.is_staff_member:
        return any(account.may(Action.CASE_ACT, each) for each in (case.owner, case.handler) if each is not None)
    return stands_outside(case, procedure(case.kind).outside, account)


@transaction.atomic
def attach(case: Case, *, name: str, content: bytes, by: Account) -> Evidence:
    """Keep a file beside the case; the same file twice is one. Raises NotAttached.

    A name that may tell of a person is replaced: it stands on pages of others.
    """
    with asks(PLATFORM):
        held = Case.objects.select_for_update().get(pk=case.pk)
    found = media_type(content)
    kept = Evidence.objects.filter(case=held)
    for is_wrong, fault in (
        (not may_attach(held, by), Fault.NOT_YOURS),
        (not held.is_open, Fault.CLOSED),
        (not content, Fault.EMPTY),
        (len(content) > LARGEST, Fault.TOO_LARGE),
        (not found, Fault.UNKNOWN),
    ):
        if is_wrong:
            raise NotAttached(fault)
    digest = hashlib.sha256(content).hexdigest()
    if same := kept.filter(sha256=digest).first():
        return same
    number = kept.count()
    if number >= MOST:
        raise NotAttached(Fault.TOO_MANY)
    evidence = Evidence.objects.create(
        case=held,
        name=_name(name, number + 1, found),
        media_type=found,
        size=len(content),
        sha256=digest,
        by=by,
        department=by.department,
        at=timezone.now(),
    )
    EvidenceFile.objects.create(evidence=evidence, content=content)
    told = {"act": "evidence.attach", "case": held.number, "sha256": digest, "by": by.username}
    log(Kind.STATUS, firm_or_platform(held.firm), told)
    return evidence


def evidence_of(case: Case, access: Access) -> QuerySet[Evidence]:
    """What was handed in, the oldest first, without the bytes. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Evidence.objects.filter(case=case).select_related("by", "department").order_by("pk")


def content_of(evidence: Evidence, access: Access) -> bytes:
    """The bytes of one file. Raises NotLogged."""
    access.look([evidence.case.firm or ""], "document", act="export")
    return bytes(EvidenceFile.objects.get(evidence=evidence).content)


def _name(given: str, number: int, found: str) -> str:
    stem = _ENDING.sub("", _KEPT_OUT.sub("", given)).strip(" .")
    if not stem or suspects(stem):
        stem = f"材料{number}"
    return f"{stem[: LONGEST_NAME - 4]}.{ENDINGS[found]}"
