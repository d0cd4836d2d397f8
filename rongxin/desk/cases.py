"""待办, 已办, 逾期: the cases of an officer, the most urgent first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, cast

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import address, times_of
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.pages import CaseLine
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries as rulebook
from rongxin.ui.cases import TimeLeft, time_left
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice, Tab
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow import queries
from rongxin.workflow.models import Case
from rongxin.workflow.registry import procedure, procedures
from rongxin.workflow.table import Step

PAGE_SIZE: Final = 20
LONGEST_QUESTION: Final = 100
MOST_LINES: Final = 5000
TO_DO, DONE, OVERDUE = "to_do", "done", "overdue"
TABS: Final = (TO_DO, DONE, OVERDUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    """``desk/cases.html``: the tab, filtered by the query ``q``, ``kind``, ``due``, ``page``."""

    tab: str
    tabs: tuple[Tab, ...]
    counts: queries.Counts
    lines: Page[CaseLine]
    q: str
    kinds: tuple[Choice, ...]
    dues: tuple[Choice, ...]
    spans_departments: bool
    csv_url: str
    may_enter: bool
    may_draft: bool

    @property
    def is_to_do(self) -> bool:
        """The tab of what waits for this officer."""
        return self.tab == TO_DO

    @property
    def is_filtered(self) -> bool:
        """Something was asked for, so an empty list does not mean that there is nothing."""
        return bool(self.q) or any(choice.is_chosen and choice.value for choice in (*self.kinds, *self.dues))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for; anything unknown counts as not asked."""

    tab: str
    q: str
    kind: str
    due: str

    @classmethod
    def of(cls, request: HttpRequest) -> "_Asked":
        given = {name: request.GET.get(name, "").strip()[:LONGEST_QUESTION] for name in ("tab", "q", "kind", "due")}
        return cls(
            tab=given["tab"] if given["tab"] in TABS else TO_DO,
            q=given["q"],
            kind=given["kind"] if given["kind"] in procedures() else "",
            due=given["due"] if given["due"] in _dues() else "",
        )

    def cases(self, officer: Account, today: date) -> QuerySet[Case]:
        """The cases asked for."""
        found = {
            TO_DO: lambda: queries.to_do(officer),
            DONE: lambda: queries.done(officer),
            OVERDUE: lambda: queries.overdue(officer, today),
        }[self.tab]()
        if self.q:
            found = found.filter(Q(number__icontains=self.q) | Q(title__icontains=self.q))
        if self.kind:
            found = found.filter(kind=self.kind)
        match self.due:
            case "today":
                found = found.filter(due_on=today)
            case "week":
                found = found.filter(due_on__range=(today, today + timedelta(days=6 - today.weekday())))
            case "paused":
                found = found.filter(is_paused=True)
            case "escalated":
                found = found.filter(escalated_on__isnull=False)
        return found


def _dues() -> dict[str, str]:
    return {"today": _("今天到期"), "week": _("本周到期"), "paused": _("暂停计时"), "escalated": _("督办")}


@officer_only
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One tab of the board."""
    officer, policy, today = _officer(request), rulebook.current(), timezone.localdate()
    asked = _Asked.of(request)
    counts = queries.counts(officer, today)
    numbered = Paginator(asked.cases(officer, today), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = _lines(list(numbered), officer, policy, today)
    query = request.GET.copy()
    query.pop("page", None)
    page = CasesPage(
        tab=asked.tab,
        tabs=_tabs(asked.tab, counts),
        counts=counts,
        lines=Page(lines, numbered.number, cast("Paginator[CaseLine]", numbered.paginator)),
        q=asked.q,
        kinds=(
            Choice(value="", label=_("全部事项"), is_chosen=not asked.kind),
            *(Choice(value=t.name, label=t.title, is_chosen=t.name == asked.kind) for t in procedures().values()),
        ),
        dues=(
            Choice(value="", label=_("不限"), is_chosen=not asked.due),
            *(Choice(value=value, label=words, is_chosen=value == asked.due) for value, words in _dues().items()),
        ),
        spans_departments=officer.spans_departments,
        csv_url=f"{reverse('desk:cases_csv')}?{query.urlencode()}",
        may_enter=officer.may(Action.CASE_ACT, officer.works_for),
        may_draft=officer.may(Action.RULE_DRAFT, officer.works_for),
    )
    return show(request, "desk/cases.html", page)


@officer_only
@require_safe
def board_csv(request: HttpRequest) -> HttpResponse:
    """The tab with its filters as CSV (UTF-8 with mark), at most 5,000 lines."""
    officer, policy, today = _officer(request), rulebook.current(), timezone.localdate()
    asked = _Asked.of(request)
    lines = _lines(list(asked.cases(officer, today)[:MOST_LINES]), officer, policy, today)
    heads = (
        _("案件号"),
        _("办理事项"),
        _("标题"),
        _("责任单位"),
        _("状态"),
        _("要您做的"),
        _("到期"),
        _("时限"),
    )
    rows = (
        (
            line.number,
            lang(line.kind_title),
            line.title,
            line.owner,
            lang(line.state_title),
            line.task,
            line.time_left.due,
            _time_word(line.time_left),
        )
        for line in lines
    )
    return csv_download(f"cases-{asked.tab}-{today.isoformat()}.csv", heads, rows)


def most_urgent(officer: Account, policy: Policy, most: int) -> tuple[CaseLine, ...]:
    """The first cases that wait for this officer; none for one who reads no cases."""
    if not officer.may(Action.CASE_READ, officer.works_for):
        return ()
    return tuple(_lines(list(queries.to_do(officer)[:most]), officer, policy, timezone.localdate()))


def _officer(request: HttpRequest) -> Account:
    officer = officer_of(request)
    demand(officer, Action.CASE_READ, officer.works_for)
    return officer


def _tabs(chosen: str, counts: queries.Counts) -> tuple[Tab, ...]:
    labels = {TO_DO: _("待办"), DONE: _("已办"), OVERDUE: _("逾期")}
    numbers = {TO_DO: counts.to_do, DONE: counts.done, OVERDUE: counts.overdue}
    return tuple(
        Tab(label=labels[name], url=f"?tab={name}", is_current=name == chosen, number=numbers[name]) for name in TABS
    )


def _lines(cases: list[Case], officer: Account, policy: Policy, today: date) -> list[CaseLine]:
    taken = queries.own_steps(officer, cases) if cases else {}
    times = times_of(cases)
    return [
        _line(
            case, queries.steps_for(case, officer, taken[case.pk]), times.get(case.pk) or time_left(case, policy, today)
        )
        for case in cases
    ]


def _line(case: Case, steps: tuple[Step, ...], left: TimeLeft) -> CaseLine:
    table = procedure(case.kind)
    state = table.by_state[case.state]
    task = (lang(state.task) if state.task else " / ".join(lang(step.title) for step in steps)) if steps else ""
    return CaseLine(
        url=address(case),
        number=case.number,
        kind_title=table.title,
        title=case.title,
        owner=case.owner.short_name,
        state_title=state.title,
        task=task,
        time_left=left,
        is_escalated=case.escalated_on is not None,
    )


def _time_word(left: TimeLeft) -> str:
    words = {
        "paused": _("暂停计时"),
        "over": _("期限已满"),
        "provisional": _("期限暂定"),
        "today": _("今天到期"),
        "none": "",
    }
    if left.state in words:
        return words[left.state]
    if left.state == "hours_over":
        return ngettext("超过报告时限 %(n)s 小时", "超过报告时限 %(n)s 小时", left.days) % {"n": left.days}
    if left.state in ("hours", "hours_soon"):
        return ngettext("报告时限剩 %(n)s 小时", "报告时限剩 %(n)s 小时", left.days) % {"n": left.days}
    if left.state == "late":
        late = ngettext("逾期 %(n)s 个工作日", "逾期 %(n)s 个工作日", left.days) % {"n": left.days}
        return late if left.days else _("已逾期")
    return ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", left.days) % {"n": left.days}
