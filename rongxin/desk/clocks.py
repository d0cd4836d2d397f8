"""公示时限: acts that wait for release, how many working days are left, and which batch to release first."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.desk.frame import kind_title, officer_of, officer_only, own_departments, show
from rongxin.disclosure.clocks import ClockCounts, RunningClock, clock_counts, running_clocks
from rongxin.disclosure.timing import Clock, warn_days
from rongxin.policy.display import Timing
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.clock import ClockDay, clock_days
from rongxin.ui.downloads import csv_download
from rongxin.ui.templatetags.rongxin import lang


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """Acts of one batch decided on one day. ``state`` as policy.display.Timing; ``due_today``: the last day is today."""

    batch_url: str
    batch: str
    file_name: str
    provider: str
    kind_title: Title
    decided_on: date
    acts: int
    clock: Clock
    due_today: bool

    @property
    def state(self) -> str:
        """The word for programs: overdue, undetermined, not_due."""
        return self.clock.state.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksPage:
    """``desk/clocks.html``: ``lines`` by the last day allowed; ``first`` is the batch to release first, with its days.

    ``warn_days``: on which working days after a decision the department is reminded.
    """

    lines: tuple[ClockLine, ...]
    counts: ClockCounts
    warn_days: tuple[int, ...]
    spans_departments: bool
    first: ClockLine | None = None
    first_days: tuple[ClockDay, ...] = ()


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The running clocks of the own department; a credit office sees its region's."""
    officer, policy, today = _asked(request)
    lines, counts = _lines(officer, policy, today)
    first = next((line for line in lines if line.clock.state != Timing.UNDETERMINED), None)
    page = ClocksPage(
        lines=lines,
        counts=counts,
        warn_days=warn_days(policy, today),
        spans_departments=officer.spans_departments,
        first=first,
        first_days=clock_days(first.decided_on, first.clock.due, None, today, policy.calendar.is_workday)
        if first
        else (),
    )
    return show(request, "desk/clocks.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV (UTF-8 with mark)."""
    officer, policy, today = _asked(request)
    lines, _counts = _lines(officer, policy, today)
    heads = (
        _("最后一日"),
        _("状态"),
        _("还剩工作日"),
        _("逾期工作日"),
        _("批次"),
        _("文件"),
        _("单位"),
        _("种类"),
        _("决定日期"),
        _("件数"),
    )
    rows = (
        (
            line.clock.due,
            _state_word(line.clock),
            line.clock.left,
            line.clock.workdays_late,
            line.batch,
            line.file_name,
            line.provider,
            lang(line.kind_title),
            line.decided_on,
            line.acts,
        )
        for line in lines
    )
    return csv_download(f"clocks-{today.isoformat()}.csv", heads, rows)


def _asked(request: HttpRequest) -> tuple[Account, Policy, date]:
    officer = officer_of(request)
    demand(officer, Action.BATCH_READ, officer.works_for)
    return officer, rulebook.current(), timezone.localdate()


def _lines(officer: Account, policy: Policy, today: date) -> tuple[tuple[ClockLine, ...], ClockCounts]:
    running = running_clocks(policy, today, own_departments(officer))
    names = dict(Department.objects.values_list("pk", "short_name")) if running else {}
    return tuple(_line(each, policy, names, today) for each in running), clock_counts(running)


def _line(each: RunningClock, policy: Policy, names: dict[int, str], today: date) -> ClockLine:
    waiting, clock = each.waiting, each.clock
    return ClockLine(
        batch_url=reverse("desk:batch", args=[waiting.batch]),
        batch=waiting.batch,
        file_name=waiting.file_name,
        provider=names[waiting.provider],
        kind_title=kind_title(waiting.kind, policy),
        decided_on=waiting.decided_on,
        acts=waiting.public,
        clock=clock,
        due_today=clock.due == today,
    )


def _state_word(clock: Clock) -> str:
    match clock.state:
        case Timing.OVERDUE:
            return _("逾期未公示")
        case Timing.UNDETERMINED:
            return _("期限暂定")
    return _("快到期") if clock.warnings else _("期限内")
