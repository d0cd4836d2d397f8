"""The 118 bytes of an entry, the commitment to what it says, and the pseudonym of whom it is about (``ledger/1``, 3 and 4)."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, Self

from rongxin.ledger.suites import WIDTH, Suite, numbered

LENGTH: Final = 118
FIRST: Final = bytes(WIDTH)
"""What the first event of a stream names as the leaf before it."""
_MAGIC: Final = b"LGR1"
_LAYOUT: Final = struct.Struct(">4sBBQ32sQ32s32s")
KIND_AT: Final = 4
"""The byte of an entry that is its kind."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COMMITS: Final = b"ledger/1|payload\n"


class Kind(IntEnum):
    """What sort of thing happened."""

    RECORD = 1
    ACCESS = 2
    DECISION = 3
    DRAW = 4
    STATUS = 5
    ADMIN = 6
    EXCHANGE = 7
    ERASURE = 8
    HEADS = 9
    SECURITY = 10


class Of(StrEnum):
    """What a stream is about; there are none about persons."""

    FIRM = "firm"
    OFFICER = "officer"
    SYSTEM = "system"


class Subject(NamedTuple):
    """Whose stream an event belongs to: a unified code, an account's number, or a part of the platform."""

    of: Of
    identifier: str


PLATFORM: Final = Subject(Of.SYSTEM, "platform")


def firm_or_platform(uscc: str | None) -> Subject:
    """The enterprise with this unified code; the platform for what is about none, or about one that nobody knows."""
    return Subject(Of.FIRM, uscc) if uscc else PLATFORM


def instant_of(time: int) -> datetime:
    """The ``time`` of an entry: milliseconds since 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(milliseconds=time)


class NotAnEntry(ValueError):
    """These bytes are no entry of a ledger."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is hashed. ``time``: milliseconds since 1970-01-01T00:00Z; ``previous``: leaf before it in the stream."""

    kind: Kind
    suite: int
    time: int
    stream: bytes
    number: int
    previous: bytes
    commitment: bytes

    def packed(self) -> bytes:
        """The 118 bytes."""
        return pack(self.kind, self.suite, self.time, self.stream, self.number, self.previous, self.commitment)

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Raises NotAnEntry for a wrong length, beginning, kind or suite."""
        if len(packed) != LENGTH:
            raise NotAnEntry(f"{len(packed)} bytes instead of {LENGTH}")
        magic, kind, suite, *rest = _LAYOUT.unpack(packed)
        if magic != _MAGIC:
            raise NotAnEntry("it does not begin with LGR1")
        try:
            return cls(Kind(kind), numbered(suite).number, *rest)
        except ValueError as error:
            raise NotAnEntry(str(error)) from error


def pack(kind: int, suite: int, time: int, stream: bytes, number: int, previous: bytes, commitment: bytes) -> bytes:
    """The 118 bytes of these fields, for the bulk path."""
    return _LAYOUT.pack(_MAGIC, kind, suite, time, stream, number, previous, commitment)


def fields(packed: bytes) -> tuple[bytes, int, int, int, bytes, int, bytes, bytes]:
    """Magic, kind, suite, time, stream, number, previous and commitment, unchecked, for the bulk path."""
    return _LAYOUT.unpack(packed)


def is_known(magic: bytes, kind: int) -> bool:
    """Whether an entry begins as it must and is of a kind there is."""
    return magic == _MAGIC and kind in _KINDS


_KINDS: Final = frozenset(int(kind) for kind in Kind)


def commitment(suite: Suite, salt: bytes, payload: bytes) -> bytes:
    """What an entry says of ``payload`` without saying it."""
    return suite.hash(_COMMITS + salt + payload)


def stream_id(suite: Suite, stream_key: bytes, subject: Subject) -> bytes:
    """The pseudonym of ``subject`` in the log whose secret is ``stream_key``."""
    return suite.keyed(stream_key, f"ledger/1|stream|{subject.of}|{subject.identifier}".encode())
