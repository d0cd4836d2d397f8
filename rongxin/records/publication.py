"""That a record stood here for the public at a time, proven to anybody by the ledger.

What was entered for the public since the last time is committed to once a minute: one event with the root of a tree (RFC 6962,
SHA-256) over a line for each record, ``number version time``. A line tells no content and nothing of other records, so that the
way from it to the root can be given to everybody; what a record says is committed to in its enterprise's stream (records.telling).
"""

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.ledger import proving, reading
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.heads import heads_root, line_path
from rongxin.ledger.reading import Book
from rongxin.ledger.suites import SHA256
from rongxin.policy.words import Display
from rongxin.records.consuming import locked_cursor
from rongxin.records.models import Effect, Record, RecordEvent

PUBLISHED: Final = Subject(Of.SYSTEM, "published")
ACT: Final = "record.publish"
FORMAT: Final = "ledger-record/1"
MOST: Final = 16_384
"""Events of records that one event of the ledger covers at most: a proof makes its tree anew."""
_CURSOR: Final = "published"
_ENTERED: Final = (Effect.RECORDED, Effect.CORRECTED)


class NotPublished(LookupError):
    """The ledger was not told of this record yet."""


@job(title="存证账本记入新公示")
def commit_published(progress: Progress) -> int:
    """Commit to what was entered for the public since the last time; how many records. A crash at any point tells none twice."""
    progress.phase("记入新公示")
    told = 0
    while (lines := _commit_part()) is not None:
        told += lines
        progress.advance(lines)
    return told


@transaction.atomic
def _commit_part() -> int | None:
    """The next part; how many records, None where no more happened."""
    cursor, last = locked_cursor(_CURSOR)
    if cursor.value >= last:
        return None
    begin, end = cursor.value + 1, min(cursor.value + MOST, last)
    lines = [line for _, line in _lines(begin, end)]
    if lines:
        root = heads_root(SHA256, lines).hex()
        log(Kind.RECORD, PUBLISHED, {"act": ACT, "from": begin, "to": end, "count": len(lines), "root": root})
    cursor.value = end
    cursor.save(update_fields=["value"])
    return len(lines)


def prove_published(number: str, version: int) -> dict[str, Any]:
    """The bundle that this version of a record was here for the public (``ledger-record/1``). For records that are on display.

    Raises NotPublished before it was committed to, and NotProvable before that was signed.
    """
    record = Record.objects.filter(number=number, version=version).first()
    if record is None:
        raise NotPublished(number)
    of_act = Q(act_key=None, record=record) | Q(act_key=record.act_key, record=record)
    event = RecordEvent.objects.get(of_act, effect__in=_ENTERED)
    book, index, said = _covering(event.position)
    lines = _lines(said["from"], said["to"])
    place = next((at for at, (position, _) in enumerate(lines) if position == event.position), None)
    if place is None:
        raise NotPublished(number)
    texts = [line for _, line in lines]
    proof = proving.prove(book.log, index)
    return {
        "format": FORMAT,
        "suite": proof["suite"],
        "line": texts[place].decode(),
        "at": place,
        "path": [hash_.hex() for hash_ in line_path(SHA256, texts, place)],
        "event": {name: proof[name] for name in ("index", "entry", "salt", "payload", "path")},
        "checkpoint": proof["checkpoint"],
    }


def _covering(position: int) -> tuple[Book, int, dict[str, Any]]:
    """The event that covers a position: its book, its index and what it says. Events cover rising positions, log after log."""
    for book in reading.books_of([PUBLISHED]):
        number = _last_from(book, position)
        if number >= 0:
            index, said = reading.said_by_number(book, number)
            if position <= said["to"]:
                return book, index, said
            break
    raise NotPublished(position)


def _last_from(book: Book, position: int) -> int:
    """The number of the last event that begins at or before a position; -1 where none does."""
    numbers = range(book.stream.count)
    return bisect_right(numbers, position, key=lambda number: reading.said_by_number(book, number)[1]["from"]) - 1


def _lines(begin: int, end: int) -> list[tuple[int, bytes]]:
    """Position and line of each record entered for the public between these positions, both included."""
    rows = RecordEvent.objects.filter(
        position__gte=begin, position__lte=end, effect__in=_ENTERED, record__display=Display.PUBLIC
    ).order_by("position")
    columns = rows.values_list("position", "record__number", "record__version", "recorded_at")
    return [(position, _line(number, version, at)) for position, number, version, at in columns]


def _line(number: str, version: int, at: datetime) -> bytes:
    return f"{number} {version} {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
