"""Entries in the order of the log, as the database holds them."""

from collections.abc import Iterator
from typing import Any, Final

from rongxin.ledger.models import Entry, Log

PART: Final = 8_192


def stored(log: Log, begin: int, end: int, *columns: str) -> Iterator[list[tuple[Any, ...]]]:
    """``columns`` of the rows from index ``begin`` to before ``end``, some thousand at a time; missing rows are left out."""
    for at in range(begin, end, PART):
        within = Entry.objects.filter(log=log, index__gte=at, index__lt=min(end, at + PART))
        yield list(within.order_by("index").values_list(*columns))


def leaves(log: Log, begin: int, end: int) -> bytes:
    """The stored leaf hashes from index ``begin`` to before ``end``, one after another."""
    return b"".join(bytes(leaf) for part in stored(log, begin, end, "leaf") for (leaf,) in part)
