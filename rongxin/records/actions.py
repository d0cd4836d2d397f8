"""What is done to records that are there: events added to acts, and records taken off a subject they do not belong to."""

from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.resolution import BY_JUDGEMENT
from rongxin.records.barred import filed_parties
from rongxin.records.models import Effect, EventCursor, Record, RecordContent, RecordEvent, Resolution, Sighting
from rongxin.records.telling import ACTS, TAKEN, tell
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as

EVENTS: Final = "events"
# How the basis of a suspension begins that only means that nobody knows whose the record is.
UNRESOLVED: Final = "归属认定已撤销"
# How a record came to its subject when a person split it off another (records.splitting).
SPLIT: Final = "split"

_JUDGED_SCHEMA: Final = {
    "row": pl.Int64,
    "digest": pl.String,
    "kind": pl.String,
    "subject": pl.Int64,
    "party_name": pl.String,
    "content": pl.String,
    "method": pl.String,
}


def locked_position() -> int:
    """The position of the last event, held until the transaction ends: nobody else adds one, or takes one back, meanwhile."""
    EventCursor.objects.get_or_create(name=EVENTS)
    return EventCursor.objects.select_for_update().get(name=EVENTS).value


@transaction.atomic
def unresolve(batch: str, row: int, *, by: str, basis: str) -> None:
    """Take the record seen in this row of a batch off its subject: it is displayed on nobody's page until it is filed again.

    Its act is suspended unless a newer version stands in its place. Nothing happens where nothing was recorded or the record is
    nobody's already.
    """
    sighting = Sighting.objects.filter(batch=batch, row=row).select_related("record").first()
    if sighting is None:
        return
    locked_position()
    record = sighting.record
    ended = Resolution.objects.filter(record=record, ended_at=None).update(ended_at=timezone.now())
    if ended:
        tell(TAKEN, [(record, {"basis": batch})], by=by)
    if ended and not Record.objects.filter(supersedes=record).exists():
        note(record, Effect.SUSPENDED, by=by, basis=f"{UNRESOLVED}：{basis}", told="unresolved")


@transaction.atomic
def unresolve_judged(subject: Subject, provider: Department, name: str, code: str, *, by: str, basis: str) -> int:
    """Take off ``subject`` what came to it only because of a judgement about that party (normalised name and code).

    Returns how many records were, as by ``unresolve``. The judgement must have ended in the same transaction: what is being
    recorded at this instant is waited for, and taken off, too.
    """
    locked_position()
    judged = Resolution.objects.filter(
        subject__in=same_as([subject.pk]), method=BY_JUDGEMENT, ended_at=None, record__provider=provider
    )
    lines = judged.values_list("record", "record__policy_digest", "record__kind", "subject", "record__party_name")
    with asks(PLATFORM):  # what followed is undone whole, whoever ended the judgement
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
    told: str,
    effective_at: datetime | None = None,
    reason: str | None = None,
) -> RecordEvent:
    """Add an event to the act of ``record`` under the cursor: a withdrawal, a dispute, a repair …

    Display follows from it when read. ``basis`` says why and by which document, for officers; it may not be empty. ``told`` is
    what the ledger says of it: the number of a document or a closed word. ``reason`` is what the public is told, at most 200
    characters.
    """
    if not basis.strip():
        raise ValueError("an event needs its basis")
    position = locked_position() + 1
    EventCursor.objects.filter(name=EVENTS).update(value=position)
    now = timezone.now()
    tell(ACTS[effect], [(record, {"basis": told})], by=by)
    return RecordEvent.objects.create(
        position=position,
        record=record,
        act_key=record.act_key,
        effect=effect,
        effective_at=effective_at or now,
        recorded_at=now,
        by=by,
        basis=basis,
        reason=reason,
    )
