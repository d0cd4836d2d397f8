"""消除影响 and 重新认定 on the pages of their cases: the checklist with its proofs, and settling a document of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import Asked, Looks, Panel, add_panel, address, show_as
from rongxin.desk.frame import officer_of, officer_only
from rongxin.desk.supports import SupportsCard, card
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.records import withdrawing
from rongxin.remedies.unwinding import actions
from rongxin.remedies.unwinding.actions import KIND, REDECIDING, SETTLING, NotSettled, Problem
from rongxin.remedies.unwinding.models import Item, Outcome, Redecision
from rongxin.remedies.unwinding.queries import Line, Unwound, unwound
from rongxin.remedies.unwinding.redeciding import redecision_of
from rongxin.rulebook import queries as rulebook
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of the checklist in words. ``url``: of the effect's page or of its case, where the officer sees one."""

    line: Line
    result: str
    url: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistView:
    """``desk/_unwinding.html``. ``is_made``: the platform has looked; until then the page looks again."""

    number: str
    unwound: Unwound
    record_url: str
    effects: tuple[LineView, ...]
    offices: tuple[LineView, ...]
    papers: tuple[LineView, ...]
    may_settle: bool

    @property
    def is_made(self) -> bool:
        """Whether the checklist is there."""
        return self.unwound.unwinding.searched_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedecisionView:
    """``desk/_redecision.html``: the record that lost a support, and what it rests on."""

    redecision: Redecision
    name: str
    record_url: str
    rests: SupportsCard | None


def add_to_cases() -> None:
    """Wire the panels into the pages of the two procedures."""
    show_as(KIND, Looks(panels=_checklist))
    add_panel(REDECIDING, _redecision)


def _checklist(case: Case, access: Access, asked: Asked) -> tuple[Panel, ...]:
    found = unwound(case, access, rulebook.current())
    officer = access.actor
    may = case.state in SETTLING and officer.may(Action.CASE_ACT, case.owner)

    def views(lines: tuple[Line, ...]) -> tuple[LineView, ...]:
        return tuple(
            LineView(
                line=line,
                result=_result(line.item),
                url=_url(line.item, access),
                may_withdraw=line.item.document is not None
                and line.item.department is not None
                and officer.may(Action.DOCUMENT_ISSUE, line.item.department),
            )
            for line in lines
        )

    view = ChecklistView(
        number=case.number,
        unwound=found,
        record_url=_record_url(found.record.number, access),
        effects=views(found.effects),
        offices=views(found.offices),
        papers=views(found.papers),
        may_settle=may,
    )
    title = Title(zh="消除影响清单", en="Checklist")
    return (Panel(title=title, template="desk/_unwinding.html", content=view),)


def _redecision(case: Case, access: Access) -> Panel:
    access.look([case.firm or ""], "case")
    redecision, policy = redecision_of(case), rulebook.current()
    record = actions.newest(redecision.number)
    view = RedecisionView(
        redecision=redecision,
        name=record.document_number or record.number,
        record_url=_record_url(record.number, access),
        rests=card(access.actor, record, policy),
    )
    return Panel(title=Title(zh="重新认定什么", en="What is decided"), template="desk/_redecision.html", content=view)


def _result(item: Item) -> str:
    """How an item stands, in one word."""
    if item.outcome:
        return _(str(Outcome(item.outcome).label))
    if item.redecision is not None:
        case = item.redecision.case
        return lang(procedure(case.kind).by_state[case.state].title)
    return _("待办理")


def _url(item: Item, access: Access) -> str:
    if item.redecision is not None and access.actor.may(Action.CASE_READ, item.redecision.case.owner):
        return address(item.redecision.case)
    if item.document is not None and item.department is not None:
        seen = access.actor.may(Action.DOCUMENT_READ, item.department)
        return reverse("desk:document", args=[item.document.code]) if seen else ""
    return _record_url(item.ref, access) if item.sort == "effect" else ""


def _record_url(number: str, access: Access) -> str:
    seen = withdrawing.own(access.actor, number) is not None
    return reverse("desk:kept_record", args=[number]) if seen else ""


@officer_only
@require_POST
def settle(request: HttpRequest, number: str) -> HttpResponse:
    """Settle one open item of the checklist."""
    case, officer, given = own_case(request, number), officer_of(request), request.POST
    if case.kind != KIND:
        raise Http404
    demand(officer, Action.CASE_ACT, case.owner)
    item = whole_number(given.get("item", "")) or 0
    is_withdrawal = given.get("outcome") == Outcome.WITHDRAWN
    try:
        found = Item.objects.get(pk=item, unwinding__case=case)
        actions.settle(
            found.pk,
            Outcome.WITHDRAWN if is_withdrawal else Outcome.NOTED,
            by=officer,
            reason=given.get("reason", ""),
            names_nobody="names_nobody" in given,
        )
    except Item.DoesNotExist:
        messages.error(request, _("清单里没有这一项。"))
    except NotSettled as refusal:
        messages.error(request, _why_not(refusal))
    else:
        messages.success(request, _("文书已撤回。") if is_withdrawal else _("已记为核对过，文书不撤回。"))
    return redirect(f"{address(case)}#checklist")


def _why_not(refusal: NotSettled) -> str:
    return {
        Problem.NOT_NOW: _("案件已不在逐项办理的环节。"),
        Problem.SETTLED: _("这一项已经办过。"),
        Problem.NO_REASON: _("没有办：请写明理由。"),
        Problem.TOO_LONG: _("没有办：理由请写在 300 个字以内。"),
        Problem.PERSON: _("没有办：理由里可能写到个人：%(found)s。请删去；确实不是个人的，勾选“已核对”。")
        % {"found": refusal.about},
        Problem.NOT_YOURS: _("没有办：这份文书由它的发文机关撤回，您可以记为已核对并告知该单位。"),
    }[refusal.problem]
