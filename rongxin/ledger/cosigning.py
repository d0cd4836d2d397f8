"""Witnesses: other organisations that sign a checkpoint after they saw that it goes on from the one they signed before.

A witness needs no database: the log's folder or a copy of it, the log's public key, its own seed, and a file with what it saw last.
"""

import time
from functools import partial
from pathlib import Path

from rongxin.ledger.notes import Checkpoint, Key, Note, NoteRefused, Signer
from rongxin.ledger.suites import numbered
from rongxin.ledger.tile_files import TilesDamaged, read_tile
from rongxin.ledger.tree.proofs import ProofRefused, check_consistency, consistency_path
from rongxin.ledger.tree.tiles import TiledTree
from rongxin.primitives.files import write_file


class WitnessRefused(ValueError):
    """The log does not go on from what this witness signed, or its note is not the log's."""


def cosign(note: Note, folder: Path, log_key: Key, witness: Signer, remembered: Path, *, suite: int = 1) -> Note:
    """``note`` with the cosignature of ``witness``, who remembers it in the file ``remembered``. Raises WitnessRefused.

    ``folder`` holds the tiles of the log; that the new tree begins with the old is computed from them, not believed.
    """
    try:
        log_key.demand(note)
        told = Checkpoint.of(note.text)
        if told.origin != log_key.name:
            raise WitnessRefused(f"a checkpoint of {told.origin}, not of {log_key.name}")
        if remembered.exists():
            before = Note.parsed(remembered.read_text(encoding="utf-8"))
            log_key.demand(before)
            _demand_continued(Checkpoint.of(before.text), told, folder, suite)
    except (NoteRefused, ProofRefused, TilesDamaged) as error:
        raise WitnessRefused(str(error)) from error
    signed = note.with_signatures([witness.cosign(note.text, int(time.time()))])
    # Remembered before it is handed out: a crash between leaves a witness that knows more, never less.
    write_file(remembered, str(note).encode())
    return signed


def _demand_continued(before: Checkpoint, now: Checkpoint, folder: Path, suite: int) -> None:
    if now.size < before.size:
        raise WitnessRefused(f"{before.size} entries were signed before, now there are {now.size}")
    hashing = numbered(suite)
    tree = TiledTree(hashing, now.size, partial(read_tile, folder / "tile"))
    path = consistency_path(hashing, before.size, now.size, tree.node)
    check_consistency(hashing, before.size, now.size, before.root, now.root, path)
