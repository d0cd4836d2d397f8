"""Reading a received file: whatever the clerk's table programme wrote, one sheet of text cells with its own row
numbers.
"""

import codecs
import mmap
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from rongxin.engine.delimited import read_delimited
from rongxin.engine.sheets import FileFinding, Format, Sheet, Unreadable
from rongxin.engine.workbook_archive import inspect
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
_OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_OLDER_THAN_OLE = re.compile(rb"\t[\x00\x02\x04]..", re.DOTALL)
_ZIP = b"PK\x03\x04"
_JSON = re.compile(rb"[\[{]\s*[\[{\"]")
_MIME = re.compile(rb"MIME-Version:", re.IGNORECASE)
_SPREADSHEET = re.compile(rb"<(?:\w+:)?Workbook[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|style|table|div|tr)\b", re.IGNORECASE)
_START = 4096


def read_table(
    path: Path, *, row_limit: int, known_heads: frozenset[str] = frozenset(), folder: Path | None = None
) -> Sheet:
    """The table in a text file or workbook, as text. What the file is is seen in its content; its name says nothing.

    ``row_limit``: rows below the head that are accepted. ``known_heads``: normalised heads by which the head row is
    recognised (:func:`.heads.known_heads`). ``folder``: where temporary copies stand, by default the system's. Unreadable
    with one of: ``file_empty``, ``head_only``, ``not_a_table``, ``xls_old_format``, ``workbook_encrypted``,
    ``workbook_damaged``, ``zip_bomb``, ``xml_entities``, ``too_many_rows``, ``too_many_columns``, ``cell_too_large``,
    ``encoding_unreadable``, ``quote_not_closed``.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Unreadable("file_empty")
    form, has_macros = _form(path, start)
    with tempfile.TemporaryDirectory(dir=folder) as copies:
        if form == "csv":
            return read_delimited(path, Path(copies), row_limit=row_limit, known_heads=known_heads)
        sheet = read_workbook(path, Path(copies), form=form, row_limit=row_limit, known_heads=known_heads)
    if has_macros:
        return replace(sheet, findings=(*sheet.findings, FileFinding("macros_ignored", {})))
    return sheet


def _form(path: Path, start: bytes) -> tuple[Format, bool]:
    """What the file is, and whether it holds macros. Unreadable where it is no table."""
    if start.startswith(_ZIP):
        archive = inspect(path)
        return archive.format, archive.has_macros
    if start.startswith(_OLE):
        return "xls", _has_macros(path)
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            raise Unreadable("not_a_table", found=name)
    if _OLDER_THAN_OLE.match(start) and start[3:4] == b"\0":
        raise Unreadable("xls_old_format")
    return _form_of_text(start), False


def _has_macros(path: Path) -> bool:
    """Whether a compound file holds macros. Unreadable: ``workbook_encrypted``."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            raise Unreadable("workbook_encrypted")
        return content.find(_OLE_MACROS) >= 0


def _form_of_text(start: bytes) -> Format:
    text = start.removeprefix(codecs.BOM_UTF8)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = start.decode("utf-16", "replace").encode()
    text = text.lstrip()
    if text.startswith(b"<"):
        if _SPREADSHEET.search(text):
            return "xml"
        if _HTML.search(text):
            return "html"
        raise Unreadable("not_a_table", found="HTML / XML")
    if _MIME.match(text):
        raise Unreadable("not_a_table", found="MHT")
    if _JSON.match(text):
        raise Unreadable("not_a_table", found="JSON")
    return "csv"
