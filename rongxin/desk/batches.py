"""One batch and many: what came of a file, its release by a second person, its return."""

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Literal, cast

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.permissions import Action
from rongxin.desk.frame import SHOWN, batch_line, officer_of, officer_only, show
from rongxin.desk.pages import (
    BatchDeed,
    BatchesPage,
    BatchLine,
    BatchPage,
    BatchProgress,
    PreviewRow,
    ProblemColumn,
    ReturnedRow,
    Tally,
)
from rongxin.desk.rounds import story_of
from rongxin.engine.problems import message, suggestion
from rongxin.engine.sheets import row_label
from rongxin.intake import files, queries, releasing, rounds
from rongxin.intake.jobs import PERSON
from rongxin.intake.models import FINISHED, OPEN_BATCHES, Batch, BatchState, RowProblem
from rongxin.intake.questions.queries import followed_rows
from rongxin.intake.questions.returning import return_workbook
from rongxin.intake.questions.rows import rows_are_here
from rongxin.jobs.models import State
from rongxin.jobs.queries import run_state
from rongxin.policy.kinds import RecordKind
from rongxin.primitives.resident_id import HIDDEN
from rongxin.rulebook import queries as rulebook
from rongxin.ui.language import spoken
from rongxin.ui.parts import Choice

PAGE_SIZE: Final = 20
FIRST_RETURNED: Final = 50
LAYOUT_CONVERTED: Final = "layout_converted"
FIRST_WAITING: Final = 20
PHASE_STEPS: Final = {"识别列": 1, "校验": 2, "认企业": 3, "比对已有记录": 3, "保存结果": 3, "入库": 5}


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
    """What came of a batch."""
    return show(request, "desk/batch.html", _page(request, _own(request, number)))


@officer_only
@require_safe
def progress(request: HttpRequest, number: str) -> HttpResponse:
    """The moving part, asked each second."""
    batch = _own(request, number)
    return render(request, "desk/_batch_progress.html", {"progress": _progress(request, batch)})


@officer_only
@require_safe
def return_file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The return workbook."""
    batch = _own(request, number)
    try:
        workbook = io.BytesIO(return_workbook(batch))
    except FileNotFoundError:
        raise Http404 from None
    name = batch.file_name.rpartition(".")[0] or batch.file_name
    return FileResponse(workbook, as_attachment=True, filename=f"{name}-{_('退回')}.xlsx")


@officer_only
@require_POST
def release(request: HttpRequest, number: str) -> HttpResponse:
    """Release by a second person."""
    batch = _own(request, number)
    with suppress(releasing.NotPossible):  # somebody was faster; the page shows how it stands
        releasing.release(batch.number, officer_of(request))
    return redirect("desk:batch", number=number)


@officer_only
@require_POST
def send_back(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the sender, with a reason."""
    batch = _own(request, number)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        page = _page(request, batch, send_back_error=_("请写明退回原因，报送人要据此改正。"))
        return show(request, "desk/batch.html", page, status=422)
    with suppress(releasing.NotPossible):  # somebody was faster; the page shows how it stands
        releasing.send_back(batch.number, officer_of(request), reason=reason)
    return redirect("desk:batch", number=number)


@officer_only
@require_POST
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """The sender stops what was sent."""
    batch = _own(request, number)
    with suppress(releasing.NotPossible):  # it was decided in the meantime; the page shows how it stands
        releasing.stop(batch.number, officer_of(request))
    return redirect("desk:batch", number=number)


def _own(request: HttpRequest, number: str) -> Batch:
    try:
        return queries.batch_for(officer_of(request), number)
    except Batch.DoesNotExist:
        raise Http404 from None


def _progress(request: HttpRequest, batch: Batch) -> BatchProgress:
    run = run_state(batch.run) if batch.run else None
    may_stop = batch.state == BatchState.RECEIVED and officer_of(request).may(Action.BATCH_SUBMIT, batch.provider)
    failed = run is not None and run.state == State.FAILED
    return BatchProgress(
        url=reverse("desk:batch_progress", args=[batch.number]),
        batch_url=reverse("desk:batch", args=[batch.number]),
        stop_url=reverse("desk:stop", args=[batch.number]) if may_stop else "",
        step=PHASE_STEPS.get(run.phase, 0) if run else 0,
        rows_done=run.progress_done if run else 0,
        rows_total=run.progress_total if run else None,
        seconds_left=run.seconds_left if run else None,
        wants_room=run is not None and run.wants_room,
        is_over=failed or batch.state not in queries.UNDER_WAY,
    )


def _page(request: HttpRequest, batch: Batch, *, send_back_error: str = "") -> BatchPage:
    officer, policy = officer_of(request), rulebook.by_digest(batch.policy_digest)
    moving = _progress(request, batch)
    kind = policy.kinds[batch.kind]
    if not moving.is_over:
        return BatchPage(
            batch=batch_line(batch, policy),
            file_size=batch.file_size,
            encoding=batch.file_format,
            file_hash=batch.file_sha256,
            progress=moving,
            deeds=_deeds(batch),
        )
    waits = batch.state == BatchState.CHECKED
    is_here = not waits or rows_are_here(batch)
    may_release = waits and officer.may(Action.BATCH_RELEASE, batch.provider) and officer.pk != batch.submitted_by_id
    problems = queries.problems_of(batch, limit=None if "all" in request.GET else FIRST_RETURNED)
    waiting = queries.waiting_rows(batch, limit=FIRST_WAITING) if waits and is_here else []
    returned = files.return_path(batch.number).exists()
    may_send = officer.may(Action.BATCH_SUBMIT, batch.provider)
    asks = batch.state == BatchState.MAPPING
    origins = rounds.read_round(batch).origins
    return BatchPage(
        batch=batch_line(batch, policy),
        file_size=batch.file_size,
        encoding=batch.file_format,
        file_hash=batch.file_sha256,
        tally=_tally(batch),
        seconds=(batch.checked_at - batch.received_at).total_seconds() if batch.checked_at else None,
        problem_columns=tuple(
            ProblemColumn(title=kind.fields[name].title if name in kind.fields else name, rows=rows)
            for name, rows in queries.problem_columns(batch)
        ),
        returned_rows=tuple(_returned(problem, kind, batch, origins) for problem in problems),
        all_returned_url="?all=1" if len(problems) == FIRST_RETURNED and "all" not in request.GET else "",
        return_file_url=reverse("desk:return_file", args=[batch.number]) if returned else "",
        warnings=_warnings(batch),
        preview=tuple(
            PreviewRow(
                row=row.row,
                subject_name=row.subject.name if row.subject else row.party_name,
                uscc=row.subject.uscc if row.subject else "",
                document_number=row.document_number,
                decided_on=row.decided_on,
                is_public=row.is_public,
                attributed_by=row.attributed_by,
            )
            for row in waiting
        ),
        release_url=reverse("desk:release", args=[batch.number]) if may_release and is_here else "",
        send_back_url=reverse("desk:send_back", args=[batch.number]) if may_release else "",
        send_back_error=send_back_error,
        release_bar=_bar(batch, officer.pk) if waits and not may_release else "",
        failure=_failure(batch) if is_here else _rows_gone(),
        deeds=_deeds(batch),
        story=story_of(batch, may_send=may_send),
        layout=_layout(batch, kind),
        layout_converted=_told(batch, LAYOUT_CONVERTED),
        columns_url=reverse("desk:columns", args=[batch.number]) if asks else "",
        stop_url=reverse("desk:stop", args=[batch.number]) if asks and may_send else "",
    )


def _bar(batch: Batch, officer: int) -> str:
    if officer == batch.submitted_by_id:
        return _("由本单位另一位审核员发布；报送人不能发布自己报送的批次。")
    return _("由本单位审核员发布。")


def _layout(batch: Batch, kind: RecordKind) -> str:
    """The layout of the file, where it is one that was converted."""
    if not _told(batch, LAYOUT_CONVERTED):
        return ""
    title = next((layout.title for layout in kind.credit.layouts if layout.name == batch.layout), None)
    return (title.en if spoken() == "en" else title.zh) if title else batch.layout


def _told(batch: Batch, code: str) -> str:
    """A finding about the whole file, in words; empty where there is none."""
    params = next((finding["params"] for finding in batch.findings if finding["code"] == code), None)
    return message(code, params, spoken()) if params is not None else ""


def _failure(batch: Batch) -> str:
    if batch.state in (BatchState.UNREADABLE, BatchState.MAPPING):
        finding = batch.findings[0]
        return message(finding["code"], finding["params"], spoken())
    run = run_state(batch.run) if batch.run else None
    if run is not None and run.state == State.FAILED and batch.state not in FINISHED:
        return _("处理时出现内部错误，已记录；文件还在，数据没有入库。请联系管理员后重试。")
    return ""


def _rows_gone() -> str:
    return _("这一批校验过的行已不在平台上（可能恢复过备份），不能发布。请退给报送人重报；已入库的不会重复。")


def _tally(batch: Batch) -> Tally | None:
    if batch.checked_at is None or batch.state == BatchState.UNREADABLE:
        return None
    return Tally(
        rows=batch.rows,
        accepted_public=batch.accepted - batch.withheld,
        accepted_withheld=batch.withheld,
        returned=batch.rejected,
        refused_persons=batch.refused_person,
        unresolved=batch.in_review,
        known=batch.duplicates,
        warned=sum(warned.rows for warned in queries.warnings_of(batch)),
        followed=followed_rows(batch),
        questions_url=f"{reverse('desk:questions')}?batch={batch.number}" if batch.state in OPEN_BATCHES else "",
    )


def _returned(problem: RowProblem, kind: RecordKind, batch: Batch, origins: Mapping[int, int]) -> ReturnedRow:
    language = spoken()
    column = kind.fields[problem.field].title if problem.field in kind.fields else problem.field
    return ReturnedRow(
        row=problem.row,
        place=row_label(problem.row, batch.sheets, language),
        first_place=_first_place(problem.row, batch, origins),
        column=column,
        value="" if problem.value == HIDDEN else problem.value,
        reason=message(problem.code, problem.params, language),
        suggestion=problem.suggestion or suggestion(problem.code, problem.params, language),
        withheld=problem.severity == PERSON or problem.value == HIDDEN,
    )


def _first_place(row: int, batch: Batch, origins: Mapping[int, int]) -> str:
    """Where a row of a corrected file stood in the first one."""
    if row not in origins or batch.continues is None:
        return ""
    return row_label(origins[row], batch.continues.sheets, spoken())


def _warnings(batch: Batch) -> tuple[str, ...]:
    language = spoken()
    of_file = [
        message(finding["code"], finding["params"], language)
        for finding in batch.findings
        if finding["code"] != LAYOUT_CONVERTED
    ]
    if batch.state in (BatchState.UNREADABLE, BatchState.MAPPING):
        of_file = []
    of_rows = [
        _("%(rows)s 行，如第 %(row)s 行：%(text)s")
        % {
            "rows": warned.rows,
            "row": warned.example.row,
            "text": message(warned.example.code, warned.example.params, language),
        }
        for warned in queries.warnings_of(batch)
    ]
    return (*of_file, *of_rows)


def _deeds(batch: Batch) -> tuple[BatchDeed, ...]:
    deeds = [BatchDeed(at=batch.received_at, action="sent", officer=batch.submitted_by.display_name)]
    if batch.checked_at and batch.state != BatchState.UNREADABLE:
        deeds.append(BatchDeed(at=batch.checked_at, action="checked"))
    if batch.state == BatchState.UNREADABLE and batch.checked_at:
        deeds.append(BatchDeed(at=batch.checked_at, action="failed"))
    if batch.decided_at and batch.decided_by:
        action: Literal["sent_back", "released"] = "sent_back" if batch.state == BatchState.RETURNED else "released"
        deeds.append(
            BatchDeed(
                at=batch.decided_at, action=action, officer=batch.decided_by.display_name, note=batch.return_reason
            )
        )
    if batch.stopped_by and batch.finished_at:
        deeds.append(BatchDeed(at=batch.finished_at, action="stopped", officer=batch.stopped_by.display_name))
    return tuple(deeds)
