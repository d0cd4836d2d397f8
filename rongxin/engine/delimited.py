"""Delimited text (CSV) as a sheet: Polars reads it; only where that could hide something are the rows counted one by
one.

A row is one record, so a cell with line breaks stays one row, as a table programme shows it. Rows with too few or too
many cells are found exactly: Polars refuses surplus cells, and where the last column has gaps the delimiters of the
whole file must add up. If they do not, the slow path looks at every row.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from rongxin.engine import encodings
from rongxin.engine.body_rows import Passed, body, passed_over
from rongxin.engine.delimiters import (
    BLANKS,
    Head,
    find_head_and_delimiter,
    is_set_apart_by_blanks,
    lines_of,
    open_text,
    unread,
    with_tabs,
)
from rongxin.engine.encodings import Text, as_utf8, line_by_line, require_utf8
from rongxin.engine.head_rows import known_in
from rongxin.engine.sheets import (
    COLUMN_LIMIT,
    HEADS_TO_RECOGNISE,
    ROW,
    FileFinding,
    Sheet,
    Unreadable,
    column_name,
    refuse_large_cells,
    row_findings,
    with_heads,
)

EMPTY_ROWS_TOLERATED = 100_000
_MARK = "\ufeff"
_QUOTED_AS_FORMULA = '="'
"""How some systems keep a table programme from taking a code for a number: ="0012"."""

_Findings = list[tuple[int, str, dict[str, str]]]


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
    refuse_large_cells(frame)
    frame = _plain_cells(frame, text)
    below = body(frame, head.top, head.depth)
    frame, heads = with_heads(below.frame, head.cells)
    if too_many or frame.height > row_limit:
        raise Unreadable("too_many_rows", limit=str(row_limit))
    if frame.is_empty():
        raise Unreadable("head_only")
    found = row_findings(findings).join(frame.select(ROW), on=ROW, how="semi")
    mixed = (FileFinding("encoding_mixed", {}),) if text.mixed else ()
    return Sheet(
        frame=frame,
        heads=heads,
        format="csv",
        encoding=text.encoding,
        delimiter=BLANKS if text.set_apart_by_blanks else head.delimiter,
        head_row=head.row,
        findings=(*mixed, *passed_over([Passed.of(below, head.top, head.depth)])),
        row_findings=found,
    )


def _plain_cells(frame: pl.DataFrame, text: Text) -> pl.DataFrame:
    """The cells with plain line ends, and without the signs that only kept a table programme from changing them."""
    if not text.has_quotes:
        return frame
    if text.has_returns:
        frame = frame.with_columns(pl.exclude(ROW).str.replace_all("\r\n", "\n", literal=True))
    kept = frame.select(pl.exclude(ROW).str.starts_with(_QUOTED_AS_FORMULA).any())
    concerned = [name for name in kept.columns if kept[name].item()]
    return frame.with_columns(pl.col(concerned).str.replace('^="([^"]*)"$', "$1")) if concerned else frame


def _parsed(text: Text, folder: Path, limit: int, known_heads: frozenset[str]) -> tuple[Head, pl.DataFrame, _Findings]:
    """The head, the rows and what is wrong with them. UnicodeDecodeError where the text is not UTF-8 after all."""
    head = find_head_and_delimiter(text.path, known_heads)
    if known_in(head.cells, known_heads) < HEADS_TO_RECOGNISE and is_set_apart_by_blanks(text.path, known_heads):
        text.path = with_tabs(text.path, folder)
        text.set_apart_by_blanks = True
        head = find_head_and_delimiter(text.path, known_heads)
    return head, *_read(text, head, folder, limit)


def _read(text: Text, head: Head, folder: Path, limit: int) -> tuple[pl.DataFrame, _Findings]:
    if head.delimiter.isascii() and not (text.flagged and text.has_quotes):
        frame = _read_clean(text, head, limit)
        if frame is not None:
            return frame, _flagged_rows(text, head)
    require_utf8(text.path)
    if text.has_quotes or not head.delimiter.isascii():
        return _read_record_by_record(text, head, folder, limit)
    return _read_line_by_line(text, head, limit)


def _flagged_rows(text: Text, head: Head) -> _Findings:
    """What was wrong with physical lines, by row: without quotes a line is a row."""
    lines = ((line, code) for line, codes in text.flagged.items() for code in codes if line > head.lines)
    return [(head.row + line - head.lines, code, {}) for line, code in lines]


def _polars(text: Text, head: Head, *, limit: int, width: int = 0) -> pl.DataFrame:
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


def _read_clean(text: Text, head: Head, limit: int) -> pl.DataFrame | None:
    """The frame, or None where rows may be ragged or where quotation marks are not used as they should.

    Polars may merge or lose rows over a stray quotation mark without a word, so the delimiters and lines of a file
    with quotes must add up.
    """
    try:
        frame = _polars(text, head, limit=limit)
    except pl.exceptions.PolarsError:
        return None
    if frame[column_name(0)].str.starts_with(_MARK).any():
        return None
    gaps = head.width > 1 and frame[column_name(head.width - 1)].null_count() > 0
    if frame.height == limit or not (gaps or text.has_quotes):
        return frame
    delimiters, lines = _counted(text.path, head)
    if text.has_quotes:
        delimiters -= _inside_cells(frame, head.delimiter)
        lines -= _inside_cells(frame, "\n")
    return frame if (delimiters, lines) == (frame.height * (head.width - 1), frame.height) else None


def _counted(path: Path, head: Head) -> tuple[int, int]:
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


def _read_line_by_line(text: Text, head: Head, limit: int) -> tuple[pl.DataFrame, _Findings]:
    """The frame of a file without quotes: a line is a row, and its delimiters are counted."""
    counts = _delimiters_per_line(text.path, ord(head.delimiter))[head.lines :][:limit]
    wide = min(int(counts.max(initial=0)) + 1, 2 * COLUMN_LIMIT)
    frame = _polars(text, head, limit=limit, width=max(wide, head.width))
    surplus = [column_name(index) for index in range(head.width, wide)]
    too_long = pl.any_horizontal(pl.col(surplus).str.strip_chars().fill_null("") != "") if surplus else pl.lit(False)
    cells = pl.Series("cells", counts[: frame.height] + 1)
    checked = frame.select(ROW, too_long.alias("too_long"), cells)
    findings = _flagged_rows(text, head)
    for row, long, found in checked.filter(pl.col("too_long") | (pl.col("cells") < len(head.cells))).iter_rows():
        findings.append((row, "row_too_long" if long else "row_too_short", _cells_expected(head, found)))
    first = column_name(0)
    return frame.drop(surplus).with_columns(pl.col(first).str.strip_prefix(_MARK)), findings


def _cells_expected(head: Head, found: int) -> dict[str, str]:
    return {"expected": str(len(head.cells)), "found": str(found)}


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
        for line in lines_of(self._file):
            self._lines.append(line)
            yield line

    def finish_record(self) -> range:
        """The physical lines of the record just read; the next line begins a new one."""
        first = self._finished + 1
        self._finished += len(self._lines)
        self.last_record, self._lines = self._lines, []
        return range(first, self._finished + 1)


def _read_record_by_record(text: Text, head: Head, folder: Path, limit: int) -> tuple[pl.DataFrame, _Findings]:
    """The frame of a file with quotes: every record goes through the csv module into a copy that has no ragged row."""
    findings: _Findings = []
    copy = folder / "records.csv"
    number = 0
    with open_text(text.path) as source, copy.open("w", encoding="utf-8", newline="") as target:
        lines = _RecordLines(source)
        records = csv.reader(lines, delimiter=head.delimiter)
        writer = csv.writer(target)
        try:
            for number, cells in enumerate(islice(records, head.row + limit), start=1):
                if number > head.row:
                    findings += _findings_of_record(number, cells, head)
                    writer.writerow([*cells[: head.width], *[""] * (head.width - len(cells))])
                for line in lines.finish_record():
                    findings += [(number, code, {}) for code in text.flagged.get(line, ()) if number > head.row]
        except csv.Error:
            raise unread(len(lines.finish_record()), number + 1)
    if _has_open_quote(lines.last_record, head.delimiter):
        raise Unreadable("quote_not_closed", row=str(number))
    written = Text(copy, text.encoding, has_quotes=True)
    return _polars(written, replace(head, lines=0, delimiter=","), limit=limit), findings


def _findings_of_record(number: int, cells: list[str], head: Head) -> _Findings:
    if any(cell.strip() for cell in cells[head.width :]):
        return [(number, "row_too_long", _cells_expected(head, len(cells)))]
    if len(cells) < len(head.cells):
        return [(number, "row_too_short", _cells_expected(head, len(cells)))]
    return []


def _has_open_quote(lines: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
