"""自主申报: what the firm declares of itself: what could be declared, each version as it stands, and declaring."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.enterprise.case_panels import Panel
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.policy.declarations import DeclaredField, DeclaredItem
from rongxin.policy.words import Title
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.declarations.falsehoods import OUTCOMES
from rongxin.remedies.declarations.inviting import Invitation, invitation_of
from rongxin.remedies.declarations.models import Outcome
from rongxin.remedies.declarations.queries import (
    DeclarationView,
    declaration_in,
    falsehood_in,
    is_own,
    own,
    own_version,
)
from rongxin.remedies.declarations.rules import NotDeclared, Problem, completeness, longest_until
from rongxin.remedies.declarations.workflow import KIND
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui import case_words
from rongxin.ui.declared import StandingView, standing_view
from rongxin.ui.evidence import attach_all
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure

PAST: Final = 20
STEPS: Final = ("publish", "hide")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationLine:
    """A version in a list. ``edit_url`` empty: no new version can take its place, its item is there no longer."""

    view: DeclarationView
    mark: StandingView
    url: str
    edit_url: str
    take_url: str
    may_publish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item that can be declared. ``is_declared``: something stands under it."""

    item: DeclaredItem
    url: str
    is_declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationsPage:
    """``enterprise/declarations.html``. ``declared`` of ``could``: items under which something stands. ``invitation``: with the
    items worth declaring, while nothing was declared since.
    """

    name: str
    uscc: str
    lines: tuple[DeclarationLine, ...]
    past: tuple[DeclarationLine, ...]
    items: tuple[ItemLine, ...]
    declared: int
    could: int
    invitation: Invitation | None
    invited_to: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of the form with what was filled in."""

    field: DeclaredField
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarePage:
    """``enterprise/declare.html``. ``replaces``: the version that the new one takes the place of. ``clues``: words that may name
    somebody, to be confirmed.
    """

    name: str
    uscc: str
    item: DeclaredItem
    fields: tuple[FormField, ...]
    until: str
    longest: date
    today: date
    replaces: str
    error: str
    clues: str


@enterprise_only
@require_safe
def listing(request: HttpRequest, uscc: str) -> HttpResponse:
    """What the firm declared, what it could declare, and how far that goes."""
    mandate = demanded(request, uscc, Action.DECLARATION_MAKE)
    policy = rulebook.current()
    views = own(mandate.firm, policy, access_of(request))
    living = [each for each in views if each.is_living]
    names = {each.item for each in living}
    declared, could = completeness(policy.declared_items, names)
    items = {name: _item_line(item, uscc, names) for name, item in policy.declared_items.items()}
    invitation = invitation_of(mandate.firm, policy, timezone.now())
    if invitation and any(each.declared_on >= invitation.on for each in views):
        invitation = None
    page = DeclarationsPage(
        name=mandate.firm.name,
        uscc=uscc,
        lines=_lines(living, uscc),
        past=_lines([each for each in views if not each.is_living][:PAST], uscc),
        items=tuple(items.values()),
        declared=declared,
        could=could,
        invitation=invitation,
        invited_to=tuple(items[item.name] for item in invitation.items) if invitation else (),
    )
    return show(request, "enterprise/declarations.html", page, firm=uscc)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, uscc: str, item: str) -> HttpResponse:
    """Declare under an item."""
    mandate = demanded(request, uscc, Action.DECLARATION_MAKE)
    found = rulebook.current().declared_items.get(item)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _entered(request, mandate, uscc, found)
    return show(request, "enterprise/declare.html", _form(mandate, uscc, found, {}), firm=uscc)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """A new version in the place of one that the firm declared; the old one stays in the history."""
    mandate = demanded(request, uscc, Action.DECLARATION_MAKE)
    policy = rulebook.current()
    version = own_version(mandate.firm, number, policy, access_of(request))
    found = policy.declared_items.get(version.item) if version else None
    if version is None or found is None:
        raise Http404
    if request.method == "POST":
        return _entered(request, mandate, uscc, found, number)
    given = {each.name: each.raw for each in version.fields}
    return show(request, "enterprise/declare.html", _form(mandate, uscc, found, given, number), firm=uscc)


@enterprise_only
@require_POST
def take(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """Show or hide a version from the list."""
    mandate = demanded(request, uscc, Action.DECLARATION_MAKE)
    step = request.POST.get("step", "")
    if step not in STEPS or not is_own(mandate.firm, number):
        raise Http404
    try:
        take_step(number, step, by=login_of(request))
    except NotPossible as refused:
        why = case_words.why_not(refused.barred, procedure(KIND).by_step[step])
        messages.error(request, _("没有办成：%(why)s") % {"why": why})
    else:
        messages.success(request, _("已办理：%(step)s。") % {"step": lang(procedure(KIND).by_step[step].title)})
    return redirect("enterprise:declarations", uscc=uscc)


def panel(case: Case, access: Access) -> Panel:
    """What is declared, on the page of its case."""
    view = declaration_in(case, rulebook.current(), access)
    content = {"view": view, "mark": standing_view(view)}
    return Panel(title=Title(zh="申报的内容", en="What is declared"), template="ui/_declared.html", content=content)


def falsehood_panel(case: Case, access: Access) -> Panel:
    """What is examined, and why, on the page of that case."""
    found, view = falsehood_in(case, rulebook.current(), access)
    content = {
        "falsehood": found,
        "view": view,
        "mark": standing_view(view),
        "outcome": OUTCOMES[Outcome(found.decided)] if found.decided else "",
    }
    return Panel(title=Title(zh="查核的申报", en="What is examined"), template="ui/_falsehood.html", content=content)


def _entered(request: HttpRequest, mandate: Mandate, uscc: str, item: DeclaredItem, replaces: str = "") -> HttpResponse:
    given = request.POST.dict()
    try:
        declaration = declare(
            mandate,
            item.name,
            given,
            until=_day(given.get("until", "")),
            replaces=replaces,
            names_nobody="names_nobody" in given,
        )
    except NotDeclared as refused:
        page = _form(mandate, uscc, item, given, replaces, refused)
        return show(request, "enterprise/declare.html", page, firm=uscc, status=422)
    attach_all(request, declaration.case, login_of(request))
    told = _("已申报，编号 %(number)s。没有核实以前只作“自主申报 · 未核实”；要让公众看到，在下面选“公开”。")
    messages.success(request, told % {"number": declaration.number})
    return redirect(reverse("enterprise:case", args=[uscc, declaration.number]))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return date.min


def _item_line(item: DeclaredItem, uscc: str, declared: Collection[str]) -> ItemLine:
    return ItemLine(
        item=item, url=reverse("enterprise:declare", args=[uscc, item.name]), is_declared=item.name in declared
    )


def _lines(views: Sequence[DeclarationView], uscc: str) -> tuple[DeclarationLine, ...]:
    items = rulebook.current().declared_items
    return tuple(
        DeclarationLine(
            view=view,
            mark=standing_view(view),
            url=reverse("enterprise:case", args=[uscc, view.number]),
            edit_url=reverse("enterprise:declaration_edit", args=[uscc, view.number]) if view.item in items else "",
            take_url=reverse("enterprise:declaration_take", args=[uscc, view.number]),
            may_publish=view.item in items and items[view.item].publishable,
        )
        for view in views
    )


def _form(
    mandate: Mandate,
    uscc: str,
    item: DeclaredItem,
    given: Mapping[str, str],
    replaces: str = "",
    refused: NotDeclared | None = None,
) -> DeclarePage:
    today = timezone.localdate()
    return DeclarePage(
        name=mandate.firm.name,
        uscc=uscc,
        item=item,
        fields=tuple(FormField(field=each, value=given.get(each.name, "")) for each in item.fields),
        until=given.get("until", ""),
        longest=longest_until(item, today),
        today=today,
        replaces=replaces,
        error=_why(refused) if refused else "",
        clues=refused.about if refused and refused.problem == Problem.MAY_NAME_A_PERSON else "",
    )


def _why(refused: NotDeclared) -> str:
    told = {"field": lang(refused.field) if refused.field else "", "about": refused.about}
    return {
        Problem.NO_ITEM: _("现在没有这一事项。"),
        Problem.MISSING: _("请填写“%(field)s”。"),
        Problem.TOO_LONG: _("“%(field)s”写在 %(about)s 个字以内。"),
        Problem.NOT_A_DAY: _("“%(field)s”请填日期。"),
        Problem.FUTURE: _("“%(field)s”不能在今天以后。"),
        Problem.NOT_A_NUMBER: _("“%(field)s”请填数字，最多两位小数。"),
        Problem.NOT_A_CHOICE: _("请选择“%(field)s”。"),
        Problem.NUMBER_OF_A_PERSON: _("“%(field)s”里有个人的号码（证件、电话、账号）或者邮箱，请删去。"),
        Problem.MAY_NAME_A_PERSON: _("可能写到个人：%(about)s。请删去；确实不是个人的，勾选“已核对”。"),
        Problem.UNTIL: _("有效至请填今天到 %(about)s 之间的一天。"),
        Problem.TOO_MANY: _("有效的申报最多 %(about)s 项，请先撤回不用的。"),
        Problem.NOT_YOURS: _("没有找到要代替的那一版。"),
        Problem.NO_OFFICE: _("现在没有能核实的单位，没有提交。请联系信用信息牵头部门。"),
    }[refused.problem] % told
