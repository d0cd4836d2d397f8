"""信息安全事件: the register with the hours that run, and registering one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.desk.case_panels import address
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.incident_panels import bar_of, words_of
from rongxin.governance.incidents.actions import LONGEST, NotKept, Problem, Told, register
from rongxin.governance.incidents.models import Data, FoundBy, Incident, Sort, System
from rongxin.governance.incidents.queries import WAITING, OwnReport, clock_of, offices_for, own_reports, visible_to
from rongxin.governance.incidents.rules import HourClock
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.registry import procedure

PAGE_SIZE: Final = 20
MOST_LINES: Final = 5000
LONGEST_QUESTION: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident in the register. ``bar`` draws how much of its hours is used, ``left`` says it."""

    url: str
    number: str
    sort: str
    office: str
    concerned: str
    state_title: Title
    discovered_at: datetime
    clock: HourClock
    left: str
    bar: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsPage:
    """``desk/incidents.html``: filtered by ``sort``, ``state``, ``q``. ``running``: those whose hours run, the most urgent first.
    ``own``: what this officer registered. ``may_see``: the register itself is open to this officer.
    """

    lines: Page[IncidentLine]
    running: tuple[IncidentLine, ...]
    own: tuple[OwnReport, ...]
    sorts: tuple[Choice, ...]
    states: tuple[Choice, ...]
    q: str
    csv_url: str
    may_see: bool
    may_register: bool

    @property
    def is_filtered(self) -> bool:
        """Something was asked for, so an empty list does not mean that there is nothing."""
        return bool(self.q) or any(choice.is_chosen and choice.value for choice in (*self.sorts, *self.states))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """``desk/incident_register.html``: what was filled in, to be shown again with ``error``. ``asks_to_look``: the words may
    tell of a person, so somebody must say that they do not.
    """

    sorts: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    systems: tuple[Choice, ...]
    data: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    offices: tuple[Choice, ...]
    discovered_at: str
    now: str
    estimate: str
    description: str
    containment: str
    error: str = ""
    asks_to_look: bool = False
    longest: int = LONGEST


class _Wrong(ValueError):
    """What was filled in does not do; the message says why."""


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The incidents that the officer's office handles or may see; for everybody what they registered themselves."""
    officer = officer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:LONGEST_QUESTION] for name in ("sort", "state", "q")}
    numbered = Paginator(_found(officer, asked), PAGE_SIZE).get_page(request.GET.get("page"))
    running = visible_to(officer).filter(WAITING).order_by("report_due_at", "pk")[:PAGE_SIZE]
    query = request.GET.copy()
    query.pop("page", None)
    may_see = _may_see(officer)
    page = IncidentsPage(
        lines=Page(
            [_line(each) for each in numbered], numbered.number, cast("Paginator[IncidentLine]", numbered.paginator)
        ),
        running=tuple(_line(each) for each in running),
        own=tuple(own_reports(officer)),
        sorts=_choices(Sort.choices, asked["sort"], _("全部类型")),
        states=_choices((("open", _("在办")), ("over", _("已办结"))), asked["state"], _("全部")),
        q=asked["q"],
        csv_url=f"{reverse('desk:incidents_csv')}?{query.urlencode()}",
        may_see=may_see,
        may_register=officer.may(Action.INCIDENT_REPORT, officer.works_for),
    )
    return show(request, "desk/incidents.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The register with its filters as CSV, at most 5,000 lines."""
    officer = officer_of(request)
    demand(officer, Action.CASE_READ, officer.works_for)
    asked = {name: request.GET.get(name, "").strip()[:LONGEST_QUESTION] for name in ("sort", "state", "q")}
    heads = (
        _("事件号"),
        _("类型"),
        _("牵头办"),
        _("涉及单位"),
        _("发现时间"),
        _("报告期限"),
        _("报告时间"),
        _("时限情况"),
        _("状态"),
    )
    rows = (
        (
            each.case.number,
            each.get_sort_display(),
            each.case.owner.name,
            each.concerned.name if each.concerned else "",
            each.discovered_at,
            each.report_due_at,
            each.reported_at,
            words_of(clock_of(each)),
            lang(procedure(each.case.kind).by_state[each.case.state].title),
        )
        for each in _found(officer, asked)[:MOST_LINES]
    )
    return csv_download(f"incidents-{timezone.localdate().isoformat()}.csv", heads, rows)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Register an incident; whoever handles incidents comes to its case, everybody else back to the register."""
    officer = officer_of(request)
    demand(officer, Action.INCIDENT_REPORT, officer.works_for)
    if request.method != "POST":
        return show(request, "desk/incident_register.html", _form(request, officer))
    try:
        incident = _registered(request, officer)
    except _Wrong as wrong:
        return show(request, "desk/incident_register.html", _form(request, officer, str(wrong)), status=422)
    except NotKept as refusal:
        is_person = refusal.problem == Problem.PERSON
        page = _form(request, officer, _why_not(refusal), asks_to_look=is_person)
        return show(request, "desk/incident_register.html", page, status=422)
    messages.success(request, _("已登记：%(number)s。") % {"number": incident.case.number})
    handles = officer.may(Action.INCIDENT_HANDLE, incident.case.owner)
    return redirect(address(incident.case) if handles else "desk:incidents")


def _found(officer: Account, asked: dict[str, str]) -> QuerySet[Incident]:
    found = visible_to(officer).order_by("-discovered_at", "-pk")
    if asked["sort"] in Sort.values:
        found = found.filter(sort=asked["sort"])
    if asked["state"] in ("open", "over"):
        found = found.filter(case__is_open=asked["state"] == "open")
    return found.filter(case__number__icontains=asked["q"]) if asked["q"] else found


def _line(incident: Incident) -> IncidentLine:
    clock, case = clock_of(incident), incident.case
    return IncidentLine(
        url=address(case),
        number=case.number,
        sort=incident.get_sort_display(),
        office=case.owner.short_name,
        concerned=incident.concerned.short_name if incident.concerned else "",
        state_title=procedure(case.kind).by_state[case.state].title,
        discovered_at=incident.discovered_at,
        clock=clock,
        left=words_of(clock),
        bar=bar_of(incident, clock),
    )


def _may_see(officer: Account) -> bool:
    """Offices and auditors look over a region; of everybody else no incident is the department's."""
    return officer.spans_departments


def _registered(request: HttpRequest, officer: Account) -> Incident:
    given = request.POST
    try:
        told = Told(
            sort=Sort(given.get("sort", "")),
            found_by=FoundBy(given.get("found_by", "")),
            system=System(given.get("system", "")),
            data=[Data(each) for each in given.getlist("data")],
            discovered_at=_instant(given.get("discovered_at", "")),
            description=given.get("description", ""),
            containment=given.get("containment", ""),
            concerned=Department.objects.filter(code=given.get("concerned", "")).first(),
            estimate=_number(given.get("estimate", "")),
            names_nobody="names_nobody" in given,
        )
    except ValueError as wrong:
        raise wrong if isinstance(wrong, _Wrong) else _Wrong(_("请选择类型、发现方式和涉及系统。")) from None
    office = next((each for each in offices_for(officer.works_for) if each.code == given.get("office")), None)
    if office is None:
        raise NotKept(Problem.OFFICE)
    return register(told, office, officer)


def _instant(text: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError:
        raise _Wrong(_("请填写发现的日期和时间。")) from None


def _number(text: str) -> int | None:
    if not text.strip():
        return None
    number = whole_number(text.strip(), digits=8)
    if number is None:
        raise _Wrong(_("估计涉及的企业数请填整数，说不准可以不填。"))
    return number


def _why_not(refusal: NotKept) -> str:
    return {
        Problem.FUTURE: _("发现时间不能在现在以后。"),
        Problem.NO_DATA: _("请选择涉及哪类数据。"),
        Problem.NO_WORDS: _("请写明经过。"),
        Problem.TOO_LONG: _("经过和措施各写在 %(n)s 个字以内。") % {"n": LONGEST},
        Problem.PERSON: _("可能写到个人：%(found)s。请删去；确实不是个人的，勾选“已核对”。") % {"found": refusal.about},
        Problem.OFFICE: _("请选择向哪个牵头办登记。"),
    }[refusal.problem]


def _form(request: HttpRequest, officer: Account, error: str = "", *, asks_to_look: bool = False) -> RegisterPage:
    given, now = request.POST, timezone.localtime()
    offices = offices_for(officer.works_for)
    chosen = given.get("office", offices[0].code if offices else "")
    concerned = given.get("concerned", "")
    return RegisterPage(
        sorts=_choices(Sort.choices, given.get("sort", "")),
        ways=_choices(FoundBy.choices, given.get("found_by", "")),
        systems=_choices(System.choices, given.get("system", "")),
        data=tuple(
            Choice(value=value, label=str(label), is_chosen=value in given.getlist("data"))
            for value, label in Data.choices
        ),
        departments=tuple(
            Choice(value=each.code, label=each.name, is_chosen=each.code == concerned)
            for each in Department.objects.order_by("region", "code")
        ),
        offices=tuple(Choice(value=each.code, label=each.name, is_chosen=each.code == chosen) for each in offices),
        discovered_at=given.get("discovered_at", f"{now:%Y-%m-%dT%H:%M}"),
        now=f"{now:%Y-%m-%dT%H:%M}",
        estimate=given.get("estimate", ""),
        description=given.get("description", ""),
        containment=given.get("containment", ""),
        error=error,
        asks_to_look=asks_to_look,
    )


def _choices(words: Iterable[tuple[str, str | Promise]], chosen: str, every: str = "") -> tuple[Choice, ...]:
    first = (Choice(value="", label=every, is_chosen=not chosen),) if every else ()
    return (*first, *(Choice(value=value, label=str(label), is_chosen=value == chosen) for value, label in words))
