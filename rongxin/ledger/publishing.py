"""The log as files that anybody may read: checkpoints and tiles (C2SP tlog-tiles). Repeating it changes nothing."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from rongxin.ledger import logs
from rongxin.ledger.durability import write_file
from rongxin.ledger.models import Checkpoint, Cosignature, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note
from rongxin.ledger.rows import leaves
from rongxin.ledger.suites import WIDTH, Suite
from rongxin.ledger.tree.tiles import FULL, Tile, TiledTree, perfect_root, tiles_of

NEWEST: Final = "checkpoint"


class TilesDamaged(RuntimeError):
    """A published tile is missing or was changed: ``rongxin ledger checkpoint --rebuild`` writes all anew from the database."""


def published(log: Log) -> tuple[Note, Told] | None:
    """The newest checkpoint that was published, checked with our own key; None where nothing was. Raises NoteRefused."""
    path = logs.folder_of(log) / NEWEST
    if not path.exists():
        return None
    note = Note.parsed(path.read_text(encoding="utf-8"))
    logs.key_of(log).demand(note)
    return note, Told.of(note.text)


def publish(log: Log, checkpoint: Checkpoint, *, rebuild: bool = False) -> None:
    """Tiles first, then the checkpoint that rests on them; each file whole or as it was. ``rebuild``: all tiles anew."""
    before = None if rebuild else published(log)
    folder, size = logs.folder_of(log), checkpoint.cut.size
    write_tiles(log.hashing, folder / "tile", size, before[1].size if before else 0, partial(leaves, log))
    note = str(cosigned(checkpoint)).encode()
    write_file(folder / "checkpoints" / str(size), note)
    write_file(folder / NEWEST, note)


def cosigned(checkpoint: Checkpoint) -> Note:
    """The note of a checkpoint with the cosignatures that came in."""
    lines = Cosignature.objects.filter(checkpoint=checkpoint).order_by("pk").values_list("line", flat=True)
    return Note.parsed(checkpoint.note + "".join(lines))


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


def tree_of(log: Log, size: int) -> TiledTree:
    """The tree at a published size, read from tiles."""
    return TiledTree(log.hashing, size, partial(read_tile, logs.folder_of(log) / "tile"))
