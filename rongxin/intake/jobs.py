"""The two long parts of a batch, each of which may be killed and begun again at any point."""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils import timezone

from config.environment import environment
from rongxin.engine.problems import REFUSED_PERSON
from rongxin.engine.returning import write_redacted_copy, write_return_workbook
from rongxin.engine.sheets import Sheet, Unreadable
from rongxin.intake import files
from rongxin.intake.checking import CheckedFile, check_file
from rongxin.intake.columns import register_columns
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.records import actions as records
from rongxin.records.actions import Origin
from rongxin.rulebook import queries as rulebook
from rongxin.storage.staging import staged
from rongxin.subjects.registration import register

PERSON = "person"


@job(queue="bulk", title="校验批次")
def check_batch(progress: Progress, number: str) -> dict[str, Any]:
    """Check every row of a received batch; it then waits for release, or is finished when it brings nothing new."""
    batch = Batch.objects.get(number=number)
    if batch.state != BatchState.RECEIVED:
        return {"state": batch.state}
    policy = rulebook.by_digest(batch.policy_digest)
    kind = policy.kinds[batch.kind]
    try:
        checked = check_file(files.received_path(number), kind, policy, timezone.localdate(), phase=progress.phase)
    except Unreadable as unreadable:
        return _close_unreadable(batch, unreadable)
    progress.phase("保存结果", checked.problems.height)
    _write_files(batch, checked, kind)
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update(of=("self",)).select_related("provider", "submitted_by").get(number=number)
        )
        if batch.state != BatchState.RECEIVED:
            return {"state": batch.state}  # stopped in the meantime
        _keep_problems(batch, checked)
        if checked.accepted.is_empty() and not kind.credit.registers_subjects:
            # Nothing new would show, so nobody has to release it; that the rows were seen again is kept.
            records.append(checked.again, origin_of(batch, policy, kind, by=batch.submitted_by.username))
        _conclude(batch, checked)
    if batch.is_finished:
        files.drop_received(number)
    return {"state": batch.state, "rows": checked.rows}


@job(queue="bulk", title="入库")
def record_batch(progress: Progress, number: str) -> dict[str, Any]:
    """Make records of the rows of a released batch. Rows recorded before a killed worker are passed over."""
    batch = Batch.objects.select_related("provider", "decided_by").get(number=number)
    if batch.state != BatchState.RELEASED or batch.decided_by is None:
        return {"state": batch.state}
    policy = rulebook.by_digest(batch.policy_digest)
    kind = policy.kinds[batch.kind]
    rows = pl.read_parquet(files.accepted_path(number))
    progress.phase("入库", rows.height)
    if kind.credit.registers_subjects:
        source = f"{batch.provider.name} {number}"
        register(register_columns(rows, policy), source=source, on=timezone.localdate(batch.received_at))
    else:
        origin = origin_of(batch, policy, kind, by=batch.decided_by.username)
        records.append(rows, origin, advance=progress.advance)
    with transaction.atomic():
        batch.state = BatchState.RECORDED
        batch.recorded = batch.accepted
        batch.finished_at = timezone.now()
        batch.save(update_fields=["state", "recorded", "finished_at"])
    files.drop_received(number)
    return {"state": batch.state, "recorded": batch.recorded}


def origin_of(batch: Batch, policy: Policy, kind: RecordKind, *, by: str) -> Origin:
    """What the records of a batch share."""
    return Origin(
        batch=batch.number,
        provider=batch.provider,
        kind=kind.name,
        kind_digest=policy.kind_digest(kind.name),
        policy_digest=policy.digest,
        polarity=kind.credit.polarity,
        platform=environment.origin,
        released_by=by,
    )


def _close_unreadable(batch: Batch, unreadable: Unreadable) -> dict[str, Any]:
    with transaction.atomic():
        batch.state = BatchState.UNREADABLE
        batch.findings = [{"code": unreadable.code, "params": unreadable.params}]
        batch.checked_at = batch.finished_at = timezone.now()
        batch.save(update_fields=["state", "findings", "checked_at", "finished_at"])
    files.drop_received(batch.number)
    return {"state": batch.state}


def _write_files(batch: Batch, checked: CheckedFile, kind: RecordKind) -> None:
    """The return workbook, the blanked copy and the accepted rows; each put in place whole."""
    folder = files.accepted_path(batch.number).parent
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        making = Path(name)
        checked.accepted_and_again.write_parquet(making / "accepted")
        files.replace_whole(making / "accepted", files.accepted_path(batch.number))
        if checked.comes_back:
            write_return_workbook(
                making / "returned.xlsx", checked.sheet, checked.heads, checked.problems, checked.persons, kind
            )
            files.replace_whole(making / "returned.xlsx", files.return_path(batch.number))
        write_redacted_copy(making / "received", checked.sheet, checked.heads, checked.persons, kind)
        files.replace_whole(making / "received", files.copy_path(batch.number))


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
    params = "CAST(params AS jsonb)" if connection.vendor == "postgresql" else "params"
    with staged(pl.concat([found, persons]), "staged_problems") as cursor:
        cursor.execute(
            "INSERT INTO intake_rowproblem (batch_id, row, field, code, severity, value, params, suggestion) "
            f"SELECT %s, row, field, code, severity, value, {params}, suggestion FROM staged_problems ORDER BY row",
            [batch.pk],
        )


def _conclude(batch: Batch, checked: CheckedFile) -> None:
    nothing_new = checked.accepted.is_empty()
    batch.state = BatchState.NOTHING_NEW if nothing_new else BatchState.CHECKED
    batch.rows = checked.rows
    batch.accepted = checked.accepted.height
    batch.withheld = checked.withheld
    batch.rejected = checked.rejected
    batch.in_review = checked.in_review
    batch.refused_person = checked.refused_person
    batch.duplicates = checked.again.height
    batch.file_format = format_of(checked.sheet)
    batch.findings = [{"code": finding.code, "params": dict(finding.params)} for finding in checked.findings]
    batch.checked_at = timezone.now()
    batch.finished_at = batch.checked_at if nothing_new else None
    batch.save()


def format_of(sheet: Sheet) -> str:
    """Format and encoding as a clerk knows them: ``XLSX`` or ``CSV · GB18030``."""
    return sheet.format.upper() if not sheet.encoding else f"{sheet.format.upper()} · {sheet.encoding.upper()}"
