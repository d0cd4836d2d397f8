"""Reading records: those displayed, those of a company, one act with its history, and what a batch may already find here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Case, Count, Exists, JSONField, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from rongxin.policy.display import display_rule
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Polarity, Severity
from rongxin.primitives.uscc import is_valid
from rongxin.records.barred import Withdrawn, withdrawn_rows
from rongxin.records.display import (
    DISPUTE,
    SHANGHAI,
    Moment,
    all_displayed,
    displayed,
    known,
    over_when_first_recorded,
    shown,
    standing_ends,
)
from rongxin.records.models import Effect, Record, RecordContent, RecordEvent, Resolution, Sighting
from rongxin.records.removals import was_removed
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import same_as


@dataclass(frozen=True)
class Shown:
    """A record with what its kind adds. ``text`` is canonical JSON by field name; the act first stood here for the
    public at ``first_recorded_at``; ``is_disputed`` as known at the moment looked at.
    """

    record: Record
    title: str
    text: str
    first_recorded_at: datetime
    is_disputed: bool


@dataclass(frozen=True)
class Act:
    """One act whole: the version shown, its older versions, its history and where it was seen."""

    shown: Shown
    subject: Subject | None
    versions: tuple[Record, ...]
    events: tuple[RecordEvent, ...]
    sightings: tuple[Sighting, ...]


class Hidden(StrEnum):
    """Why a known act is not displayed, as far as anybody may be told."""

    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    NOT_PUBLIC = "not_public"


NEWEST_FIRST: Final = ("-decided_on", "-pk")
ADVERSE_FIRST: Final = (Case(When(polarity=Polarity.ADVERSE, then=0), default=1), *NEWEST_FIRST)
"""What an enterprise can do something about stands before its licences."""


def with_content(
    records: QuerySet[Record], moment: Moment, order: tuple[str | Case, ...], limit: int, offset: int = 0
) -> list[Shown]:
    """A part of ``records`` with their content: two queries, whatever the number of records."""
    first = Record.objects.filter(act_key=OuterRef("act_key"), display=Display.PUBLIC).order_by("version")
    disputes = RecordEvent.objects.filter(
        act_key=OuterRef("act_key"), effect__in=DISPUTE, recorded_at__lte=moment.known_at
    )
    part = list(
        records.select_related("provider")
        .annotate(
            first_recorded_at=Subquery(first.values("recorded_at")[:1]),
            last_dispute=Subquery(disputes.order_by("-position").values("effect")[:1]),
        )
        .order_by(*order)[offset : offset + limit]
    )
    contents = RecordContent.objects.in_bulk([record.pk for record in part])
    return [
        Shown(
            record=record,
            title=contents[record.pk].title,
            text=contents[record.pk].text,
            first_recorded_at=record.first_recorded_at,
            is_disputed=record.last_dispute == Effect.DISPUTED,
        )
        for record in part
    ]


def resolved_to(subjects: Iterable[int]) -> QuerySet[Resolution]:
    """Standing resolutions to these subjects or to what was merged into them: whose a record is, is computed when read."""
    return Resolution.objects.filter(subject__in=same_as(subjects), ended_at=None)


def of_subject(
    subject: Subject,
    policy: Policy,
    moment: Moment,
    *,
    kind: str = "",
    limit: int,
    offset: int = 0,
    order: tuple[str | Case, ...] = NEWEST_FIRST,
) -> list[Shown]:
    """The displayed records of a company, the latest decision first."""
    records = shown(policy, moment).filter(pk__in=resolved_to([subject.pk]).values("record"))
    if kind:
        records = records.filter(kind=kind)
    return with_content(records, moment, order, limit, offset)


def counts_of(subjects: Iterable[int], policy: Policy, moment: Moment) -> dict[int, dict[str, int]]:
    """Displayed records of each subject by kind: {subject: {kind: count}}, in one query."""
    rows = (
        # Asked record by record: a list of all displayed records would be made anew for every search.
        resolved_to(subjects)
        .filter(Exists(shown(policy, moment).filter(pk=OuterRef("record"))))
        .values("record__kind", counts_as=Coalesce("subject__merged_into", "subject"))
        .annotate(count=Count("pk"))
        .order_by()
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["counts_as"], {})[row["record__kind"]] = row["count"]
    return counts


def tally(
    subject: Subject, kind: str, fields: Sequence[str], policy: Policy, moment: Moment
) -> dict[tuple[str, ...], int]:
    """Displayed records of one kind of a company, counted by the values of ``fields`` together, in one query. A value that
    was not filed is empty.
    """
    records = shown(policy, moment).filter(kind=kind, pk__in=resolved_to([subject.pk]).values("record"))
    content = Cast("text", JSONField())
    values = {f"value_{number}": KeyTextTransform(name, content) for number, name in enumerate(fields)}
    rows = (
        RecordContent.objects.filter(record__in=records.values("pk"))
        .values(**values)
        .annotate(number=Count("pk"))
        .order_by()
        .values_list(*values, "number")
    )
    return {tuple(value or "" for value in said): number for *said, number in rows}


def newest(
    policy: Policy, moment: Moment, *, kind: str = "", on: date | None = None, limit: int, offset: int = 0
) -> list[Shown]:
    """What was recorded last among the displayed records, or what was recorded ``on`` a day."""
    records = displayed(policy, moment)
    if kind:
        records = records.filter(kind=kind)
    if on is not None:
        start = datetime.combine(on, time(), SHANGHAI)
        records = records.filter(recorded_at__gte=start, recorded_at__lt=start + timedelta(days=1))
    return with_content(records, moment, ("-recorded_at", "-pk"), limit, offset)


def displayed_count(policy: Policy, moment: Moment) -> dict[str, int]:
    """How many records are displayed, by kind."""
    rows = all_displayed(policy, moment).values("kind").annotate(count=Count("pk")).order_by()
    return {row["kind"]: row["count"] for row in rows}


def by_document(key: str, policy: Policy, moment: Moment, *, limit: int) -> list[Shown]:
    """Displayed records of the document with this normalised number. Sole traders are found this way, too."""
    return with_content(displayed(policy, moment).filter(document_key=key), moment, NEWEST_FIRST, limit)


def subjects_of(records: Iterable[Record]) -> dict[int, Subject]:
    """Whose the records are: {record id: subject}."""
    resolutions = Resolution.objects.filter(record__in=[record.pk for record in records], ended_at=None)
    return {
        resolution.record_id: resolution.subject.merged_into or resolution.subject
        for resolution in resolutions.select_related("subject__merged_into")
    }


def firm_of(record: Record, subject: Subject | None) -> str:
    """The unified code of whose the record is, for the ledger; where no subject is resolved the code filed, or nothing."""
    if subject is not None:
        return subject.uscc
    return record.party_code if is_valid(record.party_code) else ""


def firms_of(records: Iterable[Record]) -> dict[int, str]:
    """The same of several: {record id: unified code}; one query."""
    whole = list(records)
    subjects = subjects_of(whole)
    return {record.pk: firm_of(record, subjects.get(record.pk)) for record in whole}


def act(number: str, policy: Policy, moment: Moment) -> Act | None:
    """The act with this public number as displayed at ``moment``; None when it is not displayed then or does not exist."""
    found = with_content(shown(policy, moment).filter(number=number), moment, ("pk",), 1)
    if not found:
        return None
    record = found[0].record
    same_act = {"record__act_key": record.act_key}
    return Act(
        shown=found[0],
        subject=subjects_of([record]).get(record.pk),
        versions=tuple(
            Record.objects.filter(
                act_key=record.act_key, version__lt=record.version, recorded_at__lte=moment.known_at
            ).order_by("-version")
        ),
        events=history_of(record.act_key, moment),
        sightings=tuple(
            Sighting.objects.filter(**same_act, seen_at__lte=moment.known_at).select_related("provider").order_by("pk")
        ),
    )


def history_of(act_key: str, moment: Moment) -> tuple[RecordEvent, ...]:
    """What happened to an act as known at ``moment``, the latest first."""
    first = Record.objects.filter(act_key=act_key, version=1).values("pk")
    of_act = RecordEvent.objects.filter(Q(act_key=act_key) | Q(act_key=None, record=Subquery(first)))
    return tuple(of_act.filter(recorded_at__lte=moment.known_at).order_by("-position"))


def why_hidden(number: str, policy: Policy, moment: Moment) -> Hidden | None:
    """Why a known act is not displayed, told no more exactly than is lawful; None when no act has this number.

    What was never public, and what was sealed, suspended or erased, is only "not public". So is a repaired act, unless
    the rules say that a line remains.
    """
    record = known(moment).filter(number=number).first()
    if record is None:
        return None
    kind = policy.kinds.get(record.kind)
    if kind is None or _is_never_public(record, kind, policy, moment):
        return Hidden.NOT_PUBLIC
    ends = set(standing_ends(moment).filter(act_key=record.act_key).values_list("effect", flat=True))
    if ends & {Effect.SEALED, Effect.SUSPENDED, Effect.ERASED}:
        return Hidden.NOT_PUBLIC
    if ends & {Effect.WITHDRAWN, Effect.ANNULLED}:
        return Hidden.WITHDRAWN
    if Effect.REPAIRED in ends and not policy.value("display/repaired_line", moment.day).flag:
        return Hidden.NOT_PUBLIC
    return Hidden.REMOVED if was_removed(record, kind, moment.day) else Hidden.ENDED


def _is_never_public(record: Record, kind: RecordKind, policy: Policy, moment: Moment) -> bool:
    """Whether the rules of the day, the record itself or the way it came here forbid its display."""
    rule = display_rule(policy, kind, Severity(record.severity), moment.day)
    if Display.WITHHELD in (rule.display, record.display):
        return True
    return over_when_first_recorded(policy).filter(act_key=record.act_key).exists()


def first_recorded_at() -> datetime | None:
    """When the platform recorded its first act."""
    first: datetime | None = Record.objects.aggregate(first=Min("recorded_at"))["first"]
    return first


@dataclass(frozen=True)
class Known:
    """What is on record about rows. ``same``: the rows that are recorded already with just this content. ``withdrawn``: those
    whose act was withdrawn, with this content or another; they may be among ``same``, too.
    """

    same: pl.Series
    withdrawn: tuple[Withdrawn, ...]


@transaction.atomic
def known_acts(acts: pl.DataFrame) -> Known:
    """What is known of ``acts`` (columns row, act_key, content_hash): two statements, however many they are.

    A record that was taken off its subject does not count as the same: its act waits for one.
    """
    with staged(acts.select(pl.col("row").cast(pl.Int64), "act_key", "content_hash"), "wanted_acts") as cursor:
        same = fetched(
            cursor,
            {"row": pl.Int64},
            "SELECT w.row FROM wanted_acts w "
            "JOIN records_record r ON r.act_key = w.act_key AND r.content_hash = w.content_hash WHERE EXISTS "
            "(SELECT 1 FROM records_resolution o WHERE o.record_id = r.id AND o.ended_at IS NULL) ORDER BY w.row",
        )
        return Known(same["row"], withdrawn_rows(cursor, "wanted_acts"))


def numbers_in_batch(batch: str, *, limit: int) -> list[str]:
    """The public numbers of the acts seen in a batch, in the order of its rows."""
    seen = Sighting.objects.filter(batch=batch).order_by("row").values_list("record__number", flat=True)
    return list(seen[:limit])


def events_after(position: int, *, limit: int) -> list[RecordEvent]:
    """Events above ``position``, in order: how upper layers learn what happened, without gaps."""
    events = RecordEvent.objects.filter(position__gt=position).order_by("position").select_related("record")
    return list(events[:limit])


def by_keys(keys: Iterable[int]) -> dict[int, Record]:
    """Records by their keys, with who filed them: the heads of versions that somebody already knows of."""
    found = Record.objects.select_related("provider").filter(pk__in=list(keys))
    return {record.pk: record for record in found}
