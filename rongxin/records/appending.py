"""Writing records: released rows become records, versions or sightings, in one transaction a chunk.

What is known of the acts is fetched once for a chunk; what becomes of its rows is decided by columns; and every table is then
loaded with whole columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.resolution import BY_CODE, BY_JUDGEMENT
from rongxin.records.actions import EVENTS, SPLIT, locked_position, note
from rongxin.records.barred import Withdrawn, filed_parties, withdrawn_rows
from rongxin.records.display import UNRESOLVED
from rongxin.records.models import (
    Effect,
    EventCursor,
    Record,
    RecordContent,
    RecordEvent,
    Resolution,
    Sighting,
)
from rongxin.records.numbers import new_numbers
from rongxin.records.telling import GIVEN, tell, tell_chunk
from rongxin.storage.frames import fetched, kept
from rongxin.storage.loading import load, reserved_keys
from rongxin.storage.staging import staged
from rongxin.subjects.judging import contradicted

CHUNK: Final = 10_000
"""Rows of one transaction: it holds up other writers for about a second."""

LARGE_BATCH: Final = 200_000
LARGE_CHUNK: Final = 50_000
"""Rows of one transaction of a large batch. Keys of acts are random, so a chunk changes a page of their indexes for every row
until it holds several rows for each page."""

# What a row to be recorded holds (architecture §4, the envelope).
SCHEMA: Final = {
    "row": pl.Int64,
    "subject": pl.Int64,
    "method": pl.String,
    "party_name": pl.String,
    "party_code": pl.String,
    "act_key": pl.String,
    "authority": pl.String,
    "authority_uscc": pl.String,
    "document_number": pl.String,
    "document_key": pl.String,
    "decided_on": pl.Date,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "polarity": pl.String,
    "severity": pl.String,
    "amount_fen": pl.Int64,
    "basis": pl.String,
    "display": pl.String,
    "display_reason": pl.String,
    "display_clause": pl.String,
    "content": pl.String,
    "content_hash": pl.String,
    "title": pl.String,
}
_ENVELOPE: Final = tuple(name for name in SCHEMA if name not in ("row", "subject", "method", "content", "title"))
_TEXT_NEVER_NULL: Final = (
    *("party_code", "authority_uscc", "document_number", "document_key"),
    *("basis", "display_reason", "display_clause"),
)


@dataclass(frozen=True)
class Origin:
    """What all rows of one batch share: who sent them, as what, under which rules."""

    batch: str
    provider: Department
    kind: str
    kind_digest: str
    policy_digest: str
    platform: str
    released_by: str


@dataclass(frozen=True)
class Appended:
    """How many rows became new records, new versions of known ones, or sightings only.

    ``withdrawn`` rows were not recorded, because their act was withdrawn by now; nor were the rows ``unjudged``, which had
    come to their subject by a judgement that stands no longer.
    """

    recorded: int = 0
    corrected: int = 0
    seen_again: int = 0
    withdrawn: tuple[Withdrawn, ...] = ()
    unjudged: tuple[int, ...] = ()

    def __add__(self, other: "Appended") -> "Appended":
        return Appended(
            self.recorded + other.recorded,
            self.corrected + other.corrected,
            self.seen_again + other.seen_again,
            self.withdrawn + other.withdrawn,
            self.unjudged + other.unjudged,
        )


def chunk_of(rows: int) -> int:
    """How many rows of a batch of ``rows`` one transaction records."""
    return CHUNK if rows < LARGE_BATCH else LARGE_CHUNK


def append(
    rows: pl.DataFrame, origin: Origin, *, chunk: int | None = None, advance: Callable[[int], None] = lambda _: None
) -> Appended:
    """Record ``rows`` (schema SCHEMA), ``chunk`` (CHUNK) at a time, each chunk whole or not at all.

    A row already seen in this batch is passed over, so a killed worker begins again without doing anything twice. The same act
    with the same content adds a sighting; with other content a new version that supersedes the last one. What must not be
    recorded any more at this moment is left out and told (Appended).
    """
    total = Appended()
    for part in rows.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).iter_slices(chunk or CHUNK):
        total += _append_chunk(part.with_columns(pl.col(_TEXT_NEVER_NULL).fill_null("")), origin)
        advance(part.height)
    return total


_SAME: Final = ("act_key", "content_hash")

# The versions of the acts of a chunk, each with whose it is; nobody's where ``owner`` is null.
_KNOWN: Final = {
    "key": pl.Int64,
    "act_key": pl.String,
    "content_hash": pl.String,
    "version": pl.Int64,
    "number": pl.String,
    "owner": pl.Int64,
    "owned_by": pl.String,
}
_KNOWN_SQL: Final = """
    SELECT r.id, r.act_key, r.content_hash, r.version, r.number, o.subject_id, o.method FROM records_record r
    LEFT JOIN records_resolution o ON o.record_id = r.id AND o.ended_at IS NULL
    WHERE r.act_key IN (SELECT act_key FROM staged_acts)
"""
# A code names its own bearer, also while that one counts as another, so that a merge that ends leaves no record behind.
_BEARERS: Final = {"row": pl.Int64, "bearer": pl.Int64}
_BEARERS_SQL: Final = """
    SELECT s.row, k.id FROM staged_acts s JOIN subjects_subject k ON k.uscc = s.party_code WHERE s.method = %s
"""


@transaction.atomic
def _append_chunk(rows: pl.DataFrame, origin: Origin) -> Appended:
    # Under the cursor: a withdrawal, or the end of a judgement, comes wholly before this chunk or wholly after it.
    position = locked_position()
    rows = _not_seen(rows, origin)
    with staged(rows.select("row", "act_key", "method", "party_code"), "staged_acts") as cursor:
        withdrawn = withdrawn_rows(cursor, "staged_acts")
        rows = _without(rows, [each.row for each in withdrawn])
        unjudged = _unjudged(rows, origin)
        rows = _without(rows, unjudged)
        known = fetched(cursor, _KNOWN, _KNOWN_SQL)
        made = _made(rows, known, fetched(cursor, _BEARERS, _BEARERS_SQL, [BY_CODE]))
        made = made.with_columns(reserved_keys(cursor, Record, made.height), _numbers(made, origin))
        _load_made(cursor, made, origin, position)
        seen = pl.concat([known.select("key", *_SAME), made.select("key", *_SAME)])
        _load_sightings(cursor, rows.join(seen, on=_SAME, maintain_order="left"), origin)
    tell_chunk(origin.batch, rows, made, position)
    _resolve_again(rows.join(known.filter(pl.col("owner").is_null()), on=_SAME), origin)
    recorded = made.filter(version=1).height
    corrected = made.height - recorded
    return Appended(recorded, corrected, rows.height - made.height, withdrawn, tuple(unjudged))


def _not_seen(rows: pl.DataFrame, origin: Origin) -> pl.DataFrame:
    """The rows that no earlier attempt recorded."""
    near = {"row__gte": rows["row"].min(), "row__lte": rows["row"].max()}
    return _without(rows, list(Sighting.objects.filter(batch=origin.batch, **near).values_list("row", flat=True)))


def _without(rows: pl.DataFrame, numbers: Sequence[int]) -> pl.DataFrame:
    return rows.filter(~pl.col("row").is_in(numbers)) if numbers else rows


def _unjudged(rows: pl.DataFrame, origin: Origin) -> list[int]:
    """The rows that followed a judgement of their department which does not stand."""
    followed = rows.filter(method=BY_JUDGEMENT)
    if followed.is_empty():
        return []
    return sorted(contradicted(filed_parties(followed, origin.policy_digest, origin.kind), origin.provider.code))


def _made(rows: pl.DataFrame, known: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """The rows of which versions are made, one of each act and content that is not recorded; the lowest row stands for its
    likes. With them the version and what it supersedes, and whose the record is: a new version of an act that a person gave
    to another subject stays there.
    """
    last = known.filter(pl.col("version") == pl.col("version").max().over("act_key")).select(
        "act_key",
        supersedes="key",
        last_version="version",
        last_number="number",
        given=pl.when(owned_by=SPLIT).then("owner"),
    )
    stays = pl.col("given").is_not_null()
    return (
        rows.filter(pl.col("row") == pl.col("row").min().over("act_key"))
        .join(known, on=_SAME, how="anti", maintain_order="left")
        .join(last, on="act_key", how="left", maintain_order="left")
        .join(bearers, on="row", how="left", maintain_order="left")
        .with_columns(
            version=pl.col("last_version").fill_null(0) + 1,
            subject=pl.coalesce("given", "bearer", "subject"),
            method=pl.when(stays).then(pl.lit(SPLIT)).otherwise("method"),
        )
    )


# Both from rows that the database holds already: nothing is bound row by row a second time.
_RESOLUTIONS_SQL: Final = """
    INSERT INTO records_resolution (record_id, subject_id, method, "by", made_at)
    SELECT key, subject, method, %(by)s, %(now)s FROM staged_made ORDER BY position
"""
_EVENTS_SQL: Final = f"""
    INSERT INTO records_recordevent (position, record_id, act_key, effect, effective_at, recorded_at, "by", basis)
    SELECT position, key, CASE version WHEN 1 THEN NULL ELSE act_key END,
        CASE version WHEN 1 THEN '{Effect.RECORDED}' ELSE '{Effect.CORRECTED}' END,
        %(now)s, %(now)s, %(by)s, %(batch)s FROM staged_made ORDER BY position
"""


def _numbers(made: pl.DataFrame, origin: Origin) -> pl.Expr:
    """The number of each act, the known one where it has one."""
    # In rising order, so that the index of the numbers grows at its end; nobody can guess one all the same.
    fresh = sorted(new_numbers(origin.platform, made.height, int(timezone.now().timestamp() * 1000)))
    return pl.coalesce("last_number", pl.Series(fresh, dtype=pl.String)).alias("number")


def _load_made(cursor: CursorWrapper, made: pl.DataFrame, origin: Origin, position: int) -> None:
    """The versions, whose they are, their contents and their events, under the cursor that stands at ``position``."""
    instant = timezone.now()
    load(
        cursor,
        Record._meta.db_table,
        made.select(
            "version",
            "number",
            *_ENVELOPE,
            id="key",
            supersedes_id="supersedes",
            kind=pl.lit(origin.kind),
            kind_digest=pl.lit(origin.kind_digest),
            policy_digest=pl.lit(origin.policy_digest),
            origin=pl.lit(origin.platform),
            region=pl.lit(origin.provider.region),
            provider_id=pl.lit(origin.provider.pk),
            recorded_at=pl.lit(str(kept(instant))),
        ),
    )
    load(cursor, RecordContent._meta.db_table, made.select("title", record_id="key", text="content"), guarded=True)
    at = pl.int_range(position + 1, position + 1 + made.height).alias("position")
    with staged(made.select("key", "version", "act_key", "subject", "method", at), "staged_made"):
        told = {"now": kept(instant), "by": origin.released_by, "batch": origin.batch}
        cursor.execute(_RESOLUTIONS_SQL, told)
        cursor.execute(_EVENTS_SQL, told)
    EventCursor.objects.filter(name=EVENTS).update(value=position + made.height)


def _load_sightings(cursor: CursorWrapper, seen: pl.DataFrame, origin: Origin) -> None:
    load(
        cursor,
        Sighting._meta.db_table,
        seen.select(
            "row",
            record_id="key",
            provider_id=pl.lit(origin.provider.pk),
            batch=pl.lit(origin.batch),
            seen_at=pl.lit(str(kept(timezone.now()))),
        ),
    )


def _resolve_again(rows: pl.DataFrame, origin: Origin) -> None:
    """A record that was taken off its subject and is filed again finds a subject again, and is displayed again."""
    now = timezone.now()
    for key, subject, method in (
        rows.unique("key", keep="first").sort("key").select("key", "subject", "method").iter_rows()
    ):
        Resolution.objects.create(record_id=key, subject_id=subject, method=method, by=origin.released_by, made_at=now)
        record = Record.objects.get(pk=key)
        tell(GIVEN, [(record, {"basis": origin.batch})], by=origin.released_by)
        events = RecordEvent.objects.filter(act_key=record.act_key).order_by("-position")
        resumed = events.filter(effect=Effect.RESUMED).values_list("position", flat=True).first() or 0
        standing = events.filter(effect=Effect.SUSPENDED, position__gt=resumed)
        # A suspension for another cause stays, whoever the record belongs to.
        if standing and all(event.basis.startswith(UNRESOLVED) for event in standing):
            note(record, Effect.RESUMED, by=origin.released_by, basis=origin.batch, told=origin.batch)
