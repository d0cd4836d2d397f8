"""Writing records: released rows become records, versions or sightings, in one transaction a chunk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.resolution import BY_CODE, BY_JUDGEMENT
from rongxin.records.barred import Withdrawn, filed_parties, withdrawn_rows
from rongxin.records.models import Effect, EventCursor, Record, RecordContent, RecordEvent, Resolution, Sighting
from rongxin.records.numbers import new_numbers
from rongxin.storage.frames import fetched, kept
from rongxin.storage.staging import staged
from rongxin.subjects.judging import contradicted
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as

CHUNK: Final = 10_000
NAMED_AT_ONCE: Final = 500
EVENTS: Final = "events"
# How the basis of a suspension begins that only means that nobody knows whose the record is.
UNRESOLVED: Final = "归属认定已撤销"
# How a record came to its subject when a person split it off another (records.splitting).
SPLIT: Final = "split"

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
_TEXT_NEVER_NULL: Final = (
    *("party_code", "authority_uscc", "document_number", "document_key"),
    *("basis", "display_reason", "display_clause"),
)


_JUDGED_SCHEMA: Final = {
    "row": pl.Int64,
    "digest": pl.String,
    "kind": pl.String,
    "subject": pl.Int64,
    "party_name": pl.String,
    "content": pl.String,
    "method": pl.String,
}


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


def append(rows: pl.DataFrame, origin: Origin, *, advance: Callable[[int], None] = lambda _: None) -> Appended:
    """Record ``rows`` (schema SCHEMA), CHUNK at a time, each chunk whole or not at all.

    A row already seen in this batch is passed over, so a killed worker begins again without doing anything twice. The same act
    with the same content adds a sighting; with other content a new version that supersedes the last one. What must not be
    recorded any more at this moment is left out and told (Appended).
    """
    total = Appended()
    for part in rows.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()).iter_slices(CHUNK):
        total += _append_chunk(part.with_columns(pl.col(_TEXT_NEVER_NULL).fill_null("")), origin)
        advance(part.height)
    return total


@transaction.atomic
def _append_chunk(rows: pl.DataFrame, origin: Origin) -> Appended:
    _lock_cursor()
    instant = timezone.now()
    now = kept(instant)
    numbers = pl.Series("number", new_numbers(origin.platform, rows.height, int(instant.timestamp() * 1000)), pl.String)
    with staged(rows.with_columns(numbers), "staged_records") as cursor:
        cursor.execute(
            "DELETE FROM staged_records WHERE row IN (SELECT row FROM records_sighting WHERE batch = %s)",
            [origin.batch],
        )
        # Under the cursor: a withdrawal, or the end of a judgement, comes wholly before this chunk or wholly after it.
        withdrawn = withdrawn_rows(cursor, "staged_records")
        _leave_out(cursor, [each.row for each in withdrawn])
        unjudged = _unjudged(cursor, rows, origin)
        _leave_out(cursor, unjudged)
        cursor.execute("SELECT count(*) FROM staged_records")
        waiting = int(cursor.fetchone()[0])
        _insert_versions(cursor, origin, now)
        _find_records(cursor)
        _insert_contents(cursor, origin, now)
        _insert_sightings(cursor, origin, now)
        recorded, corrected = _insert_events(cursor, origin, now)
        _resolve_again(cursor, origin)
    return Appended(recorded, corrected, waiting - recorded - corrected, withdrawn, tuple(unjudged))


def _leave_out(cursor: CursorWrapper, rows: Sequence[int]) -> None:
    for start in range(0, len(rows), NAMED_AT_ONCE):
        part = list(rows[start : start + NAMED_AT_ONCE])
        cursor.execute(f"DELETE FROM staged_records WHERE row IN ({', '.join(['%s'] * len(part))})", part)


def _unjudged(cursor: CursorWrapper, rows: pl.DataFrame, origin: Origin) -> list[int]:
    """The staged rows that followed a judgement of their department which does not stand."""
    followed = rows.filter(method=BY_JUDGEMENT)
    if followed.is_empty():
        return []
    still_staged = "SELECT row FROM staged_records WHERE method = %s"
    followed = followed.join(fetched(cursor, {"row": pl.Int64}, still_staged, [BY_JUDGEMENT]), on="row", how="semi")
    return sorted(contradicted(filed_parties(followed, origin.policy_digest, origin.kind), origin.provider.code))


def _lock_cursor() -> None:
    EventCursor.objects.get_or_create(name=EVENTS)
    EventCursor.objects.select_for_update().get(name=EVENTS)


# One row of each act and content that is not yet recorded; the lowest row stands for its likes.
_NEW_VERSIONS: Final = """
    SELECT s.*, last.id AS last_id, last.version AS last_version, last.number AS last_number
    FROM staged_records s
    LEFT JOIN records_record last ON last.act_key = s.act_key AND last.version =
        (SELECT max(r.version) FROM records_record r WHERE r.act_key = s.act_key)
    WHERE NOT EXISTS (SELECT 1 FROM records_record k WHERE k.act_key = s.act_key AND k.content_hash = s.content_hash)
      AND s.row = (SELECT min(t.row) FROM staged_records t WHERE t.act_key = s.act_key)
"""


def _insert_versions(cursor: CursorWrapper, origin: Origin, now: Any) -> None:
    cursor.execute("CREATE INDEX staged_act ON staged_records (act_key)")
    cursor.execute(
        "INSERT INTO records_record (number, version, supersedes_id, kind, kind_digest, policy_digest, party_name, "
        "party_code, act_key, authority, authority_uscc, document_number, document_key, decided_on, valid_from, valid_to, "
        "polarity, severity, amount_fen, basis, display, display_reason, display_clause, content_hash, origin, region, "
        "provider_id, recorded_at) "
        "SELECT COALESCE(last_number, number), COALESCE(last_version, 0) + 1, last_id, %s, %s, %s, party_name, party_code, "
        "act_key, authority, authority_uscc, document_number, document_key, decided_on, valid_from, valid_to, polarity, "
        "severity, amount_fen, basis, display, display_reason, display_clause, content_hash, %s, %s, %s, %s "
        f"FROM ({_NEW_VERSIONS}) fresh",
        [
            origin.kind,
            origin.kind_digest,
            origin.policy_digest,
            origin.platform,
            origin.provider.region,
            origin.provider.pk,
            now,
        ],
    )


# Whose a record is: a new version of an act that a person gave to another subject stays there; a code names its own bearer, also
# while that one counts as another, so that a merge that ends leaves no record behind.
_BEARER: Final = f"""
    COALESCE(given.subject_id,
             CASE WHEN m.method = '{BY_CODE}' THEN (SELECT k.id FROM subjects_subject k WHERE k.uscc = m.party_code) END,
             m.subject)
"""


def _find_records(cursor: CursorWrapper) -> None:
    """For every staged row its record, and whether the record was made of this row: what follows joins by numbers only."""
    cursor.execute("DROP TABLE IF EXISTS staged_seen")
    cursor.execute(
        "CREATE TEMPORARY TABLE staged_seen AS SELECT s.row, r.id AS record, r.version, r.act_key, r.supersedes_id, "
        # The records made in this chunk have no content yet; of rows alike the lowest stands for all.
        "CASE WHEN EXISTS (SELECT 1 FROM records_recordcontent c WHERE c.record_id = r.id) "
        "OR EXISTS (SELECT 1 FROM staged_records t WHERE t.act_key = s.act_key AND t.row < s.row) THEN 0 ELSE 1 END AS made "
        "FROM staged_records s JOIN records_record r ON r.act_key = s.act_key AND r.content_hash = s.content_hash"
    )
    cursor.execute("CREATE INDEX staged_row ON staged_records (row)")


def _insert_contents(cursor: CursorWrapper, origin: Origin, now: Any) -> None:
    cursor.execute(
        "INSERT INTO records_resolution (record_id, subject_id, method, by, made_at, ended_at) "
        f"SELECT m.id, {_BEARER}, CASE WHEN given.id IS NULL THEN m.method ELSE given.method END, %s, %s, NULL "
        "FROM (SELECT seen.record AS id, seen.supersedes_id, s.subject, s.method, s.party_code FROM staged_seen seen "
        "JOIN staged_records s ON s.row = seen.row WHERE seen.made = 1) m "
        "LEFT JOIN records_resolution given ON given.record_id = m.supersedes_id AND given.ended_at IS NULL "
        f"AND given.method = '{SPLIT}'",
        [origin.released_by, now],
    )
    cursor.execute(
        "INSERT INTO records_recordcontent (record_id, text, title) SELECT seen.record, s.content, s.title "
        "FROM staged_seen seen JOIN staged_records s ON s.row = seen.row WHERE seen.made = 1"
    )


def _insert_sightings(cursor: CursorWrapper, origin: Origin, now: Any) -> None:
    cursor.execute(
        "INSERT INTO records_sighting (record_id, provider_id, batch, row, seen_at) "
        "SELECT record, %s, %s, row, %s FROM staged_seen",
        [origin.provider.pk, origin.batch, now],
    )


def _insert_events(cursor: CursorWrapper, origin: Origin, now: Any) -> tuple[int, int]:
    """An event for every record made of the staged rows; returns how many were first and later versions."""
    position = EventCursor.objects.values_list("value", flat=True).get(name=EVENTS)
    cursor.execute(
        "INSERT INTO records_recordevent (position, record_id, act_key, effect, effective_at, recorded_at, by, basis) "
        "SELECT %s + row_number() OVER (ORDER BY record), record, act_key, CASE WHEN version = 1 THEN %s ELSE %s END, "
        "%s, %s, %s, %s FROM staged_seen WHERE made = 1",
        [position, Effect.RECORDED, Effect.CORRECTED, now, now, origin.released_by, origin.batch],
    )
    cursor.execute(
        "SELECT count(*), COALESCE(sum(CASE WHEN version = 1 THEN 1 ELSE 0 END), 0) FROM staged_seen WHERE made = 1"
    )
    made, first = map(int, cursor.fetchone())
    EventCursor.objects.filter(name=EVENTS).update(value=position + made)
    return first, made - first


def _resolve_again(cursor: CursorWrapper, origin: Origin) -> None:
    """A record that was taken off its subject and is filed again finds a subject again, and is displayed again."""
    unresolved = fetched(
        cursor,
        {"record": pl.Int64, "subject": pl.Int64, "method": pl.String},
        "SELECT seen.record, min(s.subject), min(s.method) FROM staged_seen seen JOIN staged_records s ON s.row = seen.row "
        "WHERE seen.made = 0 AND NOT EXISTS (SELECT 1 FROM records_resolution o WHERE o.record_id = seen.record "
        "AND o.ended_at IS NULL) GROUP BY seen.record ORDER BY seen.record",
    )
    now = timezone.now()
    for key, subject, method in unresolved.iter_rows():
        Resolution.objects.create(record_id=key, subject_id=subject, method=method, by=origin.released_by, made_at=now)
        record = Record.objects.get(pk=key)
        events = RecordEvent.objects.filter(act_key=record.act_key).order_by("-position")
        resumed = events.filter(effect=Effect.RESUMED).values_list("position", flat=True).first() or 0
        standing = events.filter(effect=Effect.SUSPENDED, position__gt=resumed)
        # A suspension for another cause stays, whoever the record belongs to.
        if standing and all(event.basis.startswith(UNRESOLVED) for event in standing):
            note(record, Effect.RESUMED, by=origin.released_by, basis=origin.batch)


@transaction.atomic
def unresolve(batch: str, row: int, *, by: str, basis: str) -> None:
    """Take the record seen in this row of a batch off its subject: it is displayed on nobody's page until it is filed again.

    Its act is suspended unless a newer version stands in its place. Nothing happens where nothing was recorded or the record is
    nobody's already.
    """
    sighting = Sighting.objects.filter(batch=batch, row=row).select_related("record").first()
    if sighting is None:
        return
    _lock_cursor()
    record = sighting.record
    ended = Resolution.objects.filter(record=record, ended_at=None).update(ended_at=timezone.now())
    if ended and not Record.objects.filter(supersedes=record).exists():
        note(record, Effect.SUSPENDED, by=by, basis=f"{UNRESOLVED}：{basis}")


@transaction.atomic
def unresolve_judged(subject: Subject, provider: Department, name: str, code: str, *, by: str, basis: str) -> int:
    """Take off ``subject`` what came to it only because of a judgement about that party (normalised name and code).

    Returns how many records were, as by ``unresolve``. The judgement must have ended in the same transaction: what is being
    recorded at this instant is waited for, and taken off, too.
    """
    _lock_cursor()
    judged = Resolution.objects.filter(
        subject__in=same_as([subject.pk]), method=BY_JUDGEMENT, ended_at=None, record__provider=provider
    )
    lines = judged.values_list("record", "record__policy_digest", "record__kind", "subject", "record__party_name")
    texts = dict(RecordContent.objects.filter(record__in=judged.values("record")).values_list("record", "text"))
    filed = pl.DataFrame(
        [(*line, texts.get(line[0], "{}"), BY_JUDGEMENT) for line in lines], schema=_JUDGED_SCHEMA, orient="row"
    )
    records: set[int] = set()
    for (digest, kind), part in filed.partition_by("digest", "kind", as_dict=True).items():
        records |= set(filed_parties(part, digest, kind).filter(name=name, code=code)["row"])
    for sighting in Sighting.objects.filter(record__in=records).order_by("record", "pk").distinct():
        unresolve(sighting.batch, sighting.row, by=by, basis=basis)
    return len(records)


@transaction.atomic
def note(
    record: Record,
    effect: Effect,
    *,
    by: str,
    basis: str,
    effective_at: datetime | None = None,
    reason: str | None = None,
) -> RecordEvent:
    """Add an event to the act of ``record`` under the cursor: a withdrawal, a dispute, a repair …

    Display follows from it when read. ``basis`` says why and by which document, for officers; it may not be empty.
    ``reason`` is what the public is told, at most 200 characters.
    """
    if not basis.strip():
        raise ValueError("an event needs its basis")
    _lock_cursor()
    cursor = EventCursor.objects.get(name=EVENTS)
    cursor.value += 1
    cursor.save()
    now = timezone.now()
    return RecordEvent.objects.create(
        position=cursor.value,
        record=record,
        act_key=record.act_key,
        effect=effect,
        effective_at=effective_at or now,
        recorded_at=now,
        by=by,
        basis=basis,
        reason=reason,
    )
