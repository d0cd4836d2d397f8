"""Proof bundles out of the database and the published tiles, and consistency between two checkpoints."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.bundles import STREAM_FORMAT, Opening, Proven, Sealed, consistency_bundle, proof_bundle
from rongxin.ledger.completeness import HEADS, lines_of
from rongxin.ledger.contents import Unopenable, subject_key, unseal
from rongxin.ledger.entries import Subject, stream_id
from rongxin.ledger.heads import line_of, line_path
from rongxin.ledger.models import Checkpoint, Entry, HeadsMap, Log, Stream, SubjectKey, Withholding
from rongxin.ledger.publishing import cosigned, tree_of
from rongxin.ledger.tree.proofs import consistency_path, inclusion_path
from rongxin.ledger.tree.tiles import TiledTree

Stored = bytes | memoryview


class Sealable(Protocol):
    """What opens an entry: a row of the table, or these columns of it."""

    @property
    def index(self) -> int: ...
    @property
    def entry(self) -> Stored: ...
    @property
    def stream_id(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def salt(self) -> Stored | None: ...
    @property
    def payload(self) -> Stored | None: ...
    @property
    def key(self) -> Stored | None: ...


class NotProvable(LookupError):
    """There is no such event, or no checkpoint over it yet."""


def prove(log: Log, index: int) -> dict[str, Any]:
    """The bundle of event ``index`` under the newest checkpoint (``ledger-proof/1``). Raises NotProvable."""
    signed = _signed(log)
    rows = list(Entry.objects.filter(log=log, index=index))
    if not rows or index >= signed.cut.size:
        raise NotProvable(f"event {index} is not under the checkpoint of {signed.cut.size} entries")
    (proven,) = _proven(log, rows, tree_of(log, signed.cut.size))
    return proof_bundle(log.hashing, proven, str(cosigned(signed)))


def prove_stream(log: Log, subject: Subject) -> dict[str, Any]:
    """Everything the log says of ``subject``, complete up to the newest heads map (``ledger-stream/1``). Raises NotProvable."""
    signed = _signed(log)
    tree = tree_of(log, signed.cut.size)
    identifier = stream_id(log.hashing, logs.stream_key(log.origin), subject)
    rows = list(
        Entry.objects.filter(stream__log=log, stream__stream=identifier, index__lt=signed.cut.size).order_by("number")
    )
    if not rows:
        raise NotProvable("no checkpoint covers an event of this subject")
    return {
        "format": STREAM_FORMAT,
        "suite": log.suite,
        "stream": identifier.hex(),
        "checkpoint": str(cosigned(signed)),
        "events": [proven.as_json() for proven in _proven(log, rows, tree)],
        "heads": _heads(log, identifier, tree),
    }


def prove_consistency(log: Log, old: int, new: int) -> dict[str, Any]:
    """That the log of ``new`` entries begins with the log of ``old`` (``ledger-consistency/1``). Raises NotProvable."""
    signed = _signed(log)
    if not 0 < old <= new <= signed.cut.size:
        raise NotProvable(f"sizes rise from 1 to {signed.cut.size}")
    return consistency_bundle(log.hashing, old, new, consistency_path(log.hashing, old, new, tree_of(log, new).node))


def openings(log: Log, rows: Sequence[Sealable], *, sealed_too: bool = False) -> dict[int, Opening | Sealed | None]:
    """What each of ``rows`` says, by index: opened, sealed until a day that has not come, or None where it was erased.

    ``sealed_too``: open what is sealed as well, to check it. Raises Unopenable where contents were changed.
    """
    sealed = {} if sealed_too else _withheld(rows)
    keys = _keys(rows)
    told: dict[int, Opening | Sealed | None] = {}
    for row in rows:
        withheld = sealed.get((row.stream_id, row.number))
        if row.salt is None or row.payload is None or row.key is None:
            told[row.index] = None
        elif withheld is not None:
            told[row.index] = Sealed(withheld.until.isoformat(), withheld.order)
        elif row.stream_id not in keys:
            raise Unopenable(f"the key to entry {row.index} is missing")
        else:
            committed = bytes(row.entry)[-32:]
            payload = unseal(keys[row.stream_id], bytes(row.payload), bytes(row.key), committed)
            told[row.index] = Opening(bytes(row.salt), payload.decode())
    return told


def _withheld(rows: Sequence[Sealable]) -> dict[tuple[int, int], Withholding]:
    """What is sealed today; the day opens it, no job needed."""
    streams = {row.stream_id for row in rows}
    found = Withholding.objects.filter(stream__in=streams, until__gt=timezone.localdate())
    return {(each.stream_id, each.number): each for each in found}


def _keys(rows: Sequence[Sealable]) -> dict[int, Any]:
    kept = SubjectKey.objects.filter(stream__in={row.stream_id for row in rows}).values_list(
        "stream_id", "sealed", "stream__stream"
    )
    return {row: subject_key(bytes(sealed), bytes(stream)) for row, sealed, stream in kept}


def _proven(log: Log, rows: Sequence[Entry], tree: TiledTree) -> list[Proven]:
    shown = openings(log, rows)
    return [
        Proven(
            row.index,
            bytes(row.entry),
            shown[row.index],
            inclusion_path(log.hashing, tree.size, row.index, tree.node),
        )
        for row in rows
    ]


def _signed(log: Log) -> Checkpoint:
    signed = logs.latest_checkpoint(log)
    if signed is None:
        raise NotProvable("nothing was signed yet")
    return signed


def _heads(log: Log, stream: bytes, tree: TiledTree) -> dict[str, Any] | None:
    """The line of ``stream`` in the newest map whose event the checkpoint covers; None where no map has it yet."""
    identifier = stream_id(log.hashing, logs.stream_key(log.origin), HEADS)
    of_heads = Stream.objects.filter(log=log, stream=identifier).first()
    event = Entry.objects.filter(stream=of_heads, index__lt=tree.size).order_by("-number").first() if of_heads else None
    if event is None:
        return None
    heads = HeadsMap.objects.select_related("cut__log").get(cut__log=log, number=event.number)
    lines = lines_of(heads)
    at = line_of(lines, stream)
    if at is None:
        return None
    (proven,) = _proven(log, [event], tree)
    return {
        "size": heads.cut.size,
        "count": len(lines),
        "line": lines[at].hex(),
        "at": at,
        "path": [hash_.hex() for hash_ in line_path(log.hashing, lines, at)],
        "event": proven.as_json(),
    }
