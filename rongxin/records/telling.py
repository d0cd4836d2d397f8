"""What the ledger is told of records: numbers and hashes of contents, closed words, never a text.

One event for each change by hand. Of a batch: one for each chunk, in the transaction of the chunk, in the stream of the
platform; and one for each enterprise and effect at the end, in the transaction that concludes the batch. A chunk that is begun
again after a crash is told once, because it stands in its transaction; the end is told once, because what is to be told is
removed with it.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import polars as pl
from django.db import connection

from rongxin.ledger.actions import Event, log, log_firms, log_many, text_of
from rongxin.ledger.entries import PLATFORM, Kind, firm_or_platform
from rongxin.records.models import Effect, Record, Resolution, Untold

ACTS: Final = {
    Effect.RECORDED: "record.create",
    Effect.CORRECTED: "record.correct",
    Effect.DISPUTED: "record.dispute",
    Effect.DISPUTE_ENDED: "record.end_dispute",
    Effect.SUSPENDED: "record.suspend",
    Effect.RESUMED: "record.resume",
    Effect.REPAIRED: "record.repair",
    Effect.REPAIR_REVOKED: "record.unrepair",
    Effect.WITHDRAWN: "record.withdraw",
    Effect.ANNULLED: "record.annul",
    Effect.SEALED: "record.seal",
    Effect.UNSEALED: "record.unseal",
    Effect.ERASED: "record.erase",
}
GIVEN: Final = "record.give"
"""A record that was nobody's belongs to the enterprise now."""
TAKEN: Final = "record.take"
"""A record belongs to the enterprise no longer, and to nobody yet."""
_PART: Final = 100_000


def tell(act: str, changed: Iterable[tuple[Record, Mapping[str, Any]]], *, by: str) -> None:
    """Tell whoever has each of these records, or had it last, what was done to it. Two statements, however many."""
    about = list(changed)
    had = Resolution.objects.filter(record__in=[record.pk for record, _ in about]).order_by("pk")
    last = dict(had.values_list("record", "subject__uscc"))
    log_many(
        Kind.RECORD,
        [
            Event(
                firm_or_platform(last.get(record.pk)),
                {"act": act, "record": record.number, "hash": record.content_hash, **told, "by": by},
            )
            for record, told in about
        ],
    )


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, over the sorted ``lines``, each ``number hash`` of a record and ended by LF."""
    return sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


def tell_chunk(batch: str, rows: pl.DataFrame, made: pl.DataFrame, position: int) -> None:
    """Tell of the records made of a chunk (``number``, ``content_hash``, ``version``); their events begin after ``position``."""
    if made.is_empty():
        return
    Untold.objects.get_or_create(batch=batch, defaults={"since": position + 1})
    told = {
        "act": "record.chunk",
        "batch": batch,
        "from": rows["row"].min(),
        "to": rows["row"].max(),
        "count": made.height,
        "corrected": made.filter(pl.col("version") > 1).height,
        "records": digest_of(made.select(pl.concat_str("number", "content_hash", separator=" ")).to_series().to_list()),
    }
    log(Kind.RECORD, PLATFORM, told)


# By the resolution of the instant in which the record was made: whoever it was given to later is told of that.
_MADE_SQL: Final = """
    SELECT k.uscc, r.version, r.number || ' ' || r.content_hash FROM records_recordevent e
    JOIN records_record r ON r.id = e.record_id
    LEFT JOIN records_resolution o ON o.record_id = e.record_id AND o.made_at = e.recorded_at
    LEFT JOIN subjects_subject k ON k.id = o.subject_id
    WHERE e.position >= %s AND e.basis = %s AND e.effect IN (%s, %s)
"""
_MADE: Final = {"firm": pl.String, "version": pl.Int64, "line": pl.String}


def firms_to_tell(batch: str) -> pl.DataFrame:
    """What is to be told of the records of a batch that are not told firm by firm yet: ``firm`` and ``payload``.

    It may be made before the transaction in which it is told, once the last row is recorded.
    """
    begun = Untold.objects.filter(batch=batch).first()
    if begun is None:
        return pl.DataFrame(schema={"firm": pl.String, "payload": pl.String})
    parts = []
    with connection.cursor() as cursor:
        cursor.execute(_MADE_SQL, [begun.since, batch, Effect.RECORDED, Effect.CORRECTED])
        while rows := cursor.fetchmany(_PART):
            parts.append(pl.DataFrame(rows, schema=_MADE, orient="row"))
    made = (
        pl.concat(parts)
        .group_by("firm", is_new=pl.col("version") == 1)
        .agg(count=pl.len(), lines=pl.col("line").sort())
        .sort("firm", "is_new")
    )
    payloads = [
        text_of(
            {
                "act": ACTS[Effect.RECORDED if is_new else Effect.CORRECTED],
                "batch": batch,
                "count": count,
                "records": digest_of(lines),
            }
        )
        for is_new, count, lines in made.select("is_new", "count", "lines").iter_rows()
    ]
    return made.select("firm", payload=pl.Series(payloads, dtype=pl.String))


def tell_firms(batch: str, firms: pl.DataFrame) -> None:
    """Tell each enterprise of ``firms`` what the batch brought; nothing where it was told already."""
    told, _ = Untold.objects.filter(batch=batch).delete()
    if told:
        log_firms(Kind.RECORD, firms)
