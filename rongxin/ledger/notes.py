"""Signed notes, checkpoints and the cosignatures of witnesses (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

Signatures are Ed25519 (RFC 8032). The variant with SM2 is not here: the package cryptography signs no SM2.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rongxin.primitives.whole_numbers import whole_number

_LOG: Final = b"\x01"
_WITNESS: Final = b"\x04"
_DASH: Final = "— "
_KEY_ID: Final = 4
_SIGNATURE: Final = 64
_STAMP: Final = 8
_MOST: Final = 1 << 63


class NoteRefused(ValueError):
    """The note is malformed, or lacks a valid signature that it must have."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, the four bytes that tell the key, and the rest."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {_text(self.key_id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with LF, and signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}"

    def with_signatures(self, more: Iterable[Signature]) -> "Note":
        """The note with ``more`` added; what it has already is not doubled."""
        new = [signature for signature in more if signature not in self.signatures]
        return Note(self.text, (*self.signatures, *new))

    @classmethod
    def parsed(cls, whole: str) -> Self:
        """Raises NoteRefused unless ``whole`` is a text, an empty line and at least one signature line."""
        text, separator, lines = whole.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteRefused("a signed note has signatures after an empty line and ends with a line feed")
        if any(ord(character) < 32 and character != "\n" for character in whole):
            raise NoteRefused("a signed note holds no control characters")
        return cls(f"{text}\n", tuple(_signature(line) for line in lines[:-1].split("\n")))


@dataclass(frozen=True)
class Checkpoint:
    """What a log says it was: ``size`` entries under ``root``."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"

    @property
    def short(self) -> str:
        """What papers print of the root: the first 16 characters of its base64."""
        return _text(self.root)[:16]

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises NoteRefused unless ``text`` is exactly the three lines."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise NoteRefused("a checkpoint has three lines: origin, size, root")
        size = whole_number(lines[1], digits=len(str(_MOST)))
        if size is None or str(size) != lines[1] or size >= _MOST:
            raise NoteRefused(f"not a size: {lines[1]!r}")
        root = _bytes(lines[2])
        if len(root) != 32:
            raise NoteRefused("a root has 32 bytes")
        return cls(lines[0], size, root)


@dataclass(frozen=True)
class Key:
    """A public key with the name it signs under; ``kind`` tells a log's from a witness's."""

    name: str
    public: bytes
    kind: bytes = _LOG

    @classmethod
    def of_witness(cls, name: str, public: bytes) -> Self:
        return cls(name, public, _WITNESS)

    @cached_property
    def key_id(self) -> bytes:
        """The four bytes before each of its signatures."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:_KEY_ID]

    def signed(self, note: Note) -> list[Signature]:
        """The valid signatures of this key under ``note``. Raises NoteRefused where one of its lines is not valid."""
        mine = [each for each in note.signatures if each.name == self.name and each.key_id == self.key_id]
        for signature in mine:
            self._check(note.text, signature.value)
        return mine

    def demand(self, note: Note) -> None:
        """Raise NoteRefused unless this key has signed ``note``."""
        if not self.signed(note):
            raise NoteRefused(f"{self.name} has not signed it")

    def _check(self, text: str, value: bytes) -> None:
        message, signature = text.encode(), value
        if self.kind == _WITNESS:
            message, signature = _cosigned(text, int.from_bytes(value[:_STAMP], "big")), value[_STAMP:]
        if len(signature) != _SIGNATURE:
            raise NoteRefused(f"the signature of {self.name} has a wrong length")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise NoteRefused(f"the signature of {self.name} is not valid") from error


class Signer:
    """The secret half: ``seed`` has 32 bytes (RFC 8032)."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or any(character.isspace() or character == "+" for character in name):
            raise ValueError(f"not a name for a signing key: {name!r}")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, text: str) -> Signature:
        """As a log."""
        return Signature(self.name, Key(self.name, self.public).key_id, self._key.sign(text.encode()))

    def cosign(self, text: str, time: int) -> Signature:
        """As a witness that saw it at ``time``, in seconds since 1970-01-01T00:00Z."""
        value = time.to_bytes(_STAMP, "big") + self._key.sign(_cosigned(text, time))
        return Signature(self.name, Key.of_witness(self.name, self.public).key_id, value)


def cosigned_at(signature: Signature) -> int:
    """When a witness saw what it cosigned, in seconds since 1970-01-01T00:00Z."""
    return int.from_bytes(signature.value[:_STAMP], "big")


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _signature(line: str) -> Signature:
    name, separator, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator or not name:
        raise NoteRefused("not a signature line")
    decoded = _bytes(value)
    if len(decoded) <= _KEY_ID:
        raise NoteRefused("a signature line without signature")
    return Signature(name, decoded[:_KEY_ID], decoded[_KEY_ID:])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteRefused("not base64") from error
    if _text(decoded) != text:
        raise NoteRefused("base64 that could be written otherwise")
    return decoded
