"""What came of a file, for the terminal and for machines."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.engine.problems import message, person_code
from rongxin.engine.returning import write_return_workbook
from rongxin.engine.sheets import Unreadable
from rongxin.intake import files
from rongxin.intake.checking import COMES_BACK, CheckedFile, check_file
from rongxin.intake.jobs import PERSON
from rongxin.intake.mapping.known import circumstances
from rongxin.intake.models import Batch, BatchState, Channel, RowProblem
from rongxin.intake.receiving import NoSuchKind, receive
from rongxin.policy.kinds import RecordKind
from rongxin.rulebook import queries as rulebook


@dataclass(frozen=True)
class RowError:
    """One reason why a row did not pass. Rows about natural persons give number and reason only.

    ``field`` is the field's name in the record kind, ``title`` what the standard calls the column; both empty when the whole row is
    meant.
    """

    row: int
    field: str
    title: str
    code: str
    message: str

    def as_json(self) -> dict[str, Any]:
        """The four fields."""
        return {"row": self.row, "field": self.field, "code": self.code, "message": self.message}


@dataclass(frozen=True)
class Report:
    """Counts of rows, and every error. ``batch`` is empty for a dry run; ``unreadable`` says why there are no rows."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    refused_person: int = 0
    duplicates: int = 0
    in_review: int = 0
    errors: tuple[RowError, ...] = ()
    warnings: int = 0
    batch: str = ""
    state: str = ""
    unreadable: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One object; ``batch``, ``state`` and ``unreadable`` only where they say something."""
        counts = ("rows", "accepted", "rejected", "refused_person", "duplicates", "in_review", "warnings")
        told: dict[str, Any] = {name: getattr(self, name) for name in counts}
        told["errors"] = [error.as_json() for error in self.errors]
        for name in ("batch", "state", "unreadable"):
            if value := getattr(self, name):
                told[name] = value
        return told

    def lines(self) -> Iterator[str]:
        """The same for people."""
        if self.unreadable:
            yield f"无法读取：{self.unreadable['message']}"
            return
        yield (
            f"{self.rows} 行 = 可入库 {self.accepted} + 退回 {self.rejected} + 拒收自然人 {self.refused_person} "
            f"+ 待核归属 {self.in_review} + 已有 {self.duplicates}"
        )
        for error in self.errors:
            yield f"  第 {error.row} 行 {error.title}：{error.message}"
        if self.batch:
            yield f"批次 {self.batch}：{BatchState(self.state).label}"


def of_dry_run(file: Path, *, kind: str, provider: Department, errors: Path | None) -> Report:
    """Check ``file`` and keep nothing. Raises NoSuchKind."""
    policy = rulebook.current()
    if kind not in policy.kinds:
        raise NoSuchKind(kind)
    chosen = policy.kinds[kind]
    try:
        checked = check_file(file, chosen, policy, timezone.localdate(), about=circumstances(provider, kind))
    except Unreadable as unreadable:
        return _unreadable(unreadable.code, unreadable.params)
    if errors and checked.comes_back:
        write_return_workbook(errors, checked.sheet, checked.heads, checked.problems, checked.persons, chosen)
    warned = checked.problems.filter(~pl.col("severity").is_in(COMES_BACK))
    return Report(
        rows=checked.rows,
        accepted=checked.accepted.height,
        rejected=checked.rejected,
        refused_person=checked.refused_person,
        duplicates=checked.again.height,
        in_review=checked.in_review,
        errors=_errors(checked, chosen),
        warnings=warned.height,
    )


def _errors(checked: CheckedFile, kind: RecordKind) -> tuple[RowError, ...]:
    found = [
        _error(row["row"], row["field"] or "", row["code"], json.loads(row["params"] or "{}"), kind)
        for row in checked.problems.filter(pl.col("severity").is_in(COMES_BACK)).iter_rows(named=True)
    ]
    found += [
        _error(row["row"], "", person_code(row["reason"]), {}, kind) for row in checked.persons.iter_rows(named=True)
    ]
    return tuple(sorted(found, key=lambda error: error.row))


def _error(row: int, field: str, code: str, params: dict[str, Any], kind: RecordKind) -> RowError:
    title = kind.fields[field].title if field in kind.fields else field
    return RowError(row, field, title, code, message(code, params, "zh"))


def of_batch(file: Path, *, kind: str, provider: Department, by: Account, errors: Path | None) -> Report:
    """Keep ``file`` as a batch, check it at once, and tell what came of it."""
    receipt = receive(
        files.parts_of(file),
        file_name=file.name,
        kind=kind,
        provider=provider,
        by=by,
        channel=Channel.COMMAND,
        check_now=True,
    )
    batch = receipt.batch
    if batch.state in (BatchState.UNREADABLE, BatchState.MAPPING):
        return _unreadable(batch.findings[0]["code"], batch.findings[0]["params"])
    if errors and files.return_path(batch.number).exists():
        shutil.copyfile(files.return_path(batch.number), errors)
    return of_checked(batch)


def of_checked(batch: Batch) -> Report:
    """What came of a checked batch, from what is kept of it."""
    kind = rulebook.by_digest(batch.policy_digest).kinds[batch.kind]
    problems = RowProblem.objects.filter(batch=batch).order_by("row", "pk")
    found = tuple(
        _error(problem.row, problem.field, problem.code, problem.params, kind)
        for problem in problems.filter(severity__in=(*COMES_BACK, PERSON))
    )
    return Report(
        rows=batch.rows,
        accepted=batch.accepted,
        rejected=batch.rejected,
        refused_person=batch.refused_person,
        duplicates=batch.duplicates,
        in_review=batch.in_review,
        errors=found,
        warnings=problems.filter(severity="warn").count(),
        batch=batch.number,
        state=batch.state,
    )


def _unreadable(code: str, params: dict[str, Any]) -> Report:
    return Report(unreadable={"code": code, "message": message(code, params, "zh")})
