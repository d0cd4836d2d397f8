import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

from rongxin.engine import returning, templates
from rongxin.engine.reading import Sheet, Unreadable, read_table
from rongxin.engine.sheets import MARKS_SHEET, row_label
from rongxin.primitives.dates import read_date

HEADS = ("名称", "代码", "金额", "日期")
KNOWN = frozenset(HEADS)


def read(content: bytes, folder: Path, row_limit: int = 100) -> Sheet:
    path = folder / "table.xlsx"
    path.write_bytes(content)
    return read_table(path, row_limit=row_limit, known_heads=KNOWN)


def told(sheet: Sheet) -> list[tuple[str, dict[str, str]]]:
    return [(finding.code, dict(finding.params)) for finding in sheet.findings]


def book(*sheets: tuple[str, list[list[object]]], top: int = 0, left: int = 0) -> bytes:
    """A workbook with these sheets, each filled from row ``top`` and column ``left`` on."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets:
            page = made.add_worksheet(name)
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(top + line, left + place, value, day)
                    elif value is not None:
                        page.write(top + line, left + place, value)
    return content.getvalue()


def test_every_cell_is_text_as_the_clerk_sees_it(tmp_path: Path) -> None:
    rows = [
        list(HEADS),
        ["示例甲", 913501047000000000, 0.8, date(2026, 1, 5)],
        ["示例乙", "0012", 8000, "2026年1月5日"],
    ]

    sheet = read(book(("数据", rows)), tmp_path)

    assert sheet.heads == HEADS
    assert (sheet.format, sheet.encoding, sheet.delimiter) == ("xlsx", "", "")
    assert sheet.frame.rows() == [
        (2, "示例甲", "913501047000000000", "0.8", "2026-01-05"),
        (3, "示例乙", "0012", "8000", "2026年1月5日"),
    ]


def test_formulas_count_as_the_value_last_computed(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ["甲", "x"])
        page.write_formula(1, 2, "=1+1", None, 2)
        page.write_string(1, 3, "=HYPERLINK(A1)")

    assert read(content.getvalue(), tmp_path).frame.row(0) == (2, "甲", "x", "2", "=HYPERLINK(A1)")


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [["示例市处罚汇总表"], [], list(HEADS), ["甲", "1"], [], ["乙", "2"], [" ", ""]]

    sheet = read(book(("数据", rows), top=2, left=1), tmp_path)

    assert sheet.head_row == 5
    assert sheet.frame.select("row", "c0", "c1").rows() == [(6, "甲", "1"), (8, "乙", "2")]


def test_a_merged_cell_is_empty_below_its_first_place(tmp_path: Path) -> None:
    content = io.BytesIO()
    made = Workbook()
    page = made.active
    assert page is not None
    page.append(HEADS)
    page.append(["甲", "1"])
    page.append([None, "2"])
    page.merge_cells("A2:A3")
    made.save(content)

    assert read(content.getvalue(), tmp_path).frame.select("row", "c0", "c1").rows() == [(2, "甲", "1"), (3, None, "2")]


def test_of_several_filled_sheets_the_one_with_known_heads_is_read_and_named(tmp_path: Path) -> None:
    sheets = (("空", []), ("说明", [["请按此填写"]]), ("数据", [list(HEADS), ["甲", "1"]]))

    sheet = read(book(*sheets), tmp_path)

    assert sheet.frame["c0"].to_list() == ["甲"]
    (finding,) = sheet.findings
    assert (finding.code, finding.params) == ("several_sheets", {"used": "数据", "others": "说明"})


def test_sheets_with_the_same_heads_are_one_table(tmp_path: Path) -> None:
    """The heads may stand in another order on another sheet, and each sheet may have its own title rows."""
    sheets = (
        ("一季度", [list(HEADS), ["甲", "1", "", "2026-01-05"]]),
        ("空表", [list(HEADS)]),
        ("二季度", [["示例市汇总表"], ["日期", "名称", "代码", "金额"], ["2026-04-01", "乙", "2", "5"], ["注：无"]]),
        ("说明", [["请按此填写"]]),
    )

    sheet = read(book(*sheets), tmp_path)

    assert sheet.sheets == ("一季度", "二季度")
    assert sheet.frame.rows() == [
        (2, "甲", "1", None, "2026-01-05"),
        (2 * 1_000_000 + 3, "乙", "2", "5", "2026-04-01"),
    ]
    assert [row_label(row, sheet.sheets) for row in sheet.frame["row"]] == ["〈一季度〉第 2 行", "〈二季度〉第 3 行"]
    assert told(sheet) == [
        ("notes_skipped", {"count": "2", "rows": "〈二季度〉1、4"}),
        ("several_sheets", {"used": "一季度、二季度", "others": "空表、说明"}),
    ]


def test_rows_are_named_as_a_clerk_finds_them() -> None:
    assert row_label(5, ()) == row_label(5, ("数据",)) == "第 5 行"
    assert row_label(5, ("数据",), "en") == "row 5"
    assert row_label(2_000_005, ("一季度", "二季度")) == "〈二季度〉第 5 行"
    assert row_label(2_000_005, ("一季度", "二季度"), "en") == "row 5 of “二季度”"


def test_the_row_limit_counts_all_sheets(tmp_path: Path) -> None:
    page = [list(HEADS), *[["甲"]] * 60]

    with pytest.raises(Unreadable, match="too_many_rows"):
        read(book(("一", page), ("二", page)), tmp_path)


def test_hidden_sheets_are_not_read_but_told(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        made.add_worksheet("数据").write_row(0, 0, HEADS)
        made.get_worksheet_by_name("数据").write_row(1, 0, ["甲"])
        for name, hide in (("字典", "hide"), ("旧数据", "very_hidden")):
            hidden = made.add_worksheet(name)
            hidden.write_row(0, 0, HEADS)
            hidden.write_row(1, 0, ["乙"])
            getattr(hidden, hide)()
        made.add_worksheet("空").hide()

    sheet = read(content.getvalue(), tmp_path)

    assert sheet.frame["c0"].to_list() == ["甲"]
    assert told(sheet) == [("hidden_sheets", {"sheets": "字典、旧数据"})]


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet()
        page.write_row(0, 2, HEADS)
        for row in range(1, 12):
            page.write_row(row, 2, ["甲", "1", "2"])
        for row in (0, 3, 4, 9, 50):
            page.set_row(row, None, None, {"hidden": True})
        page.set_column(0, 1, None, None, {"hidden": True})
        page.set_column(3, 4, None, None, {"hidden": True})

    sheet = read(content.getvalue(), tmp_path)

    assert sheet.frame["row"].to_list() == list(range(2, 13))
    assert told(sheet) == [
        ("hidden_rows", {"count": "3", "rows": "4–5、10"}),
        ("hidden_columns", {"columns": "代码、金额"}),
    ]


def test_the_word_hidden_in_a_cell_hides_nothing(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as made:  # writes texts into the sheet itself
        page = made.add_worksheet()
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ['<row hidden="1">', "hidden = 1"])
        page.autofilter(0, 0, 1, 3)

    assert read(content.getvalue(), tmp_path).findings == ()


def test_marks_of_our_own_workbooks_are_read_and_are_no_table(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        marks = made.add_worksheet(MARKS_SHEET)
        page = made.add_worksheet("数据")
        page.activate()
        page.set_first_sheet()
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ["甲"])
        for name in (templates.NOTES_SHEET, returning.NOTES_SHEET, returning.REFUSED_SHEET):
            made.add_worksheet(name).write(0, 0, "请按此填写")
        lists = made.add_worksheet("_lists")
        lists.write(0, 0, "罚款")
        lists.hide()
        for row, pair in enumerate((("kind", "example"), ("round", 2), ("", "x"))):
            marks.write_row(row, 0, pair)
        marks.very_hidden()

    sheet = read(content.getvalue(), tmp_path)

    assert dict(sheet.marks) == {"kind": "example", "round": "2"}
    assert (sheet.sheets, sheet.findings) == (("数据",), ())


def test_a_visible_sheet_of_that_name_is_no_mark(tmp_path: Path) -> None:
    sheet = read(book(("数据", [list(HEADS), ["甲"]]), (MARKS_SHEET, [["kind", "example"]])), tmp_path)

    assert sheet.marks == {}


def test_charts_are_passed_over(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet("数据")
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ["甲", "1", 2])
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=数据!$C$2:$C$2"})
        made.add_chartsheet("图").set_chart(chart)

    assert read(content.getvalue(), tmp_path).frame["c0"].to_list() == ["甲"]


def test_dates_in_every_notation_of_a_table_programme_are_dates(tmp_path: Path) -> None:
    """Real date cells, Chinese and own formats, texts, and bare serials in one column."""
    content = io.BytesIO()
    formats = ["yyyy-mm-dd", 14, 22, 31, 57, 58, 'yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", "[DBNum1]yyyy年m月d日"]
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, HEADS)
        for row, pattern in enumerate(formats, start=1):
            page.write_row(row, 0, ["甲"])
            page.write_number(row, 3, 46027, made.add_format({"num_format": pattern}))
        others = [46027, 46027.75, "46027", 20260105, "20260105", "2026年1月5日", "2026/1/5 ", "２０２６-０１-０５"]
        for row, value in enumerate(others, start=len(formats) + 1):
            page.write_row(row, 0, ["甲", None, None, value])

    sheet = read(content.getvalue(), tmp_path)

    assert {text: read_date(text) for text in sheet.frame["c3"]} == dict.fromkeys(sheet.frame["c3"], date(2026, 1, 5))
    assert sheet.frame.height == len(formats) + len(others)


def test_a_workbook_that_counts_from_1904_is_told(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"date_1904": True}) as made:
        page = made.add_worksheet()
        page.write_row(0, 0, HEADS)
        page.write_row(1, 0, ["甲"])
        page.write_datetime(1, 3, datetime(2026, 1, 5), made.add_format({"num_format": "yyyy-mm-dd"}))

    sheet = read(content.getvalue(), tmp_path)

    assert sheet.frame["c3"].to_list() == ["2026-01-05"]
    assert told(sheet) == [("dates_from_1904", {})]


def test_empty_columns_at_the_end_are_trimmed_and_real_ones_beyond_the_limit_refused(tmp_path: Path) -> None:
    wide = [None] * (16_384 - len(HEADS) - 1)
    blank = [[*HEADS, *wide, " "], ["甲", *[None] * 16_382, " "]]
    named = [[*HEADS, *[f"列{index}" for index in range(16_384 - len(HEADS))]], ["甲"]]

    assert read(book(("数据", blank)), tmp_path).heads == HEADS
    with pytest.raises(Unreadable, match="too_many_columns"):
        read(book(("数据", named)), tmp_path)


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "file_empty"), ([list(HEADS)], "head_only"), ([list(HEADS), *[["x"]] * 101], "too_many_rows")],
)
def test_a_workbook_without_a_table_is_refused(tmp_path: Path, rows: list[list[object]], code: str) -> None:
    with pytest.raises(Unreadable, match=code):
        read(book(("数据", rows)), tmp_path)
