"""Text files of unknown encoding: plain UTF-8 is left where it is, everything else is written anew as UTF-8.

Chinese offices send UTF-8 with and without mark, GB 18030 from spreadsheets, UTF-16 from "Unicode text", and files
glued together from several of them. Each physical line that is not UTF-8 is tried as GB 18030; a line readable as
neither is marked.
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from rongxin.engine.sheets import Unreadable, cell_too_large

CHUNK = 1 << 16
LINE_LIMIT = 16 << 20
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_ASCII, _UTF8, _GB18030, _BROKEN = "ASCII", "UTF-8", "GB18030", ""  # what a line may be
_MOST_NULS_AT_THE_START = 0.1
_FEWEST_NULS_OF_UTF16 = 0.02
_ONE_SIDE = 0.9
_LAST_OF_TWO_BYTES = "\u07ff"


@dataclass(slots=True)
class Text:
    """A text file with LF or CRLF lines and no NUL bytes, in UTF-8 unless :func:`require_utf8` says otherwise.

    ``flagged``: physical line (from 1) → codes of what was wrong with it (``encoding_broken``, ``nul_byte``).
    """

    path: Path
    encoding: str
    mixed: bool = False
    set_apart_by_blanks: bool = False
    has_quotes: bool = False
    has_returns: bool = False
    flagged: dict[int, list[str]] = field(default_factory=dict)


def as_utf8(path: Path, folder: Path) -> Text:
    """``path`` itself where nothing speaks against plain UTF-8, else a copy of it in ``folder``.

    Whether every byte is UTF-8 is left to whoever reads the text: to look here would cost a third of reading it.
    Unreadable as :func:`line_by_line`.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if encoding := _utf16_of(start):
        text = line_by_line(_from_utf16(path, folder, encoding), folder)
        text.encoding = "UTF-16"
        return text
    if start.count(0) > len(start) * _MOST_NULS_AT_THE_START:
        raise Unreadable("encoding_unreadable")
    look = _look(path)
    if look.has_nul or look.has_lone_return:
        return line_by_line(path, folder)
    return Text(path, _utf8_name(start), has_quotes=look.has_quotes, has_returns=look.has_returns)


def _utf16_of(start: bytes) -> str | None:
    """Which UTF-16 the text is in: by its mark, else by NUL bytes that all stand on one side of the characters."""
    for mark, encoding in _UTF16.items():
        if start.startswith(mark):
            return encoding
    high, low = start[0::2].count(0), start[1::2].count(0)
    if high + low < len(start) * _FEWEST_NULS_OF_UTF16 or max(high, low) < (high + low) * _ONE_SIDE:
        return None
    encoding = "utf-16-be" if high > low else "utf-16-le"
    try:
        text = start[: len(start) // 2 * 2].decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(start) - 1:
            return None
        text = start[: error.start].decode(encoding)  # half of a pair at the end of what was looked at
    return encoding if any(sign in text for sign in "\n\r\t,") and "\0" not in text else None


def require_utf8(path: Path) -> None:
    """UnicodeDecodeError unless the whole file is UTF-8."""
    with path.open(encoding="utf-8", newline="") as file:
        while file.read(CHUNK):
            pass


def _utf8_name(start: bytes) -> str:
    return "UTF-8 BOM" if start.startswith(codecs.BOM_UTF8) else "UTF-8"


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
            raise cell_too_large()
    if carry:
        yield carry


class _Look(NamedTuple):
    """What one pass over the bytes saw."""

    has_nul: bool
    has_quotes: bool
    has_returns: bool
    has_lone_return: bool


def _look(path: Path) -> _Look:
    has_nul = has_quotes = has_returns = has_lone_return = False
    buffer = bytearray(CHUNK)
    last = b""
    with path.open("rb", buffering=0) as file:
        while end := file.readinto(buffer):
            has_nul = has_nul or buffer.find(0, 0, end) >= 0
            has_quotes = has_quotes or buffer.find(b'"', 0, end) >= 0
            has_returns = has_returns or buffer.find(b"\r", 0, end) >= 0
            has_lone_return = has_lone_return or (has_returns and _has_lone_return(last, buffer, end))
            last = bytes(buffer[end - 1 : end])
    return _Look(has_nul, has_quotes, has_returns, has_lone_return or last == b"\r")


def _has_lone_return(last: bytes, buffer: bytearray, end: int) -> bool:
    """Whether a CR without LF stands before the end; the very last byte is judged with the next piece."""
    if last == b"\r" and buffer[0] != ord("\n"):
        return True
    pending = buffer[end - 1] == ord("\r")
    return buffer.count(b"\r", 0, end) - pending != buffer.count(b"\r\n", 0, end)


def _from_utf16(path: Path, folder: Path, encoding: str) -> Path:
    copy = folder / "utf8.csv"
    try:
        with path.open(encoding=encoding, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            target.write(source.read(CHUNK).removeprefix("\ufeff"))
            while text := source.read(CHUNK):
                target.write(text)
    except UnicodeError:
        raise Unreadable("encoding_unreadable")
    return copy


def line_by_line(path: Path, folder: Path) -> Text:
    """A copy with UTF-8 lines ending in LF and no NUL, each line read by itself, with what was wrong on which line.

    Unreadable: ``encoding_unreadable`` where more lines are broken than not, ``cell_too_large`` for a line without end.
    """
    with path.open("rb") as file:
        name = _utf8_name(file.read(3))
    text = Text(folder / "lines.csv", name)
    counts = Counter[str]()
    number = 0
    with path.open("rb", buffering=0) as source, text.path.open("wb") as target:
        for chunk in lines_in_chunks(source):
            lines = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
            for line in lines:
                number += 1
                readable = line
                if b"\0" in line:
                    readable = line.replace(b"\0", b"")
                    text.flagged.setdefault(number, []).append("nul_byte")
                encoding, readable = _line_as_utf8(readable, lean_on_gb18030=counts[_GB18030] > counts[_UTF8])
                counts[encoding] += 1
                if encoding == _BROKEN:
                    text.flagged.setdefault(number, []).append("encoding_broken")
                text.has_quotes = text.has_quotes or b'"' in readable
                target.write(readable + b"\n")
    if counts[_BROKEN] > counts[_UTF8] + counts[_GB18030]:
        raise Unreadable("encoding_unreadable")
    text.mixed = counts[_UTF8] > 0 and counts[_GB18030] > 0
    text.encoding = _GB18030 if counts[_GB18030] > counts[_UTF8] else text.encoding
    return text


def _line_as_utf8(line: bytes, *, lean_on_gb18030: bool) -> tuple[str, bytes]:
    """The encoding of a line and the line in UTF-8.

    A few Chinese characters in GB 18030 read as Greek, Arabic and the like in UTF-8 (示 as ʾ); the lines before decide.
    """
    if line.isascii():
        return _ASCII, line
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if not lean_on_gb18030 or max(text) > _LAST_OF_TWO_BYTES:
            return _UTF8, line
    try:
        return _GB18030, line.decode("gb18030").encode()
    except UnicodeError:
        return _BROKEN, line.decode("gb18030", "replace").encode()
