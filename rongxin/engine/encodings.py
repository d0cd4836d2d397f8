"""Text files of unknown encoding: plain UTF-8 is left where it is, everything else is written anew as UTF-8.

Chinese offices send UTF-8 with and without mark, GB 18030 from spreadsheets, UTF-16 from "Unicode text", and files
glued together from several of them. Each physical line that is not UTF-8 is tried as GB 18030; a line readable as
neither is marked.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from rongxin.engine.sheets import Unreadable

CHUNK = 1 << 16
LINE_LIMIT = 16 << 20
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CHARACTER = 4  # bytes of the longest character in UTF-8
_MOST_NULS_AT_THE_START = 0.1


@dataclass(slots=True)
class Text:
    """A UTF-8 text file with LF or CRLF lines and no NUL bytes.

    ``flagged``: physical line (from 1) → codes of what was wrong with it (``encoding_broken``, ``nul_byte``).
    """

    path: Path
    encoding: str
    mixed: bool = False
    has_quotes: bool = False
    flagged: dict[int, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Look:
    """What one pass over the bytes saw."""

    is_utf8: bool = True
    has_nul: bool = False
    has_quotes: bool = False
    has_lone_return: bool = False
    starts_with_mark: bool = False


def as_utf8(path: Path, folder: Path) -> Text:
    """``path`` itself where it is plain UTF-8, else a copy of it in ``folder``, made chunk by chunk.

    Unreadable: ``encoding_unreadable`` where more lines are broken than not, ``not_a_table`` for a line without end.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, encoding in _UTF16.items():
        if start.startswith(mark):
            return _look_again(_from_utf16(path, folder, encoding))
    if start.count(0) > len(start) * _MOST_NULS_AT_THE_START:
        raise Unreadable("encoding_unreadable")
    look = _look(path)
    if look.is_utf8 and not look.has_nul and not look.has_lone_return:
        return Text(path, "UTF-8 BOM" if look.starts_with_mark else "UTF-8", has_quotes=look.has_quotes)
    return _rewritten(path, folder, look)


def lines_in_chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end at a line end (LF, or CR where the file has no LF); the last piece may not."""
    carry = b""
    while block := file.read(CHUNK):
        carry += block
        end = carry.rfind(b"\n") + 1 or carry.rfind(b"\r", 0, len(carry) - 1) + 1
        if end:
            yield carry[:end]
            carry = carry[end:]
        elif len(carry) > LINE_LIMIT:
            raise Unreadable("not_a_table", found="text without lines")
    if carry:
        yield carry


def _look(path: Path) -> _Look:
    look = _Look()
    buffer = bytearray(_CHARACTER + CHUNK)
    carried, last = 0, b""
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(memoryview(buffer)[carried:]):
            end = carried + read
            if not last:
                look.starts_with_mark = buffer.startswith(codecs.BOM_UTF8)
            look.has_nul = look.has_nul or buffer.find(0, carried, end) >= 0
            look.has_quotes = look.has_quotes or buffer.find(b'"', carried, end) >= 0
            if not look.has_lone_return:
                look.has_lone_return = _has_lone_return(last, buffer, carried, end)
            last = bytes(buffer[end - 1 : end])
            whole = _whole_characters(buffer, end)
            look.is_utf8 = look.is_utf8 and _is_utf8(buffer[:whole])
            carried = end - whole
            buffer[:carried] = buffer[whole:end]
    look.is_utf8 = look.is_utf8 and _is_utf8(buffer[:carried])
    look.has_lone_return = look.has_lone_return or last == b"\r"
    return look


def _has_lone_return(last: bytes, buffer: bytearray, start: int, end: int) -> bool:
    """Whether a CR without LF stands before the end; the very last byte is judged with the next piece."""
    if last == b"\r" and buffer[start] != ord("\n"):
        return True
    if buffer.find(b"\r", start, end) < 0:
        return False
    pending = buffer[end - 1] == ord("\r")
    return buffer.count(b"\r", start, end) - pending != buffer.count(b"\r\n", start, end)


def _whole_characters(buffer: bytearray, end: int) -> int:
    """Where the last character that may be cut off at ``end`` begins."""
    for position in range(end - 1, max(end - _CHARACTER, 0) - 1, -1):
        if buffer[position] & 0xC0 != 0x80:
            return position if buffer[position] >= 0xC0 else end
    return end


def _is_utf8(chunk: bytearray) -> bool:
    try:
        pl.Series([bytes(chunk)], dtype=pl.Binary).cast(pl.String)  # several times the speed of decoding
    except (pl.exceptions.ComputeError, pl.exceptions.InvalidOperationError):
        return False
    return True


def _from_utf16(path: Path, folder: Path, encoding: str) -> Path:
    copy = folder / "utf8.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            source.read(1)  # the byte order mark
            while text := source.read(CHUNK):
                target.write(text)
    except UnicodeError:
        raise Unreadable("encoding_unreadable")
    return copy


def _look_again(copy: Path) -> Text:
    look = _look(copy)
    if look.has_nul or look.has_lone_return:
        text = _rewritten(copy, copy.parent, look)
        text.encoding = "UTF-16"
        return text
    return Text(copy, "UTF-16", has_quotes=look.has_quotes)


def _rewritten(path: Path, folder: Path, look: _Look) -> Text:
    """A copy with UTF-8 lines ending in LF and no NUL, line by line, with what was wrong on which line."""
    text = Text(folder / "rewritten.csv", "", has_quotes=look.has_quotes)
    utf8 = gb18030 = broken = number = 0
    with path.open("rb", buffering=0) as source, text.path.open("wb") as target:
        for chunk in lines_in_chunks(source):
            lines = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            if lines[-1] == b"":
                lines.pop()
            for line in lines:
                number += 1
                readable = line
                if b"\0" in line:
                    readable = line.replace(b"\0", b"")
                    text.flagged.setdefault(number, []).append("nul_byte")
                encoding, readable = _line_as_utf8(readable)
                utf8 += encoding == "UTF-8"
                gb18030 += encoding == "GB18030"
                if not encoding:
                    broken += 1
                    text.flagged.setdefault(number, []).append("encoding_broken")
                target.write(readable + b"\n")
    if broken > utf8 + gb18030:
        raise Unreadable("encoding_unreadable")
    text.mixed = utf8 > 0 and gb18030 > 0
    text.encoding = "GB18030" if gb18030 > utf8 else "UTF-8 BOM" if look.starts_with_mark else "UTF-8"
    return text


def _line_as_utf8(line: bytes) -> tuple[str, bytes]:
    """The encoding of a line ("ASCII" where it tells nothing, "" where it is unreadable) and the line in UTF-8."""
    if line.isascii():
        return "ASCII", line
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "UTF-8", line
    try:
        return "GB18030", line.decode("gb18030").encode()
    except UnicodeError:
        return "", line.decode("gb18030", "replace").encode()
