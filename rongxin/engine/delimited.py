"""Delimited text (CSV) as a sheet: Polars reads it; only where that could hide something are the rows counted one by
one.

A row is one record, so a cell with line breaks stays one row, as a table programme shows it. Rows with too few or too
many cells are found exactly: Polars refuses surplus cells, and where the last column has gaps the delimiters of the
whole file must add up. If they do not, the slow path looks at every row.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from rongxin.engine import encodings
from rongxin.engine.encodings import Text, as_utf8, line_by_line, require_utf8
from rongxin.engine.heads import head_index, normalise_head
from rongxin.engine.sheets import (
    COLUMN_LIMIT,
    HEAD_SEARCH_ROWS,
    ROW,
    FileFinding,
    Sheet,
    Unreadable,
    column_name,
    row_findings,
)

DELIMITERS = ",\t;|"
EMPTY_ROWS_TOLERATED = 100_000
_MARK = "\ufeff"

_Findings = list[tuple[int, str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class _Head:
    """The head row: its cells, its row number, the delimiter, and the physical lines up to its end."""

    cells: tuple[str, ...]
    row: int
    delimiter: str
    lines: int

    @property
    def width(self) -> int:
        return len(self.cells)


def read_delimited(path: Path, folder: Path, *, row_limit: int, known_heads: frozenset[str]) -> Sheet:
    """The sheet of a delimited text file. ``folder`` takes temporary copies. Unreadable as
    :func:`.reading.read_table`.
    """
    text = as_utf8(path, folder)
    limit = row_limit + EMPTY_ROWS_TOLERATED
    try:
        head, frame, findings = _parsed(text, folder, limit, known_heads)
    except UnicodeDecodeError:
        text = line_by_line(path, folder)
        head, frame, findings = _parsed(text, folder, limit, known_heads)
    too_many = frame.height >= limit
    if text.has_quotes and text.has_returns:
        frame = frame.with_columns(pl.exclude(ROW).str.replace_all("\r\n", "\n", literal=True))
    frame = without_empty_rows(frame)
    if too_many or frame.height > row_limit:
        raise Unreadable("too_many_rows", limit=str(row_limit))
    if frame.is_empty():
        raise Unreadable("head_only")
    found = row_findings(findings).join(frame.select(ROW), on=ROW, how="semi")
    return Sheet(
        frame=frame,
        heads=head.cells,
        format="csv",
        encoding=text.encoding,
        delimiter=head.delimiter,
        head_row=head.row,
        findings=(FileFinding("encoding_mixed", {}),) if text.mixed else (),
        row_findings=found,
    )


def without_empty_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in which any cell holds more than blanks."""
    cells = pl.exclude(ROW)
    suspects = frame.filter(pl.col(column_name(0)).str.strip_chars().fill_null("") == "")
    empty = suspects.filter(pl.all_horizontal(cells.str.strip_chars().fill_null("") == "")).select(ROW)
    return frame.join(empty, on=ROW, how="anti", maintain_order="left") if empty.height else frame


def _find_head(path: Path, known_heads: frozenset[str]) -> _Head:
    candidates = [head for delimiter in DELIMITERS if (head := _head_with(path, delimiter, known_heads))]
    if not candidates:
        raise Unreadable("file_empty")
    head = max(
        candidates, key=lambda head: (sum(normalise_head(cell) in known_heads for cell in head.cells), head.width)
    )
    if head.width > COLUMN_LIMIT:
        raise Unreadable("too_many_columns", limit=str(COLUMN_LIMIT))
    return head


def _head_with(path: Path, delimiter: str, known_heads: frozenset[str]) -> _Head | None:
    rows: list[list[str]] = []
    lines: list[int] = []
    with _open(path) as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for row in islice(reader, HEAD_SEARCH_ROWS):
                rows.append(row)
                lines.append(reader.line_num)
        except csv.Error:
            raise Unreadable("quote_not_closed", row=str(len(rows) + 1))
    index = head_index(rows, known_heads)
    if index is None:
        return None
    return _Head(tuple(cell.strip() for cell in rows[index]), index + 1, delimiter, lines[index])


def _open(path: Path) -> IO[str]:
    csv.field_size_limit(encodings.LINE_LIMIT)
    return path.open(encoding="utf-8-sig", newline="")


def _parsed(text: Text, folder: Path, limit: int, known_heads: frozenset[str]) -> tuple[_Head, pl.DataFrame, _Findings]:
    """The head, the rows and what is wrong with them. UnicodeDecodeError where the text is not UTF-8 after all."""
    head = _find_head(text.path, known_heads)
    return head, *_read(text, head, folder, limit)


def _read(text: Text, head: _Head, folder: Path, limit: int) -> tuple[pl.DataFrame, _Findings]:
    if not (text.flagged and text.has_quotes):
        frame = _read_clean(text, head, limit)
        if frame is not None:
            return frame, _flagged_rows(text, head)
    require_utf8(text.path)
    if text.has_quotes:
        return _read_record_by_record(text, head, folder, limit)
    return _read_line_by_line(text, head, limit)


def _flagged_rows(text: Text, head: _Head) -> _Findings:
    """What was wrong with physical lines, by row: without quotes a line is a row."""
    lines = ((line, code) for line, codes in text.flagged.items() for code in codes if line > head.lines)
    return [(head.row + line - head.lines, code, {}) for line, code in lines]


def _polars(text: Text, head: _Head, *, limit: int, width: int = 0) -> pl.DataFrame:
    """The rows below the head, cut or filled up to ``width`` cells if given; else a row too long is an error."""
    schema = {column_name(index): pl.String() for index in range(width or head.width)}
    frame = pl.read_csv(
        text.path,
        has_header=False,
        separator=head.delimiter,
        quote_char='"' if text.has_quotes else None,
        skip_lines=head.lines,
        schema=schema,
        n_rows=limit,
        missing_columns="insert",
        extra_columns="ignore" if width else "raise",
        glob=False,
    )
    return frame.select(pl.int_range(head.row + 1, head.row + 1 + pl.len(), dtype=pl.UInt32).alias(ROW), *schema)


def _read_clean(text: Text, head: _Head, limit: int) -> pl.DataFrame | None:
    """The frame, or None where rows may be ragged or where quotation marks are not used as they should.

    Polars may merge or lose rows over a stray quotation mark without a word, so the delimiters and lines of a file
    with quotes must add up.
    """
    try:
        frame = _polars(text, head, limit=limit)
    except pl.exceptions.PolarsError:
        return None
    gaps = head.width > 1 and frame[column_name(head.width - 1)].null_count() > 0
    if frame.height == limit or not (gaps or text.has_quotes):
        return frame
    delimiters, lines = _counted(text.path, head)
    if text.has_quotes:
        delimiters -= _inside_cells(frame, head.delimiter)
        lines -= _inside_cells(frame, "\n")
    return frame if (delimiters, lines) == (frame.height * (head.width - 1), frame.height) else None


def _counted(path: Path, head: _Head) -> tuple[int, int]:
    """How many delimiters and lines the file has behind its head."""
    delimiter = ord(head.delimiter)
    with path.open("rb") as file:
        delimiters = -sum(line.count(delimiter) for line in islice(file, head.lines))
    lines, last = -head.lines, ord("\n")
    buffer = bytearray(encodings.CHUNK)
    view = np.frombuffer(buffer, dtype=np.uint8)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(buffer):
            delimiters += int(np.count_nonzero(view[:read] == delimiter))
            lines += int(np.count_nonzero(view[:read] == ord("\n")))
            last = buffer[read - 1]
    return delimiters, lines + (last != ord("\n"))


def _inside_cells(frame: pl.DataFrame, character: str) -> int:
    counts = frame.select(pl.exclude(ROW).str.count_matches(character, literal=True).sum())
    return sum(count or 0 for count in counts.row(0))


def _read_line_by_line(text: Text, head: _Head, limit: int) -> tuple[pl.DataFrame, _Findings]:
    """The frame of a file without quotes: a line is a row, and its delimiters are counted."""
    counts = _delimiters_per_line(text.path, ord(head.delimiter))[head.lines :][:limit]
    wide = min(int(counts.max(initial=0)) + 1, 2 * COLUMN_LIMIT)
    frame = _polars(text, head, limit=limit, width=max(wide, head.width))
    surplus = [column_name(index) for index in range(head.width, wide)]
    too_long = pl.any_horizontal(pl.col(surplus).str.strip_chars().fill_null("") != "") if surplus else pl.lit(False)
    cells = pl.Series("cells", counts[: frame.height] + 1)
    checked = frame.select(ROW, too_long.alias("too_long"), cells)
    findings = _flagged_rows(text, head)
    for row, long, found in checked.filter(pl.col("too_long") | (pl.col("cells") < head.width)).iter_rows():
        findings.append((row, "row_too_long" if long else "row_too_short", _cells_expected(head, found)))
    return frame.drop(surplus), findings


def _cells_expected(head: _Head, found: int) -> dict[str, str]:
    return {"expected": str(head.width), "found": str(found)}


def _delimiters_per_line(path: Path, delimiter: int) -> npt.NDArray[np.int32]:
    parts: list[npt.NDArray[np.int32]] = []
    with path.open("rb", buffering=0) as file:
        for chunk in encodings.lines_in_chunks(file):
            octets = np.frombuffer(chunk, dtype=np.uint8)
            ends = np.flatnonzero(octets == ord("\n"))
            if not chunk.endswith(b"\n"):
                ends = np.append(ends, len(chunk))
            before = np.searchsorted(np.flatnonzero(octets == delimiter), ends)
            parts.append(np.diff(before, prepend=0).astype(np.int32))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


class _RecordLines:
    """The lines of a file, remembering those of the record that is being read."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._lines: list[str] = []
        self._finished = 0
        self.last_record: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self._lines.append(line)
            yield line

    def finish_record(self) -> range:
        """The physical lines of the record just read; the next line begins a new one."""
        first = self._finished + 1
        self._finished += len(self._lines)
        self.last_record, self._lines = self._lines, []
        return range(first, self._finished + 1)


def _read_record_by_record(text: Text, head: _Head, folder: Path, limit: int) -> tuple[pl.DataFrame, _Findings]:
    """The frame of a file with quotes: every record goes through the csv module into a copy that has no ragged row."""
    findings: _Findings = []
    copy = folder / "records.csv"
    number = 0
    with _open(text.path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        lines = _RecordLines(source)
        records = csv.reader(lines, delimiter=head.delimiter)
        writer = csv.writer(target, delimiter=head.delimiter)
        try:
            for number, cells in enumerate(islice(records, head.row + limit), start=1):
                if number > head.row:
                    findings += _findings_of_record(number, cells, head)
                    writer.writerow([*cells[: head.width], *[""] * (head.width - len(cells))])
                for line in lines.finish_record():
                    findings += [(number, code, {}) for code in text.flagged.get(line, ()) if number > head.row]
        except csv.Error:
            raise Unreadable("quote_not_closed", row=str(number + 1))
    if _has_open_quote(lines.last_record, head.delimiter):
        raise Unreadable("quote_not_closed", row=str(number))
    written = Text(copy, text.encoding, has_quotes=True)
    return _polars(written, replace(head, lines=0), limit=limit), findings


def _findings_of_record(number: int, cells: list[str], head: _Head) -> _Findings:
    if any(cell.strip() for cell in cells[head.width :]):
        return [(number, "row_too_long", _cells_expected(head, len(cells)))]
    if len(cells) < head.width:
        return [(number, "row_too_short", _cells_expected(head, len(cells)))]
    return []


def _has_open_quote(lines: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
