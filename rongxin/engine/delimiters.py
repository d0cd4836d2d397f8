"""The head of a text file and the character that parts its cells, found together: the delimiter is the one under which
heads are known, or under which the head has most cells.
"""

import csv
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

from rongxin.engine import encodings
from rongxin.engine.head_rows import find_head, known_in
from rongxin.engine.sheets import (
    CELL_LIMIT,
    COLUMN_LIMIT,
    HEAD_SEARCH_ROWS,
    HEADS_TO_RECOGNISE,
    Unreadable,
    cell_too_large,
)

USUAL: Final = ",\t;|^~"
BLANKS: Final = " "
"""The delimiter of a file whose columns are set apart by runs of blanks."""

_OTHERS: Final = [
    *(sign for sign in string.punctuation if sign not in USUAL + '"_-.()[]'),
    *"\x01\x02\x03\x1c\x1d\x1e\x1f",
    *"，；｜、：",
]
_RUN: Final = re.compile("[ \u3000]+")
_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Head:
    """``cells``: the heads, without empty ones at the end. ``width``: cells of the head rows as they stand.

    ``top``: all rows down to the last of the head, of which the head has the last ``depth``; ``lines``: their physical
    lines. ``row``: number of the head's last row.
    """

    cells: tuple[str, ...]
    width: int
    row: int
    delimiter: str
    lines: int
    top: tuple[tuple[str, ...], ...]
    depth: int


def open_text(path: Path) -> IO[str]:
    """The text without its mark, line ends as they are."""
    csv.field_size_limit(encodings.LINE_LIMIT)
    return path.open(encoding="utf-8-sig", newline="")


def lines_of(file: IO[str]) -> Iterator[str]:
    """The lines, each without a mark that the joining of files left at its start. Unreadable: ``cell_too_large``."""
    while line := file.readline(encodings.LINE_LIMIT):
        if len(line) == encodings.LINE_LIMIT:
            raise cell_too_large()
        yield line.removeprefix(_MARK)


def unread(lines: int, row: int) -> Unreadable:
    """Why the csv module gave up at ``row`` after as many ``lines`` of it: a quotation mark without end, or a cell too
    large.
    """
    return Unreadable("quote_not_closed", row=str(row)) if lines > 1 else cell_too_large()


def find_head_and_delimiter(path: Path, known: frozenset[str]) -> Head:
    """The head of the UTF-8 text at ``path``. UnicodeDecodeError where it is not UTF-8.

    Any single character may part the cells; one that is unusual does if heads are known under it, or if nothing usual
    occurs and all rows below have as many cells as the head. Unreadable: ``file_empty``, ``too_many_columns``,
    ``quote_not_closed``, ``cell_too_large``.
    """
    usual = [found for sign in USUAL if (found := _under(path, sign, known))]
    best = max(usual, key=lambda found: (found.known, found.head.width), default=None)
    if best is None:
        raise Unreadable("file_empty")
    if best.known < HEADS_TO_RECOGNISE:
        present = "".join(islice(_first_lines(path), HEAD_SEARCH_ROWS))
        others = [found for sign in _OTHERS if sign in present and (found := _under(path, sign, known))]
        plain = best.head.width == 1
        better = [found for found in others if found.known > best.known + 1 or (plain and found.is_regular)]
        best = max(better, key=lambda found: (found.known, found.head.width), default=best)
    if len(best.head.cells) > COLUMN_LIMIT:
        raise Unreadable("too_many_columns", limit=str(COLUMN_LIMIT))
    return best.head


def is_set_apart_by_blanks(path: Path, known: frozenset[str]) -> bool:
    """Whether runs of blanks part the cells: three heads in one of the first lines are known then."""
    lines = islice(_first_lines(path), HEAD_SEARCH_ROWS)
    return any(known_in(_RUN.split(line.strip()), known) >= HEADS_TO_RECOGNISE for line in lines)


def with_tabs(path: Path, folder: Path) -> Path:
    """A copy of the text with one tab for every run of blanks."""
    copy = folder / "tabs.csv"
    with open_text(path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        target.writelines(_RUN.sub("\t", line.strip(" \u3000\r\n")) + "\n" for line in lines_of(source))
    return copy


def _first_lines(path: Path) -> Iterator[str]:
    with open_text(path) as file:
        yield from islice(lines_of(file), HEAD_SEARCH_ROWS)


@dataclass(frozen=True, slots=True)
class _Found:
    """The head under one delimiter, how many known heads it holds, and whether all rows seen below fit it."""

    head: Head
    known: int
    is_regular: bool


def _under(path: Path, delimiter: str, known: frozenset[str]) -> _Found | None:
    rows: list[tuple[str, ...]] = []
    lines = [0]
    with open_text(path) as file:
        reader = csv.reader(lines_of(file), delimiter=delimiter)
        try:
            for row in islice(reader, HEAD_SEARCH_ROWS + 1):
                if any(len(cell) > CELL_LIMIT for cell in row):
                    raise unread(reader.line_num - lines[-1], len(rows) + 1)
                rows.append(tuple(row))
                lines.append(reader.line_num)
        except csv.Error:
            raise unread(reader.line_num - lines[-1], len(rows) + 1)
    found = find_head(rows, known)
    if found is None:
        return None
    end = found.last + 1
    whole = max(map(len, rows[found.first : end]))
    head = Head(
        cells=found.cells,
        width=whole if whole <= COLUMN_LIMIT else len(found.cells),
        row=end,
        delimiter=delimiter,
        lines=lines[end],
        top=tuple(rows[:end]),
        depth=end - found.first,
    )
    below = [row for row in rows[end:] if any(row)]
    regular = len(found.cells) > 1 and bool(below) and all(len(row) == head.width for row in below)
    return _Found(head, known_in(found.cells, known), regular)
