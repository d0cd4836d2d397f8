"""Trying a table without keeping anything: for a form while it is typed."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.problems import person_code
from rongxin.intake.checking import NOTHING_KNOWN, check_file
from rongxin.intake.mapping.known import circumstances
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from rongxin.rulebook import queries as rulebook


@dataclass(frozen=True)
class Found:
    """Why a row would be refused; ``field`` is empty when it concerns the whole row."""

    field: str
    code: str
    params: dict[str, Any]
    suggestion: str


def problems_of(table: bytes, kind: RecordKind, provider: Department | None = None) -> list[Found]:
    """Why rows of ``table`` would be refused; what only waits for a judgement or warns is no obstacle here.

    Raises engine.reading.Unreadable.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.csv"
        path.write_bytes(table)
        about = circumstances(provider, kind.name) if provider else NOTHING_KNOWN
        checked = check_file(path, kind, rulebook.current(), timezone.localdate(), about=about)
    refused = checked.problems.filter(pl.col("severity") == StepSeverity.REFUSE.value)
    found = [
        Found(row["field"] or "", row["code"], json.loads(row["params"] or "{}"), row["suggestion"] or "")
        for row in refused.iter_rows(named=True)
    ]
    persons = [Found("", person_code(row["reason"]), {}, "") for row in checked.persons.iter_rows(named=True)]
    return found + persons
