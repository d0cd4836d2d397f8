"""The monthly report of double publicity (双公示工作数据统计表) as a workbook: the form that cities send upwards each month.

Heads, merged cells and positions follow the printed form: title, an empty row, a note, heads in two rows, the sums, one row
for each unit. What a unit decided, published itself and did not report is its own count; what came, what stands here and what
is on display is counted by the platform. An empty cell means that nobody said so; a nought means none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from rongxin.departments.models import Department
from rongxin.disclosure.punctuality import Tally, tallies_by_kind
from rongxin.intake.coverage.reconciliation import Reconciliation, reconcile
from rongxin.intake.models import Channel
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment

LICENCE: Final = "administrative_licence"
PENALTY: Final = "administrative_penalty"
WIDTH: Final = 21
FIRST_UNIT_ROW: Final = 7

_NOTE: Final = (
    "*备注：表中信息产生数量、本单位公示数量、未报送数量及依据取自各单位按月填报的数，空格表示没有填报；"
    "报送数量、有效入库数、市级网站公示数量由平台统计"
)
_NUMBERS: Final = (
    "产生数量",
    "本单位公示数量",
    "报送数量",
    "未报送数量",
    "未报送依据",
    "有效入库数",
    "市级网站公示数量",
)
_COLUMNS: Final = 18
_WORDS: Final = frozenset({1, 6, 13, 16, 17})
"""Columns (counted from 0) that hold words and have no sum."""
_WIDTHS: Final = {1: 30, 2: 22, 7: 24, 14: 24, 17: 14, 18: 44}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the form, perhaps merged over rows and columns; all counted from 1."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the report: its licences, its penalties, and how punctual it was with each."""

    unit: Department
    licences: Reconciliation
    penalties: Reconciliation
    tallies: dict[str, Tally]

    def values(self) -> list[str | int | None]:
        """The cells from the first column on."""
        return [
            self.unit.name,
            None,
            *_numbers(self.licences),
            *_numbers(self.penalties),
            self._ways(),
            self._problems(),
        ]

    def _ways(self) -> str:
        channels = dict.fromkeys((*self.licences.sent.channels, *self.penalties.sent.channels))
        return "、".join(str(Channel(channel).label) for channel in channels)

    def _problems(self) -> str:
        both = (self.licences, self.penalties)
        unfiled = [line for line in both if line.filed is None]
        missed = sum(tally.missed for tally in self.tallies.values())
        told = {
            "未填报产生数量": len(unfiled) == len(both),
            f"退回待改 {sum(line.sent.returned for line in both)} 行": any(line.sent.returned for line in both),
            f"待核归属 {sum(line.sent.in_review for line in both)} 行": any(line.sent.in_review for line in both),
            f"逾期公示 {missed} 条": missed,
            f"无理由缺报 {sum(line.missing or 0 for line in both)} 条": any(line.missing for line in both),
            f"入库多于产生 {sum(line.surplus for line in both)} 条": any(line.surplus for line in both),
        }
        return "；".join(words for words, holds in told.items() if holds)


def heads(place: str, month: date) -> list[Cell]:
    """Title, note and heads of the form for a place and month, and the word before the sums."""
    period = f"{month:%Y/%m}-{month:%Y/%m}"
    whole = [
        Cell(1, 1, 1, WIDTH, f"{place}双公示工作{period}数据统计表"),
        Cell(3, 1, 1, WIDTH, _NOTE),
        Cell(4, 1, 2, 1, "单位名称"),
        Cell(4, 2, 2, 1, "本单位公示网址"),
        Cell(4, 3, 1, 7, "行政许可"),
        Cell(4, 10, 1, 7, "行政处罚"),
        Cell(4, 17, 2, 1, "报送方式"),
        Cell(4, 18, 2, 1, "报送存在问题情况"),
        Cell(6, 1, 1, 1, "合计数"),
    ]
    return whole + [
        Cell(5, first + place_in, 1, 1, text) for first in (3, 10) for place_in, text in enumerate(_NUMBERS)
    ]


def monthly_report(
    policy: Policy, month: date, units: Sequence[Department], *, moment: Moment, began_on: date
) -> bytes:
    """The report of ``month`` for ``units``, in their order, as XLSX."""
    rows = unit_rows(policy, month, units, moment=moment, began_on=began_on)
    target = BytesIO()
    # A basis that begins with "=" stays a text.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, plain) as book:
        page = book.add_worksheet(f"{month:%Y年%m月}")
        _write_heads(book, page, heads(policy.title.zh, month))
        _write_rows(book, page, [row.values() for row in rows])
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.freeze_panes(FIRST_UNIT_ROW - 1, 1)
    return target.getvalue()


def unit_rows(
    policy: Policy, month: date, units: Sequence[Department], *, moment: Moment, began_on: date
) -> list[UnitRow]:
    """What the report says of each unit; ten queries, however many units there are."""
    lines = reconcile(policy, month, units, (LICENCE, PENALTY), moment)
    tallies = tallies_by_kind(policy, month, units, today=moment.day, began_on=began_on)
    return [
        UnitRow(
            unit,
            lines[2 * place],
            lines[2 * place + 1],
            {kind: tally for (of, kind), tally in tallies.items() if of == unit.pk and kind in (LICENCE, PENALTY)},
        )
        for place, unit in enumerate(units)
    ]


def _numbers(line: Reconciliation) -> list[str | int | None]:
    filed = line.filed
    return [
        filed.produced if filed else None,
        filed.own_published if filed else None,
        line.received,
        filed.unreported if filed else None,
        filed.unreported_basis if filed else None,
        line.recorded,
        line.displayed,
    ]


def _write_heads(book: Any, page: Any, cells: list[Cell]) -> None:
    head = book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#EDF3FB"}
    )
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    note = book.add_format({"text_wrap": True, "valign": "vcenter"})
    for column in range(1, WIDTH + 1):
        page.set_column(column - 1, column - 1, _WIDTHS.get(column, 10))
    page.set_row(0, 30)
    page.set_row(2, 32)
    page.set_row(4, 32)
    for cell in cells:
        style = {1: title, 3: note}.get(cell.row, head)
        top, left = cell.row - 1, cell.column - 1
        if cell.rows == cell.columns == 1:
            page.write_string(top, left, cell.text, style)
        else:
            page.merge_range(top, left, top + cell.rows - 1, left + cell.columns - 1, cell.text, style)


def _write_rows(book: Any, page: Any, rows: list[list[str | int | None]]) -> None:
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter", "num_format": "@"})
    number = book.add_format({"border": 1, "valign": "vcenter", "num_format": "#,##0"})
    sums = book.add_format({"border": 1, "bold": True, "num_format": "#,##0"})
    for line, row in enumerate(rows, start=FIRST_UNIT_ROW - 1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(line, column, value, number)
            else:
                page.write(line, column, value, text)
    last = FIRST_UNIT_ROW + max(len(rows), 1) - 1
    for column in range(1, _COLUMNS):
        if column in _WORDS:
            page.write_blank(5, column, None, sums)
            continue
        letter = chr(ord("A") + column)
        total = sum(value for row in rows if isinstance(value := row[column], int))
        page.write_formula(5, column, f"=SUM({letter}{FIRST_UNIT_ROW}:{letter}{last})", sums, total)
