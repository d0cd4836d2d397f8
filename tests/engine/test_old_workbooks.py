"""XLS, ODS and XLSB as a sheet. How the files were made stands in files/README.md."""

import io
import struct
import zipfile
from pathlib import Path

from rongxin.engine import workbook_biff
from rongxin.engine.reading import Sheet, read_table
from tests.engine.test_workbooks import HEADS, KNOWN, read, told

FILES = Path(__file__).parent / "files"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def stored(name: str) -> Sheet:
    return read_table(FILES / name, row_limit=100, known_heads=KNOWN)


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    sheet = stored("old.xls")

    assert (sheet.format, sheet.heads, sheet.head_row) == ("xls", HEADS, 2)
    assert sheet.frame.rows() == [
        (3, "示例甲有限公司", "913501047000000000", "0.8", "2026-01-05"),
        (4, "示例乙有限公司", "0012", "8000", "46027"),
        (5, "示例丙有限公司", None, None, "2026年1月5日"),
        (2_000_002, "示例丁有限公司", None, None, None),
    ]
    assert (sheet.sheets, dict(sheet.marks)) == (("一月", "二月"), {"kind": "example"})
    assert sheet.may_hold_numbers


def test_what_is_hidden_in_an_old_workbook_is_told() -> None:
    assert told(stored("old.xls")) == [
        ("notes_skipped", {"count": "2", "rows": "〈一月〉1、7"}),
        ("hidden_sheets", {"sheets": "字典"}),
        ("hidden_rows", {"count": "1", "rows": "〈一月〉5"}),
        ("hidden_columns", {"columns": "金额"}),
    ]


def test_hidden_columns_count_from_the_first_that_is_filled() -> None:
    assert told(stored("shifted.xls")) == [("hidden_columns", {"columns": "名称"})]


def test_every_sheet_of_an_old_workbook_is_a_worksheet() -> None:
    found = workbook_biff.structure((FILES / "old.xls").read_bytes())

    assert found.worksheets == {0, 1, 2, 3}
    assert (found.hidden[0].rows, found.hidden[0].columns) == ([(5, 5)], [2])


def test_an_open_document_is_read(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        told = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f"<table:table-row>{told}</table:table-row>"

    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}">'
        f'<office:body><office:spreadsheet><table:table table:name="数据">{row(*HEADS)}{row("甲", "1", "2", "3")}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{MANIFEST}"/>')
        archive.writestr("content.xml", content)

    sheet = read(packed.getvalue(), tmp_path)

    assert (sheet.format, sheet.heads, sheet.frame.rows()) == ("ods", HEADS, [(2, "甲", "1", "2", "3")])
    assert told(sheet) == [("hidden_not_seen", {"format": "ODS"})]


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of the binary workbook of 2007: type and length in groups of seven bits."""
    coded = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
    return coded + bytes([len(content) & 0x7F | 0x80, len(content) >> 7]) + content


def string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    def cell(column: int, value: str | float) -> bytes:
        place = struct.pack("<II", column, 0)
        return (
            record(6, place + string(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))
        )

    rows = [HEADS, ("甲", "0012", 2.0, 46027.0)]
    page = record(0x81) + record(0x94, struct.pack("<IIII", 0, 1, 0, 3)) + record(0x91)
    for number, row in enumerate(rows):
        page += record(0, struct.pack("<I", number) + bytes(13)) + b"".join(map(cell, range(4), row))
    page += record(0x92) + record(0x82)
    sheet_of_book = record(0x9C, struct.pack("<II", 0, 1) + string("rId1") + string("数据"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.bin", record(0x83) + record(0x8F) + sheet_of_book + record(0x90) + record(0x84))
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin" Type="x/worksheet"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.bin", page)

    sheet = read(packed.getvalue(), tmp_path)

    assert (sheet.format, sheet.heads, sheet.frame.rows()) == ("xlsb", HEADS, [(2, "甲", "0012", "2", "46027")])
    assert told(sheet) == [("hidden_not_seen", {"format": "XLSB"})]
