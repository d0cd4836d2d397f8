"""What the department must deliver by the catalogue, when it last did, and what is silent."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, departments_within_reach, within_reach
from rongxin.departments import duties
from rongxin.departments.models import Department, Duty
from rongxin.departments.queries import NoSuchDepartment, department
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.intake.duties import DutyLine, Reporting, duty_lines
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download
from rongxin.ui.labels import label
from rongxin.ui.parts import Choice
from rongxin.ui.templatetags.rongxin import lang


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One duty: ``may_say_nothing`` whether this officer may say that there is nothing to send this period."""

    line: DutyLine
    title: Title
    may_say_nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesPage:
    """``desk/duties.html``. ``silent`` counts duties beyond their day. Who keeps them enters and ends them."""

    rows: tuple[DutyRow, ...]
    silent: int
    spans_departments: bool
    may_keep: bool
    departments: tuple[Choice, ...] = ()
    items: tuple[Choice, ...] = ()
    error: str = ""
    today: date


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The duties of the own department; a credit office sees those of its region."""
    return show(request, "desk/duties.html", _page(officer_of(request)))


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    heads = (
        _("单位代码"),
        _("单位"),
        _("目录编码"),
        _("项目"),
        _("权责事项编码"),
        _("权责事项"),
        _("报送频次"),
        _("最近收到"),
        _("本期应报截止"),
        _("状态"),
        _("逾期天数"),
    )
    rows = (
        (
            row.line.duty.department.code,
            row.line.duty.department.name,
            row.line.duty.item,
            lang(row.title),
            row.line.duty.power_code,
            row.line.duty.power_title,
            label(row.line.item.item.frequency.every),
            row.line.last_received_on,
            row.line.due,
            label(row.line.state),
            row.line.days_silent or None,
        )
        for row in _page(officer_of(request)).rows
    )
    return csv_download(f"duties-{timezone.localdate().isoformat()}.csv", heads, rows)


@officer_only
@require_POST
def nothing_new(request: HttpRequest, pk: int) -> HttpResponse:
    """The department says that it decided nothing it would have to send this period."""
    officer = officer_of(request)
    duty = _duty(officer, Action.COUNT_FILE, pk)
    duties.say_nothing_new(duty, on=timezone.localdate(), by=officer.username)
    return redirect("desk:duties")


@officer_only
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a duty, with the power of the department's own list."""
    officer = officer_of(request)
    demand(officer, Action.DUTY_KEEP, officer.works_for)
    given = {name: request.POST.get(name, "").strip() for name in ("department", "item", "power_code", "power_title")}
    known = [each.item.code for each in rulebook.current().catalogue]
    try:
        charged = department(given["department"])
        demand(officer, Action.DUTY_KEEP, charged)
        duties.enter_duty(
            charged,
            given["item"],
            known=known,
            since=timezone.localdate(),
            by=officer.username,
            power_code=given["power_code"][:40],
            power_title=given["power_title"][:200],
        )
    except (NoSuchDepartment, duties.NoSuchItem):
        page = _page(officer, error=_("请选择单位和目录项目。"))
        return show(request, "desk/duties.html", page, status=422)
    return redirect("desk:duties")


@officer_only
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a duty; what was delivered stays."""
    officer = officer_of(request)
    duties.end_duty(_duty(officer, Action.DUTY_KEEP, pk), on=timezone.localdate(), by=officer.username)
    return redirect("desk:duties")


def _page(officer: Account, *, error: str = "") -> DutiesPage:
    policy, today = rulebook.current(), timezone.localdate()
    may_keep = officer.may(Action.DUTY_KEEP, officer.works_for)
    seen = departments_within_reach(officer, Action.BATCH_READ)
    lines = duty_lines(policy, today, of=seen)
    lines.sort(key=lambda line: (-line.days_silent, line.due or date.max, line.duty.item))
    return DutiesPage(
        rows=tuple(
            DutyRow(
                line=line,
                title=policy.kinds[line.item.item.kind].title,
                may_say_nothing=line.state in (Reporting.DUE, Reporting.SILENT)
                and officer.may(Action.COUNT_FILE, line.duty.department),
            )
            for line in lines
        ),
        silent=sum(line.state == Reporting.SILENT for line in lines),
        spans_departments=officer.spans_departments,
        may_keep=may_keep,
        departments=tuple(_choice(each) for each in seen if each.provides and officer.may(Action.DUTY_KEEP, each)),
        items=tuple(
            Choice(value=each.item.code, label=f"{each.item.code} {lang(policy.kinds[each.item.kind].title)}")
            for each in policy.catalogue
        )
        if may_keep
        else (),
        error=error,
        today=today,
    )


def _choice(each: Department) -> Choice:
    return Choice(value=each.code, label=each.name)


def _duty(officer: Account, action: Action, pk: int) -> Duty:
    """A duty that the officer sees and may do ``action`` to; another's is as if there were none."""
    seen = within_reach(officer, Action.BATCH_READ, Duty.objects.select_related("department"), "department")
    found = seen.filter(pk=pk).first()
    if found is None:
        raise Http404
    demand(officer, action, found.department)
    return found
