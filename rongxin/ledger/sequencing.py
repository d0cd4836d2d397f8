"""Giving what waits its place: number in its stream, index in the log, leaf in the tree. One transaction for each batch.

What waits is taken by removing it, never by "greater than the last seen": numbers of rows become visible out of order.
"""

import json
import os
import time
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.contents import CHANCE, new_subject_key, seal, subject_key
from rongxin.ledger.durability import durable
from rongxin.ledger.entries import FIRST, PLATFORM, Kind, Of, Subject, commitment, pack, stream_id
from rongxin.ledger.loading import load
from rongxin.ledger.models import Cut, Entry, Log, Stream, SubjectKey, Withholding
from rongxin.ledger.suites import Suite
from rongxin.storage.loading import reserved_keys
from rongxin.storage.turns import in_turn

BATCH: Final = 4_096
BACKWARDS: Final = 1_000
"""Milliseconds by which a clock may go back, as clocks that are kept right do, without being noted."""
FORWARDS: Final = 30 * 86_400_000
"""Milliseconds without an event after which it is noted that the clock went ahead, or nothing happened for so long."""
Waiting = tuple[int, int, str, str, str, bytes, int, str]


@dataclass(slots=True)
class _End:
    """The end of one stream while a batch is sequenced."""

    row: int
    stream: bytes
    count: int
    head: bytes
    time: int
    key: AESGCM
    sealed_key: bytes | None = None


def sequence(limit: int = BATCH) -> int:
    """Give one batch of what waits its place; how many events were waiting. Any number may call it at once, one works."""
    with durable(), transaction.atomic():
        in_turn(logs.SEQUENCING)
        waiting = _taken(limit)
        if waiting:
            _place(logs.opened(), waiting)
    return len(waiting)


def sequence_all() -> int:
    """Give everything that waits its place; how many events. Each batch is kept when the next begins."""
    told = 0
    while taken := sequence():
        told += taken
        if taken < BATCH:
            break
    return told


def _taken(limit: int) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_pending WHERE id IN (SELECT id FROM ledger_pending ORDER BY id LIMIT %s) "
            'RETURNING id, kind, "of", identifier, payload, salt, "time", sealed',
            [limit],
        )
        return sorted(cursor.fetchall())


def _place(log: Log, waiting: list[Waiting]) -> None:
    cut, now = logs.latest_cut(log), time.time_ns() // 1_000_000
    if cut is not None and not cut.time - BACKWARDS <= now <= cut.time + FORWARDS:
        waiting = [_jump(cut.time, now), *waiting]
    suite = log.hashing
    ends = _ends(log, {(row[2], row[3]) for row in waiting})
    frontier = logs.frontier_of(log, cut)
    rows, withheld = _rows(log, suite, waiting, ends, frontier.size)
    frontier.extend(row[3] for row in rows)
    with connection.cursor() as cursor:
        load(
            cursor,
            Stream,
            ("id", "log_id", "stream", "count", "head", "time"),
            [(end.row, log.pk, end.stream, end.count, end.head, end.time) for end in ends.values()],
            renewed=("count", "head", "time"),
        )
        keys = [(end.row, end.sealed_key) for end in ends.values() if end.sealed_key is not None]
        if keys:
            load(cursor, SubjectKey, ("stream_id", "sealed"), keys)
        columns = ("log_id", "index", "entry", "leaf", "stream_id", "number", "salt", "payload", "key")
        load(cursor, Entry, columns, rows)
    if withheld:
        Withholding.objects.bulk_create(withheld)
    Cut.objects.create(log=log, size=frontier.size, root=frontier.root(), frontier=frontier.packed(), time=now)


def _rows(
    log: Log, suite: Suite, waiting: list[Waiting], ends: dict[tuple[str, str], _End], index: int
) -> tuple[list[tuple[Any, ...]], list[Withholding]]:
    """The rows of entries; the ends of their streams move along."""
    chance = os.urandom(CHANCE * len(waiting))
    rows: list[tuple[Any, ...]] = []
    withheld = []
    for at, (_, kind, of, identifier, payload, salt, when, sealed) in enumerate(waiting):
        end, text, salt_ = ends[of, identifier], payload.encode(), bytes(salt)
        committed = commitment(suite, salt_, text)
        # Within a stream time never falls, whatever clocks and long transactions do.
        end.time = max(end.time, when)
        entry = pack(kind, suite.number, end.time, end.stream, end.count, end.head, committed)
        contents, key = seal(end.key, text, committed, chance[at * CHANCE : (at + 1) * CHANCE])
        end.head = suite.leaf(entry)
        rows.append((log.pk, index + at, entry, end.head, end.row, end.count, salt_, contents, key))
        if sealed:
            told = json.loads(sealed)
            withheld.append(Withholding(stream_id=end.row, number=end.count, made_at=timezone.now(), **told))
        end.count += 1
    return rows, withheld


def _ends(log: Log, subjects: set[tuple[str, str]]) -> dict[tuple[str, str], _End]:
    """Where the streams of these subjects end; new ones with a key of their own."""
    suite, secret = log.hashing, logs.stream_key(log.origin)
    ids = {subject: stream_id(suite, secret, Subject(Of(subject[0]), subject[1])) for subject in subjects}
    known = _known(log, list(ids.values()))
    with connection.cursor() as cursor:
        new = iter(reserved_keys(cursor, Stream, len(ids) - len(known)).to_list())
    ends = {}
    for subject, stream in ids.items():
        old = known.get(stream)
        row, count, head, last, sealed = old or (next(new), 0, FIRST, 0, None)
        if sealed is None:
            # Also where the key was destroyed: what comes later is sealed anew.
            key, made = new_subject_key(stream)
        else:
            key, made = subject_key(sealed, stream), None
        ends[subject] = _End(row, stream, count, head, last, key, made)
    return ends


def _known(log: Log, streams: list[bytes]) -> dict[bytes, tuple[int, int, bytes, int, bytes | None]]:
    """Row, count, head, time and sealed key of those of ``streams`` that there are."""
    # One parameter on PostgreSQL: thousands are read far slower than an array.
    is_array = connection.vendor == "postgresql"
    among = "= ANY(%s)" if is_array else f"IN ({', '.join(['%s'] * len(streams))})"
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT s.stream, s.id, s.count, s.head, s."time", k.sealed FROM ledger_stream s '
            f"LEFT JOIN ledger_subjectkey k ON k.stream_id = s.id WHERE s.log_id = %s AND s.stream {among}",
            [log.pk, streams] if is_array else [log.pk, *streams],
        )
        return {
            bytes(stream): (row, count, bytes(head), last, None if sealed is None else bytes(sealed))
            for stream, row, count, head, last, sealed in cursor.fetchall()
        }


def _jump(before: int, now: int) -> Waiting:
    """The event that the clock went back or ahead, in milliseconds since 1970."""
    act = "clock.back" if now < before else "clock.ahead"
    payload = json.dumps({"act": act, "from": before, "to": now}, separators=(",", ":"))
    return 0, Kind.SECURITY, PLATFORM.of, PLATFORM.identifier, payload, os.urandom(32), now, ""
