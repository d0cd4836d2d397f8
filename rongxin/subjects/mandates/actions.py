"""Claiming an enterprise: opening the claim, issuing the code, entering it. Everything else is a step of the table."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import Entered, Outcome, code_digest, new_code, try_code
from rongxin.departments.models import Department
from rongxin.documents.issuing import issue, printed
from rongxin.documents.models import Document
from rongxin.primitives.uscc import normalise_code
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.ending import take_turn
from rongxin.subjects.mandates.models import Claim, Way
from rongxin.subjects.mandates.queries import claim_for, claim_of, holder_of, offices
from rongxin.subjects.mandates.workflow import CLAIM, NAME, SEND_LETTER
from rongxin.subjects.models import Status, Subject
from rongxin.subjects.queries import by_uscc
from rongxin.subjects.showing import shown_name
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.barring import Bar, Barred, NotPossible, is_over
from rongxin.workflow.models import Case, CaseEvent

MOST_OPEN: Final = 5
PAPER: Final = "claim_code"
"""The template of the paper with the code."""


class Unclaimable(StrEnum):
    """Why an enterprise cannot be claimed by this login now."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    YOURS = "yours"
    UNDER_WAY = "under_way"
    TOO_MANY = "too_many"
    NO_ADDRESS = "no_address"
    NO_OFFICE = "no_office"


class NotClaimable(ValueError):
    """Nothing was opened; ``why`` says why. ``number``: the claim that is under way already."""

    def __init__(self, why: Unclaimable, number: str = "") -> None:
        super().__init__(why)
        self.why, self.number = why, number


def claimable(account: Account, code: str) -> Subject:
    """The enterprise of this unified code, if the login may claim it now; raises NotClaimable. Only the whole code finds one."""
    subject = by_uscc(normalise_code(code))
    if subject is None:
        raise NotClaimable(Unclaimable.UNKNOWN)
    if subject.status == Status.CLOSED:
        raise NotClaimable(Unclaimable.CLOSED)
    holder = holder_of(subject)
    if holder is not None and holder.account_id == account.pk:
        raise NotClaimable(Unclaimable.YOURS)
    under_way = Claim.objects.filter(account=account, case__is_open=True).select_related("case")
    if same := under_way.filter(subject=subject).first():
        raise NotClaimable(Unclaimable.UNDER_WAY, same.case.number)
    if under_way.count() >= MOST_OPEN:
        raise NotClaimable(Unclaimable.TOO_MANY)
    return subject


@transaction.atomic
def open_claim(account: Account, code: str, *, way: Way, office: Department) -> Claim:
    """Claim the enterprise of this unified code; ``office`` handles it. Raises NotClaimable."""
    in_turn(f"claims:{account.pk}")
    subject = claimable(account, code)
    if way == Way.LETTER and not subject.address:
        raise NotClaimable(Unclaimable.NO_ADDRESS)
    if office not in offices(subject):
        raise NotClaimable(Unclaimable.NO_OFFICE)
    case = open_case(NAME, title=f"企业认领：{shown_name(subject)}", owner=office, by=account, firm=subject.uscc)
    claim = Claim.objects.create(case=case, subject=subject, account=account, way=way)
    if way == Way.LETTER:
        take_step(case.number, "ask_for_letter", by=account)
        case.refresh_from_db()
    return claim


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with a code, to be printed now: the code is kept nowhere."""

    document: Document
    content: bytes
    code: str


def print_code(
    number: str, step: str, *, access: Access, seen: int | None = None, reason: str = "", papers: str = ""
) -> Paper:
    """Issue a code for whoever prints the paper. Raises what :func:`issue_code` raises, and NotLogged: then the code is out and
    nobody has it, until another is printed.
    """
    paper = issue_code(number, step, by=access.actor, seen=seen, reason=reason, papers=papers)
    access.look([claim_of(number).subject.uscc], "document", act="print")
    return paper


@transaction.atomic
def issue_code(
    number: str, step: str, *, by: Account, seen: int | None = None, reason: str = "", papers: str = ""
) -> Paper:
    """Hand a code over or send it: take the step and make the paper; a code that was out is void.

    The document is kept and numbered without the code and the address.
    Raises what ``take_step`` and ``issue`` raise; then nothing happened.
    """
    take_step(number, step, by=by, seen=seen, reason=reason, answers={"papers": papers})
    claim = claim_of(number)
    code = new_code()
    claim.digest, claim.tries, claim.codes = code_digest(code), 0, claim.codes + 1
    with asks(PLATFORM):  # the paper of the procedure: a window issues no other document
        claim.document = issue(
            PAPER, _values(claim, step), authority=claim.case.owner, by=by.display_name, firm=claim.case.firm
        )
    once = {"code": code} | ({"address": claim.subject.address} if step == SEND_LETTER else {})
    claim.save(update_fields=["digest", "tries", "codes", "document"])
    return Paper(claim.document, printed(claim.document, **once), code)


def _values(claim: Claim, step: str) -> dict[str, str | None]:
    case = claim.case
    return {
        "addressee": claim.subject.name,
        "uscc": claim.subject.uscc,
        "claim": case.number,
        "login": claim.account.username,
        "valid_until": case.due_on.isoformat() if case.due_on else None,
        "delivery": "邮寄送达" if step == SEND_LETTER else "直接送达",
    }


@transaction.atomic
def enter_code(account: Account, number: str, code: str) -> Entered:
    """Try a code for the login's own claim. A wrong one is counted; after a few the code is void.

    Raises Claim.DoesNotExist for a claim of another, and NotPossible where no code is waited for.
    """
    found = claim_for(account, number)
    # In the order of every step: the case first.
    Case.objects.select_for_update().get(number=number)
    claim = Claim.objects.select_for_update(of=("self",)).select_related("case", "subject").get(pk=found.pk)
    if claim.account_id != account.pk or claim.case.state != "code_out":
        raise NotPossible(Barred(Bar.NOT_FROM_HERE))
    if is_over(claim.case, timezone.localdate()):
        return Entered(Outcome.EXPIRED)
    entered = try_code(claim, code)
    if entered.outcome != Outcome.RIGHT:
        claim.save(update_fields=["tries", "digest"])
        return entered
    take_turn(claim.subject)
    claim.replaces = holder_of(claim.subject)
    claim.save(update_fields=["digest", "replaces"])
    take_step(number, "enter_replacing" if claim.replaces else "enter", by=account)
    return entered


def take(account: Account, number: str, step: str, *, seen: int | None = None, reason: str = "") -> CaseEvent:
    """Take a step that is an enterprise's. Raises Claim.DoesNotExist for a claim that is not the login's to see, LookupError for
    a step that is not one of these, and what ``take_step`` raises.
    """
    claim = claim_for(account, number)
    found = CLAIM.by_step.get(step)
    if found is None or not found.outside or step in ENTERS_CODE:
        raise LookupError(step)
    return take_step(claim.case.number, step, by=account, seen=seen, reason=reason)


ENTERS_CODE: Final = ("enter", "enter_replacing")
"""Taken by ``enter_code`` only."""
