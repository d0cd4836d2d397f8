"""Why a run stopped, and what may be kept of an error: never a word of the rows it choked on."""

import re
import traceback
from typing import Final

from rongxin.primitives.room import is_no_room

MESSAGE_LENGTH = 200
# A library quotes the value it could not read, or puts it bare into the sentence: quoted text, long numbers and codes,
# and everything that is not plain ASCII may be somebody's name or number.
VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|\w*\d{6,}\w*|[^\x20-\x7e]+")
NO_ROOM: Final = "NoRoom: no room left on the disk or in the database"
"""The message of every run that stopped because it could write no more."""
DSN = re.compile(r"//\S+@")


class Cancelled(BaseException):
    """Someone asked this run to stop. Raised by the run's own call of :class:`~rongxin.jobs.progress.Progress`.

    Like :class:`LeaseLost` no ``Exception``: a job that catches every error of one row must not catch this.
    """


class LeaseLost(BaseException):
    """Another worker has this run, or may have it: stop without writing anything more."""


class UnknownJobError(LookupError):
    """No module named in ``config.jobs.MODULES`` declares a job of this name."""


def is_ours(error: BaseException) -> bool:
    """Whether the message of ``error`` was written here, by the rule that it never repeats the content of a row."""
    return type(error).__module__.split(".")[0] == "rongxin"


def class_path(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def message(error: BaseException) -> str:
    """Class and first line of ``error``, for the page; values quoted by a library are replaced by an ellipsis."""
    if is_no_room(error):
        return NO_ROOM
    name = type(error).__name__
    first = str(error).partition("\n")[0].replace("\0", "").strip()
    if not is_ours(error):
        first = VALUES.sub("…", DSN.sub("//…@", first))
    return f"{name}: {first}"[:MESSAGE_LENGTH] if first else name


def frames(error: BaseException) -> str:
    """Where ``error`` and its causes arose, the first cause first: files, lines, functions, messages."""
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)]
        parts.insert(0, "\n".join([*places, message(link)]))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n\n".join(parts)
