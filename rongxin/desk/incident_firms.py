"""Which firms an incident touches: named by code, asked of the ledger, taken out, listed as a file."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.departments.models import Department
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import address
from rongxin.desk.frame import access_of, officer_of, officer_only
from rongxin.governance.incidents import actions
from rongxin.governance.incidents.actions import MOST_FIRMS, NotKept, Problem
from rongxin.governance.incidents.effects import KIND, incident_of
from rongxin.governance.incidents.models import Incident, Search
from rongxin.governance.incidents.queries import affected_by, with_looks
from rongxin.primitives.whole_numbers import whole_number
from rongxin.ui.downloads import csv_download

MOST_BYTES = 4_000_000
_FIRST_LINE = ("统一社会信用代码", "uscc", "代码")


@officer_only
@require_POST
def name(request: HttpRequest, number: str) -> HttpResponse:
    """Add firms by their codes: typed, or the first column of a CSV file."""
    incident = _handled(request, number)
    try:
        added = actions.name_firms(incident, _codes(request), officer_of(request))
    except NotKept as refusal:
        messages.error(request, _why_not(refusal))
    else:
        told = ngettext("加入 %(n)s 家企业。", "加入 %(n)s 家企业。", added) % {"n": added}
        messages.success(request, told if added else _("这些企业已经在名单里。"))
    return redirect(f"{address(incident.case)}#firms")


@officer_only
@require_POST
def search(request: HttpRequest, number: str) -> HttpResponse:
    """Have the ledger asked, in the background."""
    incident, officer, given = _handled(request, number), officer_of(request), request.POST
    again = whole_number(given.get("again", ""))
    try:
        if again is not None:
            actions.search_again(incident, again, officer)
        else:
            actions.search(
                incident,
                officer,
                username=given.get("username", "").strip()[:150],
                department=Department.objects.filter(code=given.get("department", "")).first(),
                since=_begin(given.get("since", "")),
                until=_begin(given.get("until", ""), after=True),
                faulty=given.get("why") == "faulty",
            )
    except Search.DoesNotExist:
        messages.info(request, _("这次查找已经有结果。"))
    except NotKept as refusal:
        messages.error(request, _why_not(refusal))
    else:
        messages.success(request, _("正在从账本里查找，查到的企业会加进名单。"))
    return redirect(f"{address(incident.case)}#searches")


@officer_only
@require_POST
def take_out(request: HttpRequest, number: str) -> HttpResponse:
    """Take out a firm that was not told yet."""
    incident = _handled(request, number)
    try:
        gone = actions.take_out(incident, request.POST.get("uscc", ""), officer_of(request))
    except NotKept as refusal:
        messages.error(request, _why_not(refusal))
    else:
        messages.success(request, _("已移出名单。") if gone else _("名单里没有这家企业，或者已经告知。"))
    return redirect(f"{address(incident.case)}#firms")


@officer_only
@require_safe
def listing_csv(request: HttpRequest, number: str) -> HttpResponse:
    """All firms concerned, with why and whether they were told."""
    incident = _incident(request, number)
    heads = (_("统一社会信用代码"), _("企业"), _("理由"), _("查询次数"), _("首次"), _("末次"), _("告知时间"))
    access = access_of(request, Purpose.CASE, number)
    rows = (
        (
            line.uscc,
            line.name,
            line.why,
            *((line.looks.count, line.looks.first_at, line.looks.last_at) if line.looks else (None, None, None)),
            line.told_at,
        )
        for line in with_looks(affected_by(incident)[:MOST_FIRMS], access, "export")
    )
    return csv_download(f"affected-{timezone.localdate().isoformat()}.csv", heads, rows)


def _incident(request: HttpRequest, number: str) -> Incident:
    case = own_case(request, number)
    if case.kind != KIND:
        raise Http404
    return incident_of(case)


def _handled(request: HttpRequest, number: str) -> Incident:
    incident = _incident(request, number)
    demand(officer_of(request), Action.INCIDENT_HANDLE, incident.case.owner)
    return incident


def _codes(request: HttpRequest) -> list[str]:
    typed = request.POST.get("codes", "").replace("，", " ").replace(",", " ").replace("、", " ").split()
    sent = request.FILES.get("file")
    if sent is None:
        return typed
    if (sent.size or 0) > MOST_BYTES:
        raise NotKept(Problem.TOO_MANY)
    try:
        lines = sent.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NotKept(Problem.NO_CODES) from None
    first = [line.split(",")[0].strip().strip('"') for line in lines]
    return [*typed, *(code for code in first if code not in _FIRST_LINE)]


def _begin(text: str, *, after: bool = False) -> datetime | None:
    """The first instant of the day, or of the day after it."""
    try:
        day = date.fromisoformat(text) + timedelta(days=1 if after else 0)
    except (ValueError, OverflowError):
        return None
    return timezone.make_aware(datetime.combine(day, time()))


def _why_not(refusal: NotKept) -> str:
    return {
        Problem.NO_CODES: _("没有读到代码。CSV 用 UTF-8 编码，代码放在第一列。"),
        Problem.TOO_MANY: _("一次最多加入 %(n)s 家企业。") % {"n": f"{MOST_FIRMS:,}"},
        Problem.WRONG_CODES: _("一家也没有加入：登记库里没有这些代码，请核对：%(codes)s") % {"codes": refusal.about},
        Problem.NOT_NOW: _("案件已不在选定企业的环节。又发现受影响企业的，先“退回继续处置”。"),
        Problem.WHOSE: _("请填写账号或者选择单位。"),
        Problem.PERIOD: _("请填写起止日期，先起后止，不超过一年。"),
    }[refusal.problem]
