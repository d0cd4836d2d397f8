"""The batches of a department, one by one: the page of a batch is the page of its case."""

import io
from typing import Final, cast

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk import case
from rongxin.desk.batch_panels import progress_of
from rongxin.desk.frame import SHOWN, access_of, batch_line, officer_of, officer_only, show
from rongxin.desk.pages import BatchesPage, BatchLine
from rongxin.entrance.gate import gives_file
from rongxin.intake import queries
from rongxin.intake.models import Batch
from rongxin.intake.questions.returning import returned_to
from rongxin.intake.workflow import RELEASE, SEND_BACK, STOP
from rongxin.rulebook import queries as rulebook
from rongxin.ui.parts import Choice

PAGE_SIZE: Final = 20
NEEDED: Final = {RELEASE: Action.BATCH_RELEASE, SEND_BACK: Action.BATCH_RELEASE, STOP: Action.BATCH_SUBMIT}


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The department's batches, filtered."""
    officer, policy = officer_of(request), rulebook.current()
    query, kind, state = (request.GET.get(name, "").strip() for name in ("q", "kind", "state"))
    batches = queries.visible_to(officer)
    if query:
        batches = batches.filter(Q(number__icontains=query) | Q(file_name__icontains=query))
    if kind:
        batches = batches.filter(kind=kind)
    if state:
        batches = batches.filter(state__in=[name for name, shown in SHOWN.items() if shown == state])
    numbered = Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page"))
    part = Page(
        [batch_line(batch, policy) for batch in numbered],
        numbered.number,
        cast("Paginator[BatchLine]", numbered.paginator),
    )
    labels = {
        "working": _("处理中"),
        "mapping": _("待对列"),
        "waiting": _("待发布"),
        "released": _("已发布"),
        "sent_back": _("已退回"),
        "stopped": _("已停止"),
        "failed": _("无法读取"),
    }
    page = BatchesPage(
        batches=part,
        spans_departments=officer.spans_departments,
        q=query,
        kinds=(
            Choice(value="", label=_("全部种类"), is_chosen=not kind),
            *(Choice(value=each.name, label=each.title, is_chosen=each.name == kind) for each in policy.kinds.values()),
        ),
        states=(
            Choice(value="", label=_("全部状态"), is_chosen=not state),
            *(Choice(value=value, label=label, is_chosen=value == state) for value, label in labels.items()),
        ),
    )
    return show(request, "desk/batches.html", page)


@officer_only
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """What came of a batch, and what is to be done."""
    return case.shown(request, _own(request, number).case)


@officer_only
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The moving part, asked each second."""
    batch = _own(request, number)
    return render(request, "desk/_batch_progress.html", {"progress": progress_of(batch, officer_of(request))})


@officer_only
@require_safe
@gives_file
def return_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The return workbook."""
    batch = _own(request, number)
    try:
        workbook = io.BytesIO(returned_to(batch, access_of(request, Purpose.INTAKE, number)))
    except FileNotFoundError:
        raise Http404 from None
    name = batch.file_name.rpartition(".")[0] or batch.file_name
    return FileResponse(workbook, as_attachment=True, filename=f"{name}-{_('退回')}.xlsx")


@officer_only
@require_POST
def decide(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """A step of the batch at an address of its own, as the batch stands now."""
    batch = _own(request, number)
    demand(officer_of(request), NEEDED[step], batch.provider)
    return case.taken(request, batch.case, step, seen=None)


def _own(request: HttpRequest, number: str) -> Batch:
    try:
        return queries.batch_for(officer_of(request), number)
    except Batch.DoesNotExist:
        raise Http404 from None
