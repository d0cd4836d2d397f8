import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

from rongxin.engine import workbook_process, workbooks
from rongxin.engine.reading import Sheet, Unreadable, read_table

HEADS = ("名称", "代码", "金额", "日期")
KNOWN = frozenset(HEADS)


def read(content: bytes, folder: Path, row_limit: int = 100) -> Sheet:
    path = folder / "table.xlsx"
    path.write_bytes(content)
    return read_table(path, row_limit=row_limit, known_heads=KNOWN)


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


def test_hidden_sheets_do_not_count(tmp_path: Path) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        made.add_worksheet("数据").write_row(0, 0, HEADS)
        made.get_worksheet_by_name("数据").write_row(1, 0, ["甲"])
        hidden = made.add_worksheet("字典")
        hidden.write_row(0, 0, HEADS)
        hidden.hide()

    assert read(content.getvalue(), tmp_path).findings == ()


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "file_empty"), ([list(HEADS)], "head_only"), ([list(HEADS), *[["x"]] * 101], "too_many_rows")],
)
def test_a_workbook_without_a_table_is_refused(tmp_path: Path, rows: list[list[object]], code: str) -> None:
    with pytest.raises(Unreadable, match=code):
        read(book(("数据", rows)), tmp_path)


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_parse", lambda *_: pytest.fail("it was opened"))
    bomb = archive(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": bytes(20 << 20)})
    many = archive(**{"xl__workbook.xml": b"<x/>"}, **{f"m{index}": b"" for index in range(1001)})

    for content in (bomb, many):
        with pytest.raises(Unreadable, match="zip_bomb"):
            read(content, tmp_path)


def test_what_is_no_workbook_inside_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not_a_table"):
        read(archive(readme=b"text"), tmp_path)


@pytest.mark.parametrize("keep", [0.5, 0.98])
def test_a_damaged_workbook_is_refused(tmp_path: Path, keep: float) -> None:
    whole = book(("数据", [list(HEADS), ["甲", "1"]]))

    with pytest.raises(Unreadable, match="workbook_damaged"):
        read(whole[: int(len(whole) * keep)], tmp_path)


def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="workbook_damaged"):
        read(archive(**{"xl__workbook.xml": b"<workbook"}), tmp_path)


def test_a_parser_that_cannot_run_is_not_laid_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "PARSER", tmp_path / "absent.py")

    with pytest.raises(RuntimeError, match="did not run"):
        read(book(("数据", [list(HEADS), ["甲"]])), tmp_path)


def test_two_cells_far_apart_cannot_eat_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its few bytes ask the parser for 512 GB; the parser's own process pays."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet()
        page.write(0, 0, "名称")
        page.write(1_048_575, 16_383, "x")

    with pytest.raises(Unreadable, match="workbook_damaged"):
        read(content.getvalue(), tmp_path)
    assert workbook_process.MEMORY_LIMIT <= 6 << 30
