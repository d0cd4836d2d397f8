"""Proof of one event as a file that anybody checks without the platform: ``<index>.ledger-proof.json`` (``ledger/1``, 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rongxin.ledger.entries import Entry, NotAnEntry, commitment
from rongxin.ledger.notes import Checkpoint, Key, Note, NoteRefused
from rongxin.ledger.suites import WIDTH, Suite, numbered
from rongxin.ledger.tree.proofs import ProofRefused, check_inclusion

FORMAT: Final = "ledger-proof/1"
STREAM_FORMAT: Final = "ledger-stream/1"
CONSISTENCY_FORMAT: Final = "ledger-consistency/1"


@dataclass(frozen=True)
class Opening:
    """What opens a commitment: 32 random bytes and the exact text."""

    salt: bytes
    payload: str


@dataclass(frozen=True)
class Sealed:
    """Not shown before ``until`` (YYYY-MM-DD), by the order of this number."""

    until: str
    order: str


ERASED: Final = "erased"
SEALED: Final = "sealed"


@dataclass(frozen=True)
class Proven:
    """One event with its way to the root: what every bundle holds of it."""

    index: int
    entry: bytes
    shown: Opening | Sealed | None
    path: Sequence[bytes]

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"index": self.index, "entry": self.entry.hex()}
        match self.shown:
            case Opening(salt, payload):
                told |= {"salt": salt.hex(), "payload": payload}
            case Sealed(until, order):
                told |= {"salt": SEALED, "payload": SEALED, "sealed_until": until, "order": order}
            case None:
                told |= {"salt": ERASED, "payload": ERASED}
        return told | {"path": [hash_.hex() for hash_ in self.path]}


def proof_bundle(suite: Suite, proven: Proven, note: str) -> dict[str, Any]:
    """The bundle of one event under the checkpoint ``note``."""
    return {"format": FORMAT, "suite": suite.number, **proven.as_json(), "checkpoint": note}


def consistency_bundle(suite: Suite, old: int, new: int, path: Sequence[bytes]) -> dict[str, Any]:
    """That the log of ``new`` entries begins with the log of ``old``."""
    told = {"format": CONSISTENCY_FORMAT, "suite": suite.number, "old": old, "new": new}
    return {**told, "path": [hash_.hex() for hash_ in path]}


class BundleRefused(ValueError):
    """The bundle does not prove what it says."""


def check_proof(bundle: dict[str, Any], key: Key) -> Entry:
    """The entry that a bundle of :func:`proof_bundle` proves under a checkpoint signed with ``key``; raises BundleRefused."""
    try:
        return _checked(bundle, key)
    except (KeyError, TypeError, ValueError, NoteRefused, NotAnEntry, ProofRefused) as error:
        raise BundleRefused(str(error)) from error


def _checked(bundle: dict[str, Any], key: Key) -> Entry:
    if bundle["format"] != FORMAT:
        raise BundleRefused(f"not {FORMAT}")
    suite = numbered(bundle["suite"])
    note = Note.parsed(bundle["checkpoint"])
    key.demand(note)
    checkpoint = Checkpoint.of(note.text)
    if checkpoint.origin != key.name:
        raise BundleRefused(f"a checkpoint of {checkpoint.origin}, not of {key.name}")
    packed = bytes.fromhex(bundle["entry"])
    entry = Entry.unpacked(packed)
    if entry.suite != suite.number:
        raise BundleRefused("the entry is of another suite")
    path = [_hash(text) for text in bundle["path"]]
    check_inclusion(suite, suite.leaf(packed), bundle["index"], checkpoint.size, path, checkpoint.root)
    salt, payload = bundle["salt"], bundle["payload"]
    hidden = {ERASED, SEALED}
    if salt in hidden or payload in hidden:
        if salt != payload:
            raise BundleRefused("salt and payload are hidden together or not at all")
    elif commitment(suite, _hash(salt), payload.encode()) != entry.commitment:
        raise BundleRefused("the payload is not what the entry commits to")
    return entry


def _hash(text: str) -> bytes:
    decoded = bytes.fromhex(text)
    if len(decoded) != WIDTH or decoded.hex() != text:
        raise BundleRefused("not 64 characters of lower-case hexadecimal")
    return decoded
