"""邀请申报: a list of enterprises is drafted, looked at, sent or dropped; how many declared since."""

from dataclasses import dataclass
from typing import Final, Protocol, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.disclosure.subjects import region_name
from rongxin.jobs.models import Run
from rongxin.jobs.queries import ended_without_answer, run_state
from rongxin.policy.declarations import InvitedGroup
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.remedies.declarations import inviting
from rongxin.remedies.declarations.inviting import NotInvited, Problem
from rongxin.remedies.declarations.models import InvitationList, Invited
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Figure, Tab
from rongxin.ui.templatetags.rongxin import lang, percent, thousands

PAGE_SIZE: Final = 20
LISTS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A list. ``number``: how many enterprises are on it; ``mark`` and ``tone``: where it stands."""

    found: InvitationList
    groups: tuple[Title, ...]
    number: int
    mark: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage:
    """``desk/invitations.html``. ``chosen``: names of the groups that are ticked; ``months``: between two invitations."""

    region: str
    groups: tuple[tuple[InvitedGroup, str], ...]
    chosen: frozenset[str]
    lines: tuple[ListLine, ...]
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """An enterprise on a list."""

    invited: Invited
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """``desk/invitation.html``. ``job``: what drafts it; ``has_given_up``: and did not end well. ``figures``: what came of it."""

    line: ListLine
    region: str
    group: InvitedGroup | None
    items: str
    tabs: tuple[Tab, ...]
    lines: Page[FirmLine]
    job: Run | None
    has_given_up: bool
    figures: tuple[Figure, ...]

    @property
    def is_drafting(self) -> bool:
        """It is being drafted."""
        found = self.line.found
        return found.drafted_at is None and found.dropped_at is None and not self.has_given_up


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The lists so far, and drafting another."""
    officer, policy = _inviter(request), rulebook.current()
    error, chosen = "", frozenset(policy.invited_groups)
    if request.method == "POST":
        chosen = frozenset(request.POST.getlist("group"))
        try:
            made = inviting.ask(chosen, by=officer)
        except NotInvited as refused:
            error = _why(refused)
        else:
            return redirect("desk:invitation", pk=made.pk)
    page = InvitationsPage(
        region=region_name(officer.works_for.region, policy),
        groups=tuple((group, _items(group, policy)) for group in policy.invited_groups.values()),
        chosen=chosen,
        lines=tuple(_line(each, policy) for each in inviting.lists_of(officer)[:LISTS_SHOWN]),
        error=error,
    )
    return show(request, "desk/invitations.html", page, status=422 if error else 200)


@officer_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is on a list, by group; each enterprise learns that its class was looked at, for the group may say it."""
    found, policy = _own(request, pk), rulebook.current()
    asked = request.GET.get("group", "")
    name = asked if asked in found.groups else next((each for each in found.groups if found.counts.get(each)), "")
    group = policy.invited_groups.get(name)
    rows = inviting.on_list(found, name) if found.drafted_at and name else inviting.on_list(found).none()
    firms = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [FirmLine(invited=each, region=region_name(each.subject.region, policy)) for each in firms]
    access_of(request, Purpose.SUPERVISION).look((each.invited.subject.uscc for each in lines), "class")
    job = run_state(found.job) if found.job and found.drafted_at is None else None
    page = InvitationPage(
        line=_line(found, policy),
        region=region_name(found.office.region, policy),
        group=group,
        items=_items(group, policy) if group else "",
        tabs=tuple(
            Tab(
                label=_title(each, policy),
                url=f"?group={each}",
                is_current=each == name,
                number=found.counts.get(each, 0),
            )
            for each in found.groups
        ),
        lines=Page(lines, firms.number, cast("Paginator[FirmLine]", firms.paginator)),
        job=job,
        has_given_up=found.drafted_at is None and ended_without_answer(job),
        figures=_figures(found),
    )
    return show(request, "desk/invitation.html", page)


@officer_only
@require_safe
def as_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as CSV, all groups."""
    found, policy = _own(request, pk), rulebook.current()
    if found.drafted_at is None:
        raise Http404
    rows = list(inviting.on_list(found))
    access_of(request, Purpose.SUPERVISION).look((each.subject.uscc for each in rows), "class", act="export")
    titles = {name: lang(_title(name, policy)) for name in found.groups}
    heads = (_("统一社会信用代码"), _("名称"), _("地区"), _("对象"), _("已通知"))
    lines = (
        (
            each.subject.uscc,
            each.subject.name,
            region_name(each.subject.region, policy),
            titles.get(each.group, each.group),
            each.told_at,
        )
        for each in rows
    )
    return csv_download(f"invitations-{found.pk}.csv", heads, lines)


@officer_only
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite everybody on the list."""
    _take(request, pk, inviting.send, _("已发出。企业在自己的窗口里看到邀请，填不填由企业决定。"))
    return redirect("desk:invitation", pk=pk)


@officer_only
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite nobody."""
    _take(request, pk, inviting.drop, _("已取消，没有通知任何企业。"))
    return redirect("desk:invitations")


class _Step(Protocol):
    def __call__(self, found: InvitationList, *, by: Account) -> None: ...


def _take(request: HttpRequest, pk: int, step: _Step, told: str) -> None:
    found = _own(request, pk)
    try:
        step(found, by=officer_of(request))
    except NotInvited as refused:
        messages.error(request, _why(refused))
    else:
        messages.success(request, told)


def _inviter(request: HttpRequest) -> Account:
    officer = officer_of(request)
    demand(officer, Action.DECLARATION_INVITE, officer.works_for)
    return officer


def _own(request: HttpRequest, pk: int) -> InvitationList:
    found = inviting.lists_of(_inviter(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _line(found: InvitationList, policy: Policy) -> ListLine:
    mark, tone = _mark(found)
    return ListLine(
        found=found,
        groups=tuple(_title(name, policy) for name in found.groups),
        number=sum(found.counts.values()),
        mark=mark,
        tone=tone,
        url=reverse("desk:invitation", args=[found.pk]),
    )


def _mark(found: InvitationList) -> tuple[str, str]:
    if found.dropped_at:
        return _("已取消"), "ended"
    if found.sent_at:
        return _("已发出"), "shown"
    return (_("待发出"), "soon") if found.drafted_at else (_("正在拟"), "plain")


def _figures(found: InvitationList) -> tuple[Figure, ...]:
    """What came of a list that was sent."""
    if found.sent_at is None:
        return ()
    number, told = sum(found.counts.values()), inviting.told_of(found)
    declared = inviting.declared_since(found)
    return (
        Figure(label=_("邀请"), value=thousands(number), note=_("户")),
        Figure(label=_("已通知"), value=thousands(told), note=_("其余还没有在平台认领，认领以后看到")),
        Figure(label=_("此后申报"), value=thousands(declared), note=percent(declared / number) if number else ""),
    )


def _title(name: str, policy: Policy) -> Title:
    """The title of a group; one that the rules no longer have keeps its bare name."""
    group = policy.invited_groups.get(name)
    return group.title if group else Title(zh=name, en=name)


def _items(group: InvitedGroup, policy: Policy) -> str:
    return _("、").join(lang(item.title) for item in inviting.items_of(group, policy))


def _why(refused: NotInvited) -> str:
    return {
        Problem.NO_GROUP: _("请至少选一类对象。"),
        Problem.NO_RUN: _("还没有计算过风险分类，名单从分类的结果里找。请先在“风险分类”里计算一次。"),
        Problem.NOT_DRAFTED: _("名单还没有拟好。"),
        Problem.OVER: _("这份名单已经发出或者取消。"),
    }[refused.problem]
