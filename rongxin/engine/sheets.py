"""What reading gives: a sheet of text cells with the clerk's own row numbers, or the reason why there is none."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

ROW = "row"
ROW_FINDINGS_SCHEMA = {ROW: pl.UInt32, "code": pl.String, "params": pl.String}

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

COLUMN_LIMIT = 512
HEAD_SEARCH_ROWS = 10
HEADS_TO_RECOGNISE = 3


@dataclass(frozen=True, slots=True)
class FileFinding:
    """Something worth telling about the whole file: its code in :mod:`rongxin.engine.problems` and the particulars."""

    code: str
    params: Mapping[str, str]


class Unreadable(Exception):
    """The file as a whole gives no table: ``code`` of :mod:`rongxin.engine.problems`, ``params`` of its message."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Sheet:
    """A received table, nothing cleaned yet.

    ``frame``: column ``row`` (UInt32, the row number that a table programme shows; the head row counts) and one
    String column ``c0`` … ``cN`` per head, in file order; rows without any content are left out. ``row_findings``:
    row, code, params (JSON). ``delimiter`` and ``encoding`` are empty for a workbook.
    """

    frame: pl.DataFrame
    heads: tuple[str, ...]
    format: Literal["csv", "xlsx"]
    encoding: str
    delimiter: str
    head_row: int
    findings: tuple[FileFinding, ...]
    row_findings: pl.DataFrame


def column_name(index: int) -> str:
    """The name of a file column in :attr:`Sheet.frame`."""
    return f"c{index}"


def params_text(params: Mapping[str, str]) -> str:
    """Particulars of a finding as canonical JSON text."""
    return _CANONICAL.encode(dict(params))


def row_findings(found: Iterable[tuple[int, str, Mapping[str, str]]]) -> pl.DataFrame:
    """The frame of :attr:`Sheet.row_findings` for (row, code, params), ordered by row and code."""
    rows = [(row, code, params_text(params)) for row, code, params in found]
    return pl.DataFrame(rows, schema=ROW_FINDINGS_SCHEMA, orient="row").sort(ROW, "code")
