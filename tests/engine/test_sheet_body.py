"""The cells that are written by columns are those that xlsxwriter writes one by one."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from rongxin.engine.reading import read_table
from rongxin.engine.sheet_body import LONGEST_CELL, Column, Rows, fill_sheet, write_model_row
from tests.examples import slow

PAGE = "示例 & <页>"
HEADS = ("名称", "代码", "金额")
STYLES = ({"num_format": "@"}, {"bg_color": "#FFE3E0"}, {"bold": True, "text_wrap": True})
SHEET_XML = "xl/worksheets/sheet1.xml"

Cell = tuple[str | None, int]
"""Text and format; None: no cell."""


def by_cells(path: Path, rows: Sequence[Sequence[Cell]]) -> Path:
    """What xlsxwriter writes."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        formats = [book.add_format(style) for style in STYLES]
        page = book.add_worksheet(PAGE)
        for line, row in enumerate(rows):
            for place, (text, style) in enumerate(row):
                if text is not None:
                    page.write_string(line, place, text, formats[style])
        book.add_worksheet("说明").write_string(0, 0, "示例")
    return path


def by_columns(path: Path, rows: Sequence[Sequence[Cell]], part: int = 2) -> Path:
    """What the module writes, ``part`` rows at a time."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        page = book.add_worksheet(PAGE)
        write_model_row(page, [book.add_format(style) for style in STYLES])
        book.add_worksheet("说明").write_string(0, 0, "示例")
    width = len(rows[0])
    columns = [Column(pl.col(f"text{place}"), pl.col(f"format{place}")) for place in range(width)]
    schema = {
        f"{name}{place}": kind for place in range(width) for name, kind in (("text", pl.String), ("format", pl.Int8))
    }
    frame = pl.DataFrame([[value for cell in row for value in cell] for row in rows], schema=schema, orient="row")
    parts = (Rows(slice_, columns) for slice_ in frame.iter_slices(part))
    fill_sheet(made, path, PAGE, parts, height=len(rows), width=width)
    return path


def seen(path: Path) -> list[list[tuple[object, str, str, bool]]]:
    """What openpyxl reads of each cell: value, type, format of numbers, bold."""
    return [
        [(cell.value, cell.data_type, cell.number_format, bool(cell.font.bold)) for cell in row]
        for row in load_workbook(path)[PAGE].iter_rows()
    ]


def stored(path: Path) -> bytes:
    """The XML of the sheet, which must be well-formed."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(SHEET_XML)
    ElementTree.fromstring(xml)
    return xml


escapes = st.sampled_from(
    ["_x0041_", "_x0041_x0042_", "_X0041_", "_x005F_", "_x00g1_", "a\x00b", "\x1f", "\ufffe", "\uffff"]
)
blanks = st.sampled_from([" ", "a\r\nb", "\tx", "x\n", "\u3000全角\u3000", "\u2028", "\x85"])
markup = st.sampled_from(["]]>", "&amp;", '"<\'>"', "=1+1", "+1", "-1", "@a", "001", "1e5", "😀"])
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
pieces = st.lists(st.one_of(escapes, blanks, markup, anything, st.text("_x0aF4 \n", max_size=9)), max_size=3).map(
    "".join
)
table_cells = st.tuples(st.one_of(st.none(), pieces), st.integers(0, len(STYLES) - 1))
EVERY_CONTROL: list[list[Cell]] = [[("a", 0), (chr(point), 1)] for point in (*range(0x21), 0x7F, 0x85, 0xA0, 0xFFFE)]
rows_below = st.lists(st.lists(table_cells, min_size=2, max_size=2), min_size=1, max_size=40)


def both(below: list[list[Cell]], factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The table written by columns, and by xlsxwriter."""
    folder = factory.mktemp("body")
    # xlsxwriter numbers formats as they first come, and leaves out rows without cells.
    rows = [list(zip(HEADS, range(3), strict=True)), *([("示例", 0), *row] for row in below)]
    return by_columns(folder / "columns.xlsx", rows), by_cells(folder / "cells.xlsx", rows)


@settings(max_examples=slow(), deadline=None)
@given(below=rows_below)
@example(below=EVERY_CONTROL)
def test_the_cells_are_stored_as_xlsxwriter_stores_them(
    below: list[list[Cell]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours, theirs = both(below, tmp_path_factory)

    assert stored(ours).partition(b"<sheetData>")[2] == stored(theirs).partition(b"<sheetData>")[2]


@settings(max_examples=5, deadline=None)
@given(below=rows_below)
@example(below=EVERY_CONTROL)
def test_every_reader_finds_the_cells_that_xlsxwriter_writes(
    below: list[list[Cell]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours, theirs = both(below, tmp_path_factory)

    assert seen(ours) == seen(theirs)
    read, expected = (read_table(path, row_limit=100, known_heads=frozenset(HEADS)) for path in (ours, theirs))
    assert read.heads == expected.heads
    assert read.frame.equals(expected.frame)


@pytest.mark.parametrize(
    "text",
    [
        "长" * (LONGEST_CELL + 1),
        "长" * LONGEST_CELL,
        "a" * (LONGEST_CELL - 1) + "😀",
        "a" * (LONGEST_CELL - 2) + "😀b",
        "😀" * 20_000,
        "&" * 40_000,
    ],
    ids=["above", "at", "pair cut", "pair whole", "pairs", "escaped"],
)
def test_a_text_too_long_for_a_cell_is_cut_where_xlsxwriter_cuts_it(text: str, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [[("名称", 0)], [(text, 0)], [("短", 0)]]

    assert seen(by_columns(tmp_path / "a.xlsx", rows)) == seen(by_cells(tmp_path / "b.xlsx", rows))


def test_markup_of_rich_text_stays_the_text_that_it_is(tmp_path: Path) -> None:
    text = "<r><t>甲</t></r>"  # which xlsxwriter takes for markup of its own

    path = by_columns(tmp_path / "a.xlsx", [[("名称", 0)], [(text, 0)], [("<r><</r>", 0)]])

    assert [row[0][0] for row in seen(path)] == ["名称", text, "<r><</r>"]


def test_cells_that_are_nothing_are_left_out_and_empty_ones_keep_their_format(tmp_path: Path) -> None:
    path = by_columns(tmp_path / "a.xlsx", [[("甲", 2), (None, 0), ("", 1)]])

    xml = stored(path).decode()
    assert xml.count("<c ") == 2
    assert '<dimension ref="A1:C1"/>' in xml
    page = load_workbook(path)[PAGE]
    assert page["C1"].fill.patternType == "solid"
    assert page["A1"].font.bold


def test_the_other_parts_of_the_workbook_are_as_they_were_made(tmp_path: Path) -> None:
    path = by_columns(tmp_path / "a.xlsx", [[("甲", 0)]])

    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(by_cells(tmp_path / "b.xlsx", [[("甲", 0)]])) as other:
        assert archive.namelist() == other.namelist()
        for name in set(archive.namelist()) - {SHEET_XML, "docProps/core.xml", "xl/styles.xml"}:
            assert archive.read(name) == other.read(name)
    assert load_workbook(path)["说明"]["A1"].value == "示例"
