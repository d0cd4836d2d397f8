"""Hashes of the tree in tiles of 256 (C2SP tlog-tiles): where each lies, which are new, and reading nodes from them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from rongxin.ledger.suites import WIDTH, Suite

FULL: Final = 256
_HEIGHT: Final = 8
_GROUP: Final = 1000


@dataclass(frozen=True, slots=True)
class Tile:
    """``width`` hashes from ``index`` * 256 on; on ``level`` each stands for 256**level leaves."""

    level: int
    index: int
    width: int = FULL

    @property
    def path(self) -> str:
        """The file below ``tile/``, such as ``0/x001/234`` or ``0/x001/234.p/17``."""
        return f"{self.level}/{index_path(self.index, self.width)}"

    @property
    def is_full(self) -> bool:
        return self.width == FULL


def index_path(index: int, width: int = FULL) -> str:
    """The number in groups of three digits, all but the last with ``x`` before it; ``.p/`` and the width when not full."""
    groups = [f"{index % _GROUP:03d}"]
    while index := index // _GROUP:
        groups.append(f"x{index % _GROUP:03d}")
    return "/".join(reversed(groups)) + ("" if width == FULL else f".p/{width}")


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Every tile that a tree of ``size`` has and one of ``since`` leaves had not, the lowest level first."""
    level = 0
    while count := size >> (_HEIGHT * level):
        known = since >> (_HEIGHT * level)
        if count > known:
            for index in range(known // FULL, (count + FULL - 1) // FULL):
                yield Tile(level, index, min(FULL, count - index * FULL))
        level += 1


def perfect_root(suite: Suite, hashes: bytes) -> bytes:
    """The root over 1, 2, 4 … 256 hashes laid one after another."""
    row = [hashes[at : at + WIDTH] for at in range(0, len(hashes), WIDTH)]
    while len(row) > 1:
        row = [suite.node(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


class TiledTree:
    """The nodes of a tree of ``size`` leaves, read from tiles by ``read(tile)``, which gives the bytes of a tile."""

    def __init__(self, suite: Suite, size: int, read: Callable[[Tile], bytes]) -> None:
        self.suite = suite
        self.size = size
        self.read = read

    def node(self, level: int, index: int) -> bytes:
        """The root of the ``index``-th perfect subtree of 2**level leaves (:data:`.proofs.Node`)."""
        height, above = divmod(level, _HEIGHT)
        begin = index << above
        count = self.size >> (_HEIGHT * height)
        at = begin // FULL
        hashes = self.read(Tile(height, at, min(FULL, count - at * FULL)))
        offset = (begin % FULL) * WIDTH
        return perfect_root(self.suite, hashes[offset : offset + (WIDTH << above)])
