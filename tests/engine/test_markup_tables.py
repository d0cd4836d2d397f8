"""Web pages that are called XLS, and the XML spreadsheet of 2003."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine import markup_tables, workbooks
from rongxin.engine.markup_tables import TooLarge, html_tables, spreadsheet_tables
from rongxin.engine.reading import Unreadable
from rongxin.primitives.dates import parse_date
from tests.engine.test_workbooks import HEADS, read, told

SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def table(*rows: str) -> str:
    return "<table border=1>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def tds(*cells: str) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "start", ["<html><head><meta charset=gb2312></head>", "<table><tr></tr></table>", "\n<!DOCTYPE HTML>"]
)
def test_a_web_page_called_xls_is_read(tmp_path: Path, encoding: str, start: str) -> None:
    page = (
        start
        + "<style>td {color: red}</style><p>导出结果</p>"
        + table(tds(*HEADS), tds("甲&amp;乙", "=1", "2", "2026-01-05"))
    )

    sheet = read(page.encode(encoding), tmp_path)

    assert (sheet.format, sheet.heads, sheet.encoding) == ("html", HEADS, "")
    assert sheet.frame.rows() == [(2, "甲&乙", "=1", "2", "2026-01-05")]
    assert not sheet.may_hold_numbers


def test_tables_with_the_same_heads_are_one_table(tmp_path: Path) -> None:
    page = table(tds(*HEADS), tds("甲", "1")) + table(tds("导航")) + table(tds(*HEADS), tds("乙", "2"))

    sheet = read(page.encode(), tmp_path)

    assert sheet.sheets == ("表格 1", "表格 3")
    assert sheet.frame["c0"].to_list() == ["甲", "乙"]
    assert [code for code, _ in told(sheet)] == ["several_sheets"]


def test_no_more_tables_are_joined_than_rows_can_be_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SHEET_LIMIT", 2)

    sheet = read((table(tds(*HEADS), tds("甲")) * 3).encode(), tmp_path)

    assert sheet.frame["row"].to_list() == [2, 2_000_002]
    assert told(sheet) == [("several_sheets", {"used": "表格 1、表格 2", "others": "表格 3"})]


def test_spans_breaks_nested_tables_and_missing_end_tags() -> None:
    page = (
        "<table><tr><th rowspan=2>名称<th colspan='2'>许可<tr><td>编号<td>机 \n 关"
        "<tr><td>甲<br>乙<td> 1&nbsp;<td><table><tr><td>里</table>外<script>x()</script>"
    )

    outer, inner = html_tables(page.encode())

    assert outer.rows == [["名称", "许可"], ["", "编号", "机 关"], ["甲\n乙", "1", "外"]]
    assert inner.rows == [["里"]]


def test_hidden_rows_of_a_page_are_read_and_told(tmp_path: Path) -> None:
    page = table(tds(*HEADS), tds("甲", "1")).replace(
        "</table>", f'<tr style="height:0; DISPLAY:none">{tds("乙")}</table>'
    )

    assert told(read(page.encode(), tmp_path)) == [("hidden_rows", {"count": "1", "rows": "3"})]


def test_a_page_without_table_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read("<html><body><p>登录超时</p></body></html>".encode(), tmp_path)

    assert (caught.value.code, caught.value.params) == ("not_a_table", {"found": "HTML / XML"})


def test_spans_without_measure_ask_for_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert html_tables(b"<table><tr><td colspan=99999999999><td rowspan=-1 colspan=x>b")[0].rows == [["", "b"]]
    with pytest.raises(TooLarge):
        html_tables(b"<table><tr>" + b"<td colspan=9999>a" * 3)
    monkeypatch.setattr(markup_tables, "CELL_LIMIT", 20_000)
    with pytest.raises(TooLarge):
        html_tables(b"<table>" + b"<tr><td colspan=9000>a<td>b" * 4)
    monkeypatch.setattr(markup_tables, "ROW_LIMIT", 3)
    with pytest.raises(TooLarge):
        html_tables(b"<table>" + b"<tr><td>a" * 4)


def spreadsheet(*sheets: str) -> bytes:
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f"{''.join(sheets)}</Workbook>"
    ).encode()


def cells(*values: str) -> str:
    return "".join(f'<Cell><Data ss:Type="String">{value}</Data></Cell>' for value in values)


def worksheet(name: str, *rows: str, options: str = "") -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table>{options}</Worksheet>'


def test_the_xml_spreadsheet_of_2003_is_read(tmp_path: Path) -> None:
    rows = (
        '<Column/><Column ss:Index="3" ss:Hidden="1"/>',
        f'<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">汇总表</Data></Cell></Row><Row>{cells(*HEADS)}</Row>',
        '<Row ss:Index="4">'
        + cells("甲<b xmlns='x'>乙</b>")
        + '<Cell ss:Index="4"><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell></Row>',
        f'<Row ss:Hidden="1">{cells("丙", "", "5")}</Row>',
    )
    hidden = "<WorksheetOptions xmlns='urn:schemas-microsoft-com:office:excel'><Visible>SheetHidden</Visible></WorksheetOptions>"

    sheet = read(spreadsheet(worksheet("数据", *rows), worksheet("旧", rows[1], options=hidden)), tmp_path)

    assert (sheet.format, sheet.heads, sheet.head_row) == ("xml", HEADS, 2)
    assert sheet.frame.rows() == [(4, "甲乙", None, None, "2026-01-05"), (5, "丙", None, "5", None)]
    assert told(sheet) == [
        ("notes_skipped", {"count": "1", "rows": "1"}),
        ("hidden_sheets", {"sheets": "旧"}),
        ("hidden_rows", {"count": "1", "rows": "5"}),
        ("hidden_columns", {"columns": "金额"}),
    ]


def test_a_time_of_day_in_an_xml_spreadsheet_is_kept_and_still_a_date() -> None:
    row = '<Row><Cell><Data ss:Type="DateTime">2026-01-05T10:30:00.000</Data></Cell></Row>'
    ((text,),) = spreadsheet_tables(spreadsheet(worksheet("数据", row)))[0].rows

    assert text == "2026-01-05T10:30:00.000"
    assert str(parse_date(text)) == "2026-01-05"


@pytest.mark.parametrize(
    "place", ['<Row ss:Index="9999999">', '<Row><Cell ss:Index="99999"/>', '<Row ss:Index="-5">', '<Row ss:Index="x">']
)
def test_places_outside_of_any_sheet_are_refused(tmp_path: Path, place: str) -> None:
    broken = spreadsheet(worksheet("数据", f"{place}{cells('x')}</Row>"))

    with pytest.raises(Unreadable, match="workbook_damaged"):
        read(broken, tmp_path)


def test_a_half_written_xml_spreadsheet_is_refused(tmp_path: Path) -> None:
    whole = spreadsheet(worksheet("数据", f"<Row>{cells(*HEADS)}</Row>"))

    with pytest.raises(Unreadable, match="workbook_damaged"):
        read(whole[:-30], tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("<>/ab=\"'!-&;tdrhl0 \n甲"), max_size=80))
def test_no_markup_brings_the_reader_down(text: str) -> None:
    """Whatever stands between the tags, every row is a list of cells."""
    page = (
        text.replace("t", "<table>")
        .replace("r", "<tr>")
        .replace("d", "<td colspan=2 rowspan=2>")
        .replace("h", "</table>")
    )
    for found in html_tables(page.encode()):
        assert all(isinstance(cell, str) for row in found.rows for cell in row)
