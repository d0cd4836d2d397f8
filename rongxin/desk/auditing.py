"""存证账本 for auditors: how it stands, whether a kept checkpoint still holds, recomputing and exporting it, looks to ask about."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.disclosure import auditing, look_report, look_words
from rongxin.disclosure.auditing import AuditLine, Standing
from rongxin.ledger import auditing as of_log
from rongxin.ledger.auditing import Compared
from rongxin.ledger.logs import NoLog
from rongxin.ledger.models import Audit, Task
from rongxin.ledger.notes import NoteRefused
from rongxin.ledger.proving import NotProvable
from rongxin.ledger.tile_files import TilesDamaged
from rongxin.policy.words import Title
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Figure
from rongxin.ui.templatetags.rongxin import lang, thousands

LONGEST_NOTE: Final = 20_000
SIGNS: Final = {
    look_report.NO_CASE: gettext_lazy("没有案件号"),
    look_report.NIGHT: gettext_lazy("夜间或非工作日"),
    look_report.BULK: gettext_lazy("一小时内看很多家"),
    look_report.STRANGER: gettext_lazy("从未有过案件的企业"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """``desk/ledger.html``. ``compared``: what came of the checkpoint in ``note``; ``error``: why it could not be read."""

    standing: Standing
    figures: tuple[Figure, ...]
    may_export: bool
    note: str = ""
    compared: Compared | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """``desk/ledger_audit.html``."""

    line: AuditLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentLine:
    """A department's week in the table. ``signs``: how many looks of each sign, in the order of the heads."""

    name: str
    looks: int
    firms: int
    accounts: int
    signs: tuple[tuple[object, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding in the table."""

    sign: object
    by: str
    department: str
    role: Title
    looks: int
    firms: int
    first: Any
    last: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage:
    """``desk/ledger_looks.html``. ``told`` None: no report of that week yet."""

    monday: date
    sunday: date
    before_url: str
    after_url: str
    told: dict[str, Any] | None
    made_at: Any
    departments: tuple[DepartmentLine, ...]
    signs: tuple[object, ...]
    findings: tuple[FindingLine, ...]
    csv_url: str


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """How the ledger stands; a kept checkpoint that is sent is compared with the newest."""
    standing = auditing.standing(officer_of(request), request.GET.get("log", ""))
    if request.method != "POST":
        return show(request, "desk/ledger.html", _page(request, standing))
    text = _note(request)
    try:
        compared = of_log.compare(text)
    except NoteRefused:
        error = _("这不是本平台账本签署的检查点，或者复制得不完整。请整份粘贴，从账本名到最后一行签名。")
    except NotProvable:
        error = _("本平台还没有签署过检查点。")
    except TilesDamaged:
        error = _("已发布的瓦片缺失或者被改动，算不出证明。请告诉运行人员：rongxin ledger checkpoint --rebuild。")
    else:
        if request.POST.get("do") == "proof" and compared.bundle is not None:
            name = f"{compared.old.size}-{compared.new.size}.ledger-consistency.json"
            return _file(name, json.dumps(compared.bundle, indent=1))
        return show(request, "desk/ledger.html", _page(request, standing, note=text, compared=compared))
    return show(request, "desk/ledger.html", _page(request, standing, note=text, error=error), status=422)


@officer_only
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Begin a verification or an export."""
    task = Task.EXPORT if request.POST.get("task") == Task.EXPORT else Task.VERIFY
    try:
        audit = auditing.ask(
            officer_of(request), request.POST.get("log", ""), task, with_contents="contents" in request.POST
        )
    except NoLog:
        messages.error(request, _("还没有记过账。"))
        return redirect("desk:ledger")
    return redirect("desk:ledger_audit", audit.pk)


@officer_only
@require_safe
def audit(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what came of it."""
    line = _line(request, pk)
    if request.headers.get("HX-Request"):
        return render(request, "desk/_ledger_progress.html", {"line": line})
    return show(request, "desk/ledger_audit.html", AuditPage(line=line))


@officer_only
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of an export."""
    try:
        path = auditing.export_file(officer_of(request), pk)
    except (Audit.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"ledger-export-{pk}.zip")


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def looks(request: HttpRequest) -> HttpResponse:
    """The report of a week; POST makes it anew."""
    officer, monday = officer_of(request), _monday(request)
    if request.method == "POST":
        demand(officer, Action.LEDGER_READ, officer.works_for)
        look_report.report_looks.enqueue(monday.isoformat(), key=f"looks-{monday}")
        messages.success(request, _("已经开始生成，过一会儿刷新本页。"))
        return redirect(f"{reverse('desk:ledger_looks')}?week={monday}")
    return show(request, "desk/ledger_looks.html", _week(request, monday))


@officer_only
@require_safe
def looks_csv(request: HttpRequest) -> HttpResponse:
    """The findings of a week as CSV (UTF-8 with mark)."""
    week = _week(request, _monday(request))
    heads = (_("情形"), _("账号"), _("单位"), _("身份"), _("次数"), _("企业数"), _("最早"), _("最晚"))
    rows = [
        (str(each.sign), each.by, each.department, lang(each.role), each.looks, each.firms, each.first, each.last)
        for each in week.findings
    ]
    return csv_download(f"looks-{week.monday}.csv", heads, rows)


def _page(request: HttpRequest, standing: Standing, **more: Any) -> LedgerPage:
    log = standing.log
    newest = log.newest if log else None
    figures = (
        Figure(label=_("已签署"), value=thousands(newest.size if newest else 0), note=_("最新检查点的条目数")),
        Figure(
            label=_("待签署"),
            value=thousands(standing.unsigned),
            note=_("已记账，每分钟签署一次"),
            tone="amber" if standing.unsigned else "",
        ),
        Figure(
            label=_("待记账"),
            value=thousands(standing.waiting),
            note=_("每 10 秒记账一次"),
            tone="amber" if standing.waiting else "",
        ),
        Figure(label=_("见证"), value=str(newest.witnesses if newest else 0), note=_("最新检查点的见证单位数")),
    )
    return LedgerPage(standing=standing, figures=figures, may_export=auditing.may_export(officer_of(request)), **more)


def _note(request: HttpRequest) -> str:
    """What was pasted, or else the file that was sent."""
    pasted = request.POST.get("note", "")
    file = request.FILES.get("file")
    if pasted.strip() or file is None:
        return pasted[:LONGEST_NOTE]
    return bytes(file.read(LONGEST_NOTE)).decode("utf-8", "replace")


def _line(request: HttpRequest, pk: int) -> AuditLine:
    try:
        return auditing.audit_line(officer_of(request), pk)
    except Audit.DoesNotExist:
        raise Http404 from None


def _monday(request: HttpRequest) -> date:
    """The Monday of the week that is asked for; without one, of the last that is over."""
    given = request.POST.get("week") or request.GET.get("week", "")
    try:
        asked = date.fromisoformat(given)
    except ValueError:
        return look_report.last_monday()
    return asked - timedelta(days=asked.weekday())


def _week(request: HttpRequest, monday: date) -> WeekPage:
    found = auditing.week_report(officer_of(request), monday)
    kept, told, within = found or (None, None, {})
    url = reverse("desk:ledger_looks")
    return WeekPage(
        monday=monday,
        sunday=monday + timedelta(days=6),
        before_url=f"{url}?week={monday - timedelta(days=7)}",
        after_url=f"{url}?week={monday + timedelta(days=7)}" if monday < look_report.last_monday() else "",
        told=told,
        made_at=kept.ended_at if kept else None,
        departments=tuple(
            DepartmentLine(
                name=within[each["code"]].name,
                looks=each["looks"],
                firms=each["firms"],
                accounts=each["accounts"],
                signs=tuple((title, each["signs"][sign]) for sign, title in SIGNS.items()),
            )
            for each in (told["departments"] if told else ())
        ),
        signs=tuple(SIGNS.values()),
        findings=tuple(
            FindingLine(
                sign=SIGNS[each["sign"]],
                by=each["by"],
                department=within[each["department"]].name,
                role=look_words.looker_title({"role": each["role"], "key": each["by_machine"]}),
                looks=each["looks"],
                firms=each["firms"],
                first=parse_datetime(each["first"]),
                last=parse_datetime(each["last"]),
            )
            for each in (told["findings"] if told else ())
        ),
        csv_url=f"{reverse('desk:ledger_looks_csv')}?week={monday}",
    )


def _file(name: str, content: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
