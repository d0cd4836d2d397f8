"""自主申报 at the desk: what is declared on the page of its case, and opening the case of one that may be false."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import Panel, address
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.policy.words import Title
from rongxin.remedies.declarations.actions import NotOpened, examine
from rongxin.remedies.declarations.falsehoods import OUTCOMES
from rongxin.remedies.declarations.models import Declaration, Outcome
from rongxin.remedies.declarations.queries import (
    declaration_in,
    declaration_to_examine,
    falsehood_in,
    open_falsehood_of,
)
from rongxin.remedies.declarations.workflow import KIND
from rongxin.rulebook import queries as rulebook
from rongxin.ui.declared import standing_view
from rongxin.ui.labels import label
from rongxin.workflow.models import Case
from rongxin.workflow.statements import LONGEST, BadWords


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminePage:
    """``desk/declaration_examine.html``: what was filled in, to be shown again with ``error``; ``clues`` may name somebody."""

    number: str
    title: str
    url: str
    ground: str
    error: str
    clues: str
    longest: int = LONGEST


def facts(case: Case, access: Access) -> Panel:
    """What is declared, with the evidence that its item asks for, and the way to the question whether it is false."""
    policy = rulebook.current()
    view, examined = declaration_in(case, policy, access), open_falsehood_of(case)
    item = policy.declared_items.get(view.item)
    may = access.actor.may(Action.CASE_ACT, case.owner)
    content = {
        "view": view,
        "mark": standing_view(view),
        "evidence": item.evidence if item else (),
        "examined": examined,
        "examined_url": reverse("desk:case", args=[examined]) if examined else "",
        "examine_url": reverse("desk:declaration_examine", args=[case.number]) if may and not examined else "",
    }
    return Panel(title=Title(zh="申报的内容", en="What is declared"), template="ui/_declared.html", content=content)


def falsehood_facts(case: Case, access: Access) -> Panel:
    """What is examined, why, what the enterprise says, and what is proposed."""
    found, view = falsehood_in(case, rulebook.current(), access)
    content = {
        "falsehood": found,
        "view": view,
        "mark": standing_view(view),
        "url": reverse("desk:case", args=[view.number]),
        "is_office": True,
        "outcome": OUTCOMES[Outcome(found.decided or found.proposed)] if found.proposed else "",
    }
    return Panel(title=Title(zh="查核的申报", en="What is examined"), template="ui/_falsehood.html", content=content)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def examine_page(request: HttpRequest, number: str) -> HttpResponse:
    """Say why a declaration may be false; that opens its case, to which the evidence is added."""
    case, officer = own_case(request, number), officer_of(request)
    if case.kind != KIND:
        raise Http404
    demand(officer, Action.CASE_ACT, case.owner)
    if request.method != "POST":
        return show(request, "desk/declaration_examine.html", _page(case, "", "", ""))
    ground = request.POST.get("ground", "")
    declaration: Declaration = declaration_to_examine(case)
    try:
        found = examine(declaration, ground, by=officer, names_nobody="names_nobody" in request.POST)
    except BadWords as refused:
        page = _page(case, ground, label(refused.fault), "")
        return show(request, "desk/declaration_examine.html", page, status=422)
    except NotOpened as refused:
        error = _("可能写到个人：%(found)s。请删去；确实不是个人的，勾选“已核对”。") % {"found": refused.about}
        page = _page(case, ground, error, refused.about)
        return show(request, "desk/declaration_examine.html", page, status=422)
    messages.success(request, _("已立案：%(number)s。请先交依据的材料，再出具告知书。") % {"number": found.case.number})
    return redirect(address(found.case))


def _page(case: Case, ground: str, error: str, clues: str) -> ExaminePage:
    return ExaminePage(number=case.number, title=case.title, url=address(case), ground=ground, error=error, clues=clues)
