"""Names and codes from outside, resolved and explained without being kept: for the terminal."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from config.environment import environment
from rongxin.engine import cells
from rongxin.engine.candidate_reasons import sentence
from rongxin.engine.candidates import JUDGED_SCHEMA, PARTY_SCHEMA, candidates, wanted
from rongxin.engine.codes import normalise_codes
from rongxin.engine.problems import Language
from rongxin.engine.reading import read_table
from rongxin.engine.resolution import BY_CODE, BY_NAME, BY_NOTHING, BY_NUMBER
from rongxin.engine.sheets import column_name
from rongxin.subjects.models import Subject
from rongxin.subjects.pool import pool_for
from rongxin.subjects.showing import shown_name

SLICE: Final = 5_000
_HEADS: Final = {
    "name": ("name", "名称", "企业名称", "行政相对人名称", "单位名称"),
    "code": ("code", "uscc", "代码", "统一社会信用代码", "行政相对人代码_1（统一社会信用代码）"),
    "registration_number": ("registration_number", "注册号", "工商注册号"),
    "organisation_code": ("organisation_code", "组织机构代码"),
}


class NoColumns(ValueError):
    """The table has neither a column of names nor one of codes."""


@dataclass(frozen=True)
class Proposed:
    """A subject that a line may mean."""

    subject: Subject
    score: float
    reasons: list[dict[str, Any]]

    @property
    def codes(self) -> set[str]:
        """The codes of its reasons."""
        return {reason["code"] for reason in self.reasons}

    def as_json(self) -> dict[str, Any]:
        """Code, name, score and reasons."""
        reasons = [{key: value for key, value in reason.items() if value is not None} for reason in self.reasons]
        return {
            "uscc": self.subject.uscc,
            "name": shown_name(self.subject),
            "score": round(self.score, 4),
            "reasons": reasons,
        }


@dataclass(frozen=True)
class Line:
    """What came of one row. ``method``: how its first candidate is exactly the one (code, registration_number for any old
    number, name); none where only a person can tell.
    """

    row: int
    name: str
    code: str
    method: str
    candidates: tuple[Proposed, ...]

    def as_json(self) -> dict[str, Any]:
        """One object for each line of the answer."""
        return {
            "row": self.row,
            "name": self.name,
            "code": self.code,
            "method": self.method,
            "uscc": self.candidates[0].subject.uscc if self.method != BY_NOTHING else None,
            "candidates": [candidate.as_json() for candidate in self.candidates],
        }

    def told(self, language: Language) -> str:
        """The same for people."""
        head = f"{self.row}\t{self.name} {self.code}".rstrip()
        if not self.candidates:
            return f"{head}\n\t-"
        exact = self.method != BY_NOTHING
        sign = "＝" if exact else "？"
        shown = self.candidates[:1] if exact else self.candidates
        lines = [
            f"\t{sign} {each.subject.uscc} {shown_name(each.subject)} {sentence(each.reasons, language)}"
            for each in shown
        ]
        return "\n".join([head, *lines])


def resolve_file(file: Path) -> Iterable[Line]:
    """Every row of a table with a column of names or codes, in order. Raises NoColumns and engine.sheets.Unreadable."""
    sheet = read_table(file, row_limit=environment.row_limit)
    columns = _columns(sheet.heads)
    if not {"name", "code"} & set(columns):
        raise NoColumns
    given = {field: cells.stripped(sheet.frame[column_name(index)]) for field, index in columns.items()}
    filed = pl.DataFrame({"row": sheet.frame["row"], **given}).with_columns(
        pl.lit(None, pl.String).alias(field) for field in _HEADS if field not in columns
    )
    for part in filed.iter_slices(SLICE):
        yield from _resolved(part)


def _columns(heads: Iterable[str]) -> dict[str, int]:
    """Field → column, by the heads that people write."""
    plain = {head.strip().lower(): index for index, head in reversed(list(enumerate(heads)))}
    found = {field: [plain[head] for head in names if head in plain] for field, names in _HEADS.items()}
    return {field: places[0] for field, places in found.items() if places}


def _resolved(filed: pl.DataFrame) -> Iterable[Line]:
    parties = filed.select(
        pl.lit(cells.normalised_names(filed["name"])).replace("", None).alias("name"),
        *(pl.lit(normalise_codes(filed[code])).replace("", None).alias(code) for code in list(_HEADS)[1:]),
        region=pl.lit(None, pl.String),
    ).with_row_index("at")
    parties = parties.select(PARTY_SCHEMA.keys())
    found = candidates(parties, pool_for(wanted(parties)), pl.DataFrame(schema=JUDGED_SCHEMA))
    subjects = Subject.objects.in_bulk(found["subject"].unique().to_list())
    by_row = found.partition_by("at", as_dict=True)
    for at, (row, name, code) in enumerate(filed.select("row", "name", "code").iter_rows()):
        proposed = by_row.get((at,))
        lines = proposed.iter_rows(named=True) if proposed is not None else ()
        told = tuple(Proposed(subjects[line["subject"]], line["score"], line["reasons"]) for line in lines)
        yield Line(row, name or "", code or "", _method(told, bool(name)), told)


def _method(proposed: tuple[Proposed, ...], has_name: bool) -> str:
    """How the first candidate is exactly the one: by its code, by an old number under its name, by a name it bears alone."""
    if not proposed:
        return BY_NOTHING
    first = proposed[0].codes
    same_name = "name_equal" in first
    if "code_equal" in first and (same_name or not has_name):
        return BY_CODE
    if "code_not_filed" not in first or not same_name:
        return BY_NOTHING
    if "number_equal" in first:
        return BY_NUMBER
    alone = sum("name_equal" in candidate.codes for candidate in proposed) == 1
    return BY_NAME if alone and "number_unlike" not in first else BY_NOTHING
