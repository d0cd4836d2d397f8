"""Where the head of a table stands, and what its columns are called where it has two rows."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rongxin.engine.head_rows import HeadRows, find_head, head_index
from rongxin.engine.heads import known_heads, normalise_head
from rongxin.engine.reading import Sheet, read_table
from tests.engine.made_up import kind_named
from tests.shared import shared

PENALTY, LICENCE = kind_named("administrative_penalty"), kind_named("administrative_licence")
KNOWN = known_heads([PENALTY, LICENCE])
LAYOUT = "data/templates/double_publicity_monthly_report_layout.csv"


def found(*rows: Sequence[str], known: frozenset[str] = KNOWN) -> HeadRows:
    head = find_head(rows, known)
    assert head is not None
    return head


def test_the_head_row_is_the_first_with_three_known_heads() -> None:
    rows = [["", ""], ["汇总表", ""], ["处罚机关", "处罚依据", "x"], ["处罚机关", "处罚依据", "违法事实"]]

    assert head_index(rows, KNOWN) == 3
    assert head_index([[]] * 19 + rows[3:], KNOWN) == 19
    assert head_index([[]] * 20 + rows[3:], KNOWN) is None
    assert head_index([["", " "]], KNOWN) is None


def test_without_known_heads_it_is_the_first_full_row_of_words() -> None:
    rows = [
        ["2026年汇总表", "", "", ""],
        ["填报单位：示例局", "", "", "2026-01-05"],
        ["户名", "号码", "钱", ""],
        ["甲", "1", "2", ""],
    ]

    assert head_index(rows, KNOWN) == 2
    assert head_index(rows[3:], KNOWN) == 0
    assert head_index([["12", "34"], ["56", "78"]], KNOWN) == 0


def test_a_group_over_several_columns_names_only_the_columns_that_need_it() -> None:
    head = found(
        ["示例市双公示汇总表", "", "", "", "", "", ""],
        ["单位名称", "行政许可", "", "", "行政处罚", "", "备注"],
        ["", "许可编号", "报送数量", "许可机关", "处罚机关", "报送数量", ""],
        ["示例局", "1", "2", "示例局", "示例局", "3", ""],
    )

    assert (head.first, head.last) == (1, 2)
    assert head.cells == (
        "单位名称",
        "许可编号",
        "行政许可 报送数量",
        "许可机关",
        "处罚机关",
        "行政处罚 报送数量",
        "备注",
    )
    assert normalise_head(head.cells[2]) == "行政许可报送数量"


def test_the_row_with_known_heads_may_be_the_upper_or_the_lower_one() -> None:
    lower = found(
        ["企业情况", "", "处罚情况", "", ""],
        ["行政相对人名称", "统一社会信用代码", "处罚机关", "处罚依据", "违法事实"],
        ["示例甲有限公司", "x", "示例局", "示例法", "示例"],
    )
    upper = found(
        ["行政相对人名称", "处罚机关", "处罚依据", "金额", ""],
        ["", "", "", "罚款金额（万元）", "没收金额"],
        ["示例甲有限公司", "示例局", "示例法", "1", "2"],
    )

    assert (lower.first, lower.last) == (0, 1)
    assert lower.cells == ("行政相对人名称", "统一社会信用代码", "处罚机关", "处罚依据", "违法事实")
    assert (upper.first, upper.last) == (0, 1)
    assert upper.cells == ("行政相对人名称", "处罚机关", "处罚依据", "罚款金额（万元）", "没收金额")


@pytest.mark.parametrize(
    "first_row",
    [
        ["示例甲有限公司", "示例局", "示例法", "示例事实", "无"],
        ["示例甲有限公司", "示例局", "", "示例事实", "无"],
        ["", "", "", "示例事实", "无 2026-01-05 起"],
        ["", "", "", "", ""],
    ],
)
def test_a_row_of_data_below_a_nameless_column_is_no_second_head(first_row: list[str]) -> None:
    head = found(["行政相对人名称", "处罚机关", "处罚依据", "违法事实", ""], first_row)

    assert (head.first, head.last, len(head.cells)) == (0, 0, 4)


def test_a_title_or_the_senders_name_above_is_no_group() -> None:
    heads = ["行政相对人名称", "处罚机关", "处罚依据", "违法事实"]

    assert found(["汇总表", "", "", ""], heads, ["甲", "乙", "丙", "丁"]).first == 1
    assert found(["填报单位：示例局", "", "日期：2026年", ""], heads, ["甲", "乙", "丙", "丁"]).first == 1


def merged_head(page: Worksheet, row: int) -> None:
    """A made-up licence table: a group over four columns, five columns merged over both rows."""
    for column, title in enumerate(("序号", "行政相对人名称", "统一社会信用代码"), start=1):
        page.cell(row, column, title)
        page.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
    page.cell(row, 4, "行政许可")
    page.merge_cells(start_row=row, end_row=row, start_column=4, end_column=7)
    for column, title in enumerate(("行政许可决定文书号", "许可编号", "许可内容", "许可机关"), start=4):
        page.cell(row + 1, column, title)


def test_licences_under_merged_heads_are_read_from_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page["A1"] = "示例市行政许可汇总表"
    page.merge_cells("A1:G1")
    merged_head(page, 2)
    page.append(["1", "示例甲有限公司", "x", "示许〔2026〕1号", "1", "示例", "示例局"])
    book.save(tmp_path / "t.xlsx")

    sheet = read_table(tmp_path / "t.xlsx", row_limit=10, known_heads=KNOWN)

    assert sheet.head_row == 3
    assert sheet.heads[1:] == (
        "行政相对人名称",
        "统一社会信用代码",
        "行政许可决定文书号",
        "许可编号",
        "许可内容",
        "许可机关",
    )
    assert sheet.frame.row(0) == (4, "1", "示例甲有限公司", "x", "示许〔2026〕1号", "1", "示例", "示例局")


def test_a_head_in_two_rows_is_repeated_on_the_next_page(tmp_path: Path) -> None:
    rows = [
        ["单位名称", "行政许可", "", "行政处罚", ""],
        ["", "报送数量", "许可机关", "报送数量", "处罚机关"],
        ["示例甲局", "1", "2", "3", "4"],
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(row) for row in [*rows, *rows]), encoding="utf-8")

    sheet = read_table(path, row_limit=10, known_heads=KNOWN)

    assert (sheet.head_row, sheet.frame["row"].to_list()) == (2, [3, 6])
    assert [(told.code, told.params["rows"]) for told in sheet.findings] == [("heads_repeated", "4–5")]


def from_layout(path: Path) -> Sheet:
    """The real blank monthly report, rebuilt with its merged cells and one made-up row."""
    cells = pl.read_csv(shared(LAYOUT))
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for row, column, rows, columns, text in cells.iter_rows():
        page.cell(row, column, text)
        if rows * columns > 1:
            page.merge_cells(
                start_row=row, start_column=column, end_row=row + rows - 1, end_column=column + columns - 1
            )
    page.insert_rows(6)
    for column in range(1, 19):
        page.cell(6, column, "示例局" if column == 1 else column)
    book.save(path)
    return read_table(path, row_limit=10, known_heads=KNOWN)


def test_the_real_monthly_report_with_its_merged_heads_is_read(tmp_path: Path) -> None:
    sheet = from_layout(tmp_path / "report.xlsx")

    leaves = ("产生数量", "本单位公示数量", "报送数量", "未报送数量", "未报送依据", "有效入库数", "市级网站公示数量")
    groups = [f"{group} {leaf}" for group in ("行政许可", "行政处罚") for leaf in leaves]
    assert sheet.heads == ("单位名称", "本单位公示网址", *groups, "报送方式", "报送存在问题情况")
    assert sheet.frame.row(0) == (6, "示例局", *map(str, range(2, 19)))
    assert [(told.code, told.params["rows"]) for told in sheet.findings] == [("notes_skipped", "1、3、7")]
