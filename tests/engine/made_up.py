"""Made-up tables for the engine's tests: kinds, the code ladder, rows that are right until a test makes them wrong."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from ruamel.yaml import YAML

from rongxin.engine.heads import known_heads, require_heads
from rongxin.engine.reading import Sheet, read_table
from rongxin.engine.resolution import Register, Resolved, resolve
from rongxin.engine.validation import Checked, validate
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from rongxin.primitives import uscc
from rongxin.primitives.divisions import DEMONSTRATION, Divisions

TODAY = date(2026, 11, 22)
DIVISIONS = Divisions()
ROW_LIMIT = 100_000
KINDS = Path(__file__).parents[2] / "policies" / "national" / "kinds"

LADDER = {
    "format": StepSeverity.REFUSE,
    "alphabet": StepSeverity.REFUSE,
    "check_character": StepSeverity.REVIEW,
    "organisation_code": StepSeverity.REVIEW,
    "division": StepSeverity.WARN,
    "registered": StepSeverity.REVIEW,
    "name_agrees": StepSeverity.REVIEW,
}


@cache
def kind_named(name: str) -> RecordKind:
    """A kind of the national pack."""
    return kind_of(YAML(typ="safe").load((KINDS / f"{name}.yaml").read_text(encoding="utf-8")))


def kind_of(description: Mapping[str, Any]) -> RecordKind:
    """A kind from its description, as a pack file gives it."""
    return RecordKind.model_validate_json(json.dumps(description))


def small_kind(*fields: Mapping[str, Any], **credit: Any) -> RecordKind:
    """A neutral kind about one act of an organisation, with ``fields`` beside party, authority and document."""
    own = (
        {"name": "party_name", "title": "名称", "type": "string"},
        {"name": "party_uscc", "title": "代码", "type": "uscc"},
        {"name": "authority", "title": "机关", "type": "string"},
        {"name": "document_no", "title": "文号", "type": "string"},
        {"name": "decided_on", "title": "决定日期", "type": "date"},
    )
    block = {
        "version": "1",
        "polarity": "neutral",
        "party": {"name": "party_name", "uscc": "party_uscc", "person_words": ["自然人"]},
        "envelope": {"authority": "authority", "document_number": "document_no", "decided_on": "decided_on"},
        "provider": {"zh": "示例单位", "en": "Example unit"},
        "display": [
            {"severity": "none", "display": "public", "basis": {"document": "example", "reading": "C"}},
        ],
        **credit,
    }
    return kind_of(
        {
            "name": "example",
            "title": {"zh": "示例记录", "en": "Example record"},
            "schema": {"fields": [*own, *fields]},
            "x-credit": block,
        }
    )


def code(number: int, department: str = "9", category: str = "1") -> str:
    """A made-up unified code with both check characters right, of the demonstration division."""
    return uscc.make(department, category, DEMONSTRATION, f"{number:08d}")


AUTHORITY = "示例市市场监督管理局"
AUTHORITY_CODE = code(70_000_001, "1", "1")


def penalty(number: int = 1, /, **changes: str) -> dict[str, str]:
    """A penalty that is right in every respect, by field name."""
    return {
        "party_name": f"示例贸易{number}有限公司",
        "party_category": "法人及非法人组织",
        "party_uscc": code(10_000_000 + number),
        "legal_representative": "林示例",
        "penalty_document_no": f"示市监罚〔2026〕{number}号",
        "violation_type": "违反示例法第一条",
        "violation_facts": "抽检不合格",
        "penalty_basis": "示例法第二条",
        "penalty_category": "罚款",
        "penalty_content": "罚款8000元",
        "fine_amount_10k": "0.8",
        "penalty_decision_date": "2026-10-12",
        "penalty_valid_to": "2027-10-12",
        "penalty_authority": AUTHORITY,
        "penalty_authority_uscc": AUTHORITY_CODE,
        "source_unit": AUTHORITY,
        "source_unit_uscc": AUTHORITY_CODE,
        **changes,
    }


def as_csv(rows: Iterable[Mapping[str, str]], kind: RecordKind) -> bytes:
    """Rows by field name as a CSV file under the kind's own heads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.title for field in kind.table.fields)
    writer.writerows([row.get(name, "") for name in kind.fields] for row in rows)
    return text.getvalue().encode()


def read(content: bytes, folder: Path, *kinds: RecordKind, name: str = "table.csv") -> Sheet:
    """The sheet of a file with this content."""
    path = folder / name
    path.write_bytes(content)
    return read_table(path, row_limit=ROW_LIMIT, known_heads=known_heads(kinds))


def checked(sheet: Sheet, kind: RecordKind, ladder: Mapping[str, StepSeverity] = LADDER) -> Checked:
    """The sheet judged."""
    return validate(sheet, require_heads(sheet.heads, kind), kind, today=TODAY, divisions=DIVISIONS, ladder=ladder)


def check(rows: Iterable[Mapping[str, str]], folder: Path, kind: RecordKind) -> Checked:
    """Rows by field name, written, read and judged."""
    return checked(read(as_csv(rows, kind), folder, kind), kind)


def codes_of(problems: pl.DataFrame, row: int | None = None) -> list[tuple[str | None, str]]:
    """(field, code) of every problem, or of those of one row."""
    wanted = problems if row is None else problems.filter(pl.col("row") == row)
    return [(field, found) for field, found in wanted.select("field", "code").iter_rows()]


def register(*subjects: tuple[int, str, str], former: Iterable[tuple[int, str]] = (), **more: Any) -> Register:
    """A register of (subject, code, present name), with ``former`` names and ``numbers`` (kind, value, subject)."""
    names = [(name, subject, True) for subject, _, name in subjects] + [
        (name, subject, False) for subject, name in former
    ]
    codes = [("uscc", uscc_, subject) for subject, uscc_, _ in subjects]
    return Register(
        identifiers=pl.DataFrame(
            [*codes, *more.get("numbers", ())],
            schema={"kind": pl.String, "value": pl.String, "subject": pl.Int64},
            orient="row",
        ),
        names=pl.DataFrame(
            names, schema={"name_normalised": pl.String, "subject": pl.Int64, "current": pl.Boolean}, orient="row"
        ),
        subjects=pl.DataFrame(
            [(subject, uscc_, name, uscc_.startswith("92")) for subject, uscc_, name in subjects],
            schema={"subject": pl.Int64, "uscc": pl.String, "name": pl.String, "is_sole_trader": pl.Boolean},
            orient="row",
        ),
    )


def resolved(judged: Checked, known: Register, name_alone: StepSeverity = StepSeverity.REVIEW) -> Resolved:
    """The judged table with subjects, by the settings of the national pack."""
    return resolve(
        judged,
        known,
        ladder=LADDER,
        name_alone={"other": name_alone},
        check_character_when_registered=StepSeverity.WARN,
    )
