"""No room: whether an error means that a disk or a database can take no more, whoever wrote and however it is told."""

import errno
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Final

_CODES: Final = (errno.ENOSPC, errno.EDQUOT)
# Polars tells the number of the system's error in its words only.
_TOLD: Final = re.compile(rf"\(os error ({'|'.join(map(str, _CODES))})\)")
_AS_GOOD_AS_FULL: Final = 16 << 20
_POSTGRESQL_FULL: Final = "53100"
_SQLITE_FULL: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


def is_no_room(error: BaseException | None) -> bool:
    """Whether ``error``, or an error that led to it, was raised because there is no room."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if _says_so(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_full(folder: Path) -> bool:
    """Whether the disk of ``folder`` is as good as full; asked while what could not be written whole still stands there.

    For libraries that tell a failed write without its cause, as Polars may with Parquet ("transport error").
    """
    return shutil.disk_usage(folder).free < _AS_GOOD_AS_FULL


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _CODES:
        return True
    if getattr(error, "sqlstate", None) == _POSTGRESQL_FULL or getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL:
        return True
    return _TOLD.search(str(error)) is not None
