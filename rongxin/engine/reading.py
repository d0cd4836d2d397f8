"""Reading a received file: whatever the clerk's table programme wrote, one sheet of text cells with its own row
numbers.
"""

import re
import tempfile
from pathlib import Path

from rongxin.engine.delimited import read_delimited
from rongxin.engine.sheets import FileFinding, Sheet, Unreadable
from rongxin.engine.workbooks import read_workbook

__all__ = ["FileFinding", "Sheet", "Unreadable", "read_table"]

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"RIFF", "RIFF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
_JSON = re.compile(rb"[\[{]\s*[\[{\"]")
_START = 4096


def read_table(path: Path, *, row_limit: int, known_heads: frozenset[str] = frozenset()) -> Sheet:
    """The table in a CSV file or workbook, as text.

    ``row_limit``: rows below the head that are accepted. ``known_heads``: normalised heads by which the head row is
    recognised (:func:`.heads.known_heads`). Unreadable with one of: ``file_empty``, ``head_only``, ``not_a_table``,
    ``xls_old_format``, ``workbook_encrypted``, ``workbook_damaged``, ``zip_bomb``, ``too_many_rows``,
    ``too_many_columns``, ``encoding_unreadable``, ``quote_not_closed``.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable("file_empty")
    with tempfile.TemporaryDirectory() as folder:
        if start.startswith(_ZIP):
            return read_workbook(path, Path(folder), row_limit=row_limit, known_heads=known_heads)
        _refuse_what_is_no_table(path, start)
        return read_delimited(path, Path(folder), row_limit=row_limit, known_heads=known_heads)


def _refuse_what_is_no_table(path: Path, start: bytes) -> None:
    if start.startswith(_OLE):
        raise Unreadable("workbook_encrypted" if _ENCRYPTED in path.read_bytes() else "xls_old_format")
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            raise Unreadable("not_a_table", found=name)
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise Unreadable("not_a_table", found="HTML / XML")
    if _JSON.match(text):
        raise Unreadable("not_a_table", found="JSON")
