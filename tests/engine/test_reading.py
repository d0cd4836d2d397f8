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
from tests.engine.made_up import as_csv, checked, kind_named, penalty, read

HEAD = "名称,代码,金额\n"
KNOWN = frozenset({"名称", "代码", "金额"})
PENALTY = kind_named("administrative_penalty")


def read_bytes(content: bytes, folder: Path, known: frozenset[str] = KNOWN) -> Sheet:
    path = folder / "table.csv"
    path.write_bytes(content)
    return read_table(path, row_limit=1000, known_heads=known)


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


@pytest.mark.parametrize("delimiter", [*",\t;|^~:#$&*!/\x01\x1f", "，", "；", "｜", "、"])
@pytest.mark.parametrize("known", [frozenset[str](), KNOWN])
def test_the_delimiter_is_seen_in_the_head(tmp_path: Path, delimiter: str, known: frozenset[str]) -> None:
    content = "名称,代码,金额\n甲,1,2\n乙,,4\n".replace(",", delimiter).encode()

    sheet = read_bytes(content, tmp_path, known)

    assert sheet.delimiter == delimiter
    assert sheet.heads == ("名称", "代码", "金额")
    assert cells(sheet) == [(2, "甲", "1", "2"), (3, "乙", None, "4")]


def test_known_heads_decide_between_delimiters(tmp_path: Path) -> None:
    sheet = read_bytes("名称#代码,旧#金额\n甲,乙,丙#1#2\n".encode(), tmp_path, frozenset({"名称", "代码旧", "金额"}))

    assert (sheet.delimiter, cells(sheet)) == ("#", [(2, "甲,乙,丙", "1", "2")])


def test_columns_set_apart_by_blanks_are_read_where_heads_are_known(tmp_path: Path) -> None:
    content = "名称     代码  金额\n甲      1     2\n乙　3   4\n丙   5\n".encode("gb18030")

    sheet = read_bytes(content, tmp_path)

    assert sheet.delimiter == " "
    assert cells(sheet) == [(2, "甲", "1", "2"), (3, "乙", "3", "4"), (4, "丙", "5", None)]
    assert findings(sheet) == [(4, "row_too_short")]


def test_the_line_that_names_the_delimiter_for_a_table_programme_is_no_head(tmp_path: Path) -> None:
    sheet = read_bytes("sep=;\n名称;代码;金额\n甲;1;2\n".encode(), tmp_path, frozenset())

    assert (sheet.heads, sheet.head_row, cells(sheet)) == (("名称", "代码", "金额"), 2, [(3, "甲", "1", "2")])


def test_a_code_protected_as_a_formula_is_the_code(tmp_path: Path) -> None:
    sheet = read(f'{HEAD}甲,="0012","=""34"""\n'.encode(), tmp_path)

    assert cells(sheet) == [(2, "甲", "0012", "34")]


def test_empty_columns_at_the_end_are_trimmed_and_filled_ones_kept(tmp_path: Path) -> None:
    trimmed = read(b"h1,h2,h3,,,\n1,2,3,,,\n4,5,6, ,,\n", tmp_path)
    kept = read(b"h1,h2,h3,,,\n1,2,3,,7,\n4,5,6\n", tmp_path)

    assert (trimmed.heads, trimmed.frame.width) == (("h1", "h2", "h3"), 4)
    assert kept.heads == ("h1", "h2", "h3", "", "")
    assert (cells(kept)[0], findings(kept)) == ((2, "1", "2", "3", None, "7"), [])


def test_of_16384_columns_the_empty_ones_are_trimmed_and_real_ones_refused(tmp_path: Path) -> None:
    empty = "," * (16_384 - 3)
    named = "".join(f",列{number}" for number in range(4, 16_385))

    sheet = read_bytes(f"名称,代码,金额{empty}\n甲,1,2{empty}\n乙,3,4\n".encode(), tmp_path)

    assert (sheet.heads, cells(sheet)) == (("名称", "代码", "金额"), [(2, "甲", "1", "2"), (3, "乙", "3", "4")])
    assert findings(sheet) == []
    with pytest.raises(Unreadable, match="too_many_columns"):
        read_bytes(f"名称,代码,金额{named}\n甲,1,2{empty}\n".encode(), tmp_path)


def test_a_column_may_stand_elsewhere_in_the_next_file(tmp_path: Path) -> None:
    rows = [penalty(1)]
    usual = as_csv(rows, PENALTY)
    moved = pl.read_csv(usual, infer_schema=False)
    moved = moved.select(reversed(moved.columns))

    first, second = (
        checked(read(content, tmp_path, PENALTY), PENALTY) for content in (usual, moved.write_csv().encode())
    )

    assert first.problems.is_empty()
    assert second.problems.is_empty()
    assert first.rows.equals(second.rows)


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "UTF-8"),
        (lambda text: text.encode("utf-8-sig"), "UTF-8 BOM"),
        (lambda text: text.encode("gb18030"), "GB18030"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-16"),
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
    assert refused("名称,代码\n甲,1\n".encode("utf-32-le"), tmp_path) == "encoding_unreadable"


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


def test_a_title_may_stand_up_to_nineteen_rows_above(tmp_path: Path) -> None:
    sheet = read_bytes(("说明文字\n" * 19 + HEAD + "甲,1,2\n").encode(), tmp_path)

    assert (sheet.head_row, cells(sheet)) == (20, [(21, "甲", "1", "2")])
    assert [(found.code, dict(found.params)) for found in sheet.findings] == [
        ("notes_skipped", {"count": "19", "rows": "1–19"})
    ]


@pytest.mark.parametrize("second", [HEAD, f"\ufeff{HEAD}"])
@pytest.mark.parametrize("quoted", ["丙", '"丙,"'])
def test_files_glued_together_are_read_through_head_and_mark_in_the_middle(
    tmp_path: Path, second: str, quoted: str
) -> None:
    content = f"\ufeff{HEAD}甲,1,2\n{second}乙,3,4\n\ufeff{quoted},5,6\n".encode()

    sheet = read_bytes(content, tmp_path)

    assert cells(sheet) == [(2, "甲", "1", "2"), (4, "乙", "3", "4"), (5, quoted.strip('"'), "5", "6")]
    assert [(found.code, found.params["rows"]) for found in sheet.findings] == [("heads_repeated", "3")]
    assert findings(sheet) == []


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
        (b"<html><p>1</p></html>", "not_a_table"),
        (b"<?xml version='1.0'?><feed><entry/></feed>", "not_a_table"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "not_a_table"),
        (b'[{"name": 1}]', "not_a_table"),
        (b"\x1f\x8b" + zlib.compress(b"a,b\n1,2\n"), "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook_damaged"),
        (b"\x09\x04\x06\x00\x00\x04\x10\x00" + bytes(600), "xls_old_format"),
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


@settings(deadline=None)
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


word = st.text(st.sampled_from("榕信示例甲乙丙䶮𠮷abcXYZ0189 .()（）《》—"), max_size=12).map(str.strip)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(word.filter(bool), word, word), min_size=1, max_size=8),
    delimiter=st.sampled_from(",\t;|^~"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_was_written_in_any_encoding_with_any_delimiter_is_read_back(
    rows: list[tuple[str, str, str]],
    delimiter: str,
    encoding: str,
    end: str,
    quoting: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("名称", "代码", "金额"), *rows])

    sheet = read_bytes(text.getvalue().encode(encoding), tmp_path_factory.mktemp("csv"))

    assert sheet.delimiter == delimiter
    assert cells(sheet) == [(at, *(cell or None for cell in row)) for at, row in enumerate(rows, start=2)]
    assert findings(sheet) == []


@settings(deadline=None)
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
