"""What reading gives: a sheet of text cells with the clerk's own row numbers, or the reason why there is none."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

ROW = "row"
ROW_FINDINGS_SCHEMA = {ROW: pl.UInt32, "code": pl.String, "params": pl.String}

Format = Literal["csv", "xlsx", "xls", "xlsb", "ods", "html", "xml"]
"""``xlsx`` also with macros, ``html`` a web page saved as XLS, ``xml`` the XML spreadsheet of 2003."""

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

COLUMN_LIMIT = 512
CELL_LIMIT = 1 << 20  # bytes; a table programme allows 32,767 characters
HEAD_SEARCH_ROWS = 20
HEADS_TO_RECOGNISE = 3

SHEET_ROWS = 2_000_000
"""Rows of the k-th worksheet that is read are numbered ``k * SHEET_ROWS + row``."""

SHEET_LIMIT = 1_000
"""Worksheets read as one table, so that row numbers stay within four bytes; more are told as unread."""

SAMPLE_MARK = "【示例】"
"""A row whose first filled cell begins with this is a sample in a template and no data."""

MARKS_SHEET = "_rongxin"
"""The very hidden worksheet in which our own workbooks say what they are, as rows of key and value."""

OWN_SHEETS = frozenset({"填报说明", "更正说明", "拒收行"})
"""Worksheets of our own workbooks that are no table and need not be told as unread; as little as hidden ones with _."""


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
    String column ``c0`` … ``cN`` per head, in file order; rows without any content are left out. ``sheets``: the
    worksheets that were read, in the order of their row numbers (:data:`SHEET_ROWS`, :func:`row_label`); empty for a
    text file. ``head_row``: the last row of the head, on the first of them. ``row_findings``: row, code, params
    (JSON). ``marks``: what one of our own workbooks says of itself (:data:`MARKS_SHEET`); to be taken as a hint, for
    anyone can write it. ``delimiter`` and ``encoding`` are empty for a workbook. ``aside``: the rows where they were put
    aside; ``frame`` has no columns then.
    """

    frame: pl.DataFrame
    heads: tuple[str, ...]
    format: Format
    encoding: str
    delimiter: str
    head_row: int
    findings: tuple[FileFinding, ...]
    row_findings: pl.DataFrame
    sheets: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    aside: pl.LazyFrame | None = None

    @property
    def rows(self) -> pl.LazyFrame:
        """The rows of ``frame``, wherever they are."""
        return self.frame.lazy() if self.aside is None else self.aside

    @property
    def may_hold_numbers(self) -> bool:
        """Whether a table programme may have kept codes as binary numbers."""
        return self.format in ("xlsx", "xls", "xlsb", "ods", "xml")


def row_label(row: int, sheets: Sequence[str], language: Literal["zh", "en"] = "zh") -> str:
    """The place of a row as a clerk finds it: 第 5 行, and where several worksheets were read 〈二季度〉第 5 行."""
    sheet, number = divmod(row, SHEET_ROWS) if len(sheets) > 1 else (0, row)
    place = f"第 {number} 行" if language == "zh" else f"row {number}"
    if len(sheets) < 2:
        return place
    return f"〈{sheets[sheet]}〉{place}" if language == "zh" else f"{place} of “{sheets[sheet]}”"


def cell_too_large() -> Unreadable:
    """The refusal of a file with a cell above :data:`CELL_LIMIT`."""
    return Unreadable("cell_too_large", limit=f"{CELL_LIMIT >> 20} MB")


def refuse_large_cells(frame: pl.DataFrame) -> None:
    """Unreadable with ``cell_too_large`` where a cell is above :data:`CELL_LIMIT`."""
    longest = frame.select(pl.col(pl.String).str.len_bytes().max())
    if longest.height and any((length or 0) > CELL_LIMIT for length in longest.row(0)):
        raise cell_too_large()


def with_heads(frame: pl.DataFrame, heads: Sequence[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The frame without empty columns behind the last head, and a head for every column that is left ("" for none)."""
    columns = frame.width - 1
    while columns > len(heads) and not _has_content(frame[column_name(columns - 1)]):
        columns -= 1
    padded = (*heads, *[""] * columns)[:columns]
    return frame.select(ROW, *map(column_name, range(columns))), padded


def _has_content(cells: pl.Series) -> bool:
    return bool((cells.str.strip_chars() != "").any())


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
