"""Reading: who dropped an act, how fast each recipient is, what an officer sees of one."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from rongxin.exchange.recipients.arriving import ACKNOWLEDGEMENTS, RECIPIENTS, endings
from rongxin.exchange.recipients.arriving import arrivals as arrived
from rongxin.exchange.recipients.models import Acknowledgement, Page, Recipient, SpotCheck
from rongxin.policy.pack import Policy
from rongxin.records.changes import last_position
from rongxin.records.endings import events_of, events_of_ended

DAYS: Final = 30
LATE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One recipient and one act. ``hours``: from the end of display to the acknowledgement, or until now where there is none.
    ``spots``: how often it was found still shown there afterwards. ``ended_at``: when it was a recipient no longer.
    """

    recipient: int
    name: str
    served_at: datetime | None
    acknowledged_at: datetime | None
    hours: float
    spots: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """An act whose display ended by an event and was not brought back: since when, at which position, who dropped it."""

    number: str
    ended_at: datetime
    position: int
    as_of: datetime
    lines: tuple[Arrival, ...]

    @property
    def acknowledged(self) -> int:
        """How many said that they dropped it."""
        return sum(line.acknowledged_at is not None for line in self.lines)

    @property
    def open(self) -> int:
        """How many have not said so."""
        return len(self.lines) - self.acknowledged


def arrivals(number: str) -> Arrivals | None:
    """Who dropped the act with this public number; None for one whose display was not ended by an event, or was brought back.

    Only those that were recipients at that moment are told of: nobody else was given the act as displayed.
    """
    told = endings(events_of(number)).filter("stands").sort("position")
    if told.is_empty():
        return None
    now = timezone.now()
    names = dict(Recipient.objects.filter(registered_at__isnull=False).values_list("pk", "name"))
    found = arrived(told, _acknowledgements(told["began"].item(0)), _recipients())
    served, spots = _served(told), _spots(Q(number=number, position__gte=told["began"].item(0)))
    lines = [
        Arrival(
            recipient=row["recipient"],
            name=names[row["recipient"]],
            served_at=served.get(row["recipient"]),
            acknowledged_at=row["arrived_at"],
            hours=_hours(row["began_at"], row["arrived_at"] or now),
            spots=spots[row["recipient"]],
            ended_at=row["ended_at"],
        )
        for row in found.iter_rows(named=True)
    ]
    return Arrivals(
        number=number,
        ended_at=told["began_at"].item(0),
        position=told["began"].item(0),
        as_of=now,
        lines=tuple(sorted(lines, key=lambda line: (line.acknowledged_at is None, line.hours, line.name))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """How one recipient did over the last days. ``withdrawals``: how many acts went off display while it was one; ``median`` and
    ``p95``: hours until it acknowledged them, None where there is none; ``late``: not acknowledged after a day, and still off
    display. ``last_at`` None: it has never answered.
    """

    recipient: Recipient
    last_at: datetime | None
    withdrawals: int
    answered: int
    median: float | None
    p95: float | None
    open: int
    late: int
    spots: int

    @property
    def never_answered(self) -> bool:
        """It was told of something and has said nothing yet."""
        return self.last_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboard:
    """All recipients, and those that ended within the days."""

    lines: tuple[ScoreLine, ...]
    as_of: datetime
    days: int
    withdrawals: int


def scoreboard(policy: Policy, now: datetime) -> Scoreboard:
    """The figures at ``now``: eight statements, whatever was withdrawn and however many take it."""
    now = now.astimezone(UTC)
    since = now - timedelta(days=DAYS)
    events = events_of_ended(policy, since)
    ends = endings(events).filter(pl.col("began_at") >= since)
    began: int = ends["began"].min() or 0  # type: ignore[assignment]
    found = arrived(ends, _acknowledgements(began), _recipients())
    late = pl.col("arrived_at").is_null() & pl.col("stands")
    hours = (pl.col("arrived_at") - pl.col("began_at")).dt.total_microseconds() / 3_600_000_000
    told = {
        row["recipient"]: row
        for row in found.group_by("recipient")
        .agg(
            withdrawals=pl.len(),
            answered=pl.col("arrived_at").count(),
            median=hours.median(),
            p95=hours.quantile(0.95, "higher"),
            open=late.sum(),
            late=(late & (pl.col("began_at") < now - LATE)).sum(),
        )
        .iter_rows(named=True)
    }
    older = _older_open(policy, since, now)
    last = dict(Acknowledgement.objects.values_list("recipient").annotate(at=Max("at")))
    spots = _spots(Q(at__gte=since))
    shown = Recipient.objects.filter(registered_at__isnull=False).filter(Q(ended_at=None) | Q(ended_at__gte=since))
    nothing: dict[str, Any] = {
        "withdrawals": 0, "answered": 0, "median": None, "p95": None, "open": 0, "late": 0
    }  # fmt: skip
    lines = [
        ScoreLine(
            recipient=each,
            last_at=last.get(each.pk),
            spots=spots[each.pk],
            **_plus(told.get(each.pk, nothing), older[each.pk]),
        )
        for each in shown.order_by("ended_at", "name")
    ]
    return Scoreboard(
        lines=tuple(sorted(lines, key=lambda line: (line.recipient.ended_at is not None, line.recipient.name))),
        as_of=now,
        days=DAYS,
        withdrawals=ends.select("act", "ending").unique().height,
    )


def _plus(row: dict[str, Any], older: int) -> dict[str, Any]:
    names = ("withdrawals", "answered", "median", "p95", "open", "late")
    return {name: row[name] for name in names} | {"open": row["open"] + older, "late": row["late"] + older}


def _older_open(policy: Policy, since: datetime, now: datetime) -> Counter[int]:
    """What went off display before the days began and is still not acknowledged; only where a recipient is that far behind."""
    behind = [
        each
        for each in Recipient.objects.filter(registered_at__lt=since, ended_at=None)
        if not Page.objects.filter(recipient=each, at__gte=since).exists()
        or not Acknowledgement.objects.filter(recipient=each, at__gte=since).exists()
    ]
    if not behind:
        return Counter()
    ends = endings(events_of_ended(policy, min(each.registered_at for each in behind if each.registered_at)))
    ends = ends.filter(pl.col("stands") & (pl.col("began_at") < since))
    found = arrived(ends, _acknowledgements(0), _recipients()).filter(pl.col("arrived_at").is_null())
    counts = Counter[int](found["recipient"].to_list())
    return Counter({each.pk: counts[each.pk] for each in behind})


def visible() -> QuerySet[Recipient]:
    """Every recipient and proposal, the present ones first."""
    return Recipient.objects.select_related("proposed_by", "end_proposed_by").order_by("ended_at", "name", "pk")


def behind(recipient: Recipient) -> int:
    """By how many positions the recipient is behind the newest."""
    newest, _ = last_position()
    return newest - (recipient.acknowledged if recipient.acknowledged is not None else recipient.start or 0)


def _acknowledgements(since: int) -> pl.DataFrame:
    rows = Acknowledgement.objects.filter(up_to__gte=since).values_list("recipient", "up_to", "at", "served_at")
    return pl.DataFrame(list(rows), schema=ACKNOWLEDGEMENTS, orient="row")


def _recipients() -> pl.DataFrame:
    rows = Recipient.objects.filter(registered_at__isnull=False).values_list("pk", "registered_at", "ended_at")
    return pl.DataFrame(list(rows), schema=RECIPIENTS, orient="row")


def _served(told: pl.DataFrame) -> dict[int, datetime]:
    """When each recipient was first handed a page with the act off display."""
    first: dict[int, datetime] = {}
    for row in told.iter_rows(named=True):
        pages = Page.objects.filter(after__lt=row["position"], up_to__gte=row["position"])
        if row["next_at"]:
            pages = pages.filter(at__lt=row["next_at"])
        for recipient, at in pages.values_list("recipient").annotate(at=Min("at")):
            first[recipient] = min(at, first.get(recipient, at))
    return first


def _spots(which: Q) -> defaultdict[int, int]:
    found = SpotCheck.objects.filter(which, retraction=None).values_list("recipient", flat=True)
    return defaultdict(int, Counter(found))


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
