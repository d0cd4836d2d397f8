"""Erasure: what an event says is destroyed for good, that there was an event stays. The erasure is itself an event.

Destroyed are contents, salt and key of the row. A backup still holds them until it is written over: docs/ledger.md.
"""

from typing import Any

from django.db import connection, transaction

from rongxin.ledger import logs
from rongxin.ledger.actions import log as log_event
from rongxin.ledger.entries import Entry as Told
from rongxin.ledger.entries import Kind, Subject, stream_id
from rongxin.ledger.models import Entry, Log, Stream, SubjectKey

LASTING = frozenset({Kind.ERASURE, Kind.HEADS})
"""What proves the rest is not erased."""
_PART = 1_000


class ErasureRefused(ValueError):
    """It may not be erased, or not by these people; nothing was."""


def erase(log: Log, index: int, subject: Subject, *, basis: str, by: str, approved_by: str) -> None:
    """Destroy what event ``index`` of ``subject`` says, on the legal ``basis``; two people decide. Raises ErasureRefused."""
    _demand_two(basis, by, approved_by)
    with transaction.atomic():
        _destroy_freed()
        stream = _stream(log, subject)
        row = Entry.objects.filter(log=log, index=index, stream=stream).values_list("entry", "salt").first()
        if row is None:
            raise ErasureRefused(f"entry {index} is none of this subject")
        if row[1] is None:
            raise ErasureRefused(f"entry {index} was erased before")
        if Told.unpacked(bytes(row[0])).kind in LASTING:
            raise ErasureRefused("an erasure and a map of heads are not erased")
        Entry.objects.filter(log=log, index=index).update(salt=None, payload=None, key=None)
        _tell(subject, {"act": "erase", "index": index}, basis, by, approved_by)


def erase_subject(log: Log, subject: Subject, *, basis: str, by: str, approved_by: str) -> int:
    """Destroy all that the log says of ``subject`` but erasures; how many events. Raises ErasureRefused."""
    _demand_two(basis, by, approved_by)
    with transaction.atomic():
        _destroy_freed()
        stream = _stream(log, subject)
        kept, erased = 0, []
        for index, entry in Entry.objects.filter(stream=stream, salt__isnull=False).values_list("index", "entry"):
            if Told.unpacked(bytes(entry)).kind in LASTING:
                kept += 1
            else:
                erased.append(index)
        for at in range(0, len(erased), _PART):
            part = Entry.objects.filter(log=log, index__in=erased[at : at + _PART])
            part.update(salt=None, payload=None, key=None)
        if not kept:
            # Then not even a backup of the entries opens without a backup of the keys.
            SubjectKey.objects.filter(stream=stream).delete()
        _tell(subject, {"act": "erase", "events": len(erased)}, basis, by, approved_by)
    return len(erased)


def _demand_two(basis: str, by: str, approved_by: str) -> None:
    if not basis or not by or not approved_by:
        raise ErasureRefused("an erasure names its legal basis and both who decided")
    if by == approved_by:
        raise ErasureRefused("nobody approves the own erasure")


def _stream(log: Log, subject: Subject) -> Stream:
    stream = stream_id(log.hashing, logs.stream_key(log.origin), subject)
    found = Stream.objects.filter(log=log, stream=stream).first()
    if found is None:
        raise ErasureRefused("the log says nothing of this subject")
    return found


def _tell(subject: Subject, what: dict[str, Any], basis: str, by: str, approved_by: str) -> None:
    log_event(Kind.ERASURE, subject, what | {"basis": basis, "by": by, "approved_by": approved_by})


def _destroy_freed() -> None:
    """SQLite writes zeros over what a row held; PostgreSQL keeps the old row until it is vacuumed."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
