"""Tiles as files: written so that repeating it changes nothing, and read (C2SP tlog-tiles)."""

import shutil
from collections.abc import Callable
from pathlib import Path

from rongxin.ledger.suites import WIDTH, Suite
from rongxin.ledger.tree.tiles import FULL, Tile, perfect_root, tiles_of
from rongxin.primitives.files import write_file


class TilesDamaged(RuntimeError):
    """A published tile is missing or was changed: ``rongxin ledger checkpoint --rebuild`` writes all anew from the database."""


def write_tiles(suite: Suite, folder: Path, size: int, since: int, leaves_between: Callable[[int, int], bytes]) -> None:
    """Write below ``folder`` the tiles that a tree of ``size`` has and one of ``since`` had not.

    A tile that became full takes the place of the unfinished ones before it.
    """
    for tile in tiles_of(size, since):
        begin = tile.index * FULL
        if tile.level == 0:
            hashes = leaves_between(begin, begin + tile.width)
        else:
            below = (Tile(tile.level - 1, index) for index in range(begin, begin + tile.width))
            hashes = b"".join(perfect_root(suite, read_tile(folder, child)) for child in below)
        if len(hashes) != tile.width * WIDTH:
            raise TilesDamaged(f"{tile.path}: leaves are missing in the database")
        write_file(folder / tile.path, hashes)
        if tile.is_full:
            shutil.rmtree(folder / f"{tile.path}.p", ignore_errors=True)


def read_tile(folder: Path, tile: Tile) -> bytes:
    """The hashes of a tile, out of the full one where that is there. Raises TilesDamaged."""
    full = Tile(tile.level, tile.index)
    for each in (full, tile):
        path = folder / each.path
        if path.exists():
            hashes = path.read_bytes()
            if len(hashes) == each.width * WIDTH:
                return hashes[: tile.width * WIDTH]
    raise TilesDamaged(f"{folder / tile.path} is not there")
