"""What the page of a batch shows beside its case: the file and its counts, rows to look at, rows that came back, rounds."""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.desk.case_panels import Asked, Looks, Panel, Place
from rongxin.desk.frame import batch_line
from rongxin.desk.pages import (
    BatchFile,
    BatchPreview,
    BatchProgress,
    BatchReturned,
    PreviewRow,
    ProblemColumn,
    ReturnedRow,
    Story,
    Tally,
)
from rongxin.desk.rounds import story_of
from rongxin.engine.problems import message, suggestion
from rongxin.engine.sheets import row_label
from rongxin.intake import files, queries, rounds
from rongxin.intake.jobs import PERSON
from rongxin.intake.models import FINISHED, OPEN_BATCHES, Batch, BatchState, RowProblem
from rongxin.intake.queries import Contents
from rongxin.intake.questions.queries import followed_rows
from rongxin.intake.questions.rows import rows_are_here
from rongxin.intake.workflow import RELEASE, ROWS_GONE, TELL_COLUMNS
from rongxin.jobs.models import State
from rongxin.jobs.queries import run_state
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.primitives.resident_id import HIDDEN
from rongxin.rulebook import queries as rulebook
from rongxin.ui.language import spoken
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.table import Step

FIRST_RETURNED: Final = 50
FIRST_WAITING: Final = 20
LAYOUT_CONVERTED: Final = "layout_converted"


def panels(case: Case, access: Access, asked: Asked) -> tuple[Panel, ...]:
    """The cards of a batch. ``asked`` with "all": every row that came back."""
    officer = access.actor
    batch = queries.batch_for(officer, case.number)
    policy = rulebook.by_digest(batch.policy_digest)
    kind, moving = policy.kinds[batch.kind], progress_of(batch, officer)
    if not moving.is_over:
        return (_file_panel(_file(batch, policy, progress=moving)),)
    tally, story = _tally(batch), story_of(batch, may_send=officer.may(Action.BATCH_SUBMIT, batch.provider))
    waits = batch.state == BatchState.CHECKED and tally is not None and rows_are_here(batch)
    contents = queries.contents_of(
        batch, access, waiting=FIRST_WAITING if waits else 0, problems=None if "all" in asked else FIRST_RETURNED
    )
    made = [_file_panel(_file(batch, policy, tally=tally))]
    if waits and tally is not None:
        made.append(_preview(batch, contents, tally))
    returned = _returned_rows(batch, contents, kind, story, tally, asked)
    if story.is_told:
        rounds_title = Title(zh="同一批的几次报送", en="The times it was sent")
        made.append(Panel(title=rounds_title, template="desk/_batch_rounds.html", content=story, place=Place.BELOW))
    if returned.rows:
        made.append(Panel(template="desk/_batch_returned.html", content=returned, place=Place.BELOW))
    elif returned.warnings:
        made.append(Panel(title=_warned(returned), template="desk/_batch_warnings.html", content=returned.warnings))
    return tuple(made)


def told(case: Case, step: Step) -> str:
    """What a release makes of the batch, in numbers."""
    if step.name != RELEASE or case.state != BatchState.CHECKED:
        return ""
    batch = Batch.objects.only("accepted", "withheld").get(number=case.number)
    numbers = {"accepted": f"{batch.accepted:,}", "public": f"{batch.accepted - batch.withheld:,}"}
    return _("发布后 %(accepted)s 条立即入库，其中 %(public)s 条马上向社会公示。") % numbers


BATCH_LOOKS: Final = Looks(route="desk:batch", steps={TELL_COLUMNS: "desk:columns"}, told=told, panels=panels)


def progress_of(batch: Batch, officer: Account) -> BatchProgress:
    """How far the background work of a batch is."""
    run = run_state(batch.run) if batch.run else None
    failed = run is not None and run.state == State.FAILED
    return BatchProgress(
        url=reverse("desk:batch_progress", args=[batch.number]),
        batch_url=reverse("desk:batch", args=[batch.number]),
        phase=_phases().get(run.phase, "") if run else "",
        rows_done=run.progress_done if run else 0,
        rows_total=run.progress_total if run else None,
        seconds_left=run.seconds_left if run else None,
        wants_room=run is not None and run.wants_room,
        is_over=failed or batch.state not in queries.UNDER_WAY,
    )


def _phases() -> dict[str, str]:
    return {
        "识别列": _("识别列"),
        "校验": _("校验"),
        "认企业": _("认企业"),
        "比对已有记录": _("比对已有记录"),
        "保存结果": _("保存结果"),
        "入库": _("入库"),
    }


def _file_panel(content: BatchFile) -> Panel:
    return Panel(template="desk/_batch_file.html", content=content, place=Place.TOP)


def _file(
    batch: Batch, policy: Policy, *, progress: BatchProgress | None = None, tally: Tally | None = None
) -> BatchFile:
    waits = batch.state == BatchState.CHECKED
    return BatchFile(
        batch=batch_line(batch, policy),
        size=batch.file_size,
        encoding=batch.file_format,
        hash=batch.file_sha256,
        progress=progress,
        tally=tally,
        seconds=(batch.checked_at - batch.received_at).total_seconds() if batch.checked_at else None,
        failure="" if progress else lang(ROWS_GONE) if waits and not rows_are_here(batch) else _failure(batch),
        layout=_layout(batch, policy.kinds[batch.kind]),
        layout_converted=_told(batch, LAYOUT_CONVERTED),
        columns_url=reverse("desk:columns", args=[batch.number]) if batch.state == BatchState.MAPPING else "",
    )


def _preview(batch: Batch, contents: Contents, tally: Tally) -> Panel:
    rows = tuple(
        PreviewRow(
            row=row.row,
            subject_name=row.subject.name if row.subject else row.party_name,
            uscc=row.subject.uscc if row.subject else "",
            document_number=row.document_number,
            decided_on=row.decided_on,
            is_public=row.is_public,
            attributed_by=row.attributed_by,
        )
        for row in contents.waiting
    )
    return Panel(
        title=Title(zh="核对后发布", en="Look, then release"),
        template="desk/_batch_preview.html",
        content=BatchPreview(rows=rows, tally=tally, sent_by=batch.submitted_by.display_name),
    )


def _returned_rows(
    batch: Batch, contents: Contents, kind: RecordKind, story: Story, tally: Tally | None, asked: Asked
) -> BatchReturned:
    problems = contents.problems
    origins = rounds.read_round(batch).origins
    has_file = bool(problems) and files.return_path(batch.number).exists()
    return BatchReturned(
        columns=tuple(
            ProblemColumn(title=kind.fields[name].title if name in kind.fields else name, rows=rows)
            for name, rows in queries.problem_columns(batch)
        ),
        rows=tuple(_returned(problem, kind, batch, origins) for problem in problems),
        comes_back=tally.comes_back if tally else 0,
        all_url="?all=1" if len(problems) == FIRST_RETURNED and "all" not in asked else "",
        file_url=reverse("desk:return_file", args=[batch.number]) if has_file else "",
        resend_url=story.resend_url,
        warned=tally.warned if tally else 0,
        warnings=_warnings(batch, contents),
    )


def _warned(returned: BatchReturned) -> Title:
    if not returned.warned:
        return Title(zh="关于这个文件", en="About this file")
    return Title(zh=f"{returned.warned:,} 行带提醒", en=f"{returned.warned:,} rows with a remark")


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
        warned=queries.warned_rows(batch),
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


def _warnings(batch: Batch, contents: Contents) -> tuple[str, ...]:
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
        for warned in contents.warnings
    ]
    return (*of_file, *of_rows)
