"""Which firms the log tells of: looked at by an account or a department within a time, or in entries that its check found wrong.

What events say is sealed and opened here, for the platform alone; whose stream an event is in is found by computing the
pseudonym of every code that may be meant.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import BinaryField
from django.db.models.functions import Substr

from rongxin.jobs.progress import Progress
from rongxin.ledger import logs
from rongxin.ledger.bundles import Opening, Sealed
from rongxin.ledger.entries import KIND_AT, LENGTH, Kind, Of, Subject, fields, instant_of, stream_id
from rongxin.ledger.models import Cut, Entry, Log
from rongxin.ledger.proving import openings
from rongxin.ledger.verifying import OF_ENTRY, verify

Codes = Callable[[], Iterable[str]]
"""Gives the unified codes that may be meant, from the first, as often as it is asked: there are millions."""
PART: Final = 2_000
"""Looks that are opened at once."""
_STRETCH: Final = 100_000
"""Entries that are looked through in one query."""
_CLOCKS: Final = timedelta(days=1)
"""By how much clocks of two machines may differ before a look is missed."""
_TIME_AT, _TIME_LENGTH = 6, 8
"""The bytes of an entry that are its time. Databases count from 1."""


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


def looks_within(
    log: Log, since: datetime, until: datetime, progress: Progress
) -> Iterator[list[tuple[Entry, Opening | Sealed | None]]]:
    """The looks at files from ``since`` to before ``until``, with what they say; some at once, in the order of the log.

    ``progress`` counts the entries that were passed, within its phase.
    """
    first, size = _first_since(log, since), _size(log)
    progress.phase(progress.name, size - first)
    # The database compares the bytes, and only looks are read.
    kind = Substr("entry", KIND_AT + 1, 1, output_field=BinaryField())
    time = Substr("entry", _TIME_AT + 1, _TIME_LENGTH, output_field=BinaryField())
    looks = Entry.objects.filter(log=log).alias(kind=kind, time=time)
    looks = looks.filter(kind=bytes([Kind.ACCESS]), time__gte=_packed(since), time__lt=_packed(until))
    for at in range(first, size, _STRETCH):
        rows = list(looks.filter(index__gte=at, index__lt=at + _STRETCH).order_by("index"))
        for part in (rows[begin : begin + PART] for begin in range(0, len(rows), PART)):
            said = openings(log, part)
            yield [(row, said[row.index]) for row in part]
        progress.set(min(size, at + _STRETCH) - first)


def looked_at(
    codes: Codes, since: datetime, until: datetime, progress: Progress, *, username: str = "", department: str = ""
) -> FirmsFound:
    """The firms among ``codes`` at whom the account or an account of the department looked from ``since`` to before ``until``.

    One of the two must be given; both: the account while in that department. Raises ValueError without.
    """
    if not username and not department:
        raise ValueError("whose looks?")
    asked = {"by": username, "department": department}
    wanted = {key: value for key, value in asked.items() if value}
    found = FirmsFound()
    for log in logs_since(since):
        streams: dict[bytes, Looks] = {}
        for part in looks_within(log, since, until, progress):
            for row, said in part:
                if not isinstance(said, Opening):
                    found.hidden += 1
                    continue
                told = json.loads(said.payload)
                if all(told.get(key) == value for key, value in wanted.items()):
                    _note(streams, bytes(row.entry))
        named = _named(log, streams, codes)
        found.unknown += len(streams) - len(named)
        for stream, code in named.items():
            _merge(found.looks, code, streams[stream])
    return found


def found_faulty(codes: Codes, progress: Progress) -> FirmsFound:
    """The firms among ``codes`` in whose streams the check of the logs finds an entry wrong."""
    found = FirmsFound()
    for log in Log.objects.order_by("pk"):
        streams = _faulty_streams(log, progress)
        named = _named(log, streams, codes)
        found.faulty |= set(named.values())
        found.unknown += len(streams) - len(named)
    return found


def _faulty_streams(log: Log, progress: Progress) -> set[bytes]:
    """The streams of entries that the check names."""
    progress.phase(progress.name, _size(log) * 2)
    faults = verify(log, done=progress.set)
    indices = sorted({int(said[1]) for fault in faults if (said := OF_ENTRY.match(fault))})
    streams: set[bytes] = set()
    for at in range(0, len(indices), PART):
        rows = Entry.objects.filter(log=log, index__in=indices[at : at + PART])
        # The stream it is filed in, and the one that the entry itself names: either may have been changed.
        for entry, stream in rows.values_list("entry", "stream__stream"):
            streams |= {bytes(stream), fields(bytes(entry))[4] if len(entry) == LENGTH else bytes(stream)}
    return streams


def logs_since(since: datetime) -> list[Log]:
    """The logs that were written since then."""
    every = list(Log.objects.order_by("pk"))
    followed = [*(log.began_at for log in every[1:]), None]
    return [log for log, next_began in zip(every, followed, strict=True) if next_began is None or next_began >= since]


def _first_since(log: Log, since: datetime) -> int:
    """Before which entry of the log there is none of that time: nothing is sequenced before it happened, clocks aside."""
    cuts = Cut.objects.filter(log=log)
    reached = cuts.filter(time__gte=_milliseconds(since - _CLOCKS)).order_by("size").values_list("size", flat=True)
    if (size := reached.first()) is None:
        return _size(log)
    return cuts.filter(size__lt=size).order_by("-size").values_list("size", flat=True).first() or 0


def _size(log: Log) -> int:
    cut = logs.latest_cut(log)
    return cut.size if cut else 0


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _packed(instant: datetime) -> bytes:
    """As an entry holds a time, so that bytes sort as instants do."""
    return _milliseconds(instant).to_bytes(_TIME_LENGTH, "big")


def _note(streams: dict[bytes, Looks], entry: bytes) -> None:
    _, _, _, time, stream, *_ = fields(entry)
    at = instant_of(time)
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


def _named(log: Log, streams: Collection[bytes], codes: Codes) -> dict[bytes, str]:
    """Whose streams these are, of the firms asked about."""
    if not streams:
        return {}
    suite, key = log.hashing, logs.stream_key(log.origin)
    of_codes = ((stream_id(suite, key, Subject(Of.FIRM, code)), code) for code in codes())
    return {stream: code for stream, code in of_codes if stream in streams}
