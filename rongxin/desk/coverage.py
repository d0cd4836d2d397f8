"""报送对账: what the department decided beside what the platform holds, its own counts, and numbers missing in a series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, departments_within_reach
from rongxin.departments.models import Department
from rongxin.desk.frame import kind_title, officer_of, officer_only, show
from rongxin.disclosure.figures import month_to_show
from rongxin.disclosure.monthly_report import LICENCE, PENALTY, monthly_report
from rongxin.disclosure.punctuality import Tally, tallies_by_kind
from rongxin.disclosure.subjects import platform_began_on
from rongxin.intake.coverage.filing import LONGEST_BASIS, MOST, Filing, fault_of, file_counts
from rongxin.intake.coverage.reconciliation import Reconciliation, reconcile
from rongxin.intake.coverage.series import Series, series_of_provider
from rongxin.intake.models import SourceCount
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.months import month_of, months_up_to
from rongxin.primitives.whole_numbers import whole_number
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice

MONTHS_OFFERED: Final = 15
YEARS_OFFERED: Final = 6
RANGES_SHOWN: Final = 40
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FAULTS: Final = {
    "more_than_produced": gettext_lazy("不能多于产生数量。"),
    "basis_needed": gettext_lazy("有未报送的，请写明依据。"),
    "number_needed": gettext_lazy("写了依据，请填未报送多少件。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """One kind in the month: the numbers side by side, and how punctual the acts were."""

    title: Title
    numbers: Reconciliation
    tally: Tally

    @property
    def unsettled(self) -> int:
        """What explains the gap: rows in review or come back."""
        return self.numbers.explained_by_review + self.numbers.explained_by_return


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One kind in the form to file counts, and who filed it last."""

    title: Title
    form: forms.Form
    filed_by: str = ""
    filed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage:
    """``desk/coverage.html``. ``rows`` are the kinds the department deals with, ``other_rows`` all others; without both
    this officer may not file.
    """

    month: date
    provider: Department
    months: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    lines: tuple[KindLine, ...]
    rows: tuple[CountRow, ...]
    other_rows: tuple[CountRow, ...]
    has_errors: bool
    unfiled: int
    missing_numbers: int
    series_url: str
    report_url: str

    @property
    def others_have_errors(self) -> bool:
        """Something is wrong among the kinds that are folded away."""
        return self.has_errors and any(row.form.errors for row in self.other_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """One series with the first of its missing ranges, written out; ``more`` ranges are in the file only."""

    series: Series
    ranges: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPage:
    """``desk/coverage_series.html``: the series of a year, those with most missing first."""

    year: int
    provider: Department
    years: tuple[Choice, ...]
    departments: tuple[Choice, ...]
    lines: tuple[SeriesLine, ...]
    missing: int
    back_url: str


class CountForm(forms.Form):
    """What a department says of one kind; all blank means that it says nothing."""

    produced = forms.IntegerField(label=gettext_lazy("产生数量"), min_value=0, max_value=MOST, required=False)
    own_published = forms.IntegerField(
        label=gettext_lazy("本单位公示数量"), min_value=0, max_value=MOST, required=False
    )
    unreported = forms.IntegerField(label=gettext_lazy("未报送数量"), min_value=0, max_value=MOST, required=False)
    unreported_basis = forms.CharField(label=gettext_lazy("未报送依据"), max_length=LONGEST_BASIS, required=False)

    def clean_produced(self) -> int | None:
        """Whatever else is said needs the number it is a part of."""
        produced: int | None = self.cleaned_data["produced"]
        others = ("own_published", "unreported", "unreported_basis")
        if produced is None and any(self.data.get(self.add_prefix(name), "").strip() for name in others):
            raise forms.ValidationError(_("请填产生数量；没有就填 0。"))
        return produced

    def filing(self, kind: str) -> Filing | None:
        """The filing, or None where nothing was said."""
        said = self.cleaned_data
        if said["produced"] is None:
            return None
        return Filing(
            kind=kind,
            produced=said["produced"],
            own_published=said["own_published"] or 0,
            unreported=said["unreported"] or 0,
            unreported_basis=said["unreported_basis"],
        )


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def month_page(request: HttpRequest) -> HttpResponse:
    """A month of one department; a clerk files what it decided, and filing again replaces it."""
    officer, policy = officer_of(request), rulebook.current()
    provider = _provider(request, officer)
    month = _month(request)
    kinds = _kinds(policy)
    if request.method != "POST":
        return show(request, "desk/coverage.html", _page(officer, policy, provider, month, kinds))
    demand(officer, Action.COUNT_FILE, provider)
    sheets = {kind: CountForm(request.POST, prefix=kind) for kind in kinds}
    if _filed(officer, provider, month, sheets, policy):
        messages.success(request, _("已记下。再填一次会替换这次的数。"))
        return redirect(f"{reverse('desk:coverage')}?{urlencode(_address(officer, provider, month))}")
    page = _page(officer, policy, provider, month, kinds, sheets=sheets)
    return show(request, "desk/coverage.html", page, status=422)


@officer_only
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The monthly report of double publicity: the own department, or those of the region for a credit office."""
    officer, today = officer_of(request), timezone.localdate()
    demand(officer, Action.BATCH_READ, officer.works_for)
    month = _month(request)
    units = _units(officer)
    book = monthly_report(rulebook.current(), month, units, moment=Moment.now(), began_on=platform_began_on(today))
    response = HttpResponse(book, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="monthly-{month:%Y-%m}.xlsx"'
    return response


@officer_only
@require_safe
def series_page(request: HttpRequest) -> HttpResponse:
    """Numbers missing in the document series of a department in a year."""
    officer = officer_of(request)
    provider, year = _provider(request, officer), _year(request)
    found = _series(provider, year)
    page = SeriesPage(
        year=year,
        provider=provider,
        years=tuple(
            Choice(value=str(each), label=str(each), is_chosen=each == year)
            for each in range(timezone.localdate().year, timezone.localdate().year - YEARS_OFFERED, -1)
        ),
        departments=_departments(officer, provider),
        lines=tuple(_series_line(each) for each in found),
        missing=sum(each.missing for each in found),
        back_url=f"{reverse('desk:coverage')}?{urlencode(_address(officer, provider, None))}",
    )
    return show(request, "desk/coverage_series.html", page)


@officer_only
@require_safe
def series_csv(request: HttpRequest) -> HttpResponse:
    """Every missing range as CSV (UTF-8 with mark)."""
    provider, year = _provider(request, officer_of(request)), _year(request)
    heads = (_("单位"), _("字号"), _("年份"), _("缺号起"), _("缺号止"), _("缺几个"))
    rows = (
        (provider.name, each.title, each.year, first, last, last - first + 1)
        for each in _series(provider, year)
        for first, last in each.gaps
    )
    return csv_download(f"series-{provider.code}-{year}.csv", heads, rows)


def _page(
    officer: Account,
    policy: Policy,
    provider: Department,
    month: date,
    kinds: Sequence[str],
    *,
    sheets: dict[str, CountForm] | None = None,
) -> CoveragePage:
    today, moment = timezone.localdate(), Moment.now()
    numbers = reconcile(policy, month, (provider,), kinds, moment)
    tallies = tallies_by_kind(policy, month, (provider,), today=today, began_on=platform_began_on(today))
    rows = [(line, _count_row(line, policy, sheets)) for line in numbers if officer.may(Action.COUNT_FILE, provider)]
    own = {line.kind for line in numbers if _concerns(line)} | {LICENCE, PENALTY}
    address = urlencode(_address(officer, provider, month))
    return CoveragePage(
        month=month,
        provider=provider,
        months=_months(month),
        departments=_departments(officer, provider),
        lines=tuple(
            KindLine(
                title=kind_title(line.kind, policy),
                numbers=line,
                tally=tallies.get((provider.pk, line.kind), Tally()),
            )
            for line in numbers
            if _concerns(line)
        ),
        rows=tuple(row for line, row in rows if line.kind in own),
        other_rows=tuple(row for line, row in rows if line.kind not in own),
        has_errors=sheets is not None,
        unfiled=sum(line.filed is None and bool(line.received) for line in numbers),
        missing_numbers=sum(each.missing for each in _series(provider, month.year)),
        series_url=f"{reverse('desk:coverage_series')}?{_series_address(officer, provider, month.year)}",
        report_url=f"{reverse('desk:coverage_report')}?{address}",
    )


def _concerns(line: Reconciliation) -> bool:
    """The department said, sent or waits for something of this kind."""
    return line.filed is not None or line.received > 0 or line.sent.first_try > 0


def _count_row(line: Reconciliation, policy: Policy, sheets: dict[str, CountForm] | None) -> CountRow:
    filed = line.filed
    form = sheets[line.kind] if sheets else CountForm(initial=_initial(filed), prefix=line.kind)
    return CountRow(
        title=kind_title(line.kind, policy),
        form=form,
        filed_by=filed.by.display_name if filed else "",
        filed_at=filed.filed_at if filed else None,
    )


def _initial(filed: SourceCount | None) -> dict[str, int | str]:
    if filed is None:
        return {}
    return {
        "produced": filed.produced,
        "own_published": filed.own_published,
        "unreported": filed.unreported or "",
        "unreported_basis": filed.unreported_basis,
    }


def _filed(officer: Account, provider: Department, month: date, sheets: dict[str, CountForm], policy: Policy) -> bool:
    """Keep what the forms say; False when one of them is wrong, which then says why."""
    if any(form.errors for form in sheets.values()):
        return False
    said = {kind: filing for kind, form in sheets.items() if (filing := form.filing(kind))}
    faults = {kind: fault for kind, filing in said.items() if (fault := fault_of(filing, policy))}
    for kind, fault in faults.items():
        sheets[kind].add_error(fault.field, str(_FAULTS[fault.code]))
    if not faults:
        file_counts(officer, provider, month, said.values(), policy)
    return not faults


def _kinds(policy: Policy) -> list[str]:
    """The kinds that are decided day by day and published by a deadline: licences, penalties, the other acts."""
    return [kind.name for kind in policy.kinds.values() if kind.credit.deadline and kind.credit.envelope]


def _series(provider: Department, year: int) -> list[Series]:
    began_on = platform_began_on(timezone.localdate())
    return series_of_provider(provider, year, whole_years_from=began_on.year + 1)


def _series_line(series: Series) -> SeriesLine:
    written = tuple(str(first) if first == last else f"{first}–{last}" for first, last in series.gaps[:RANGES_SHOWN])
    return SeriesLine(series=series, ranges=written, more=len(series.gaps) - len(written))


def _provider(request: HttpRequest, officer: Account) -> Department:
    """The own department; a credit office chooses by ``provider`` (code)."""
    provider = officer.works_for
    if officer.spans_departments:
        units = _units(officer)
        asked = request.GET.get("provider", "")
        chosen = next((unit for unit in units if unit.code == asked), None)
        if asked and chosen is None:
            raise Http404
        provider = chosen or (provider if provider in units or not units else units[0])
    demand(officer, Action.BATCH_READ, provider)
    return provider


def _departments(officer: Account, chosen: Department) -> tuple[Choice, ...]:
    if not officer.spans_departments:
        return ()
    return tuple(Choice(value=unit.code, label=unit.short_name, is_chosen=unit == chosen) for unit in _units(officer))


def _units(officer: Account) -> list[Department]:
    return [unit for unit in departments_within_reach(officer, Action.BATCH_READ) if unit.provides]


def _month(request: HttpRequest) -> date:
    """``month`` that has begun, or the last full month."""
    today = timezone.localdate()
    asked = request.GET.get("month", "")
    if not asked:
        return month_to_show(today, date.min)
    try:
        month = month_of(asked)
    except ValueError:
        raise Http404 from None
    if month > today:
        raise Http404
    return month


def _months(chosen: date) -> tuple[Choice, ...]:
    offered = {*months_up_to(timezone.localdate(), MONTHS_OFFERED), chosen}
    return tuple(
        Choice(value=f"{month:%Y-%m}", label=f"{month:%Y-%m}", is_chosen=month == chosen)
        for month in sorted(offered, reverse=True)
    )


def _year(request: HttpRequest) -> int:
    asked, today = request.GET.get("year", ""), timezone.localdate()
    if not asked:
        return today.year
    year = whole_number(asked, digits=4)
    if len(asked) != 4 or year is None or not 1 <= year <= today.year:
        raise Http404
    return year


def _series_address(officer: Account, provider: Department, year: int) -> str:
    return urlencode({**_address(officer, provider, None), "year": str(year)})


def _address(officer: Account, provider: Department, month: date | None) -> dict[str, str]:
    """What stays in addresses: the month, and the department where it was chosen."""
    kept = {"month": f"{month:%Y-%m}"} if month else {}
    return {**kept, "provider": provider.code} if officer.spans_departments else kept
