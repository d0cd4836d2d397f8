"""Taking a whole register in from the terminal: the operator's way to begin."""

import gzip
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils import timezone

from rongxin.engine.problems import message
from rongxin.engine.returning import write_return_workbook
from rongxin.intake.checking import COMES_BACK, check_file
from rongxin.intake.columns import register_columns
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.registration import register

KIND = "registration"


@dataclass(frozen=True)
class Imported:
    """What became of a register's rows; ``reasons`` counts why rows were refused, the most frequent first."""

    rows: int
    new: int
    renamed: int
    known: int
    rejected: int
    refused_person: int
    reasons: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        fields = ("rows", "new", "renamed", "known", "rejected", "refused_person")
        return {name: getattr(self, name) for name in fields} | {"reasons": dict(self.reasons)}


def import_register(file: Path, *, errors: Path | None = None) -> Imported:
    """Check the rows of ``file`` (CSV, CSV.GZ, XLSX) as the kind ``registration`` and enter the good ones.

    A row whose code only warns is entered; one that would need a person's judgement is refused here, with its reasons in
    ``errors``. Raises engine.reading.Unreadable when the file is no register.
    """
    policy = rulebook.current()
    kind = policy.kinds[KIND]
    today = timezone.localdate()
    with tempfile.TemporaryDirectory() as name:
        plain = _unpacked(file, Path(name))
        checked = check_file(plain, kind, policy, today)
        if errors and checked.comes_back:
            write_return_workbook(errors, checked.sheet, checked.heads, checked.problems, checked.persons, kind)
    entered = register(register_columns(checked.accepted, policy), source=file.name, on=today)
    back = checked.problems.filter(pl.col("severity").is_in(COMES_BACK))
    reasons = Counter(message(code, {}, "zh") for code in back.unique(["row", "code"])["code"])
    return Imported(
        rows=checked.rows,
        new=entered.new,
        renamed=entered.renamed,
        known=entered.known,
        rejected=checked.rejected + checked.in_review,
        refused_person=checked.refused_person,
        reasons=tuple(reasons.most_common()),
    )


def _unpacked(file: Path, folder: Path) -> Path:
    if file.suffix != ".gz":
        return file
    plain = folder / file.stem
    with gzip.open(file) as packed, plain.open("wb") as out:
        shutil.copyfileobj(packed, out, 1 << 20)
    return plain
