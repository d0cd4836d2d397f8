"""What goes back to the clerk, and what is kept of a received table.

The return workbook holds the failing rows under the clerk's own heads, so that it can be corrected and sent again as
it is. Both files hold nothing that is not kept otherwise: identity documents, identity and telephone numbers are
hidden, personal names masked.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from rongxin.engine import cells as cell
from rongxin.engine.heads import ORIGIN_HEAD, REASON_HEAD, HeadMatch
from rongxin.engine.marks import Lists, Marks, write_marks
from rongxin.engine.problems import message, person_code, suggestion
from rongxin.engine.sheets import ROW, SHEET_ROWS, Sheet, column_name, row_label
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, StepSeverity
from rongxin.primitives.names import mask_person
from rongxin.primitives.resident_id import HIDDEN

REFUSED_SHEET: Final = "拒收行"
NOTES_SHEET: Final = "更正说明"
LONGEST_CELL: Final = 32_767
"""Characters that the workbook format allows in a cell."""

COMMENTS: Final = 2_000
"""Cells that carry their suggestion as a comment; beyond, table programmes become slow, and the reason says it anyway."""

_FAILING: Final = (StepSeverity.REFUSE.value, StepSeverity.REVIEW.value)
_MARK: Final = {"bg_color": "#FFE3E0", "num_format": "@"}
_HEAD: Final = {"bold": True, "bg_color": "#EDF3FB", "border": 1, "text_wrap": True}
_REASON: Final = {"font_color": "#9B1C1C", "text_wrap": True}
_TEXT: Final = {"num_format": "@"}
_REASON_WIDTH: Final = 60
_WIDTH: Final = 16
_PLACE: Final = re.compile(r"^(?:〈(.+)〉)?(?:第)? *([0-9]{1,7}) *行?$")
_NOTES: Final = (
    "标红的单元格是要改的地方，“退回原因”写明每一行的全部原因；单元格批注里有建议的值。",
    "改好以后保存，把这个文件原样再传一次，就接着原来的批次办理。",
    "列名和列的顺序不要改；“退回原因”“原文件行号”两列不用改，也不用删。",
    "只改了一部分也可以先传：改好的入库，没改好的再退回。",
    "不需要再报的行，整行删除即可。同一行传两次不会重复入库。",
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the return workbook says beside the rows: ``marks`` by which it is known when it comes back; ``origins``: row of
    this file → its place in the first file, for a file that was corrected before.
    """

    marks: Marks | None = None
    origins: Mapping[int, str] | None = None


def write_return_workbook(
    path: Path,
    sheet: Sheet,
    heads: HeadMatch,
    problems: pl.DataFrame,
    persons: pl.DataFrame,
    kind: RecordKind,
    returned: Returned | None = None,
) -> None:
    """Write the rows that were refused or wait for a person, each with all its reasons, to the workbook at ``path``.

    Every cell is text, so codes stay whole and formulas do nothing. Cells with a problem are marked and carry the value
    that is suggested; columns with a list of values offer it. A field that is missing and has no column gets one. Rows
    about natural persons stand on a sheet of their own, with number and reason only.
    """
    failing = problems.filter(pl.col("severity").is_in(_FAILING))
    shown = [index for index, head in enumerate(sheet.heads) if head not in (REASON_HEAD, ORIGIN_HEAD)]
    added = _added(failing, heads, kind)
    rows = _shareable(sheet, heads, kind).join(failing.select(ROW).unique(), on=ROW, how="semi", maintain_order="left")
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        page = book.add_worksheet(kind.title.zh[:31])
        lists = Lists(book)
        table = _Table(book, page, shown, added, failing, kind)
        table.write_heads(sheet.heads)
        fields = heads.fields_by_column()
        for place, name in enumerate([fields.get(index, "") for index in shown] + added):
            if name:
                lists.offer(page, place, rows.height, _values_offered(kind.fields[name], heads))
        reasons = _reasons(failing, kind)
        origins = (returned.origins if returned else None) or {}
        for line, (row, *cells) in enumerate(rows.select(ROW, *map(column_name, shown)).iter_rows(), start=1):
            stood = origins.get(row) or _place(row, sheet.sheets)
            table.write_row(line, row, cells)
            page.write_string(line, table.width, f"原{_named(stood)}。{reasons[row]}"[:LONGEST_CELL], table.told)
            page.write_string(line, table.width + 1, stood, table.text)
        if persons.height:
            _write_persons(book.add_worksheet(REFUSED_SHEET), persons, sheet.sheets, table.head)
        _write_notes(book.add_worksheet(NOTES_SHEET))
        lists.write()
        if returned and returned.marks:
            write_marks(book, returned.marks)


class _Table:
    """The sheet with the rows: the clerk's columns, the added ones, the reason, the place in the first file."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        page: Worksheet,
        shown: Sequence[int],
        added: Sequence[str],
        failing: pl.DataFrame,
        kind: RecordKind,
    ) -> None:
        self.page, self.shown, self.added, self.kind = page, shown, added, kind
        self.head, self.text, self.mark, self.told = (
            book.add_format(style) for style in (_HEAD, _TEXT, _MARK, _REASON)
        )
        self.width = len(shown) + len(added)
        self.marked = set(failing.drop_nulls("column").select(ROW, "column").iter_rows())
        self.lacking = set(failing.filter(pl.col("field").is_in(added)).select(ROW, "field").iter_rows())
        suggested = failing.drop_nulls(["suggestion", "column"]).head(COMMENTS)
        self.suggested = {
            (row, column): value for row, column, value in suggested.select(ROW, "column", "suggestion").iter_rows()
        }

    def write_heads(self, heads: Sequence[str]) -> None:
        """The head row, every column as text."""
        self.page.freeze_panes(1, 0)
        self.page.set_column(0, max(self.width - 1, 0), _WIDTH, self.text)
        self.page.set_column(self.width, self.width, _REASON_WIDTH)
        self.page.set_column(self.width + 1, self.width + 1, _WIDTH)
        names = [heads[index] for index in self.shown] + [self.kind.fields[name].title for name in self.added]
        for place, name in enumerate((*names, REASON_HEAD, ORIGIN_HEAD)):
            self.page.write_string(0, place, name, self.head)

    def write_row(self, line: int, row: int, cells: Sequence[str | None]) -> None:
        """The cells of a row; empty ones only where something is to be filled in."""
        for place, value in enumerate(cells):
            wrong = (row, self.shown[place]) in self.marked
            if value or wrong:
                self.page.write_string(line, place, (value or "")[:LONGEST_CELL], self.mark if wrong else self.text)
            advice = self.suggested.get((row, self.shown[place]))
            if advice:
                self.page.write_comment(line, place, f"建议：{advice}")
        for place, name in enumerate(self.added, start=len(self.shown)):
            if (row, name) in self.lacking:
                self.page.write_string(line, place, "", self.mark)


def _added(failing: pl.DataFrame, heads: HeadMatch, kind: RecordKind) -> list[str]:
    """Fields that are to be filled in and have no column in the file, in the order of the kind."""
    wanted = set(failing.filter(pl.col("column").is_null())["field"].drop_nulls())
    return [
        name
        for name, field in kind.fields.items()
        if name in wanted and name not in heads.columns and field.credit.field_class != FieldClass.DISCARD
    ]


def _values_offered(field: KindField, heads: HeadMatch) -> Sequence[str]:
    """The list of a column: the values of its own layout, where that explains them."""
    if heads.layout and field.name in heads.layout.values:
        return [value for value in heads.layout.values[field.name] if value]
    # A cell that may hold several values cannot be bound to a list.
    return () if field.credit.several else field.constraints.enum or ()


def _reasons(failing: pl.DataFrame, kind: RecordKind) -> dict[int, str]:
    """All reasons of each row, with what to do and the value that is suggested."""
    titles = {name: f"{field.title}：" for name, field in kind.fields.items()}
    reasons: dict[int, list[str]] = {}
    for row, field, code, params, advice in failing.select(ROW, "field", "code", "params", "suggestion").iter_rows():
        known = json.loads(params)
        told = f"{titles.get(field, '')}{message(code, known, 'zh')}。{suggestion(code, known, 'zh')}。"
        reasons.setdefault(row, []).append(f"{told}建议：{advice}。" if advice else told)
    return {row: "".join(told) for row, told in reasons.items()}


def _place(row: int, sheets: Sequence[str]) -> str:
    return row_label(row, sheets) if len(sheets) > 1 else str(row)


def _named(place: str) -> str:
    return f"第 {place} 行" if place.isdecimal() else place


def places(cells: pl.Series, sheets: Sequence[str]) -> pl.Series:
    """Rows of the first file (UInt32) from the cells of its places; null where a cell names none. ``sheets``: those of the
    first file.
    """
    read = {text: _row_at(text, sheets) for text in cells.drop_nulls().unique()}
    known = {text: row for text, row in read.items() if row is not None}
    if not known:
        return pl.Series(cells.name, [None], dtype=pl.UInt32).new_from_index(0, cells.len())
    return cells.replace_strict(known, default=None, return_dtype=pl.UInt32)


def _row_at(text: str, sheets: Sequence[str]) -> int | None:
    found = _PLACE.match(text.strip())
    if found is None:
        return None
    name, number = found.group(1), int(found.group(2))
    if name is None:
        return number
    return list(sheets).index(name) * SHEET_ROWS + number if name in sheets else None


def _write_persons(page: Worksheet, persons: pl.DataFrame, sheets: Sequence[str], head: Format) -> None:
    page.set_column(1, 2, _REASON_WIDTH)
    for place, name in enumerate(("行号", "原因", "办法")):
        page.write_string(0, place, name, head)
    for line, (row, reason) in enumerate(persons.select(ROW, "reason").iter_rows(), start=1):
        code = person_code(reason)
        for place, value in enumerate((_place(row, sheets), message(code, {}, "zh"), suggestion(code, {}, "zh"))):
            page.write_string(line, place, value)


def _write_notes(page: Worksheet) -> None:
    page.set_column(0, 0, 100)
    for line, text in enumerate(_NOTES):
        page.write_string(line, 0, text)


def write_redacted_copy(path: Path, sheet: Sheet, heads: HeadMatch, persons: pl.DataFrame, kind: RecordKind) -> None:
    """Write the received table to ``path`` as CSV (UTF-8 with mark), row numbers as in the file, without what must
    not be kept. Of several worksheets one after another, the place of each row stands in the first column.

    Refused person rows and columns that are not kept are blank, personal names masked, identity and telephone numbers
    hidden.
    """
    discarded = [name for name, field in _fields(heads, kind).items() if field.credit.field_class == FieldClass.DISCARD]
    kept = _shareable(sheet, heads, kind).with_columns(pl.lit(None, pl.String).alias(name) for name in discarded)
    kept = kept.join(persons.select(ROW), on=ROW, how="anti", maintain_order="left")
    if len(sheet.sheets) > 1:
        labels = pl.Series(ROW, [row_label(row, sheet.sheets) for row in kept[ROW]], dtype=pl.String)
        _write_csv(path, ["行", *sheet.heads], kept.with_columns(labels), blank_lines=0)
        return
    lines = pl.int_range(sheet.head_row + 1, int(sheet.frame[ROW].to_list()[-1]) + 1, dtype=pl.UInt32, eager=True)
    whole = pl.DataFrame({ROW: lines}).join(kept, on=ROW, how="left", maintain_order="left").drop(ROW)
    _write_csv(path, sheet.heads, whole, blank_lines=sheet.head_row - 1)


def _write_csv(path: Path, heads: Sequence[str], rows: pl.DataFrame, *, blank_lines: int) -> None:
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(heads)
    with path.open("wb") as file:
        file.write(("\n" * blank_lines + head.getvalue()).encode("utf-8-sig"))
        rows.write_csv(file, include_header=False)


def _shareable(sheet: Sheet, heads: HeadMatch, kind: RecordKind) -> pl.DataFrame:
    """The sheet with identity documents and all numbers of persons hidden and personal names masked."""
    fields = _fields(heads, kind)
    columns = [_hidden(sheet.frame[name], fields.get(name)) for name in sheet.frame.columns if name != ROW]
    return pl.DataFrame([sheet.frame[ROW], *columns])


def _hidden(cells: pl.Series, field: KindField | None) -> pl.Series:
    match field.credit.field_class if field else None:
        case FieldClass.DISCARD:
            return cells.set(cells.str.strip_chars() != "", HIDDEN)
        case FieldClass.PERSONAL:
            return cell.by_value(cells, mask_person, pl.String()).alias(cells.name)
        case _:
            return cell.without_numbers(cells)


def _fields(heads: HeadMatch, kind: RecordKind) -> dict[str, KindField]:
    """The field of each column of the sheet that has one."""
    return {column_name(index): kind.fields[name] for index, name in heads.fields_by_column().items()}
