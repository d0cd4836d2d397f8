"""Workbooks (XLSX) as a sheet. The ZIP directory is judged before anything is unpacked, and the parser works in a
process of its own with a memory limit: a workbook of two far apart cells would otherwise ask for hundreds of
gigabytes.
"""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rongxin.engine import workbook_process
from rongxin.engine.delimited import without_empty_rows
from rongxin.engine.heads import head_index, normalise_head
from rongxin.engine.sheets import (
    COLUMN_LIMIT,
    HEAD_SEARCH_ROWS,
    HEADS_TO_RECOGNISE,
    ROW,
    FileFinding,
    Sheet,
    Unreadable,
    column_name,
    row_findings,
)
from rongxin.engine.workbook_process import DAMAGED

UNPACKED_LIMIT = 1 << 30
RATIO_LIMIT = 100
MEMBER_LIMIT = 1000
PARSER = Path(workbook_process.__file__)
PARSER_SECONDS = 900

_WORKBOOK_PART = "xl/workbook.xml"
_NEVER_A_BOMB = 10 << 20  # below this unpacked size a high ratio is only an empty-looking sheet


@dataclass(frozen=True, slots=True)
class _Filled:
    """One filled sheet of the workbook: its name and the Arrow file that holds its cells."""

    name: str
    path: Path

    def first_rows(self) -> list[list[str]]:
        top = pl.scan_ipc(self.path).head(HEAD_SEARCH_ROWS).collect()
        return [[cell or "" for cell in row] for row in top.iter_rows()]


def read_workbook(path: Path, folder: Path, *, row_limit: int, known_heads: frozenset[str]) -> Sheet:
    """The sheet that looks like the table: the first with known heads, else the first that is filled. Hidden sheets
    do not count.

    Every cell is text: numbers in full, formulas as the value last computed, a merged cell only in its first place.
    Unreadable as :func:`.reading.read_table`.
    """
    _refuse_bombs(path)
    filled = _parse(path, folder)
    if not filled:
        raise Unreadable("file_empty")
    used = next((sheet for sheet in filled if _has_known_heads(sheet, known_heads)), filled[0])
    head = head_index(used.first_rows(), known_heads)
    if head is None:
        raise Unreadable("file_empty")
    frame, heads = _cells(used.path, head)
    if frame.height > row_limit:
        raise Unreadable("too_many_rows", limit=str(row_limit))
    if frame.is_empty():
        raise Unreadable("head_only")
    others = "、".join(sheet.name for sheet in filled if sheet is not used)
    return Sheet(
        frame=frame,
        heads=heads,
        format="xlsx",
        encoding="",
        delimiter="",
        head_row=head + 1,
        findings=(FileFinding("several_sheets", {"used": used.name, "others": others}),) if others else (),
        row_findings=row_findings(()),
    )


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("workbook_damaged")
    if _WORKBOOK_PART not in {member.filename for member in members}:
        raise Unreadable("not_a_table", found="ZIP")
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    dense = unpacked > _NEVER_A_BOMB and unpacked > RATIO_LIMIT * packed
    if unpacked > UNPACKED_LIMIT or dense or len(members) > MEMBER_LIMIT:
        raise Unreadable("zip_bomb")


def _parse(path: Path, folder: Path) -> list[_Filled]:
    # -P: the folder of the script must not stand on the import path, it holds modules called like standard ones.
    command = [sys.executable, "-P", str(PARSER), str(path), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PARSER_SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unreadable("workbook_damaged")
    if done.returncode == DAMAGED or done.returncode < 0:
        raise Unreadable("workbook_damaged")
    if done.returncode:
        raise RuntimeError(f"the workbook parser did not run: {done.stderr.decode(errors='replace')[-2000:]}")
    return [_Filled(sheet["name"], folder / sheet["file"]) for sheet in json.loads(done.stdout)]


def _has_known_heads(sheet: _Filled, known_heads: frozenset[str]) -> bool:
    return any(
        len({normalise_head(cell) for cell in row} & known_heads) >= HEADS_TO_RECOGNISE for row in sheet.first_rows()
    )


def _cells(path: Path, head: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    everything = pl.read_ipc(path)
    heads = tuple((cell or "").strip() for cell in everything.row(head))
    if len(heads) > COLUMN_LIMIT:
        raise Unreadable("too_many_columns", limit=str(COLUMN_LIMIT))
    names = {name: column_name(index) for index, name in enumerate(everything.columns)}
    numbered = everything.rename(names).with_row_index(ROW, offset=1)
    return without_empty_rows(numbered.slice(head + 1)), heads
