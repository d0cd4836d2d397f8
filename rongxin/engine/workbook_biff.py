"""What the parser of workbooks does not tell of an XLS file: hidden rows and columns, sheets that are charts, a password.

An XLS file is a compound file ([MS-CFB]) with one stream of records ([MS-XLS]): type, length, content. Runs in the
parser's process.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rongxin.engine.workbook_xml import Hidden

_STREAMS: Final = ("Workbook", "Book")
_END: Final = 0xFFFFFFFA  # sector numbers from here on are marks
_ENTRY: Final = 128
_SMALL: Final = 64

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _ROW, _COLINFO = 0x0809, 0x000A, 0x002F, 0x0085, 0x0208, 0x007D
_CELLS: Final = frozenset({0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x0006, 0x0205, 0x00D6})
_WORKSHEET: Final = 0
_ROW_HIDDEN: Final = 0x20
_COLUMN_HIDDEN: Final = 0x01


class Encrypted(Exception):
    """The workbook is protected by a password."""


class NoWorkbook(Exception):
    """The compound file holds something else, such as a text document."""


@dataclass(slots=True)
class Structure:
    """``hidden``: by position of the sheet. ``worksheets``: positions of the sheets that are tables."""

    hidden: dict[int, Hidden] = field(default_factory=dict)
    worksheets: set[int] = field(default_factory=set)


def structure(content: bytes) -> Structure:
    """The sheets of the workbook. Raises Encrypted, NoWorkbook, and ValueError or struct.error where it is damaged."""
    stream = _Compound(content).stream(_STREAMS)
    found = Structure()
    starts = []
    for kind, at, size in _records(stream, 0):
        if kind == _FILEPASS:
            raise Encrypted
        if kind == _BOUNDSHEET and size >= 6:
            starts.append(struct.unpack_from("<IBB", stream, at))
        if kind == _EOF:
            break
    for position, (start, _, sort) in enumerate(starts):
        if sort == _WORKSHEET:
            found.worksheets.add(position)
            found.hidden[position] = _hidden(stream, start)
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Type, position and length of every record from ``at`` on."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, size
        at += 4 + size


def _hidden(stream: bytes, start: int) -> Hidden:
    found = Hidden()
    columns: set[int] = set()
    rows: set[int] = set()
    first = None
    for kind, at, size in _records(stream, start):
        if kind == _EOF:
            break
        if kind in _CELLS and size >= 4:
            column = stream[at + 2] | stream[at + 3] << 8
            first = column if first is None or column < first else first
        elif kind == _ROW and size >= 14 and stream[at + 12] & _ROW_HIDDEN:
            rows.add((stream[at] | stream[at + 1] << 8) + 1)
        elif kind == _COLINFO and size >= 10 and stream[at + 8] & _COLUMN_HIDDEN:
            low, high = struct.unpack_from("<HH", stream, at)
            columns |= set(range(low, high + 1))
    for row in sorted(rows):
        found.add_row(row)
    found.columns = sorted(column - (first or 0) for column in columns if column >= (first or 0))
    return found


class _Compound:
    """A compound file: streams in chains of sectors."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        (directory, self._least, small_table) = struct.unpack_from("<I4xII", content, 48)
        self._table = self._allocation()
        self._entries = self._chain(directory)
        root_start, root_size = self._place(0)
        self._small = self._chain(root_start)[:root_size]
        self._small_table = _numbers(self._chain(small_table))

    def stream(self, names: tuple[str, ...]) -> bytes:
        """The first stream of one of these names."""
        for at in range(0, len(self._entries) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", self._entries, at + 64)[0]
            if self._entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in names:
                start, size = self._place(at)
                return self._small_chain(start)[:size] if size < self._least else self._chain(start)[:size]
        raise NoWorkbook

    def _place(self, at: int) -> tuple[int, int]:
        start, size = struct.unpack_from("<II", self._entries, at + 116)
        return start, size

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._content[at : at + self._size]

    def _allocation(self) -> tuple[int, ...]:
        """Sector → the next of its chain."""
        sectors = list(struct.unpack_from("<109I", self._content, 76))
        more = struct.unpack_from("<I", self._content, 68)[0]
        seen: set[int] = set()
        while more < _END and more not in seen:
            seen.add(more)
            *numbers, more = _numbers(self._sector(more))
            sectors += numbers
        return _numbers(b"".join(self._sector(sector) for sector in sectors if sector < _END))

    def _chain(self, start: int) -> bytes:
        parts = [self._sector(number) for number in _followed(start, self._table)]
        return b"".join(parts)

    def _small_chain(self, start: int) -> bytes:
        numbers = _followed(start, self._small_table)
        return b"".join(self._small[number * _SMALL : (number + 1) * _SMALL] for number in numbers)


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _followed(start: int, table: tuple[int, ...]) -> Iterator[int]:
    """The numbers of a chain; one that runs in a circle ends where it began again."""
    for _ in range(len(table)):
        if start >= _END:
            return
        yield start
        start = table[start] if start < len(table) else _END
