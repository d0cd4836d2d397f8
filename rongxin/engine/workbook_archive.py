"""Judging a ZIP file before anything in it is unpacked."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rongxin.engine.sheets import Unreadable

UNPACKED_LIMIT: Final = 1 << 30
RATIO_LIMIT: Final = 100
MEMBER_LIMIT: Final = 1000

_NEVER_A_BOMB: Final = 10 << 20  # below this unpacked size a high ratio is only an empty-looking sheet
_PARTS: Final[dict[str, Literal["xlsx", "xlsb", "ods"]]] = {
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsb",
    "content.xml": "ods",
}
_MACROS: Final = ("xl/vbaProject.bin", "Basic/script-lc.xml")
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class Archive:
    """What kind of workbook a ZIP file is."""

    format: Literal["xlsx", "xlsb", "ods"]
    has_macros: bool


def inspect(path: Path) -> Archive:
    """The kind of workbook by the directory of the ZIP file alone.

    Unreadable: ``workbook_damaged``, ``workbook_encrypted``, ``not_a_table``, ``zip_bomb``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable("workbook_damaged")
    # Members may overlap, so that together they claim to be packed in more bytes than the file has.
    packed = max(min(sum(member.compress_size for member in members), path.stat().st_size), 1)
    unpacked = sum(member.file_size for member in members)
    dense = unpacked > _NEVER_A_BOMB and unpacked > RATIO_LIMIT * packed
    if unpacked > UNPACKED_LIMIT or dense or len(members) > MEMBER_LIMIT:
        raise Unreadable("zip_bomb")
    names = {member.filename for member in members}
    found = next((kind for part, kind in _PARTS.items() if part in names), None)
    if found is None:
        raise Unreadable("not_a_table", found="ZIP")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("workbook_encrypted")
    return Archive(found, any(name in names for name in _MACROS))
