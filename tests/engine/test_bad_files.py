"""Files that are broken, mislabelled or meant to do harm: each is read all the same or refused with its reason."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from rongxin.engine import workbook_biff, workbook_process, workbooks
from rongxin.engine.reading import Sheet, Unreadable, read_table
from tests.engine.test_workbooks import HEADS, KNOWN, book, read

FILES = Path(__file__).parent / "files"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WHOLE = book(("数据", [list(HEADS), ["甲", "1"]]))
XML = '<?xml version="1.0"?>'
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>'


def archive(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return content.getvalue()


def changed(content: bytes, change: Callable[[str, bytes], bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with every part put through ``change``."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {member.filename: change(member.filename, packed.read(member)) for member in packed.infolist()}
    return archive(parts, packing)


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    """The workbook with one part more."""
    copy = io.BytesIO(content)
    with zipfile.ZipFile(copy, "a") as packed:
        packed.writestr(name, data)
    return copy.getvalue()


def refused(content: bytes, folder: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, folder)
    return caught.value.code


def codes(sheet: Sheet) -> list[str]:
    return [finding.code for finding in sheet.findings]


def test_bombs_are_refused_before_they_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "_parse", lambda *_: pytest.fail("it was opened"))
    part = "xl/workbook.xml"
    dense = archive({part: b"<x/>", "xl/worksheets/sheet1.xml": bytes(20 << 20)})
    many = archive({part: b"<x/>"} | {f"m{index}": b"" for index in range(1001)})
    huge = bytearray(archive({part: b"<x/>", "big": b"y"}))
    at = huge.rindex(b"PK\x01\x02")
    huge[at + 24 : at + 28] = struct.pack("<I", 3 << 30)  # what it claims to unpack to

    for content in (dense, many, bytes(huge)):
        assert refused(content, tmp_path) == "zip_bomb"


def test_an_archive_inside_a_workbook_is_left_shut(tmp_path: Path) -> None:
    inner = archive({f"m{index}": bytes(1 << 20) for index in range(100)})
    nested = with_part(WHOLE, "xl/embeddings/inner.zip", archive({"inner.zip": inner}))

    assert read(nested, tmp_path).frame.height == 1


def test_a_part_that_unpacks_to_more_than_it_claims_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_process, "MEMORY_LIMIT", 1 << 30)
    page = b"<worksheet><sheetData>" + b" " * (64 << 20)
    lying = bytearray(changed(WHOLE, lambda name, data: page if "sheet1" in name else data))
    honest = struct.pack("<I", len(page))
    at = lying.find(honest)
    while at >= 0:
        lying[at : at + 4] = struct.pack("<I", 100)
        at = lying.find(honest)

    assert refused(bytes(lying), tmp_path) in {"workbook_damaged", "file_empty"}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("entities", [LAUGHS, EXTERNAL])
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str, entities: str) -> None:
    def with_entities(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"standalone", b"  standalone").replace(b"?>", f"?>{entities}".encode(), 1)
            if name == part
            else data
        )

    assert refused(changed(WHOLE, with_entities), tmp_path) == "xml_entities"


@pytest.mark.parametrize("entities", [LAUGHS, EXTERNAL])
def test_entities_are_refused_in_an_xml_spreadsheet(tmp_path: Path, entities: str) -> None:
    content = f'{XML}{entities}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&c;</Workbook>'

    assert refused(content.encode(), tmp_path) == "xml_entities"


def test_what_is_no_workbook_inside_is_refused_by_name(tmp_path: Path) -> None:
    assert refused(archive({"readme": b"text"}), tmp_path) == "not_a_table"
    assert refused(compound({"WordDocument": b"x" * 100}), tmp_path) == "not_a_table"


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.98])
@pytest.mark.parametrize("whole", [WHOLE, (FILES / "old.xls").read_bytes()])
def test_a_truncated_workbook_is_refused(tmp_path: Path, whole: bytes, keep: float) -> None:
    content = whole[: int(len(whole) * keep)]

    if whole is WHOLE or keep < 0.9:
        assert refused(content, tmp_path) == "workbook_damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_half_written_part_is_refused(tmp_path: Path, part: str) -> None:
    half = changed(WHOLE, lambda name, data: data[: len(data) // 2] if name == part else data)

    assert refused(half, tmp_path) == "workbook_damaged"


def test_a_workbook_whose_sheet_is_missing_is_refused(tmp_path: Path) -> None:
    assert refused(archive({"xl/workbook.xml": b"<workbook"}), tmp_path) == "workbook_damaged"


def test_passwords_are_told(tmp_path: Path) -> None:
    globals_ = struct.pack("<HHHH", 0x0809, 4, 0x0600, 5) + struct.pack("<HH6s", 0x002F, 6, b"\1\0\1\0\1\0")
    locked = bytearray(WHOLE)
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1

    assert refused(OLE + "EncryptedPackage".encode("utf-16-le"), tmp_path) == "workbook_encrypted"
    assert refused(compound({"Workbook": globals_ + struct.pack("<HH", 0x000A, 0)}), tmp_path) == "workbook_encrypted"
    assert refused(bytes(locked), tmp_path) == "workbook_encrypted"


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file whose streams are small, so that they stand in its small sectors."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    small = b"".join(data + bytes(-len(data) % 64) for data in streams.values())
    table, entries, at = [], [], 0
    for name, data in streams.items():
        count = -(-len(data) // 64)
        table += [*range(at + 1, at + count), end]
        entries.append(entry(name, 2, at, len(data)))
        at += count
    directory = b"".join([entry("Root Entry", 5, 2, len(small)), *entries]).ljust(512, b"\0")
    sectors = [
        struct.pack("<128I", 0xFFFFFFFD, end, *([3] if len(small) > 512 else [end]), end, end, *[free] * 123),
        directory,
        small.ljust(512, b"\0"),
        struct.pack("<128I", *table, *[free] * (128 - len(table))),
    ]
    header = struct.pack("<8s16xHHHHH6xIII", OLE, 62, 3, 0xFFFE, 9, 6, 0, 1, 1)
    header += struct.pack("<IIIIIII", 0, 4096, 3, 1, end, 0, 0) + struct.pack("<108I", *[free] * 108)
    return header + b"".join(sectors)


def entry(name: str, sort: int, start: int, size: int) -> bytes:
    coded = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBB48xIII", coded, len(coded), sort, 1, start, size, 0)


def test_a_chain_of_sectors_that_runs_in_a_circle_ends() -> None:
    assert list(workbook_biff._followed(1, (0, 2, 1))) == [1, 2, 1]
    assert list(workbook_biff._followed(0, (7, 0))) == [0, 7]


def test_macros_never_run_and_are_told(tmp_path: Path) -> None:
    xlsm = with_part(WHOLE, "xl/vbaProject.bin", b"Sub Auto_Open()")
    xls = (FILES / "old.xls").read_bytes() + "_VBA_PROJECT_CUR".encode("utf-16-le")

    assert codes(read(xlsm, tmp_path)) == ["macros_ignored"]
    assert "macros_ignored" in codes(read(xls, tmp_path))


@pytest.mark.parametrize("name", ["table.csv", "table.xls", "table", "table.xlsx.exe"])
def test_the_name_of_a_file_says_nothing(tmp_path: Path, name: str) -> None:
    contents = (WHOLE, (FILES / "old.xls").read_bytes(), f"{','.join(HEADS)}\n甲,1,2,3\n".encode("gb18030"))

    for content, form in zip(contents, ("xlsx", "xls", "csv"), strict=True):
        (tmp_path / name).write_bytes(content)
        assert read_table(tmp_path / name, row_limit=10, known_heads=KNOWN).format == form


@pytest.mark.parametrize("as_workbook", [True, False])
def test_a_cell_of_two_hundred_megabytes_is_refused(tmp_path: Path, as_workbook: bool) -> None:
    path = tmp_path / "large"
    size = 200 << 20
    if as_workbook:
        cell = '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'
        page = (XML + cell % ("x" * size)).encode()
        path.write_bytes(changed(WHOLE, lambda name, data: page if "sheet1" in name else data, zipfile.ZIP_STORED))
    else:
        with path.open("wb") as file:
            file.write(",".join(HEADS).encode() + b"\n")
            file.writelines([b"x" * (1 << 20)] * (size >> 20))

    with pytest.raises(Unreadable, match="cell_too_large"):
        read_table(path, row_limit=10, known_heads=KNOWN)


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("above", [0, 30])
def test_a_cell_of_two_megabytes_is_refused_wherever_it_stands(tmp_path: Path, quote: str, above: int) -> None:
    cell = quote + "x" * (2 << 20) + quote
    content = "\n".join([",".join(HEADS), *["甲,1,2,3"] * above, f"乙,{cell},2,3"])

    assert refused(content.encode(), tmp_path) == "cell_too_large"


def test_two_cells_far_apart_cannot_eat_the_memory(tmp_path: Path) -> None:
    """Its few bytes ask the parser for 512 GB; the parser's own process pays."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        page = made.add_worksheet()
        page.write(0, 0, "名称")
        page.write(1_048_575, 16_383, "x")

    assert refused(content.getvalue(), tmp_path) == "workbook_damaged"
    assert workbook_process.MEMORY_LIMIT <= 6 << 30


def test_a_parser_that_cannot_run_is_not_laid_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "PARSER", tmp_path / "absent.py")

    with pytest.raises(RuntimeError, match="did not run"):
        read(WHOLE, tmp_path)


def test_a_parser_that_is_stopped_says_nothing_about_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops a worker may tell all its processes; the batch is then checked anew and not called damaged."""
    stopped = tmp_path / "stopped.py"
    monkeypatch.setattr(workbooks, "PARSER", stopped)
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        stopped.write_text(
            f"import os, signal; signal.signal(signal.{name}, signal.SIG_DFL); os.kill(os.getpid(), signal.{name})"
        )
        with pytest.raises(RuntimeError, match="did not run"):
            read(WHOLE, tmp_path)
    stopped.write_text("import os; os.abort()")
    assert refused(WHOLE, tmp_path) == "workbook_damaged"


def test_the_parser_finishes_what_it_has_begun(tmp_path: Path) -> None:
    """As its worker does at the first signal."""
    script = (
        "import os, signal; from rongxin.engine import workbook_process as process\n"
        "process._parsed = lambda *_: {'told': [os.kill(os.getpid(), number) for number in (signal.SIGTERM, signal.SIGINT)]}\n"
        "process.main('', 'xlsx', '.')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, '{"told": [null, null]}')


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "file_empty"),
        ([[" "]], "file_empty"),
        ([list(HEADS)], "head_only"),
        ([list(HEADS), ["注：无"]], "head_only"),
        ([["示例市汇总表"], list(HEADS)], "head_only"),
        ([list(HEADS), *[["x"]] * 101], "too_many_rows"),
    ],
)
def test_a_workbook_without_a_table_is_refused(tmp_path: Path, rows: list[list[object]], code: str) -> None:
    assert refused(book(("数据", rows)), tmp_path) == code


def test_bytes_behind_a_packed_file_or_before_it_are_no_workbook(tmp_path: Path) -> None:
    assert refused(b"PK\x03\x04" + zlib.compress(b"x" * 100), tmp_path) == "workbook_damaged"
    assert refused(b"PK\x03\x04", tmp_path) == "workbook_damaged"
