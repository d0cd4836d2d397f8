"""What everybody may fetch of the published log (C2SP tlog-tiles): checkpoints and hash tiles, never the heads of streams."""

import re
from typing import Final

from rongxin.ledger import logs

_LOG: Final = re.compile(r"[0-9]{4}(-[0-9]{1,3})?")
_PUBLIC: Final = re.compile(
    r"checkpoint|checkpoints/[0-9]{1,19}|tile/[0-9]{1,2}/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[1-9][0-9]{0,2})?"
)
NEVER_CHANGES: Final = "tile/"
"""A tile is what it is for ever."""


def public_file(log: str, path: str) -> bytes | None:
    """The published file ``path`` of the log of this name; None where there is none that everybody may have."""
    if not _LOG.fullmatch(log) or not _PUBLIC.fullmatch(path):
        return None
    found = logs.published_root() / log / path
    return found.read_bytes() if found.is_file() else None
