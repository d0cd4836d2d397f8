"""企业认领 on the page of its case: what is claimed and how, and the paper with the code, which is there to be printed once."""

import base64
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand_proof
from rongxin.desk.case import attempted, own_case, seen_in
from rongxin.desk.case_panels import Looks, Panel, add_panel, show_as
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.policy.words import Title
from rongxin.subjects.mandates.actions import print_code
from rongxin.subjects.mandates.guards import MOST_CODES
from rongxin.subjects.mandates.models import Claim, Way
from rongxin.subjects.mandates.queries import claim_in, holder_of
from rongxin.subjects.mandates.workflow import ISSUES_CODE, NAME, SEND_LETTER
from rongxin.workflow.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """``desk/_claim.html``. ``address`` only while a letter is to be sent; ``document_url`` for who may read documents."""

    name: str
    uscc: str
    login: str
    way: str
    address: str
    has_holder: bool
    is_change: bool
    codes: int
    most_codes: int
    document: str
    document_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """``desk/claim_paper.html``: the paper as an address that holds it whole, kept nowhere."""

    number: str
    title: str
    document: str
    file_name: str
    content: str
    by_letter: bool


def add_to_cases() -> None:
    """Wire the panel and the steps that print into the page of a claim's case."""
    add_panel(NAME, _panel)
    show_as(NAME, Looks(forms=dict.fromkeys(ISSUES_CODE, "desk:claim_code")))


@officer_only
@require_POST
def code(request: HttpRequest, number: str) -> HttpResponse:
    """Take the step that issues a code; the answer is the paper, for the only time."""
    case, step, given = own_case(request, number), request.POST.get("step", ""), request.POST
    if case.kind != NAME or step not in ISSUES_CODE:
        raise Http404
    demand_proof(officer_of(request))

    def act() -> HttpResponse:
        paper = print_code(
            number,
            step,
            access=access_of(request, Purpose.CASE, number),
            seen=seen_in(request),
            reason=given.get("reason", ""),
            papers=given.get("papers", ""),
        )
        page = PaperPage(
            number=number,
            title=case.title,
            document=paper.document.number,
            file_name=f"{paper.document.number}.pdf",
            content=f"data:application/pdf;base64,{base64.b64encode(paper.content).decode()}",
            by_letter=step == SEND_LETTER,
        )
        return show(request, "desk/claim_paper.html", page)

    return attempted(request, case, step, act)


def _panel(case: Case, access: Access) -> Panel | None:
    try:
        claim = claim_in(case, access)
    except Claim.DoesNotExist:
        return None
    return Panel(
        title=Title(zh="认领的企业", en="The enterprise"),
        template="desk/_claim.html",
        content=_facts(claim, access.actor),
    )


def _facts(claim: Claim, officer: Account) -> ClaimFacts:
    case, document = claim.case, claim.document
    may_read = document is not None and officer.may(Action.DOCUMENT_READ, document.authority)
    return ClaimFacts(
        name=claim.subject.name,
        uscc=claim.subject.uscc,
        login=claim.account.username,
        way=claim.get_way_display(),
        address=claim.subject.address if case.state == "to_send" and claim.way == Way.LETTER else "",
        has_holder=case.is_open and holder_of(claim.subject) is not None,
        is_change=claim.replaces_id is not None,
        codes=claim.codes,
        most_codes=MOST_CODES,
        document=document.number if document else "",
        document_url=reverse("desk:document", args=[document.code]) if document and may_read else "",
    )
