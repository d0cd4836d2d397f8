"""Reading records: those displayed, those of a company, one act with its history, and what a batch may already find here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from rongxin.departments.models import Department
from rongxin.policy.display import display_rule
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Severity
from rongxin.records.display import SHANGHAI, Moment, all_displayed, displayed, known, shown, standing_ends
from rongxin.records.models import Effect, Record, RecordContent, RecordEvent, Resolution, Sighting
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Subject

DISPUTE: Final = (Effect.DISPUTED, Effect.DISPUTE_ENDED)


@dataclass(frozen=True)
class Shown:
    """A record with what its kind adds. ``text`` is canonical JSON by field name; the act was first recorded at
    ``first_recorded_at``; ``is_disputed`` as known at the moment looked at.
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


@dataclass(frozen=True)
class DayCount:
    """How many acts of one provider and kind decided on one day were first recorded on another; ``withheld`` are not shown."""

    provider: int
    kind: str
    decided_on: date
    recorded_on: date
    display: str
    severity: str
    count: int


class Hidden(StrEnum):
    """Why a known act is not displayed, as far as anybody may be told."""

    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    NOT_PUBLIC = "not_public"


NEWEST_FIRST: Final = ("-decided_on", "-pk")


def _with_content(
    records: QuerySet[Record], moment: Moment, order: tuple[str, ...], limit: int, offset: int = 0
) -> list[Shown]:
    """A part of ``records`` with their content: two queries, whatever the number of records."""
    first = Record.objects.filter(act_key=OuterRef("act_key"), version=1).values("recorded_at")
    disputes = RecordEvent.objects.filter(
        act_key=OuterRef("act_key"), effect__in=DISPUTE, recorded_at__lte=moment.known_at
    )
    part = list(
        records.select_related("provider")
        .annotate(
            first_recorded_at=Subquery(first),
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


def of_subject(
    subject: Subject, policy: Policy, moment: Moment, *, kind: str = "", limit: int, offset: int = 0
) -> list[Shown]:
    """The displayed records of a company, the latest decision first."""
    own = Resolution.objects.filter(subject=subject, ended_at=None).values("record")
    records = shown(policy, moment).filter(pk__in=own)
    if kind:
        records = records.filter(kind=kind)
    return _with_content(records, moment, NEWEST_FIRST, limit, offset)


def counts_of(subjects: Iterable[int], policy: Policy, moment: Moment) -> dict[int, dict[str, int]]:
    """Displayed records of each subject by kind: {subject: {kind: count}}, in one query."""
    own = Resolution.objects.filter(subject__in=list(subjects), ended_at=None)
    rows = (
        # Asked record by record: a list of all displayed records would be made anew for every search.
        own.filter(Exists(shown(policy, moment).filter(pk=OuterRef("record"))))
        .values("subject", "record__kind")
        .annotate(count=Count("pk"))
        .order_by()
    )
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["subject"], {})[row["record__kind"]] = row["count"]
    return counts


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
    return _with_content(records, moment, ("-recorded_at", "-pk"), limit, offset)


def displayed_count(policy: Policy, moment: Moment) -> dict[str, int]:
    """How many records are displayed, by kind."""
    rows = all_displayed(policy, moment).values("kind").annotate(count=Count("pk")).order_by()
    return {row["kind"]: row["count"] for row in rows}


def by_document(key: str, policy: Policy, moment: Moment, *, limit: int) -> list[Shown]:
    """Displayed records of the document with this normalised number. Sole traders are found this way, too."""
    return _with_content(displayed(policy, moment).filter(document_key=key), moment, NEWEST_FIRST, limit)


def subjects_of(records: Iterable[Record]) -> dict[int, Subject]:
    """Whose the records are: {record id: subject}."""
    resolutions = Resolution.objects.filter(record__in=[record.pk for record in records], ended_at=None)
    return {resolution.record_id: resolution.subject for resolution in resolutions.select_related("subject")}


def act(number: str, policy: Policy, moment: Moment) -> Act | None:
    """The act with this public number as displayed at ``moment``; None when it is not displayed then or does not exist."""
    found = _with_content(shown(policy, moment).filter(number=number), moment, ("pk",), 1)
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
        events=tuple(
            RecordEvent.objects.filter(act_key=record.act_key, recorded_at__lte=moment.known_at).order_by("-position")
        ),
        sightings=tuple(
            Sighting.objects.filter(**same_act, seen_at__lte=moment.known_at).select_related("provider").order_by("pk")
        ),
    )


def why_hidden(number: str, policy: Policy, moment: Moment) -> Hidden | None:
    """Why a known act is not displayed, told no more exactly than is lawful; None when no act has this number.

    What was never public, and what was sealed, suspended or erased, is only "not public". So is a repaired act, unless
    the rules say that a line remains.
    """
    record = known(moment).filter(number=number).first()
    if record is None:
        return None
    kind = policy.kinds.get(record.kind)
    rule = display_rule(policy, kind, Severity(record.severity), moment.day) if kind else None
    if rule is None or Display.WITHHELD in (rule.display, record.display):
        return Hidden.NOT_PUBLIC
    ends = set(standing_ends(moment).filter(act_key=record.act_key).values_list("effect", flat=True))
    if ends & {Effect.SEALED, Effect.SUSPENDED, Effect.ERASED}:
        return Hidden.NOT_PUBLIC
    if ends & {Effect.WITHDRAWN, Effect.ANNULLED}:
        return Hidden.WITHDRAWN
    if Effect.REPAIRED in ends and not policy.value("display/repaired_line", moment.day).flag:
        return Hidden.NOT_PUBLIC
    return Hidden.ENDED


def punctuality_counts(start: date, end: date, providers: Iterable[Department] = ()) -> list[DayCount]:
    """First records of acts decided from ``start`` to ``end`` (both included), counted by provider, kind and days."""
    first = Record.objects.filter(version=1, decided_on__range=(start, end))
    chosen = list(providers)
    if chosen:
        first = first.filter(provider__in=chosen)
    rows = (
        first.annotate(recorded_on=TruncDate("recorded_at", tzinfo=SHANGHAI))
        .values("provider", "kind", "decided_on", "recorded_on", "display", "severity")
        .annotate(count=Count("pk"))
        .order_by("provider", "kind", "decided_on", "recorded_on", "display", "severity")
    )
    return [DayCount(**row) for row in rows]


def first_recorded_at() -> datetime | None:
    """When the platform recorded its first act."""
    first: datetime | None = Record.objects.aggregate(first=Min("recorded_at"))["first"]
    return first


@transaction.atomic
def known_acts(acts: pl.DataFrame) -> pl.DataFrame:
    """Which of ``acts`` (columns row, act_key, content_hash) are recorded already with just this content: their ``row``."""
    with staged(acts.select(pl.col("row").cast(pl.Int64), "act_key", "content_hash"), "wanted_acts") as cursor:
        return fetched(
            cursor,
            {"row": pl.Int64, "number": pl.String},
            "SELECT w.row, r.number FROM wanted_acts w "
            "JOIN records_record r ON r.act_key = w.act_key AND r.content_hash = w.content_hash ORDER BY w.row",
        )


def events_after(position: int, *, limit: int) -> list[RecordEvent]:
    """Events above ``position``, in order: how upper layers learn what happened, without gaps."""
    events = RecordEvent.objects.filter(position__gt=position).order_by("position").select_related("record")
    return list(events[:limit])
