"""Cosignatures of witnesses that come back, and when a checkpoint is anchored."""

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from rongxin.ledger import logs
from rongxin.ledger.cosigning import WitnessRefused
from rongxin.ledger.models import Checkpoint, Cosignature, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Key, Note, NoteRefused, cosigned_at
from rongxin.ledger.publishing import publish

ENOUGH: Final = 2
"""Witnesses of different organisations that anchor a checkpoint."""


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
