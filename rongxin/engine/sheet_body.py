"""The cells of a large worksheet, written a column at a time.

xlsxwriter writes cell by cell. Here it makes the workbook and everything of the sheet but its cells; in their place it
writes a model row (:func:`write_model_row`) with one empty cell of each format. :func:`fill_sheet` copies the workbook
and puts the cells where that row stands, as XML that Polars joins from whole columns.

Every cell is a text, stored as xlsxwriter stores it (ECMA-376 part 1, 18.3.1.53 ``is`` and 22.9.2.19 ``ST_Xstring``);
what looks like a formula, a number or markup stays the text that it is.
"""

import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from rongxin.engine.cells import changed_where
from rongxin.engine.workbook_xml import structure

LONGEST_CELL: Final = 32_767
"""UTF-16 units that the workbook format allows in a cell; of a longer text the beginning is written."""

# The usual level takes three times as long and makes the file an eighth smaller.
_COMPRESSION: Final = 3
_MODEL_ROW: Final = re.compile(rb'<row r="1">((?:<c r="[A-Z]+1" s="[0-9]+"/>)+)</row>')
_STYLE: Final = re.compile(rb's="([0-9]+)"')
_DIMENSION: Final = re.compile(rb'(?<=<dimension ref=")[^"]*')
_LIKE_AN_ESCAPE: Final = "(_x[0-9a-fA-F]{4}_)"
_CONTROLS: Final = [chr(point) for point in (*range(0x20), 0xFFFE, 0xFFFF) if chr(point) not in "\t\n"]
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {text: f"_x{ord(text):04X}_" for text in _CONTROLS}
_TO_ESCAPE: Final = r"_x|[&<>\x{0}-\x{8}\x{b}-\x{1f}\x{fffe}\x{ffff}]"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet. ``text``: String, null where there is no cell. ``format``: integer, the place of the cell's
    format in the model row.
    """

    text: pl.Expr
    format: pl.Expr


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the sheet: ``columns``, from the first one on, are expressions over ``frame``."""

    frame: pl.DataFrame
    columns: Sequence[Column]


def write_model_row(page: Worksheet, formats: Sequence[Format]) -> None:
    """Name the formats that the cells of ``page`` will have; no other cell may be written to it."""
    for place, style in enumerate(formats):
        page.write_blank(0, place, None, style)


def fill_sheet(book: IO[bytes], path: Path, sheet: str, parts: Iterable[Rows], *, height: int, width: int) -> None:
    """Write the workbook ``book`` to ``path``, with ``parts`` one below the other as the cells of the worksheet named
    ``sheet``, which has a model row. ``height`` and ``width``: rows and columns of all parts together. One part at a
    time stands in memory as XML. ValueError without model row; RuntimeError where the sheet is above 2 GiB of XML.
    """
    with (
        zipfile.ZipFile(book) as made,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as filled,
    ):
        page = structure(made).parts[sheet]
        for name in made.namelist():
            with made.open(name) as source, filled.open(name, "w") as target:
                if name != page:
                    shutil.copyfileobj(source, target)
                    continue
                before, model, after = _MODEL_ROW.split(source.read())
                area = xl_range(0, 0, height - 1, width - 1)
                target.write(_DIMENSION.sub(area.encode(), before))
                _write_rows(target, _STYLE.findall(model), parts)
                target.write(after)


def _write_rows(target: IO[bytes], styles: Sequence[bytes], parts: Iterable[Rows]) -> None:
    # What stands between the number of the row and the text of the cell, for each format: without and with blanks.
    openings = pl.Series(
        f'" s="{style.decode()}" t="inlineStr"><is><t{kept}>'
        for style in styles
        for kept in ("", ' xml:space="preserve"')
    )
    first = 1
    for part in parts:
        target.write(_xml(part, openings, first))
        first += part.frame.height


def _xml(rows: Rows, openings: pl.Series, first: int) -> bytes:
    """The XML of rows that begin with row number ``first``."""
    parts = rows.frame.select(
        pl.int_range(first, first + pl.len()).cast(pl.String).alias("number"),
        *(column.text.alias(f"text {place}") for place, column in enumerate(rows.columns)),
        *(column.format.alias(f"format {place}") for place, column in enumerate(rows.columns)),
    )
    places = range(len(rows.columns))
    stored = parts.with_columns(_stored(parts[f"text {place}"]) for place in places)
    lines = stored.select("number", *(_cell(place, openings) for place in places)).select(
        pl.concat_str(
            pl.lit('<row r="'), "number", pl.lit('">'), pl.exclude("number"), pl.lit("</row>"), ignore_nulls=True
        )
    )
    xml: bytes = lines.to_series().str.join("").cast(pl.Binary).item()
    return xml


def _cell(place: int, openings: pl.Series) -> pl.Expr:
    """The XML of the cells of a column; null where there is none."""
    text = pl.col(f"text {place}")
    has_blanks = text.str.strip_chars() != text
    opening = pl.lit(openings).gather(2 * pl.col(f"format {place}").cast(pl.UInt32) + has_blanks)
    before = pl.lit(f'<c r="{xl_col_to_name(place)}')
    return pl.concat_str(before, "number", opening, text, pl.lit("</t></is></c>")).alias(f"cell {place}")


def _stored(texts: pl.Series) -> pl.Series:
    """Texts as they stand in XML: cut, without characters that are no XML or that mean something in it."""
    perhaps_long = (texts.str.len_bytes() > LONGEST_CELL).fill_null(False)
    texts = changed_where(texts, perhaps_long, _cut)
    if not texts.str.contains(_TO_ESCAPE).any():
        return texts
    escaped = texts.str.replace_all(_LIKE_AN_ESCAPE, "_x005F${1}")
    return escaped.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))


def _cut(text: str) -> str:
    """The beginning that fits into a cell; a character is not cut in two."""
    return text.encode("utf-16-le")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")
