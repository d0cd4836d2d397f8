"""Which firms the log tells of: looked at by an account or a department within a time, or in entries that its check found wrong.

What events say is sealed and opened here, for the platform alone; whose stream an event is in is found by computing the
pseudonym of every code that may be meant.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from django.db.models import BinaryField
from django.db.models.functions import Substr

from rongxin.ledger import logs
from rongxin.ledger.bundles import Opening
from rongxin.ledger.entries import LENGTH, Kind, Of, Subject, fields, stream_id
from rongxin.ledger.models import Entry, Log
from rongxin.ledger.proving import openings
from rongxin.ledger.verifying import OF_ENTRY, verify

PART: Final = 2_000
_KIND_AT, _TIME_AT, _TIME_LENGTH = 5, 7, 8
"""Where kind and time stand in an entry, counted from 1 as databases do."""


@dataclass(slots=True)
class Looks:
    """How often a firm was looked at, and from when to when."""

    count: int
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class FirmsFound:
    """Firms by their codes. ``unknown``: entries of no firm that was asked about; ``hidden``: looks that nobody can read now."""

    looks: dict[str, Looks] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)
    unknown: int = 0
    hidden: int = 0


def looked_at(
    codes: Iterable[str], since: datetime, until: datetime, *, username: str = "", department: str = ""
) -> FirmsFound:
    """The firms among ``codes`` at whom the account or an account of the department looked from ``since`` to before ``until``.

    One of the two must be given; both: the account while in that department. Raises ValueError without.
    """
    if not username and not department:
        raise ValueError("whose looks?")
    asked = {"by": username, "department": department}
    wanted = {key: value for key, value in asked.items() if value}
    found, waiting = FirmsFound(), list(codes)
    for log in _logs_since(since):
        streams: dict[bytes, Looks] = {}
        for rows in _accesses(log, since, until):
            said = openings(log, rows)
            for row in rows:
                opening = said[row.index]
                if not isinstance(opening, Opening):
                    found.hidden += 1
                    continue
                told = json.loads(opening.payload)
                if all(told.get(key) == value for key, value in wanted.items()):
                    _note(streams, bytes(row.entry))
        named = _named(log, streams, waiting)
        found.unknown += len(streams) - len(named)
        for stream, code in named.items():
            _merge(found.looks, code, streams[stream])
    return found


def found_faulty(codes: Iterable[str]) -> FirmsFound:
    """The firms among ``codes`` in whose streams the check of the logs finds an entry wrong."""
    found, waiting = FirmsFound(), list(codes)
    for log in Log.objects.order_by("pk"):
        streams = _faulty_streams(log)
        named = _named(log, streams, waiting)
        found.faulty |= set(named.values())
        found.unknown += len(streams) - len(named)
    return found


def _faulty_streams(log: Log) -> set[bytes]:
    """The streams of entries that the check names."""
    indices = sorted({int(said[1]) for fault in verify(log) if (said := OF_ENTRY.match(fault))})
    streams: set[bytes] = set()
    for at in range(0, len(indices), PART):
        rows = Entry.objects.filter(log=log, index__in=indices[at : at + PART])
        # The stream it is filed in, and the one that the entry itself names: either may have been changed.
        for entry, stream in rows.values_list("entry", "stream__stream"):
            streams |= {bytes(stream), fields(bytes(entry))[4] if len(entry) == LENGTH else bytes(stream)}
    return streams


def _logs_since(since: datetime) -> list[Log]:
    """The logs that were written since then."""
    every = list(Log.objects.order_by("pk"))
    followed = [*(log.began_at for log in every[1:]), None]
    return [log for log, next_began in zip(every, followed, strict=True) if next_began is None or next_began >= since]


def _accesses(log: Log, since: datetime, until: datetime) -> Iterator[Sequence[Entry]]:
    """The looks of that time, some at once; the database compares the bytes."""
    kind = Substr("entry", _KIND_AT, 1, output_field=BinaryField())
    time = Substr("entry", _TIME_AT, _TIME_LENGTH, output_field=BinaryField())
    within = Entry.objects.filter(log=log).alias(kind=kind, time=time)
    looks = within.filter(kind=bytes([Kind.ACCESS]), time__gte=_packed(since), time__lt=_packed(until)).order_by(
        "index"
    )
    after = -1
    while rows := list(looks.filter(index__gt=after)[:PART]):
        after = rows[-1].index
        yield rows


def _packed(instant: datetime) -> bytes:
    """As an entry holds a time, so that bytes sort as instants do."""
    return (int(instant.timestamp() * 1000)).to_bytes(_TIME_LENGTH, "big")


def _note(streams: dict[bytes, Looks], entry: bytes) -> None:
    _, _, _, time, stream, *_ = fields(entry)
    at = datetime.fromtimestamp(time / 1000, UTC)
    if known := streams.get(stream):
        known.count, known.last_at = known.count + 1, at  # within a stream time never falls
    else:
        streams[stream] = Looks(1, at, at)


def _merge(looks: dict[str, Looks], code: str, more: Looks) -> None:
    """The looks of two logs at one firm."""
    if known := looks.get(code):
        known.count, known.last_at = known.count + more.count, more.last_at
    else:
        looks[code] = more


def _named(log: Log, streams: Collection[bytes], codes: Iterable[str]) -> dict[bytes, str]:
    """Whose streams these are, of the firms asked about."""
    if not streams:
        return {}
    suite, key = log.hashing, logs.stream_key(log.origin)
    of_codes = ((stream_id(suite, key, Subject(Of.FIRM, code)), code) for code in codes)
    return {stream: code for stream, code in of_codes if stream in streams}
