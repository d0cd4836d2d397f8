import csv
import io
import os
import zlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongxin.engine import encodings
from rongxin.engine.reading import Sheet, Unreadable, read_table
from tests.engine.made_up import read

HEAD = "名称,代码,金额\n"


def cells(sheet: Sheet) -> list[tuple[str | None, ...]]:
    """Row number and cells; an empty cell is None, however it was written."""
    return [tuple(cell or None for cell in row) for row in sheet.frame.iter_rows()]


def findings(sheet: Sheet) -> list[tuple[int, str]]:
    return list(sheet.row_findings.select("row", "code").iter_rows())


def refused(content: bytes, folder: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, folder)
    return caught.value.code


def test_rows_carry_the_number_that_a_table_programme_shows(tmp_path: Path) -> None:
    sheet = read(f"{HEAD}甲,1,2\n\n乙,,4\n,,\n\n".encode(), tmp_path)

    assert sheet.heads == ("名称", "代码", "金额")
    assert sheet.frame.schema == {"row": pl.UInt32, "c0": pl.String, "c1": pl.String, "c2": pl.String}
    assert cells(sheet) == [(2, "甲", "1", "2"), (4, "乙", None, "4")]
    assert findings(sheet) == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_seen_in_the_head(tmp_path: Path, delimiter: str) -> None:
    sheet = read("名称,代码,金额\n甲,1,2\n".replace(",", delimiter).encode(), tmp_path)

    assert (sheet.delimiter, cells(sheet)) == (delimiter, [(2, "甲", "1", "2")])


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "UTF-8"),
        (lambda text: text.encode("utf-8-sig"), "UTF-8 BOM"),
        (lambda text: text.encode("gb18030"), "GB18030"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "UTF-16"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_gives_the_same_sheet(
    tmp_path: Path, encode: object, encoding: str, end: str
) -> None:
    text = f'{HEAD}福建示例,1,2\n䶮𠮷,"a\nb",3\n'.replace("\n", end)

    sheet = read(encode(text), tmp_path)  # type: ignore[operator]

    assert sheet.encoding == encoding
    assert sheet.heads == ("名称", "代码", "金额")
    assert cells(sheet) == [(2, "福建示例", "1", "2"), (3, "䶮𠮷", "a\nb", "3")]


def test_lines_of_two_encodings_in_one_file_are_read_each_by_itself(tmp_path: Path) -> None:
    content = HEAD.encode() + "甲公司,1,2\n".encode() + "乙公司,3,4\n".encode("gb18030") + b"ascii,5,6\n"

    sheet = read(content, tmp_path)

    assert cells(sheet) == [(2, "甲公司", "1", "2"), (3, "乙公司", "3", "4"), (4, "ascii", "5", "6")]
    assert [finding.code for finding in sheet.findings] == ["encoding_mixed"]


@pytest.mark.parametrize("quoted", [b"", b'"x\ny"'])
def test_a_line_in_no_encoding_is_marked_and_the_others_stand(tmp_path: Path, quoted: bytes) -> None:
    content = HEAD.encode() + "甲,".encode() + quoted + b",2\n\xff\xfe\xff,3,4\n" + "丙,5,6\n".encode()

    sheet = read(content, tmp_path)

    assert findings(sheet) == [(3, "encoding_broken")]
    assert [row[1] for row in cells(sheet)][::2] == ["甲", "丙"]


def test_a_file_in_no_encoding_is_refused(tmp_path: Path) -> None:
    assert refused(b"\xff\xff,\xff\n\xff,\xfe\n", tmp_path) == "encoding_unreadable"
    assert refused("名称,代码\n甲,1\n".encode("utf-16-le"), tmp_path) == "encoding_unreadable"


@pytest.mark.parametrize("quoted", ["x", '"x\ny"'])
def test_nul_bytes_are_taken_out_and_told(tmp_path: Path, quoted: str) -> None:
    sheet = read(f"{HEAD}甲,{quoted},2\n乙\0丁,3,4\n".encode(), tmp_path)

    assert findings(sheet) == [(3, "nul_byte")]
    assert cells(sheet)[1] == (3, "乙丁", "3", "4")


@pytest.mark.parametrize("quoted", ["x", '"x,y"', '"x\ny"', 'x"y'])
def test_rows_with_too_many_or_too_few_cells_are_found_exactly(tmp_path: Path, quoted: str) -> None:
    sheet = read(f"{HEAD}{quoted},1,2\n乙,1\n丙,1,2,3\n丁,1,\n戊,1,2,\n己\n庚,1,2\n".encode(), tmp_path)

    assert findings(sheet) == [(3, "row_too_short"), (4, "row_too_long"), (7, "row_too_short")]
    assert cells(sheet)[1:4] == [(3, "乙", "1", None), (4, "丙", "1", "2"), (5, "丁", "1", None)]
    assert sheet.row_findings["params"].to_list()[0] == '{"expected":"3","found":"2"}'


def test_a_surplus_delimiter_without_content_is_no_problem(tmp_path: Path) -> None:
    sheet = read(f"{HEAD}甲,1,2,,\n乙,1,2,,\n".encode(), tmp_path)

    assert findings(sheet) == []


def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read(f'{HEAD}甲,1,2\n乙,"3,4\n丙,5,6\n'.encode(), tmp_path)

    assert (caught.value.code, caught.value.params) == ("quote_not_closed", {"row": "3"})


def test_a_title_row_and_empty_rows_above_the_head_are_passed_over(tmp_path: Path) -> None:
    content = "\n示例市行政处罚汇总表\n\n名称,代码,金额\n甲,1,2\n".encode()
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    sheet = read_table(path, row_limit=10, known_heads=frozenset({"名称", "代码", "金额"}))

    assert (sheet.head_row, cells(sheet)) == (4, [(5, "甲", "1", "2")])


def test_limits(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD.encode() + b"a,1,2\n" * 4)

    assert read_table(path, row_limit=4).frame.height == 4
    with pytest.raises(Unreadable, match="too_many_rows"):
        read_table(path, row_limit=3)
    path.write_bytes(b",".join(b"h" for _ in range(600)) + b"\n")
    with pytest.raises(Unreadable, match="too_many_columns"):
        read_table(path, row_limit=3)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n\n", "file_empty"),
        (HEAD.encode(), "head_only"),
        (HEAD.encode() + b",,\n , \n", "head_only"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_table"),
        (b'[{"name": 1}]', "not_a_table"),
        (b"\x1f\x8b" + zlib.compress(b"a,b\n1,2\n"), "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls_old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(content, tmp_path) == code


def test_nothing_of_a_received_file_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))

    read(f"{HEAD}甲,1,2\n".encode("gb18030"), tmp_path)

    assert os.listdir(tmp_path / "scratch") == []


plain = st.text(st.sampled_from('ab1 ,;\t"\n\r甲乙é'), max_size=6)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(plain, min_size=1, max_size=5), min_size=1, max_size=8), quoting=st.booleans())
def test_what_a_csv_writer_wrote_is_read_back_row_by_row(
    rows: list[list[str]], quoting: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Polars, where it may read, and the csv module see the same cells and the same ragged rows."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerows([["h1", "h2", "h3"], *rows])
    content = text.getvalue().encode()
    expected = list(csv.reader(io.StringIO(content.decode().replace("\r\n", "\n").replace("\r", "\n"), newline="")))[1:]
    filled = {number: row for number, row in enumerate(expected, start=2) if any(cell.strip() for cell in row)}
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_bytes(content)

    if not any("".join(row[:3]).strip() for row in filled.values()):
        return
    sheet = read_table(path, row_limit=100, known_heads=frozenset({"H1", "H2", "H3"}))

    got = {row: [(cell or "").replace("\r\n", "\n") for cell in cells_] for row, *cells_ in sheet.frame.iter_rows()}
    kept = {number: row for number, row in filled.items() if "".join(row[:3]).strip()}
    assert got == {number: [*row[:3], "", "", ""][:3] for number, row in kept.items()}
    long = {number for number, row in kept.items() if any(cell.strip() for cell in row[3:])}
    short = {number for number, row in kept.items() if len(row) < 3}
    assert set(findings(sheet)) == {(n, "row_too_long") for n in long} | {(n, "row_too_short") for n in short}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(1, 7))
def test_one_look_at_the_bytes_tells_the_truth(content: bytes, chunk: int) -> None:
    """Whatever the size of the pieces in which the file is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "CHUNK", chunk)
        path = Path(os.devnull)
        patch.setattr(Path, "open", lambda *_, **__: io.BytesIO(content))
        look = encodings._look(path)

    assert look.has_nul == (b"\0" in content)
    assert look.has_returns == (b"\r" in content)
    assert look.has_quotes == (b'"' in content)
    assert look.has_lone_return == (content.count(b"\r") != content.count(b"\r\n"))
