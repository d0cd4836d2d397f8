"""Workbooks (XLSX, XLS, XLSB, ODS, and tables in markup) as a sheet.

A ZIP directory is judged before anything is unpacked, and the parser works in a process of its own with a memory
limit: a workbook of two far apart cells would otherwise ask for hundreds of gigabytes.
"""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

import rongxin
from rongxin.engine import workbook_process
from rongxin.engine.body_rows import Body, Passed, body, passed_over, places
from rongxin.engine.head_rows import HeadRows, find_head, known_in
from rongxin.engine.heads import normalise_head
from rongxin.engine.sheets import (
    COLUMN_LIMIT,
    HEAD_SEARCH_ROWS,
    HEADS_TO_RECOGNISE,
    OWN_SHEETS,
    ROW,
    SHEET_LIMIT,
    SHEET_ROWS,
    FileFinding,
    Format,
    Sheet,
    Unreadable,
    column_name,
    row_findings,
    with_heads,
)
from rongxin.engine.workbook_process import DAMAGED, NO_ROOM

PARSER = Path(workbook_process.__file__)
PARSER_SECONDS = 900
_STOPPED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Signals that end the parser and say nothing about the workbook."""
_HIDDEN_NOT_SEEN: Final = ("xlsb", "ods")


@dataclass(frozen=True, slots=True)
class _Page:
    """One filled worksheet: the Arrow file of its cells, its first rows and its head."""

    name: str
    path: Path
    hidden_rows: list[tuple[int, int]]
    hidden_columns: list[int]
    top: list[list[str]]
    head: HeadRows
    known: int

    @property
    def depth(self) -> int:
        """Rows of the head."""
        return self.head.last - self.head.first + 1

    @property
    def key(self) -> tuple[str, ...]:
        """By which worksheets of the same table are told: the heads in any order, if no two are alike."""
        heads = tuple(map(normalise_head, self.head.cells))
        return tuple(sorted(heads)) if len(set(heads)) == len(heads) else heads

    def part(self) -> "_Part":
        """Read the cells. Unreadable: ``too_many_columns``."""
        everything = pl.read_ipc(self.path)
        if everything.width > COLUMN_LIMIT:
            raise Unreadable("too_many_columns", limit=str(COLUMN_LIMIT))
        names = {name: column_name(index) for index, name in enumerate(everything.columns)}
        frame = everything.rename(names).with_row_index(ROW, offset=1).slice(self.head.last + 1)
        below = body(frame, self.top[: self.head.last + 1], self.depth)
        kept, heads = with_heads(below.frame, self.head.cells)
        return _Part(self, kept, heads, below)


@dataclass(frozen=True, slots=True)
class _Part:
    """A worksheet as part of the table."""

    page: _Page
    frame: pl.DataFrame
    heads: tuple[str, ...]
    below: Body

    def in_order_of(self, heads: Sequence[str]) -> pl.DataFrame:
        """The cells in the order of ``heads``, which are those of the same table; unnamed columns follow."""
        own = list(map(normalise_head, self.page.head.cells))
        wanted = list(map(normalise_head, heads))
        order = list(range(len(own))) if own == wanted else [own.index(head) for head in wanted]
        order += range(len(own), len(self.heads))
        names = {column_name(index): column_name(place) for place, index in enumerate(order)}
        return self.frame.select(ROW, *names).rename(names)

    def hidden_rows(self) -> list[int]:
        """Numbers of the rows of the table that are hidden."""
        runs = pl.DataFrame(
            self.page.hidden_rows, schema={"first": pl.UInt32, "last": pl.UInt32}, orient="row"
        ).set_sorted("first")
        found = self.frame.select(ROW).join_asof(runs, left_on=ROW, right_on="first", strategy="backward")
        return found.filter(pl.col(ROW) <= pl.col("last"))[ROW].to_list()

    def hidden_heads(self) -> list[str]:
        """Heads of the columns of the table that are hidden; the place of a column without head."""
        return [self.heads[index] or f"#{index + 1}" for index in self.page.hidden_columns if index < len(self.heads)]


def read_workbook(path: Path, folder: Path, *, form: Format, row_limit: int, known_heads: frozenset[str]) -> Sheet:
    """The sheet of a workbook: all visible worksheets with the heads of the first that looks like the table, which is
    the first with known heads, else the first that is filled.

    Every cell is text: numbers in full, formulas as the value last computed, a merged cell only in its first place.
    Hidden rows and columns are read and told, hidden worksheets are not read and told. Unreadable as
    :func:`.reading.read_table`.
    """
    told = _parse(path, folder, form)
    pages = [page for sheet in told["sheets"] if (page := _page(sheet, folder, known_heads))]
    if not pages:
        raise Unreadable("not_a_table", found="HTML / XML") if form == "html" else Unreadable("file_empty")
    parts = _table(pages)
    if not parts:
        raise Unreadable("head_only")
    if sum(part.frame.height for part in parts) > row_limit:
        raise Unreadable("too_many_rows", limit=str(row_limit))
    frame, heads = _joined(parts)
    return Sheet(
        frame=frame,
        heads=heads,
        format=form,
        encoding="",
        delimiter="",
        head_row=parts[0].page.head.last + 1,
        findings=tuple(_findings(parts, pages, told, form)),
        row_findings=row_findings(()),
        sheets=tuple(part.page.name for part in parts),
        marks=told["marks"],
    )


def _parse(path: Path, folder: Path, form: Format) -> dict[str, Any]:
    # -P: the folder of the script must not stand on the import path, it holds modules called like standard ones.
    command = [sys.executable, "-P", str(PARSER), str(path), form, str(folder)]
    environment = os.environ | {"PYTHONPATH": str(Path(rongxin.__file__).parents[1])}
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PARSER_SECONDS, env=environment)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Unreadable("workbook_damaged")
    if done.returncode == NO_ROOM:
        raise OSError(errno.ENOSPC, "the workbook parser found no room", str(folder))
    if done.returncode == DAMAGED or (done.returncode < 0 and -done.returncode not in _STOPPED):
        raise Unreadable("workbook_damaged")
    if done.returncode:
        raise RuntimeError(f"the workbook parser did not run: {done.stderr.decode(errors='replace')[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    if "unreadable" in told:
        raise Unreadable(told["unreadable"], **told["params"])
    return told


def _page(sheet: Mapping[str, Any], folder: Path, known_heads: frozenset[str]) -> _Page | None:
    path = folder / sheet["file"]
    first = pl.scan_ipc(path).head(HEAD_SEARCH_ROWS + 1).collect()
    top = [[cell or "" for cell in row] for row in first.iter_rows()]
    head = find_head(top, known_heads)
    if head is None:
        return None
    known = known_in(head.cells, known_heads)
    return _Page(sheet["name"], path, sheet["hidden_rows"], sheet["hidden_columns"], top, head, known)


def _table(pages: Sequence[_Page]) -> list[_Part]:
    """The worksheets of the first table that has rows; tables with known heads go first."""
    recognised = [page for page in pages if page.known >= HEADS_TO_RECOGNISE]
    for key in dict.fromkeys(page.key for page in recognised or pages[:1]):
        parts = [page.part() for page in pages if page.key == key]
        if filled := [part for part in parts if part.frame.height]:
            return filled[:SHEET_LIMIT]
    return []


def _joined(parts: Sequence[_Part]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows of all worksheets under the heads of the first, numbered by worksheet."""
    first = parts[0]
    if len(parts) == 1:
        return first.frame, first.heads
    frames = [
        part.in_order_of(first.page.head.cells).with_columns((pl.col(ROW) + place * SHEET_ROWS).cast(pl.UInt32))
        for place, part in enumerate(parts)
    ]
    frame = pl.concat(frames, how="diagonal")
    return frame, (*first.page.head.cells, *[""] * frame.width)[: frame.width - 1]


def _findings(
    parts: Sequence[_Part], pages: Sequence[_Page], told: Mapping[str, Any], form: Format
) -> list[FileFinding]:
    used = [part.page.name for part in parts]
    ours = OWN_SHEETS if told["marks"] else frozenset()
    others = [page.name for page in pages if page.name not in used and page.name not in ours]
    hidden_sheets = [name for name in told["hidden_sheets"] if not (ours and name.startswith("_"))]
    found = [*passed_over(_passed(part, len(parts) > 1) for part in parts)]
    if others:
        found.append(FileFinding("several_sheets", {"used": "、".join(used), "others": "、".join(others)}))
    if hidden_sheets:
        found.append(FileFinding("hidden_sheets", {"sheets": "、".join(hidden_sheets)}))
    rows = [(part.page.name if len(parts) > 1 else "", hidden) for part in parts if (hidden := part.hidden_rows())]
    if rows:
        count = sum(len(hidden) for _, hidden in rows)
        found.append(FileFinding("hidden_rows", {"count": str(count), "rows": places(rows)}))
    if columns := list(dict.fromkeys(head for part in parts for head in part.hidden_heads())):
        found.append(FileFinding("hidden_columns", {"columns": "、".join(columns)}))
    if told["counts_from_1904"]:
        found.append(FileFinding("dates_from_1904", {}))
    if form in _HIDDEN_NOT_SEEN:
        found.append(FileFinding("hidden_not_seen", {"format": form.upper()}))
    return found


def _passed(part: _Part, several: bool) -> Passed:
    page = part.page
    return Passed.of(part.below, page.top[: page.head.last + 1], page.depth, page.name if several else "")
