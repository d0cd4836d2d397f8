"""The log as files that anybody may read: checkpoints and tiles (C2SP tlog-tiles). Repeating it changes nothing."""

from functools import partial
from typing import Final

from rongxin.ledger import logs
from rongxin.ledger.models import Checkpoint, Cosignature, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note
from rongxin.ledger.rows import leaves
from rongxin.ledger.tile_files import read_tile, write_tiles
from rongxin.ledger.tree.tiles import TiledTree
from rongxin.primitives.files import alone_in, write_file

NEWEST: Final = "checkpoint"


def published(log: Log) -> tuple[Note, Told] | None:
    """The newest checkpoint that was published, checked with our own key; None where nothing was. Raises NoteRefused."""
    path = logs.folder_of(log) / NEWEST
    if not path.exists():
        return None
    note = Note.parsed(path.read_text(encoding="utf-8"))
    logs.key_of(log).demand(note)
    return note, Told.of(note.text)


def publish(log: Log, checkpoint: Checkpoint, *, rebuild: bool = False) -> None:
    """Tiles first, then the checkpoint that rests on them; each file whole or as it was. ``rebuild``: all tiles anew.

    What is published never goes back: of two at once the newer stays.
    """
    folder, size = logs.folder_of(log), checkpoint.cut.size
    note = str(cosigned(checkpoint)).encode()
    with alone_in(folder):
        newest = published(log)
        known = newest[1].size if newest else 0
        write_tiles(log.hashing, folder / "tile", size, 0 if rebuild else known, partial(leaves, log))
        write_file(folder / "checkpoints" / str(size), note)
        if known <= size:
            write_file(folder / NEWEST, note)


def cosigned(checkpoint: Checkpoint) -> Note:
    """The note of a checkpoint with the cosignatures that came in."""
    lines = Cosignature.objects.filter(checkpoint=checkpoint).order_by("pk").values_list("line", flat=True)
    return Note.parsed(checkpoint.note + "".join(lines))


def tree_of(log: Log, size: int) -> TiledTree:
    """The tree at a published size, read from tiles."""
    return TiledTree(log.hashing, size, partial(read_tile, logs.folder_of(log) / "tile"))
