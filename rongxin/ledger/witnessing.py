"""Witnesses: other organisations that sign a checkpoint after they saw that it goes on from the one they signed before.

A witness needs no database: the log's folder or a copy of it, the log's public key, its own seed, and a file with what it saw last.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from rongxin.ledger import logs
from rongxin.ledger.durability import write_file
from rongxin.ledger.models import Checkpoint, Cosignature, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Key, Note, NoteRefused, Signer, cosigned_at
from rongxin.ledger.publishing import publish, read_tile
from rongxin.ledger.suites import numbered
from rongxin.ledger.tree.proofs import ProofRefused, check_consistency, consistency_path
from rongxin.ledger.tree.tiles import Tile, TiledTree

ENOUGH: Final = 2
"""Witnesses of different organisations that anchor a checkpoint."""


class WitnessRefused(ValueError):
    """The log does not go on from what this witness signed, or its note is not the log's."""


def cosign(note: Note, folder: Path, log_key: Key, witness: Signer, remembered: Path, *, suite: int = 1) -> Note:
    """``note`` with the cosignature of ``witness``, who remembers it in the file ``remembered``. Raises WitnessRefused.

    ``folder`` holds the tiles of the log; that the new tree begins with the old is computed from them, not believed.
    """
    try:
        log_key.demand(note)
        told = Told.of(note.text)
        if told.origin != log_key.name:
            raise WitnessRefused(f"a checkpoint of {told.origin}, not of {log_key.name}")
        if remembered.exists():
            before = Note.parsed(remembered.read_text(encoding="utf-8"))
            log_key.demand(before)
            _demand_continued(Told.of(before.text), told, folder, suite)
    except (NoteRefused, ProofRefused) as error:
        raise WitnessRefused(str(error)) from error
    signed = Note(note.text, note.signatures).with_signatures([witness.cosign(note.text, int(time.time()))])
    # Remembered before it is handed out: a crash between leaves a witness that knows more, never less.
    write_file(remembered, str(note).encode())
    return signed


def _demand_continued(before: Told, now: Told, folder: Path, suite: int) -> None:
    if now.size < before.size:
        raise WitnessRefused(f"{before.size} entries were signed before, now there are {now.size}")
    hashing = numbered(suite)

    def read(tile: Tile) -> bytes:
        return read_tile(folder / "tile", tile)

    path = consistency_path(hashing, before.size, now.size, TiledTree(hashing, now.size, read).node)
    check_consistency(hashing, before.size, now.size, before.root, now.root, path)


def take(log: Log, note: Note, witnesses: dict[str, bytes]) -> list[str]:
    """Keep the cosignatures of known ``witnesses`` (name: public key) under ``note``; the names that were new.

    Raises WitnessRefused where the note is none of ours or no known witness signed it.
    """
    try:
        logs.key_of(log).demand(note)
        told = Told.of(note.text)
        valid = [
            signature
            for name, public in witnesses.items()
            for signature in Key.of_witness(name, public).signed(note)[:1]
        ]
    except NoteRefused as error:
        raise WitnessRefused(str(error)) from error
    if not valid:
        raise WitnessRefused("no witness of RONGXIN_LEDGER_WITNESSES has signed it")
    checkpoint = Checkpoint.objects.filter(cut__log=log, cut__size=told.size).select_related("cut").first()
    if checkpoint is None or bytes(checkpoint.cut.root) != told.root:
        raise WitnessRefused(
            f"the database has no checkpoint of {told.size} entries with this root: see rongxin ledger verify"
        )
    with transaction.atomic():
        known = set(Cosignature.objects.filter(checkpoint=checkpoint).values_list("witness", flat=True))
        new = [signature for signature in valid if signature.name not in known]
        Cosignature.objects.bulk_create(
            Cosignature(
                checkpoint=checkpoint,
                witness=signature.name,
                line=signature.line(),
                cosigned_at=datetime.fromtimestamp(cosigned_at(signature), UTC),
            )
            for signature in new
        )
    latest = logs.latest_checkpoint(log)
    if latest is not None and latest.pk == checkpoint.pk:
        publish(log, checkpoint)
    return [signature.name for signature in new]


def is_anchored(checkpoint: Checkpoint) -> bool:
    """Whether enough witnesses have signed it."""
    return Cosignature.objects.filter(checkpoint=checkpoint).count() >= ENOUGH
