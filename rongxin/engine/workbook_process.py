"""The process that parses a workbook: ``workbook_process.py WORKBOOK FOLDER``.

Writes every filled visible sheet as an Arrow file into FOLDER and prints their names as JSON. It ends with the code
DAMAGED, or is ended by the memory limit, for a workbook that is damaged or asks for more than a table could need.
"""

import json
import resource
import sys
from pathlib import Path

import fastexcel
import polars as pl

DAMAGED = 3
MEMORY_LIMIT = 6 << 30
_MIDNIGHT = " 00:00:00"  # a date cell without time


def main(workbook: str, folder: str) -> None:
    """Parse ``workbook`` into ``folder``."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        filled = _parse(workbook, Path(folder))
    except BaseException as error:  # a panic of the parser is no Exception
        sys.exit(f"{error}" if isinstance(error, OSError) else DAMAGED)
    json.dump(filled, sys.stdout)


def _parse(workbook: str, folder: Path) -> list[dict[str, str]]:
    reader = fastexcel.read_excel(workbook)
    filled = []
    for index, name in enumerate(reader.sheet_names):
        sheet = reader.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
        if sheet.visible != "visible":
            continue
        cells = pl.DataFrame(sheet.to_polars()).with_columns(pl.all().str.strip_suffix(_MIDNIGHT))
        if cells.select(pl.any_horizontal(pl.all().str.strip_chars().fill_null("") != "").any()).item():
            file = f"sheet{index}.arrow"
            cells.write_ipc(folder / file)
            filled.append({"name": name, "file": file})
    return filled


if __name__ == "__main__":
    main(*sys.argv[1:])
