"""Wrong, doubled and old codes: the worklist to mend them, the rates of departments, and the conversion of a list."""

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import departments_within_reach
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.engine.code_faults import CODE_TWO_NAMES, NAME_TWO_CODES, OLD_NUMBER_ONLY
from rongxin.engine.problems import message
from rongxin.engine.sheets import Unreadable
from rongxin.entrance.gate import gives_file
from rongxin.intake import files
from rongxin.intake.faults import actions, queries
from rongxin.intake.faults.converting import convert_file
from rongxin.intake.faults.queries import Rate
from rongxin.intake.models import CodeFault, FaultKind, FaultState
from rongxin.primitives.months import last_day_of, month_of
from rongxin.ui.downloads import csv_download
from rongxin.ui.language import spoken
from rongxin.ui.parts import Choice, Tab

PAGE_SIZE: Final = 20
MOST_ROWS: Final = 50_000
WHY: Final = {
    "uscc_placeholder": gettext_lazy("占位用的假代码"),
    "code_lost_digits": gettext_lazy("被表格软件改成科学计数法，丢了位数"),
    "uscc_length": gettext_lazy("位数不对"),
    "uscc_alphabet": gettext_lazy("含有代码里不用的字符"),
    "uscc_category": gettext_lazy("开头两位不是登记管理部门和机构类别"),
    "uscc_check_character": gettext_lazy("末位校验码不符"),
    "uscc_organisation_code": gettext_lazy("第 9 至 17 位的组织机构代码校验不符"),
    "organisation_code_invalid": gettext_lazy("组织机构代码校验不符"),
    "registration_number_invalid": gettext_lazy("注册号校验不符"),
    "code_and_name_point_elsewhere": gettext_lazy("代码和名称各指一家企业"),
    CODE_TWO_NAMES: gettext_lazy("同一个代码填在不同的名称下"),
    NAME_TWO_CODES: gettext_lazy("同一个名称填了不同的代码"),
    OLD_NUMBER_ONLY: gettext_lazy("只填了旧号，没有统一社会信用代码"),
}
"""What is wrong, by the problem of the fault."""


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault and what is wrong, in words."""

    fault: CodeFault
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage:
    """``desk/codes.html``. ``rates`` are of the month; ``error`` says why the last decision was not taken, on ``error_at``."""

    tabs: tuple[Tab, ...]
    states: tuple[Choice, ...]
    q: str
    fault: str
    faults: "Page[CodeFault]"
    lines: tuple[FaultLine, ...]
    rates: tuple[Rate, ...]
    month: date
    previous_month: str
    next_month: str
    download_url: str
    error: str = ""
    error_at: int = 0
    convert_error: str = ""


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The worklist and the rates."""
    return show(request, "desk/codes.html", _page(request))


@officer_only
@require_safe
@gives_file
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The worklist as CSV, filtered as on the page."""
    heads = (
        _("单位"),
        _("批次"),
        _("行"),
        _("名称"),
        _("列"),
        _("填写的代码"),
        _("问题"),
        _("原因"),
        _("发现日期"),
        _("状态"),
        _("正确代码"),
        _("说明"),
    )
    rows = (
        (
            fault.provider.short_name,
            fault.batch,
            fault.row,
            fault.party_name,
            fault.field,
            fault.value,
            FaultKind(fault.fault).label,
            WHY.get(fault.problem, ""),
            fault.found_on,
            FaultState(fault.state).label,
            fault.right_code,
            fault.note,
        )
        for fault in queries.with_notes(_chosen(request)[:MOST_ROWS], access_of(request, Purpose.INTAKE), "export")
    )
    return csv_download(f"codes-{timezone.localdate().isoformat()}.csv", heads, rows)


@officer_only
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """The right code is named."""
    _may_see(request, pk)
    try:
        actions.mend(pk, request.POST.get("code", ""), officer_of(request))
    except actions.NotACode:
        page = _page(request, error=_("这不是有效的统一社会信用代码：18 位，末位是校验码。"), error_at=pk)
        return show(request, "desk/codes.html", page, status=422)
    return redirect(_back(request))


@officer_only
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The code is right as it is."""
    _may_see(request, pk)
    note = request.POST.get("note", "")
    if not note.strip():
        page = _page(request, error=_("请写明核实的依据，例如“登记机关确认，2016 年前赋码”。"), error_at=pk)
        return show(request, "desk/codes.html", page, status=422)
    actions.confirm(pk, note, officer_of(request))
    return redirect(_back(request))


@officer_only
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision is taken back."""
    _may_see(request, pk)
    actions.reopen(pk, officer_of(request))
    return redirect(_back(request))


@officer_only
@require_POST
def convert(request: HttpRequest) -> HttpResponse:
    """A list of old codes comes in, the same list with unified codes goes out."""
    sent = request.FILES.get("file")
    if sent is None:
        return show(request, "desk/codes.html", _page(request, convert_error=_("请选择文件。")), status=422)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codes"
        try:
            with path.open("wb") as out:
                for part in sent.chunks(files.PART):
                    out.write(part)
            conversion = convert_file(path)
        except Unreadable as unreadable:
            told = message(unreadable.code, unreadable.params, spoken())
            return show(request, "desk/codes.html", _page(request, convert_error=told), status=422)
    return csv_download("converted.csv", conversion.heads, conversion.rows)


def _may_see(request: HttpRequest, pk: int) -> None:
    """Another department's fault is as if there were none."""
    if not queries.visible_faults(officer_of(request)).filter(pk=pk).exists():
        raise Http404


def _chosen(request: HttpRequest) -> "QuerySet[CodeFault]":
    asked = request.GET
    state = asked.get("state", FaultState.OPEN.value)
    return queries.worklist(
        officer_of(request),
        fault=asked.get("fault", ""),
        state="" if state == "all" else state,
        query=asked.get("q", "").strip(),
    )


def _page(request: HttpRequest, *, error: str = "", error_at: int = 0, convert_error: str = "") -> CodesPage:
    officer = officer_of(request)
    fault, state = request.GET.get("fault", ""), request.GET.get("state", FaultState.OPEN.value)
    month = _month(request.GET.get("month", ""))
    following = last_day_of(month) + timedelta(days=1)
    still_open = queries.open_faults(officer)
    faults = Paginator(_chosen(request), PAGE_SIZE).get_page(request.GET.get("page"))
    shown_faults = queries.with_notes(faults.object_list, access_of(request, Purpose.INTAKE))
    kept = {name: request.GET[name] for name in ("q", "state", "month") if request.GET.get(name)}
    url = reverse("desk:codes")
    shown = departments_within_reach(officer, Action.BATCH_READ)
    states = [*((each.value, each.label) for each in FaultState), ("all", _("全部"))]
    return CodesPage(
        tabs=(
            Tab(label=_("全部"), url=f"{url}?{urlencode(kept)}", is_current=not fault, number=sum(still_open.values())),
            *(
                Tab(
                    label=each.label,
                    url=f"{url}?{urlencode({**kept, 'fault': each.value})}",
                    is_current=fault == each.value,
                    number=still_open.get(each.value, 0),
                )
                for each in FaultKind
            ),
        ),
        states=tuple(Choice(value=value, label=label, is_chosen=value == state) for value, label in states),
        q=request.GET.get("q", "").strip(),
        fault=fault,
        faults=faults,
        lines=tuple(FaultLine(fault, str(WHY.get(fault.problem, ""))) for fault in shown_faults),
        rates=tuple(queries.rates(month, last_day_of(month), shown)),
        month=month,
        previous_month=(month - timedelta(days=1)).strftime("%Y-%m"),
        next_month=following.strftime("%Y-%m") if following <= timezone.localdate() else "",
        download_url=f"{reverse('desk:codes_csv')}?{request.GET.urlencode()}",
        error=error,
        error_at=error_at,
        convert_error=convert_error,
    )


def _month(asked: str) -> date:
    """The month asked for, or this one."""
    try:
        return month_of(asked)
    except ValueError:
        return timezone.localdate().replace(day=1)


def _back(request: HttpRequest) -> str:
    return f"{reverse('desk:codes')}?{request.GET.urlencode()}"
