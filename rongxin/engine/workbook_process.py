"""The process that parses a workbook: ``workbook_process.py WORKBOOK FORMAT FOLDER``.

Writes every filled visible sheet as an Arrow file into FOLDER and prints what it found as JSON. It ends with the code
DAMAGED, or is ended by the memory limit, for a workbook that is damaged or asks for more than a table could need; with
the code NO_ROOM where FOLDER can take no more.
Nothing in a workbook is run: no macro, no formula, no link.
"""

import json
import resource
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import fastexcel
import polars as pl

from rongxin.engine import markup_tables, workbook_biff, workbook_xml
from rongxin.engine.sheets import MARKS_SHEET, Unreadable, refuse_large_cells
from rongxin.engine.workbook_xml import EntitiesDeclared, Hidden
from rongxin.primitives.room import is_full, is_no_room

DAMAGED: Final = 3
NO_ROOM: Final = 4
MEMORY_LIMIT: Final = 6 << 30
MARKS_LIMIT: Final = 100
LONGEST_MARK: Final = 2_000
_MIDNIGHT: Final = " 00:00:00"  # a date cell without time
_VISIBLE: Final = "visible"
_MARKUP: Final = {"html": markup_tables.html_tables, "xml": markup_tables.spreadsheet_tables}
_REFUSED: Final[dict[type[Exception], tuple[str, dict[str, str]]]] = {
    EntitiesDeclared: ("xml_entities", {}),
    workbook_biff.Encrypted: ("workbook_encrypted", {}),
    workbook_biff.NoWorkbook: ("not_a_table", {"found": "OLE"}),
    markup_tables.TooLarge: ("workbook_damaged", {}),
}


def main(workbook: str, form: str, folder: str) -> None:
    """Parse ``workbook``, which is of the format ``form``, into ``folder``."""
    # A worker told to stop finishes what it has begun, and whoever stops it may well tell all its processes.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        found = _parsed(Path(workbook), form, Path(folder))
    except Unreadable as error:
        found = {"unreadable": error.code, "params": dict(error.params)}
    except tuple(_REFUSED) as error:
        code, params = _REFUSED[type(error)]
        found = {"unreadable": code, "params": params}
    except BaseException as error:  # a panic of the parser is no Exception
        if is_no_room(error) or is_full(Path(folder)):
            sys.exit(NO_ROOM)
        sys.exit(f"{error}" if isinstance(error, OSError) and error.filename else DAMAGED)
    json.dump(found, sys.stdout)


def _parsed(workbook: Path, form: str, folder: Path) -> dict[str, Any]:
    if form in _MARKUP:
        return _from_markup(workbook, form, folder)
    sheets, hidden_sheets, marks = [], [], {}
    told = _Told(workbook, form)
    # The parser goes by the ending of the name; the file may have come under any.
    named = folder / f"workbook.{form}"
    named.symlink_to(workbook.resolve())
    reader = fastexcel.read_excel(named)
    for index, name in enumerate(reader.sheet_names):
        if told.is_no_worksheet(index, name):
            continue
        sheet = reader.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
        cells = _trimmed(pl.DataFrame(sheet.to_polars()))
        if name == MARKS_SHEET and sheet.visible != _VISIBLE:
            marks = _marks(cells)
        elif cells.is_empty() or name.startswith(MARKS_SHEET):
            continue
        elif sheet.visible != _VISIBLE:
            hidden_sheets.append(name)
        else:
            sheets.append(_written(folder, index, name, cells, told.hidden(index, name)))
    return {
        "sheets": sheets,
        "hidden_sheets": hidden_sheets,
        "marks": marks,
        "counts_from_1904": told.counts_from_1904,
    }


class _Told:
    """What only the file itself tells of its sheets, by format."""

    def __init__(self, workbook: Path, form: str) -> None:
        self._workbook = workbook
        self._biff = workbook_biff.structure(workbook.read_bytes()) if form == "xls" else None
        self._xml = None
        self.counts_from_1904 = False
        if form in ("xlsx", "xlsb", "ods"):
            with zipfile.ZipFile(workbook) as archive:
                workbook_xml.refuse_entities(archive)
                if form == "xlsx":
                    self._xml = workbook_xml.structure(archive)
                    self.counts_from_1904 = self._xml.counts_from_1904

    def is_no_worksheet(self, index: int, name: str) -> bool:
        """Whether the sheet is a chart or a dialog."""
        if self._biff:
            return index not in self._biff.worksheets
        return self._xml is not None and name in self._xml.others

    def hidden(self, index: int, name: str) -> Hidden:
        """Its hidden rows and columns, as far as the format is understood."""
        if self._biff:
            return self._biff.hidden.get(index, Hidden())
        if self._xml and name in self._xml.parts:
            with zipfile.ZipFile(self._workbook) as archive:
                return workbook_xml.hidden(archive, self._xml.parts[name])
        return Hidden()


def _trimmed(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells without empty columns at the end; nothing if all are empty."""
    cells = cells.with_columns(pl.all().str.strip_suffix(_MIDNIGHT))
    filled = cells.select((pl.all().str.strip_chars() != "").any())
    last = max((place for place, name in enumerate(filled.columns, start=1) if filled[name].item()), default=0)
    return cells.select(cells.columns[:last])


def _marks(cells: pl.DataFrame) -> dict[str, str]:
    if cells.width < 2:
        return {}
    rows = cells.head(MARKS_LIMIT).select(cells.columns[:2]).iter_rows()
    return {key: (value or "")[:LONGEST_MARK] for key, value in rows if key}


def _written(folder: Path, index: int, name: str, cells: pl.DataFrame, hidden: Hidden) -> dict[str, Any]:
    refuse_large_cells(cells)
    file = f"sheet{index}.arrow"
    cells.write_ipc(folder / file)
    return {"name": name, "file": file, "hidden_rows": hidden.rows, "hidden_columns": hidden.columns}


def _from_markup(workbook: Path, form: str, folder: Path) -> dict[str, Any]:
    tables = _MARKUP[form](workbook.read_bytes())
    sheets, hidden_sheets = [], []
    for index, table in enumerate(tables):
        cells = _trimmed(_as_frame(table.rows))
        if cells.is_empty():
            continue
        if table.is_hidden:
            hidden_sheets.append(table.name)
        else:
            sheets.append(_written(folder, index, table.name, cells, table.hidden))
    return {"sheets": sheets, "hidden_sheets": hidden_sheets, "marks": {}, "counts_from_1904": False}


def _as_frame(rows: list[list[str]]) -> pl.DataFrame:
    width = max(map(len, rows), default=0)

    def column(index: int) -> Iterator[str | None]:
        return ((row[index] or None) if index < len(row) else None for row in rows)

    return pl.DataFrame({f"c{index}": pl.Series(list(column(index)), dtype=pl.String) for index in range(width)})


if __name__ == "__main__":
    main(*sys.argv[1:])
