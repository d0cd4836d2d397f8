"""How punctual the departments are: a month by unit and region, as a page and as a file."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rongxin.disclosure.figures import month_to_show
from rongxin.disclosure.punctuality import LateLine, PunctualityReport, Tally, punctuality_report
from rongxin.disclosure.subjects import platform_began_on
from rongxin.policy.pack import Policy
from rongxin.portal import parameters
from rongxin.portal.answers import public_page
from rongxin.primitives.months import month_of, months_up_to
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook
from rongxin.ui.charts import MonthShare
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice, Figure
from rongxin.ui.templatetags.rongxin import percent, thousands

MONTHS_OFFERED: Final = 36
LATE_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """A row of a drawing of shares: whose it is, a word beside, the acts."""

    label: str
    tally: Tally
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctualityPage:
    """``portal/punctuality.html``. ``as_of`` before ``today``: the month as it stood then, computed now."""

    report: PunctualityReport
    figures: tuple[Figure, ...]
    trend: tuple[MonthShare, ...]
    months: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    today: date
    first_day: date
    csv_url: str

    @property
    def is_today(self) -> bool:
        """The page shows how it stands now."""
        return self.report.as_of == self.today

    @property
    def unit_shares(self) -> tuple[ShareRow, ...]:
        """The units by share."""
        return tuple(ShareRow(label=line.short_name, tally=line.tally) for line in self.report.units)

    @property
    def region_shares(self) -> tuple[ShareRow, ...]:
        """The regions in their order."""
        return tuple(
            ShareRow(
                label=line.name,
                tally=line.tally,
                note=ngettext("%(n)s 个单位", "%(n)s 个单位", line.units) % {"n": line.units},
            )
            for line in self.report.regions
        )

    @property
    def first_late(self) -> tuple[LateLine, ...]:
        """The late acts shown at once."""
        return self.report.late_acts[:LATE_AT_ONCE]

    @property
    def other_late(self) -> tuple[LateLine, ...]:
        """The late acts shown when asked for."""
        return self.report.late_acts[LATE_AT_ONCE:]

    @property
    def is_empty(self) -> bool:
        """No act of the month is known."""
        return not self.report.total.acts


@public_page
def month_page(request: HttpRequest) -> HttpResponse:
    """A month of decisions by unit, by region and over a year, with every act that was displayed late."""
    policy, today, began_on, report = _asked(request)
    total = report.total
    figures = (
        Figure(
            label=_("按期公示率"),
            value=percent(total.share),
            note=_("按期 ÷（按期 + 逾期）"),
            tone="green" if total.share == 1 else "",
        ),
        Figure(
            label=_("逾期"),
            value=thousands(total.missed),
            note=_("公示晚了 %(late)s，还没有公示 %(overdue)s") % {"late": total.late, "overdue": total.overdue},
            tone="red" if total.missed else "",
        ),
        Figure(label=_("依法不公示"), value=thousands(total.withheld), note=_("有依据，不算逾期")),
        Figure(
            label=_("未到期"),
            value=thousands(total.not_due),
            note=_("另有期限暂定 %(n)s") % {"n": total.undetermined} if total.undetermined else _("还在期限内"),
        ),
    )
    page = PunctualityPage(
        report=report,
        figures=figures,
        trend=tuple(MonthShare(line.month, line.tally.share) for line in report.trend),
        months=_months(today, began_on, report.month),
        kinds=_kinds(policy, report.kind),
        today=today,
        first_day=began_on,
        csv_url="?".join(filter(None, (reverse("portal:punctuality_csv"), request.GET.urlencode()))),
    )
    return render(request, "portal/punctuality.html", {"page": page})


@public_page
def month_csv(request: HttpRequest) -> HttpResponse:
    """The units of the month as CSV (UTF-8 with mark)."""
    _policy, _today, _began_on, report = _asked(request)
    heads = (
        _("单位代码"),
        _("单位"),
        _("地区"),
        _("决定月份"),
        _("统计日期"),
        _("按期"),
        _("逾期公示"),
        _("逾期未公示"),
        _("未到期"),
        _("期限暂定"),
        _("依法不公示"),
        _("按期公示率"),
    )
    month = f"{report.month:%Y-%m}"
    rows = (
        (
            line.code,
            line.name,
            line.region,
            month,
            report.as_of,
            line.tally.on_time,
            line.tally.late,
            line.tally.overdue,
            line.tally.not_due,
            line.tally.undetermined,
            line.tally.withheld,
            None if line.tally.share is None else f"{line.tally.share:.4f}",
        )
        for line in report.units
    )
    return csv_download(f"punctuality-{month}.csv", heads, rows)


def _asked(request: HttpRequest) -> tuple[Policy, date, date, PunctualityReport]:
    policy, today = rulebook.current(), Moment.now().day
    began_on = platform_began_on(today)
    month = _month(request, today, began_on)
    kind = parameters.kind(request, policy)
    as_of = parameters.day(request, "as_of", first=max(began_on, month), last=today) or today
    report = punctuality_report(policy, month, as_of=as_of, today=today, began_on=began_on, kind=kind)
    return policy, today, began_on, report


def _month(request: HttpRequest, today: date, began_on: date) -> date:
    asked = request.GET.get("month", "")
    if not asked:
        return month_to_show(today, began_on)
    try:
        month = month_of(asked)
    except ValueError:
        raise parameters.Unclear(_("月份请写成 2026-10 这样。")) from None
    # Decisions of the month before the first record may have been due after it.
    if not months_up_to(began_on, 2)[0] <= month <= today:
        raise parameters.Unclear(
            _("可以查 %(first)s 到 %(last)s 的月份。") % {"first": f"{began_on:%Y-%m}", "last": f"{today:%Y-%m}"}
        )
    return month


def _months(today: date, began_on: date, chosen: date) -> tuple[Choice, ...]:
    offered = [month for month in months_up_to(today, MONTHS_OFFERED) if month >= began_on.replace(day=1)]
    return tuple(
        Choice(value=f"{month:%Y-%m}", label=f"{month:%Y-%m}", is_chosen=month == chosen)
        for month in sorted({*offered, chosen}, reverse=True)
    )


def _kinds(policy: Policy, chosen: str) -> tuple[Choice, ...]:
    """All kinds with a deadline."""
    with_deadline = [kind for kind in policy.kinds.values() if kind.credit.deadline and kind.credit.envelope]
    return (
        Choice(value="", label=_("全部种类"), is_chosen=not chosen),
        *(Choice(value=kind.name, label=kind.title, is_chosen=kind.name == chosen) for kind in with_deadline),
    )
