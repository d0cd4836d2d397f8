"""The empty workbook of a record kind: its heads, lists of values, every cell as text."""

import io
from typing import Final

import xlsxwriter

from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass

ROWS: Final = 5_000
LONGEST_LIST: Final = 255  # characters a drop-down may hold in the workbook format
_TYPES: Final = {
    "date": "日期，如 2026-01-05",
    "amount": "金额",
    "uscc": "18 位统一社会信用代码",
    "organisation_code": "9 位组织机构代码",
    "registration_number": "15 位工商注册号",
}


def write_template(kind: RecordKind) -> bytes:
    """A workbook with one sheet to fill and one that explains each column.

    Cells are formatted as text, so that a table programme keeps codes and document numbers as they are typed. Columns that the
    platform would only discard (identity documents) are left out.
    """
    fields = [field for field in kind.table.fields if field.credit.field_class != FieldClass.DISCARD]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#EDF3FB", "border": 1, "text_wrap": True})
    required = book.add_format({"bold": True, "bg_color": "#FDF3DF", "border": 1, "text_wrap": True})
    sheet = book.add_worksheet(kind.title.zh[:31])
    sheet.freeze_panes(1, 0)
    for index, field in enumerate(fields):
        sheet.write_string(0, index, field.title, required if field.constraints.required else head)
        sheet.set_column(index, index, max(14, min(40, 2 * len(field.title) + 2)), text)
        _offer_list(sheet, index, field)
    notes = book.add_worksheet("填报说明")
    for index, (title, width) in enumerate((("列", 34), ("必填", 8), ("填写", 60), ("公开", 14))):
        notes.write_string(0, index, title, head)
        notes.set_column(index, index, width)
    for row, field in enumerate(fields, start=1):
        notes.write_string(row, 0, field.title)
        notes.write_string(row, 1, "是" if field.constraints.required else "")
        notes.write_string(row, 2, _how(field))
        notes.write_string(row, 3, _who(field))
    book.close()
    return out.getvalue()


def _offer_list(sheet: xlsxwriter.worksheet.Worksheet, index: int, field: KindField) -> None:
    values = list(field.constraints.enum or ())
    # A cell that may hold several values cannot be bound to a list.
    if values and not field.credit.several and len(",".join(values)) <= LONGEST_LIST:
        sheet.data_validation(1, index, ROWS, index, {"validate": "list", "source": values})


def _how(field: KindField) -> str:
    parts = [_TYPES.get(field.type, "")]
    if field.type == "amount" and field.credit.unit:
        parts.append("以万元为单位" if field.credit.unit == "10k_yuan" else "以元为单位")
    if field.constraints.enum:
        joined = " / ".join(field.constraints.enum)
        parts.append(f"填：{joined}" + ("；可填几项，用“；”隔开" if field.credit.several else ""))
    if field.constraints.max_length:
        parts.append(f"至多 {field.constraints.max_length} 字")
    parts.append(field.credit.hint)
    return "。".join(part for part in parts if part)


def _who(field: KindField) -> str:
    if field.credit.field_class != FieldClass.PUBLIC:
        return "不公开"
    return "核对后公开" if field.credit.may_name_persons else "公开"
