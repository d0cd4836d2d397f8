"""The events of one subject for showing: which there are, without opening any; and what some of them say.

Whoever calls has made sure that the reader may see this subject: below row-level security the platform alone reads these tables.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.bundles import Opening, Sealed
from rongxin.ledger.contents import Unopenable
from rongxin.ledger.entries import FIRST, Kind, Subject, fields, instant_of, stream_id
from rongxin.ledger.models import Entry, Log, Stream, Withholding
from rongxin.ledger.proving import openings


@dataclass(frozen=True, slots=True)
class Head:
    """One event, unopened: its place in the log and in its stream, what sort of thing happened and when."""

    index: int
    number: int
    kind: Kind
    at: datetime

    @property
    def on(self) -> date:
        """The day in Fuzhou."""
        return timezone.localdate(self.at)


@dataclass(frozen=True, slots=True)
class Book:
    """The stream of ``subject`` in one log."""

    log: Log
    subject: Subject
    stream: Stream

    @property
    def heads(self) -> "Heads":
        """Its events, oldest first, and whether they are all there. One query, whatever their number."""
        rows = Entry.objects.filter(stream=self.stream).order_by("number")
        found: list[Head] = []
        before, is_whole = FIRST, True
        for index, number, packed, leaf in rows.values_list("index", "number", "entry", "leaf").iterator(10_000):
            _, kind, _, time, _, told, previous, _ = fields(bytes(packed))
            is_whole &= number == told == len(found) and previous == before
            found.append(Head(index, number, Kind(kind), instant_of(time)))
            before = bytes(leaf)
        is_whole &= len(found) == self.stream.count and before == bytes(self.stream.head)
        return Heads(tuple(found), is_whole)


@dataclass(frozen=True, slots=True)
class Heads:
    """``is_whole``: numbers run from 0 without a gap, each event follows the one before, and the last is the stream's last."""

    events: tuple[Head, ...]
    is_whole: bool


def books_of(subjects: Iterable[Subject]) -> list[Book]:
    """The streams of these subjects in every log, the newest log first; what has no event has none."""
    wanted = {
        (log.pk, stream_id(log.hashing, logs.stream_key(log.origin), subject)): (log, subject)
        for log in Log.objects.order_by("-pk")
        for subject in subjects
    }
    rows = Stream.objects.filter(stream__in=[stream for _, stream in wanted])
    found = {(row.log_id, bytes(row.stream)): row for row in rows}
    return [Book(log, subject, found[key]) for key, (log, subject) in wanted.items() if key in found]


def said(book: Book, heads: Sequence[Head]) -> dict[int, Opening | Sealed | None]:
    """What each of ``heads`` says, by number: opened, sealed until a day, or None where it was erased. Raises Unopenable."""
    rows = list(Entry.objects.filter(stream=book.stream, number__in=[head.number for head in heads]))
    opened = openings(book.log, rows)
    return {row.number: opened[row.index] for row in rows}


def said_by_number(book: Book, number: int) -> tuple[int, dict[str, Any]]:
    """Index and payload of event ``number`` of a stream of the platform, in which nothing is sealed or erased."""
    row = Entry.objects.get(stream=book.stream, number=number)
    shown = openings(book.log, [row], sealed_too=True)[row.index]
    if not isinstance(shown, Opening):
        raise Unopenable(f"entry {row.index} was erased")
    told: dict[str, Any] = json.loads(shown.payload)
    return row.index, told


def said_at(origin: str, index: int) -> Opening | Sealed | None:
    """What one entry of the log ``origin`` says; None where it was erased or is not there."""
    row = Entry.objects.select_related("log").filter(log__origin=origin, index=index).first()
    return openings(row.log, [row])[index] if row is not None else None


def sealed_numbers(book: Book) -> frozenset[int]:
    """Numbers of the events that are sealed today."""
    rows = Withholding.objects.filter(stream=book.stream, until__gt=timezone.localdate())
    return frozenset(rows.values_list("number", flat=True))
