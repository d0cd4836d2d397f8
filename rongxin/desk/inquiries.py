"""企业询问: entering what an enterprise asks, and what its case shows."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, departments_within_reach
from rongxin.departments.models import Department
from rongxin.desk.case_panels import Panel, address
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.disclosure import look_words
from rongxin.disclosure.looks import asked_look
from rongxin.policy.words import Title
from rongxin.primitives.uscc import normalise_code
from rongxin.remedies.inquiries.actions import NotAsked, Problem, ask_why
from rongxin.remedies.inquiries.models import About, Inquiry
from rongxin.remedies.inquiries.queries import inquiry_of
from rongxin.subjects.queries import by_uscc
from rongxin.ui.parts import Choice
from rongxin.workflow.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryPage:
    """``desk/inquiry.html``: what was filled in, to be shown again with ``error``."""

    departments: tuple[Choice, ...]
    abouts: tuple[Choice, ...]
    uscc: str = ""
    happened_on: str = ""
    reference: str = ""
    today: date
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLook:
    """The look that is asked about, for the department whose account it was."""

    by: str
    role: Title
    purpose: Title
    what: Title
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryFacts:
    """``desk/_inquiry.html``. ``look`` None: it asks about no look that the ledger knows."""

    inquiry: Inquiry
    look: AskedLook | None


class _Wrong(ValueError):
    """What was filled in does not do; the message says why."""


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what an enterprise asks; the answer is its case."""
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    reach = departments_within_reach(officer, Action.CASE_ACT)
    if request.method != "POST":
        return show(request, "desk/inquiry.html", _page(request, reach))
    try:
        inquiry = _asked(request, officer, reach)
    except _Wrong as wrong:
        return show(request, "desk/inquiry.html", _page(request, reach, error=str(wrong)), status=422)
    told = (
        _("已登记。答复期限从今天的次日起算。")
        if inquiry.case.due_on
        else _("已登记。现行规则没有答复期限，不计期限。")
    )
    messages.success(request, told)
    return redirect(address(inquiry.case))


def facts(case: Case, access: Access) -> Panel:
    """What was asked, for the page of the case."""
    inquiry = inquiry_of(case, access)
    said = asked_look(access.actor, inquiry)
    look = (
        AskedLook(
            by=str(said.get("by", "")),
            role=look_words.looker_title(said),
            purpose=look_words.purpose_title(str(said.get("purpose", ""))),
            what=look_words.what_title(str(said.get("what", ""))),
            case=str(said.get("case", "")),
        )
        if said
        else None
    )
    content = InquiryFacts(inquiry=inquiry, look=look)
    return Panel(title=Title(zh="询问", en="What is asked"), template="desk/_inquiry.html", content=content)


def _asked(request: HttpRequest, officer: Account, reach: list[Department]) -> Inquiry:
    given = request.POST
    subject = by_uscc(normalise_code(given.get("uscc", "")))
    if subject is None:
        raise _Wrong(_("登记库里没有这个统一社会信用代码的主体，请核对。"))
    owner = next((each for each in reach if each.code == given.get("department")), None)
    if owner is None:
        raise _Wrong(_("请选择由哪个单位答复。"))
    if given.get("about") not in About.values:
        raise _Wrong(_("请选择询问什么。"))
    try:
        happened_on = date.fromisoformat(given.get("happened_on", ""))
    except ValueError:
        raise _Wrong(_("请填写查询或者决定的日期。")) from None
    reference = given.get("reference", "")
    try:
        return ask_why(subject, owner, About(given["about"]), happened_on=happened_on, reference=reference, by=officer)
    except NotAsked as refusal:
        raise _Wrong(
            _("日期不能在今天以后。")
            if refusal.problem == Problem.DAY
            else _("文号或者编号里只写文号、记录编号，不写别的。")
        ) from None


def _page(request: HttpRequest, reach: list[Department], *, error: str = "") -> InquiryPage:
    given = request.POST
    chosen = given.get("department", officer_of(request).works_for.code)
    return InquiryPage(
        departments=tuple(Choice(value=e.code, label=e.name, is_chosen=e.code == chosen) for e in reach),
        abouts=(
            Choice(value=About.LOOK, label=_("为何被查询"), is_chosen=given.get("about", About.LOOK) == About.LOOK),
            Choice(value=About.DECISION, label=_("为何这样决定"), is_chosen=given.get("about") == About.DECISION),
        ),
        uscc=given.get("uscc", ""),
        happened_on=given.get("happened_on", ""),
        reference=given.get("reference", ""),
        today=timezone.localdate(),
        error=error,
    )
