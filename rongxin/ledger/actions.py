"""Logging: an event is written in the transaction of what it tells, and exists exactly when that is committed."""

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice, repeat
from typing import Any, Final

import polars as pl
from django.db import Error, connection, transaction
from django.utils import timezone

from rongxin.ledger.durability import durable
from rongxin.ledger.entries import PLATFORM, Kind, Of, Subject
from rongxin.ledger.loading import load
from rongxin.ledger.models import Pending

LONGEST_SEALING: Final = timedelta(days=180)
_SALT: Final = 32
_PART: Final = 1_000
_LONGEST_NAME: Final = 64


class NotLogged(RuntimeError):
    """The event could not be written: what it tells must not happen."""


class SealingRefused(ValueError):
    """An event is hidden from its subject by two different people and for a limited time only."""


@dataclass(frozen=True)
class Sealing:
    """That the subject is shown an event only from ``until`` on: by the order ``order``, wanted and approved by two."""

    until: date
    order: str
    by: str
    approved_by: str

    def demand_lawful(self) -> None:
        """Raise SealingRefused unless two people seal it, by an order, for at most ``LONGEST_SEALING``."""
        today = timezone.localdate()
        if not self.order or not self.by or not self.approved_by:
            raise SealingRefused("a sealing names its order and both who decided")
        if self.by == self.approved_by:
            raise SealingRefused("nobody approves the own sealing")
        if not today < self.until <= today + LONGEST_SEALING:
            raise SealingRefused(f"a sealing lasts from one day to {LONGEST_SEALING.days}")


@dataclass(frozen=True)
class Event:
    """Something that happened to ``subject``; ``payload`` says what (``act``) and all that its subject shall know."""

    subject: Subject
    payload: Mapping[str, Any]
    sealing: Sealing | None = None


def log(kind: Kind, subject: Subject, payload: Mapping[str, Any], *, sealing: Sealing | None = None) -> None:
    """Log one event in the caller's transaction. Raises NotLogged outside of one: a change and its event stand or fall together."""
    log_many(kind, [Event(subject, payload, sealing)])


def log_many(kind: Kind, events: Iterable[Event]) -> int:
    """Log events in the caller's transaction, a thousand in a statement; how many. Raises NotLogged outside of one."""
    _demand_transaction()
    now, told = time.time_ns() // 1_000_000, 0
    rest = iter(events)
    while part := list(islice(rest, _PART)):
        _insert(kind, part, now)
        told += len(part)
    return told


def log_firms(kind: Kind, events: pl.DataFrame) -> int:
    """Log one event for each row of ``events`` in the caller's transaction, however many; how many. For what bulk work did.

    Columns: ``firm``, a unified code, null where none is known; ``payload``, the exact text, which the caller has made as ``log``
    makes it. Raises NotLogged outside of a transaction.
    """
    _demand_transaction()
    count, now = events.height, time.time_ns() // 1_000_000
    salts = os.urandom(_SALT * count)
    rows = zip(
        repeat(int(kind), count),
        pl.select(pl.when(events["firm"].is_null()).then(pl.lit(Of.SYSTEM.value)).otherwise(pl.lit(Of.FIRM.value)))
        .to_series()
        .to_list(),
        events["firm"].fill_null(PLATFORM.identifier).to_list(),
        events["payload"].to_list(),
        (salts[at : at + _SALT] for at in range(0, len(salts), _SALT)),
        repeat(now, count),
        repeat("", count),
        strict=True,
    )
    with connection.cursor() as cursor:
        load(cursor, Pending, ("kind", "of", "identifier", "payload", "salt", "time", "sealed"), rows)
    return count


def log_access(events: Iterable[Event]) -> int:
    """Log that data of each subject is about to be shown, and have it durable before the answer leaves; how many.

    Raises NotLogged where it cannot be written, and RuntimeError inside a transaction, which might be undone after the answer.
    """
    try:
        with durable(), transaction.atomic(durable=True):
            return log_many(Kind.ACCESS, events)
    except (Error, OSError) as error:
        raise NotLogged("the look could not be logged, so nothing is shown") from error


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise NotLogged("an event is logged in the transaction of what it tells")


def _insert(kind: Kind, events: list[Event], now: int) -> None:
    salts = os.urandom(_SALT * len(events))
    values: list[Any] = []
    for at, event in enumerate(events):
        values += (
            kind,
            *_named(event.subject),
            text_of(event.payload),
            salts[at * _SALT : (at + 1) * _SALT],
            now,
            _sealed(event.sealing),
        )
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(events))
    with connection.cursor() as cursor:
        # Whoever adds an event may not read it back, so nothing is asked for in return.
        cursor.execute(
            f'INSERT INTO ledger_pending (kind, "of", identifier, payload, salt, "time", sealed) VALUES {rows}', values
        )


def _named(subject: Subject) -> tuple[str, str]:
    if subject.of not in _STREAMS or not 0 < len(subject.identifier) <= _LONGEST_NAME:
        raise ValueError(f"not a subject of the ledger: {subject.of}")
    return str(subject.of), subject.identifier


_STREAMS: Final = frozenset(Of)


def text_of(payload: Mapping[str, Any]) -> str:
    """The exact text of an event, which is committed to and never written anew. Raises ValueError without ``act``."""
    if not isinstance(payload.get("act"), str):
        raise ValueError("a payload says what happened: act")
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _sealed(sealing: Sealing | None) -> str:
    if sealing is None:
        return ""
    sealing.demand_lawful()
    return json.dumps(asdict(sealing) | {"until": sealing.until.isoformat()}, ensure_ascii=False)
