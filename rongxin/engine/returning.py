"""What goes back to the clerk, and what is kept of a received table.

The return workbook holds the failing rows under the clerk's own heads, so that it can be corrected and sent again as
it is. Both files hold nothing that is not kept otherwise: identity documents, identity and telephone numbers are
hidden, personal names masked.
"""

import csv
import io
import json
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

from rongxin.engine import cells as cell
from rongxin.engine.heads import REASON_HEAD, HeadMatch
from rongxin.engine.problems import message, person_code, suggestion
from rongxin.engine.sheets import ROW, Sheet, column_name
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, StepSeverity
from rongxin.primitives.names import mask_person
from rongxin.primitives.resident_id import HIDDEN

REFUSED_SHEET: Final = "拒收行"
LONGEST_CELL: Final = 32_767
"""Characters that the workbook format allows in a cell."""

_FAILING: Final = (StepSeverity.REFUSE.value, StepSeverity.REVIEW.value)
_MARK: Final = {"bg_color": "#FFE3E0", "num_format": "@"}
_HEAD: Final = {"bold": True, "bg_color": "#EDF3FB", "border": 1, "text_wrap": True}
_REASON: Final = {"font_color": "#9B1C1C", "text_wrap": True}
_TEXT: Final = {"num_format": "@"}
_REASON_WIDTH: Final = 60


def write_return_workbook(
    path: Path, sheet: Sheet, heads: HeadMatch, problems: pl.DataFrame, persons: pl.DataFrame, kind: RecordKind
) -> None:
    """Write the rows that were refused or wait for a person, each with all its reasons, to the workbook at ``path``.

    Every cell is text, so codes stay whole and formulas do nothing. Cells with a problem are marked. Rows about
    natural persons stand on a sheet of their own, with number and reason only.
    """
    failing = problems.filter(pl.col("severity").is_in(_FAILING))
    shown = [index for index, head in enumerate(sheet.heads) if head != REASON_HEAD]
    rows = _shareable(sheet, heads, kind).join(failing.select(ROW).unique(), on=ROW, how="semi", maintain_order="left")
    reasons = _reasons(failing, kind)
    marked = set(failing.drop_nulls("column").select(ROW, "column").iter_rows())
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        head, text, mark, told = (book.add_format(style) for style in (_HEAD, _TEXT, _MARK, _REASON))
        page = book.add_worksheet(kind.title.zh[:31])
        page.freeze_panes(1, 0)
        page.set_column(len(shown), len(shown), _REASON_WIDTH)
        for place, name in enumerate((*(sheet.heads[index] for index in shown), REASON_HEAD)):
            page.write_string(0, place, name, head)
        for line, (row, *cells) in enumerate(rows.select(ROW, *map(column_name, shown)).iter_rows(), start=1):
            for place, value in enumerate(cells):
                wrong = (row, shown[place]) in marked
                if value or wrong:
                    page.write_string(line, place, (value or "")[:LONGEST_CELL], mark if wrong else text)
            page.write_string(line, len(shown), reasons[row][:LONGEST_CELL], told)
        if persons.height:
            _write_persons(book.add_worksheet(REFUSED_SHEET), persons, head)


def _reasons(failing: pl.DataFrame, kind: RecordKind) -> dict[int, str]:
    """All reasons of each row, with what to do."""
    titles = {name: f"{field.title}：" for name, field in kind.fields.items()}
    reasons: dict[int, list[str]] = {}
    for row, field, code, params in failing.select(ROW, "field", "code", "params").iter_rows():
        known = json.loads(params)
        told = f"{titles.get(field, '')}{message(code, known, 'zh')}。{suggestion(code, known, 'zh')}。"
        reasons.setdefault(row, []).append(told)
    return {row: f"原第 {row} 行。" + "".join(told) for row, told in reasons.items()}


def _write_persons(page: xlsxwriter.worksheet.Worksheet, persons: pl.DataFrame, head: xlsxwriter.format.Format) -> None:
    page.set_column(1, 2, _REASON_WIDTH)
    for place, name in enumerate(("行号", "原因", "办法")):
        page.write_string(0, place, name, head)
    for line, (row, reason) in enumerate(persons.select(ROW, "reason").iter_rows(), start=1):
        code = person_code(reason)
        for place, value in enumerate((str(row), message(code, {}, "zh"), suggestion(code, {}, "zh"))):
            page.write_string(line, place, value)


def write_redacted_copy(path: Path, sheet: Sheet, heads: HeadMatch, persons: pl.DataFrame, kind: RecordKind) -> None:
    """Write the received table to ``path`` as CSV (UTF-8 with mark), row numbers as in the file, without what must
    not be kept.

    Refused person rows and columns that are not kept are blank, personal names masked, identity and telephone numbers
    hidden.
    """
    discarded = [name for name, field in _fields(heads, kind).items() if field.credit.field_class == FieldClass.DISCARD]
    kept = _shareable(sheet, heads, kind).with_columns(pl.lit(None, pl.String).alias(name) for name in discarded)
    kept = kept.join(persons.select(ROW), on=ROW, how="anti", maintain_order="left")
    lines = pl.int_range(sheet.head_row + 1, int(sheet.frame[ROW].to_list()[-1]) + 1, dtype=pl.UInt32, eager=True)
    whole = pl.DataFrame({ROW: lines}).join(kept, on=ROW, how="left", maintain_order="left").drop(ROW)
    head = io.StringIO()
    csv.writer(head, lineterminator="\n").writerow(sheet.heads)
    with path.open("wb") as file:
        file.write(("\n" * (sheet.head_row - 1) + head.getvalue()).encode("utf-8-sig"))
        whole.write_csv(file, include_header=False)


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
    return {column_name(index): kind.fields[field] for field, index in heads.columns.items()}
