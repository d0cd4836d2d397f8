"""The empty workbook of a record kind: its heads, lists of values, every cell as text, and what to know before filling it."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from rongxin.engine.marks import Lists, Marks, write_marks
from rongxin.engine.sheets import SAMPLE_MARK
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass

ROWS: Final = 5_000
NOTES_SHEET: Final = "填报说明"
_TYPES: Final = {
    "date": "日期，如 2026-01-05",
    "amount": "金额",
    "uscc": "18 位统一社会信用代码",
    "organisation_code": "9 位组织机构代码",
    "registration_number": "15 位工商注册号",
    "party_code": "统一社会信用代码；没有的填组织机构代码或工商注册号",
}
_SAMPLES: Final = {
    "date": "2026-01-05",
    "amount": "0.8",
    "uscc": "91990000MA0000015Q",
    "party_code": "91990000MA0000015Q",
    "organisation_code": "",
    "registration_number": "",
}
"""Made-up values of the sample row; the code is of the demonstration division."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold at most."""

    rows: int
    megabytes: int


def template_fields(kind: RecordKind) -> list[KindField]:
    """The columns of the template: those that the platform would only discard (identity documents) are left out."""
    return [field for field in kind.table.fields if field.credit.field_class != FieldClass.DISCARD]


def write_template(kind: RecordKind, *, version: str, limits: Limits) -> bytes:
    """A workbook with one sheet to fill and one that explains each column.

    Cells are formatted as text, so that a table programme keeps codes and document numbers as they are typed. The sample
    row is marked and passed over when the file is read. ``version``: from :func:`.marks.template_version`.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head, required, sample, text = (
            book.add_format(style)
            for style in (
                {"bold": True, "bg_color": "#EDF3FB", "border": 1, "text_wrap": True},
                {"bold": True, "bg_color": "#FDF3DF", "border": 1, "text_wrap": True},
                {"italic": True, "font_color": "#6B7280", "num_format": "@"},
                {"num_format": "@"},
            )
        )
        page = book.add_worksheet(kind.title.zh[:31])
        page.freeze_panes(1, 0)
        lists = Lists(book)
        fields = template_fields(kind)
        for index, field in enumerate(fields):
            page.write_string(0, index, field.title, required if field.constraints.required else head)
            page.set_column(index, index, max(14, min(40, 2 * len(field.title) + 2)), text)
            page.write_string(1, index, _sample(field, is_first=index == 0), sample)
            # A cell that may hold several values cannot be bound to a list.
            lists.offer(page, index, ROWS, () if field.credit.several else field.constraints.enum or ())
        _write_notes(book.add_worksheet(NOTES_SHEET), fields, version, limits, head)
        lists.write()
        write_marks(book, Marks(kind=kind.name, template_version=version))
    return out.getvalue()


def _write_notes(page: Worksheet, fields: Sequence[KindField], version: str, limits: Limits, head: Format) -> None:
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 8)
    page.set_column(2, 2, 60)
    page.set_column(3, 3, 14)
    said = (
        f"一个文件至多 {limits.rows:,} 行、{limits.megabytes} MB；超过的分成几个文件。",
        f"以“{SAMPLE_MARK}”开头的示例行不会读取，可以留着，也可以删除。",
        "黄色的列必填。单元格都是文本格式：代码、文号照原样填写，不要改成数字格式。",
        "平台不收自然人的记录：像是自然人的行会被拒收，内容不保存。",
        f"模板版本 {version}。",
    )
    for row, text in enumerate(said):
        page.write_string(row, 0, text)
    first = len(said) + 1
    for column, title in enumerate(("列", "必填", "填写", "公开")):
        page.write_string(first, column, title, head)
    for row, field in enumerate(fields, start=first + 1):
        page.write_string(row, 0, field.title)
        page.write_string(row, 1, "是" if field.constraints.required else "")
        page.write_string(row, 2, _how(field))
        page.write_string(row, 3, _who(field))


def _sample(field: KindField, *, is_first: bool) -> str:
    values = field.constraints.enum or ()
    told = values[0] if values else _SAMPLES.get(field.type, f"示例{field.title}")
    return f"{SAMPLE_MARK}{told}" if is_first else told


def _how(field: KindField) -> str:
    parts = [_TYPES.get(field.type, "")]
    if field.type == "amount" and field.credit.unit:
        parts.append("以万元为单位" if field.credit.unit == "10k_yuan" else "以元为单位")
    if field.constraints.enum:
        joined = " / ".join(field.constraints.enum)
        parts.append(f"填：{joined}" + ("；可填几项，用“；”隔开" if field.credit.several else ""))
    if field.constraints.max_length:
        parts.append(f"至多 {field.constraints.max_length} 字")
    parts.append(field.credit.hint.rstrip("。"))
    return "。".join(part for part in parts if part)


def _who(field: KindField) -> str:
    if field.credit.field_class != FieldClass.PUBLIC:
        return "不公开"
    return "核对后公开" if field.credit.may_name_persons else "公开"
