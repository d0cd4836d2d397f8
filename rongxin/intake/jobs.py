"""The two long parts of a batch, each of which may be killed and begun again at any point."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import connection, transaction
from django.utils import timezone
from polars.io.plugins import register_io_source

from config.environment import environment
from rongxin.engine.aside import full_disk_told
from rongxin.engine.marks import Marks, template_version
from rongxin.engine.problems import REFUSED_PERSON
from rongxin.engine.returning import MOST_ROWS, Returned, write_redacted_copy, write_return_workbook
from rongxin.engine.sheets import FileFinding, Sheet, Unreadable
from rongxin.intake import files, rounds
from rongxin.intake.checking import SLICE, CheckedFile, Unmatched, check_file
from rongxin.intake.columns import register_columns
from rongxin.intake.coverage.waiting import decided_days
from rongxin.intake.ending import end_at_once
from rongxin.intake.envelope import as_displayed
from rongxin.intake.faults.actions import keep_faults
from rongxin.intake.left_out import settle_left_out
from rongxin.intake.mapping.known import circumstances, keep_columns
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.intake.moving import move
from rongxin.intake.questions import asking
from rongxin.intake.questions.following import catch_up
from rongxin.intake.questions.rows import held_with_origin, rows_to_record
from rongxin.intake.questions.settling import replaced_by
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.records.appending import SCHEMA, Appended, Origin, append, chunk_of
from rongxin.records.telling import firms_to_tell, tell_firms
from rongxin.rulebook import queries as rulebook
from rongxin.storage.bulk import wide_cache
from rongxin.storage.staging import staged
from rongxin.subjects.registration import register
from rongxin.workflow.writing import events_last

PERSON = "person"
WRITERS: Final = 2
"""Files of a batch that are written at once."""


@job(queue="bulk", title="校验批次")
def check_batch(progress: Progress, number: str) -> dict[str, Any]:
    """Check every row of a received batch; it then waits for release, or is finished when it brings nothing new."""
    batch = Batch.objects.select_related("provider").get(number=number)
    if batch.state != BatchState.RECEIVED:
        catch_up(number)
        return _left_as_it_is(batch)
    policy = rulebook.by_digest(batch.policy_digest)
    kind = policy.kinds[batch.kind]
    path, about = files.received_path(number), circumstances(batch.provider, batch.kind, number)
    with files.reading(number) as folder:
        try:
            checked = check_file(
                path, kind, policy, timezone.localdate(), about=about, phase=progress.phase, folder=folder
            )
        except Unmatched as unmatched:
            keep_columns(number, unmatched, kind)
            return _wait_for_columns(batch, unmatched)
        except Unreadable as unreadable:
            return _close_unreadable(batch, unreadable)
        progress.phase("保存结果", checked.problems.height)
        return _keep_checked(batch, checked, policy)


def _keep_checked(batch: Batch, checked: CheckedFile, policy: Policy) -> dict[str, Any]:
    """Everything that came of a check: files, questions, problems, faults, the state of the batch."""
    number, kind = batch.number, checked.kind
    findings = [*_told_by_marks(batch, checked, policy), *_told_by_returned(checked)]
    with _files_written(batch, checked, policy):
        questions = asking.questions_of(checked, batch.provider)
    with transaction.atomic(), events_last():
        batch = (
            Batch.objects.select_for_update(of=("self",)).select_related("provider", "submitted_by").get(number=number)
        )
        if batch.state != BatchState.RECEIVED:
            return _left_as_it_is(batch)
        _keep_problems(batch, checked)
        asking.keep(batch, questions)
        batch.coded = keep_faults(batch, checked.sheet, checked.heads, checked.problems, checked.persons, kind)
        origin = origin_of(batch, policy, kind, by=batch.submitted_by.username)
        ended = end_at_once(batch, checked, policy, origin)
        if ended.waiting.is_empty() and not kind.credit.registers_subjects:
            # Nothing new would show, so nobody has to release it; that the rows were seen again is kept.
            for part in checked.recordable(checked.again):
                append(part, origin)
        tell_firms(number, firms_to_tell(number))
        _conclude(
            batch,
            checked,
            ended.waiting,
            [*findings, *ended.findings, *filter(None, [rounds.keep_round(batch, checked)])],
        )
        replaced_by(batch)
    if batch.is_finished:
        files.drop_received(number)
    catch_up(number)
    return {"state": batch.state, "rows": checked.rows}


@job(queue="bulk", title="入库")
def record_batch(progress: Progress, number: str) -> dict[str, Any]:
    """Make records of the rows of a released batch. Rows recorded before a killed worker are passed over.

    What must not be recorded any more is left out, and the batch says so (left_out).
    """
    batch = Batch.objects.select_related("provider", "decided_by").get(number=number)
    if batch.state != BatchState.RELEASED or batch.decided_by is None:
        return _left_as_it_is(batch)
    policy = rulebook.by_digest(batch.policy_digest)
    kind = policy.kinds[batch.kind]
    waiting = rows_to_record(batch)
    height = waiting.select(pl.len()).collect().item()
    progress.phase("入库", height)
    told = Appended()
    if kind.credit.registers_subjects:
        source = f"{batch.provider.name} {number}"
        register(register_columns(waiting.collect(), policy), source=source, on=timezone.localdate(batch.received_at))
    else:
        origin = origin_of(batch, policy, kind, by=batch.decided_by.username)
        chunk = chunk_of(height)
        with wide_cache():
            for rows in waiting.collect_batches(chunk_size=chunk, maintain_order=True, lazy=True):
                told += append(rows, origin, chunk=chunk, advance=progress.advance)
    # Made before the transaction, which holds up everybody else while it lasts; the last row is recorded by now.
    firms = firms_to_tell(number)
    with transaction.atomic(), events_last():
        batch = held_with_origin(number)
        if batch.state != BatchState.RELEASED or batch.decided_by is None:
            return _left_as_it_is(batch)
        tell_firms(number, firms)
        settle_left_out(batch, told, kind, batch.decided_by)
        move(batch, BatchState.RECORDED if batch.accepted else BatchState.NOTHING_NEW)
        batch.recorded = batch.accepted
        batch.finished_at = timezone.now()
        batch.save(update_fields=["recorded", "finished_at"])
    files.drop_received(number)
    return {"state": batch.state, "recorded": batch.recorded}


def ask_for_check(batch: Batch) -> None:
    """Have a received batch checked in the background."""
    batch.run = check_batch.enqueue(batch.number, key=batch.number).pk
    batch.save(update_fields=["run"])


def origin_of(batch: Batch, policy: Policy, kind: RecordKind, *, by: str) -> Origin:
    """What the records of a batch share."""
    return Origin(
        batch=batch.number,
        provider=batch.provider,
        kind=kind.name,
        kind_digest=policy.kind_digest(kind.name),
        policy_digest=policy.digest,
        platform=environment.origin,
        released_by=by,
    )


def _left_as_it_is(batch: Batch) -> dict[str, Any]:
    """Stopped or done in the meantime, by a person or by an attempt that was killed before it had tidied up."""
    if batch.is_finished:
        files.drop_received(batch.number)
    return {"state": batch.state}


def _close_unreadable(batch: Batch, unreadable: Unreadable) -> dict[str, Any]:
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != BatchState.RECEIVED:
            return _left_as_it_is(batch)
        move(batch, BatchState.UNREADABLE)
        batch.findings = [{"code": unreadable.code, "params": unreadable.params}]
        batch.checked_at = batch.finished_at = timezone.now()
        batch.save(update_fields=["findings", "checked_at", "finished_at"])
    files.drop_received(batch.number)
    return {"state": batch.state}


def _wait_for_columns(batch: Batch, unmatched: Unmatched) -> dict[str, Any]:
    """The heads do not tell which column is which field: the file stays until a person has said it."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != BatchState.RECEIVED:
            return _left_as_it_is(batch)
        move(batch, BatchState.MAPPING)
        batch.rows = unmatched.sheet.frame.height
        batch.file_format = format_of(unmatched.sheet)
        batch.findings = [{"code": unmatched.code, "params": unmatched.params}]
        batch.save(update_fields=["rows", "file_format", "findings"])
    return {"state": batch.state}


def _told_by_marks(batch: Batch, checked: CheckedFile, policy: Policy) -> list[FileFinding]:
    """What our own workbook says of itself: the batch it continues, and an older template."""
    marks = Marks.of(checked.sheet.marks)
    told = list(rounds.recognise(batch, marks))
    if marks is None or marks.kind != batch.kind:
        return told
    newer = template_version(policy.kinds[batch.kind].credit.version, policy.kind_digest(batch.kind))
    if marks.template_version and marks.template_version != newer:
        told.append(FileFinding("template_older", {"used": marks.template_version[:40], "newer": newer}))
    return told


def _told_by_returned(checked: CheckedFile) -> list[FileFinding]:
    """That more rows come back than the return workbook lists."""
    count = checked.rejected + checked.in_review
    if count <= MOST_ROWS:
        return []
    return [FileFinding("returned_cut", {"count": f"{count:,}", "limit": f"{MOST_ROWS:,}"})]


@contextmanager
def _files_written(batch: Batch, checked: CheckedFile, policy: Policy) -> Iterator[None]:
    """The return workbook, the blanked copy and the accepted rows, written two at a time while this lasts; each put in place
    whole.
    """
    kind = policy.kinds[batch.kind]
    version = template_version(kind.credit.version, policy.kind_digest(kind.name))
    marks = Marks(kind=kind.name, template_version=version, batch=batch.number, round=batch.round)
    returned = Returned(marks, rounds.origin_texts(batch, checked.sheet))
    sheet, heads, problems, persons = checked.sheet, checked.heads, checked.problems, checked.persons
    with files.making(batch.number) as making, ThreadPoolExecutor(WRITERS) as writers:

        def write(name: str, place: Path, writer: Callable[..., None], *what: object) -> Future[None]:
            def whole() -> None:
                writer(making / name, *what)
                files.replace_whole(making / name, place)

            return writers.submit(whole)

        written = [
            write("received", files.copy_path(batch.number), write_redacted_copy, sheet, heads, persons, kind),
            write("accepted", files.accepted_path(batch.number), _write_rows, checked, checked.accepted, checked.again),
            write("waiting", files.waiting_path(batch.number), _write_rows, checked, checked.waiting),
        ]
        if checked.comes_back:
            table = (sheet, heads, problems, persons, kind, returned)
            written.append(write("returned.xlsx", files.return_path(batch.number), write_return_workbook, *table))
        yield
        for each in written:
            each.result()


def _write_rows(path: Path, checked: CheckedFile, *chosen: pl.DataFrame) -> None:
    """Rows as one file, made of slices so that their contents never stand in memory all at once."""
    made = checked.recordable(*chosen)
    first = next(made, pl.DataFrame(schema=SCHEMA))

    def slices(*_: object) -> Iterator[pl.DataFrame]:
        yield first
        yield from made

    with full_disk_told(path):
        register_io_source(slices, schema=first.schema).sink_parquet(path, compression="lz4", row_group_size=SLICE)


def _keep_problems(batch: Batch, checked: CheckedFile) -> None:
    """Replace the problems of the batch, in one statement however many there are."""
    RowProblem.objects.filter(batch=batch).delete()
    persons = checked.persons.select(
        pl.col("row").cast(pl.Int64),
        field=pl.lit(""),
        code=pl.lit(REFUSED_PERSON) + "_" + pl.col("reason"),
        severity=pl.lit(PERSON),
        value=pl.lit(""),
        params=pl.lit("{}"),
        suggestion=pl.lit(""),
    )
    found = checked.problems.select(
        pl.col("row").cast(pl.Int64),
        pl.col("field").fill_null(""),
        "code",
        "severity",
        pl.col("value").fill_null("").str.slice(0, 200),
        pl.col("params").fill_null("{}"),
        pl.col("suggestion").fill_null("").str.slice(0, 200),
    )
    told = pl.concat([found, persons]).join(checked.subjects, on="row", how="left", maintain_order="left")
    params = "CAST(params AS jsonb)" if connection.vendor == "postgresql" else "params"
    with staged(told, "staged_problems") as cursor:
        cursor.execute(
            "INSERT INTO intake_rowproblem (batch_id, row, field, code, severity, value, params, suggestion, firm) "
            f"SELECT %s, p.row, p.field, p.code, p.severity, p.value, {params}, p.suggestion, COALESCE(s.uscc, '') "
            "FROM staged_problems p LEFT JOIN subjects_subject s ON s.id = p.subject ORDER BY p.row",
            [batch.pk],
        )


def _conclude(batch: Batch, checked: CheckedFile, waiting: pl.DataFrame, more: list[FileFinding]) -> None:
    batch.recorded = checked.accepted.height - waiting.height
    if waiting.height:
        move(batch, BatchState.CHECKED)
    else:
        move(batch, BatchState.RECORDED if batch.recorded else BatchState.NOTHING_NEW)
    batch.rows = checked.rows
    batch.accepted = checked.accepted.height
    batch.withheld = checked.withheld
    batch.rejected = checked.rejected
    batch.in_review = checked.in_review
    batch.refused_person = checked.refused_person
    batch.duplicates = checked.again.height
    batch.decided_days = decided_days(as_displayed(waiting, checked.kind, checked.day))
    batch.file_format = format_of(checked.sheet)
    batch.sheets = list(checked.sheet.sheets)
    batch.layout = checked.layout
    marks = Marks.of(checked.sheet.marks)
    batch.template_version = marks.template_version[:40] if marks else ""
    findings = [*checked.findings, *more]
    batch.findings = [{"code": finding.code, "params": dict(finding.params)} for finding in findings]
    batch.checked_at = timezone.now()
    batch.finished_at = batch.checked_at if batch.is_finished else None
    batch.save()


def format_of(sheet: Sheet) -> str:
    """Format and encoding as a clerk knows them: ``XLSX`` or ``CSV · GB18030``."""
    return sheet.format.upper() if not sheet.encoding else f"{sheet.format.upper()} · {sheet.encoding.upper()}"
