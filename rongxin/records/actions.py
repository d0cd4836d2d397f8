"""What is done to records that are there: events added to acts, and records taken off a subject they do not belong to."""

from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.departments.models import Department
from rongxin.engine.resolution import BY_JUDGEMENT
from rongxin.records.barred import filed_parties
from rongxin.records.bearing import Sort
from rongxin.records.display import LOST, UNRESOLVED, Moment, known, lost_supports, standing_ends
from rongxin.records.models import (
    Effect,
    EventCursor,
    Record,
    RecordContent,
    RecordEvent,
    Resolution,
    Sighting,
    Support,
)
from rongxin.records.telling import ACTS, TAKEN, tell
from rongxin.records.waking import wake_consumers
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as

EVENTS: Final = "events"
LOST_TOLD: Final = "support_lost"
PLATFORM_NAME: Final = "平台"
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
    if not ended:
        return
    tell(TAKEN, [(record, {"basis": batch})], by=by)
    if not Record.objects.filter(supersedes=record).exists():
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
    characters. ``effective_at`` is never later than now: nobody would tell the feed when it comes. What rests on the act and does
    not hold without it is suspended with it. Raises ValueError.
    """
    event = _noted(record, effect, by=by, basis=basis, told=told, effective_at=effective_at, reason=reason)
    if Support.objects.filter(support_act=record.act_key).exists():
        suspend_lost()
    wake_consumers()
    return event


def _noted(
    record: Record,
    effect: Effect,
    *,
    by: str,
    basis: str,
    told: str,
    effective_at: datetime | None = None,
    reason: str | None = None,
) -> RecordEvent:
    """The event alone."""
    if not basis.strip():
        raise ValueError("an event needs its basis")
    now = timezone.now()
    if effective_at is not None and effective_at > now:
        raise ValueError(f"an event takes effect when it is noted or before, not at {effective_at}")
    position = locked_position() + 1
    EventCursor.objects.filter(name=EVENTS).update(value=position)
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


@transaction.atomic
def suspend_lost() -> int:
    """Suspend every record that lost a support and is not told of yet; how many. Nobody shows them any more already: this tells
    whoever follows the events. A person decides what becomes of them.
    """
    locked_position()
    suspended = 0
    while found := _suspend_lost():
        suspended += found  # what rests on these is lost by now
    if suspended:
        wake_consumers()
    return suspended


def _suspend_lost() -> int:
    present = Moment.now()
    lost: dict[str, list[str]] = {}
    rows = lost_supports(rulebook.current(), present).filter(effect_sort=Sort.RECORD).order_by("pk")
    for act, sort, support in rows.values_list("effect_act", "sort", "support"):
        lost.setdefault(act, []).append(f"{Sort(sort).label} {support}")
    over = standing_ends(present).filter(
        Q(effect=Effect.SUSPENDED, basis__startswith=LOST) | ~Q(effect=Effect.SUSPENDED), act_key__in=lost
    )
    told = set(over.values_list("act_key", flat=True))
    effects = known(present).filter(act_key__in=lost.keys() - told).order_by("pk")
    for record in effects:
        basis = f"{LOST}：{'、'.join(lost[record.act_key])}"[:300]
        _noted(record, Effect.SUSPENDED, by=PLATFORM_NAME, basis=basis, told=LOST_TOLD)
    return len(effects)
