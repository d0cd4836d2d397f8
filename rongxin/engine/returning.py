"""What goes back to the clerk, and what is kept of a received table.

The return workbook holds the failing rows under the clerk's own heads, so that it can be corrected and sent again as
it is. Both files hold nothing that is not kept otherwise: identity documents, identity and telephone numbers are
hidden, personal names masked.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from rongxin.engine import cells as cell
from rongxin.engine.aside import completed, slices
from rongxin.engine.heads import ORIGIN_HEAD, REASON_HEAD, HeadMatch
from rongxin.engine.layouts import values_offered
from rongxin.engine.marks import Lists, Marks, write_marks
from rongxin.engine.problems import message, person_code, suggestion
from rongxin.engine.sheet_body import Column, Rows, fill_sheet, write_model_row
from rongxin.engine.sheets import ROW, SHEET_ROWS, Sheet, column_name, row_label
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, StepSeverity
from rongxin.primitives.names import mask_person
from rongxin.primitives.resident_id import HIDDEN

REFUSED_SHEET: Final = "拒收行"
NOTES_SHEET: Final = "更正说明"
COMMENTS: Final = 2_000
"""Cells that carry their suggestion as a comment; beyond, table programmes become slow, and the reason says it anyway."""

_FAILING: Final = (StepSeverity.REFUSE.value, StepSeverity.REVIEW.value)
_STYLES: Final = (
    {"bold": True, "bg_color": "#EDF3FB", "border": 1, "text_wrap": True},
    {"num_format": "@"},
    {"bg_color": "#FFE3E0", "num_format": "@"},
    {"font_color": "#9B1C1C", "text_wrap": True},
)
_HEAD, _TEXT, _MARK, _REASON = range(len(_STYLES))
_SLICE: Final = 2_000
"""Rows that are written at a time."""
_READ_AT_ONCE: Final = 20_000
"""Rows that are fetched at a time: of a sheet that was put aside, every fetching opens the file."""

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


_COPIED_AT_ONCE: Final = 50_000
MOST_ROWS: Final = 200_000
"""Rows that a return workbook lists; a sheet of many more is larger than table programmes, or our own reader, open."""
_CUT: Final = (
    f"退回的行多于 {MOST_ROWS:,} 行，这里只列最前面的。其余多半是同样的原因：改好原来的整张表再传，已收到的行不会重复。"
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
    about natural persons stand on a sheet of their own, with number and reason only. At most MOST_ROWS rows are listed.
    """
    failing = problems.filter(pl.col("severity").is_in(_FAILING))
    rows = failing[ROW].unique(maintain_order=True)
    is_cut = rows.len() > MOST_ROWS
    if is_cut:
        failing = failing.filter(pl.col(ROW).is_in(rows.sort().head(MOST_ROWS).implode()))
    table = _Table.of(sheet, heads, failing, kind, (returned.origins if returned else None) or {})
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        formats = [book.add_format(style) for style in _STYLES]
        page = book.add_worksheet(kind.title.zh[:31])
        write_model_row(page, formats)
        lists = Lists(book)
        table.lay_out(page, formats[_TEXT], lists)
        if persons.height:
            _write_persons(book.add_worksheet(REFUSED_SHEET), persons, sheet.sheets, formats[_HEAD])
        _write_notes(book.add_worksheet(NOTES_SHEET), (_CUT, *_NOTES) if is_cut else _NOTES)
        lists.write()
        if returned and returned.marks:
            write_marks(book, returned.marks)
    fill_sheet(made, path, page.get_name(), table.parts(), height=table.numbers.len() + 1, width=table.width + 2)


@dataclass(frozen=True, slots=True)
class _Table:
    """The sheet with the rows: the clerk's columns, the added ones, the reason, the place in the first file.

    ``failing``: the problems for which rows come back. ``numbers``: of these rows, as they stand in the sheet.
    ``shown``: the clerk's columns; ``added``: fields that get one.
    """

    sheet: Sheet
    heads: HeadMatch
    failing: pl.DataFrame
    kind: RecordKind
    origins: Mapping[int, str]
    numbers: pl.Series
    shown: Sequence[int]
    added: Sequence[str]

    @classmethod
    def of(
        cls, sheet: Sheet, heads: HeadMatch, failing: pl.DataFrame, kind: RecordKind, origins: Mapping[int, str]
    ) -> "_Table":
        fails = pl.col(ROW).is_in(failing[ROW].unique().implode())
        numbers = sheet.rows.select(ROW).filter(fails).collect().to_series()
        shown = [index for index, head in enumerate(sheet.heads) if head not in (REASON_HEAD, ORIGIN_HEAD)]
        return cls(sheet, heads, failing, kind, origins, numbers, shown, _added(failing, heads, kind))

    @property
    def width(self) -> int:
        """Columns to be corrected."""
        return len(self.shown) + len(self.added)

    def lay_out(self, page: Worksheet, text: Format, lists: Lists) -> None:
        """Everything but the cells: widths, every column as ``text``, the lists of values, suggestions as comments."""
        page.freeze_panes(1, 0)
        page.set_column(0, max(self.width - 1, 0), _WIDTH, text)
        page.set_column(self.width, self.width, _REASON_WIDTH)
        page.set_column(self.width + 1, self.width + 1, _WIDTH)
        fields = self.heads.fields_by_column()
        for place, name in enumerate([*(fields.get(index, "") for index in self.shown), *self.added]):
            if name:
                lists.offer(page, place, self.numbers.len(), values_offered(self.kind.fields[name], self.heads.layout))
        lines = self.numbers.to_frame().with_row_index("line", offset=1)
        suggested = (
            self.failing.drop_nulls(["suggestion", "column"]).head(COMMENTS).join(lines, on=ROW, maintain_order="left")
        )
        for line, column, value in suggested.select("line", "column", "suggestion").iter_rows():
            if value and column in self.shown:
                page.write_comment(line, self.shown.index(column), f"建议：{value}")

    def parts(self) -> Iterator[Rows]:
        """The head row, then the other rows a slice at a time."""
        names = [self.sheet.heads[index] for index in self.shown]
        names += [self.kind.fields[name].title for name in self.added]
        head = [Column(pl.lit(name), pl.lit(_HEAD)) for name in (*names, REASON_HEAD, ORIGIN_HEAD)]
        yield Rows(pl.DataFrame({ROW: [1]}), head)
        columns = self._columns()
        told = _told(self.failing)
        for near in self.numbers.to_frame().iter_slices(_READ_AT_ONCE):
            for rows in completed(near, self.sheet.rows).iter_slices(_SLICE):
                yield Rows(self._rows(rows, told), columns)

    def _columns(self) -> list[Column]:
        """The columns over a frame of :meth:`_rows`; empty cells stand only where something is to be filled in."""
        cells = [(pl.col(column_name(index)), pl.col(_wrong(index))) for index in self.shown]
        cells += [(pl.lit(""), pl.col(_wrong(name))) for name in self.added]
        corrected = [
            Column(pl.when((text != "") | wrong).then(text.fill_null("")), pl.when(wrong).then(_MARK).otherwise(_TEXT))
            for text, wrong in cells
        ]
        return [*corrected, Column(pl.col("reason"), pl.lit(_REASON)), Column(pl.col("place"), pl.lit(_TEXT))]

    def _rows(self, filed: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
        """These rows of the sheet as they go back, with ``reason``, ``place``, and for each column whether its cell
        is wrong.
        """
        rows = _shareable(filed, self.heads, self.kind)
        found = self.failing.filter(pl.col(ROW).is_between(rows[ROW].min(), rows[ROW].max()))
        titles = {name: f"{field.title}：" for name, field in self.kind.fields.items()}
        title = pl.col("field").replace_strict(titles, default="", return_dtype=pl.String)
        advice = pl.when(pl.col("suggestion") != "").then(pl.format("建议：{}。", "suggestion"))
        by_row = (
            found.join(told, on=["code", "params"], maintain_order="left")
            .group_by(ROW)
            .agg(
                pl.concat_str(title, "told", advice, ignore_nulls=True).str.join("").alias("reasons"),
                *((pl.col("column") == index).any().alias(_wrong(index)) for index in self.shown),
                *((pl.col("field") == name).any().alias(_wrong(name)) for name in self.added),
            )
        )
        stood = [self.origins.get(row) or _place(row, self.sheet.sheets) for row in rows[ROW]]
        return (
            rows.join(by_row, on=ROW, maintain_order="left")
            .with_columns(pl.Series("place", stood), pl.Series("named", map(_named, stood)))
            .with_columns(pl.format("原{}。{}", "named", "reasons").alias("reason"))
        )


def _wrong(column: int | str) -> str:
    """The column of :meth:`_Table._rows` that says whether the cell of ``column``, index or field, is wrong."""
    return f"wrong {column}"


def _told(failing: pl.DataFrame) -> pl.DataFrame:
    """What is wrong and what to do (``told``), for every different ``code`` with its ``params``."""
    different = failing.select("code", "params").unique()
    texts = [
        f"{message(code, json.loads(params), 'zh')}。{suggestion(code, json.loads(params), 'zh')}。"
        for code, params in different.iter_rows()
    ]
    return different.with_columns(pl.Series("told", texts, dtype=pl.String))


def _added(failing: pl.DataFrame, heads: HeadMatch, kind: RecordKind) -> list[str]:
    """Fields that are to be filled in and have no column in the file, in the order of the kind."""
    wanted = set(failing.filter(pl.col("column").is_null())["field"].drop_nulls())
    return [
        name
        for name, field in kind.fields.items()
        if name in wanted and name not in heads.columns and field.credit.field_class != FieldClass.DISCARD
    ]


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


def _write_notes(page: Worksheet, notes: Sequence[str]) -> None:
    page.set_column(0, 0, 100)
    for line, text in enumerate(notes):
        page.write_string(line, 0, text)


def write_redacted_copy(path: Path, sheet: Sheet, heads: HeadMatch, persons: pl.DataFrame, kind: RecordKind) -> None:
    """Write the received table to ``path`` as CSV (UTF-8 with mark), row numbers as in the file, without what must
    not be kept. Of several worksheets one after another, the place of each row stands in the first column.

    Refused person rows and columns that are not kept are blank, personal names masked, identity and telephone numbers
    hidden.
    """
    is_one = len(sheet.sheets) <= 1
    with path.open("wb") as file:
        file.write(
            _head_of_copy(sheet.heads, blank_lines=sheet.head_row - 1)
            if is_one
            else _head_of_copy(["行", *sheet.heads])
        )
        line = sheet.head_row
        for part in slices(sheet.rows, _COPIED_AT_ONCE):
            kept = _kept(part, heads, persons, kind)
            if is_one:
                last = int(part[ROW][-1])
                lines = pl.int_range(line + 1, last + 1, dtype=pl.UInt32, eager=True).alias(ROW).to_frame()
                kept, line = lines.join(kept, on=ROW, how="left", maintain_order="left").drop(ROW), last
            else:
                places_of_rows = [row_label(row, sheet.sheets) for row in kept[ROW]]
                kept = kept.with_columns(pl.Series(ROW, places_of_rows, dtype=pl.String))
            kept.write_csv(file, include_header=False)


def _kept(rows: pl.DataFrame, heads: HeadMatch, persons: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """Of the rows what may be kept."""
    discarded = [name for name, field in _fields(heads, kind).items() if field.credit.field_class == FieldClass.DISCARD]
    blanked = _shareable(rows, heads, kind).with_columns(pl.lit(None, pl.String).alias(name) for name in discarded)
    return blanked.join(persons.select(ROW), on=ROW, how="anti", maintain_order="left")


def _head_of_copy(heads: Sequence[str], *, blank_lines: int = 0) -> bytes:
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(heads)
    return ("\n" * blank_lines + head.getvalue()).encode("utf-8-sig")


def _shareable(rows: pl.DataFrame, heads: HeadMatch, kind: RecordKind) -> pl.DataFrame:
    """Rows of a sheet with identity documents and all numbers of persons hidden and personal names masked."""
    fields = _fields(heads, kind)
    columns = [_hidden(rows[name], fields.get(name)) for name in rows.columns if name != ROW]
    return pl.DataFrame([rows[ROW], *columns])


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
