"""Counting acts by the days that matter: when they were decided and when they first stood here for the public.

Every count is one statement, whatever the number of records. An act counts once, as its newest version says it now; that
a later version corrected it makes no act late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import polars as pl
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display
from rongxin.records.display import SHANGHAI, Moment, displayed
from rongxin.records.models import Record
from rongxin.storage.frames import kept

ONE_DAY: Final = timedelta(days=1)
# Nearly all acts have one version; the database looks for an older one only where there is one.
_FIRST_AT: Final = """CASE WHEN r.version = 1 THEN r.recorded_at ELSE COALESCE(
    (SELECT p.recorded_at FROM records_record p WHERE p.act_key = r.act_key AND p.display = 'public'
     ORDER BY p.version LIMIT 1), r.recorded_at) END"""
# Shanghai has kept UTC+8 without summer time since 1991.
_SHANGHAI_DAY: Final = {
    "sqlite": "date({}, '+8 hours')",
    "postgresql": "(({}) AT TIME ZONE 'Asia/Shanghai')::date",
}


@dataclass(frozen=True, slots=True)
class FirstDisplay:
    """An act with its public number, and the day on which it first stood here for the public."""

    number: str
    provider: int
    kind: str
    decided_on: date
    recorded_on: date


FIRST_DAYS: Final = {
    "provider": pl.Int64,
    "kind": pl.String,
    "decided_on": pl.Date,
    "recorded_on": pl.Date,
    "display": pl.String,
    "reason": pl.String,
}
"""Columns of ``first_days``."""


def first_days(start: date, end: date, providers: Sequence[Department] = ()) -> pl.DataFrame:
    """The acts decided from ``start`` to ``end`` (both included), one row each (FIRST_DAYS); of ``providers`` where some
    are named. For a year of all providers naming them is half as fast: their index leads through the table crosswise.

    ``recorded_on`` is the day in Shanghai on which the act first stood here for the public; where ``display`` is withheld it
    never did, ``reason`` says why as recorded, and the day is that on which it came. One statement; what is asked of the
    rows is columnar, because neither database groups hundreds of thousands of them as fast as it hands them over.
    """
    places = ", ".join(["%s"] * len(providers))
    of_providers = f"r.provider_id IN ({places}) AND " if providers else ""
    # As text, or the driver would parse each day in Python.
    decided_on = "CAST(r.decided_on AS TEXT)" if connection.vendor == "sqlite" else "r.decided_on"
    sql = f"""
        SELECT r.provider_id, r.kind, {decided_on}, {_SHANGHAI_DAY[connection.vendor].format(_FIRST_AT)},
               r.display, r.display_reason
        FROM records_record r
        WHERE {of_providers}r.decided_on BETWEEN %s AND %s
          AND r.id NOT IN (SELECT supersedes_id FROM records_record WHERE supersedes_id IS NOT NULL)
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(provider.pk for provider in providers), kept(start), kept(end)])
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(FIRST_DAYS)
    if connection.vendor != "sqlite":
        return pl.DataFrame(dict(zip(FIRST_DAYS, columns, strict=True)), schema=FIRST_DAYS)
    texts = {name: pl.String if dtype == pl.Date else dtype for name, dtype in FIRST_DAYS.items()}
    return pl.DataFrame(dict(zip(FIRST_DAYS, columns, strict=True)), schema=texts).with_columns(
        pl.col("decided_on", "recorded_on").str.to_date("%Y-%m-%d")
    )


def recorded_after(
    limits: Mapping[tuple[str, date], date],
    policy: Policy,
    moment: Moment,
    *,
    providers: Sequence[Department],
    most: int,
) -> list[FirstDisplay]:
    """Acts on display now that first stood here after the day that ``limits`` gives for their kind and day of decision.

    Only what was recorded up to ``moment``; the latest decisions first, at most ``most``.
    """
    kinds: dict[tuple[date, date], list[str]] = {}
    for (kind, decided_on), limit in limits.items():
        kinds.setdefault((decided_on, limit), []).append(kind)
    beyond = Q(pk__in=[])
    for (decided_on, limit), same in kinds.items():
        after = datetime.combine(limit + ONE_DAY, time(), SHANGHAI)
        beyond |= Q(kind__in=same, decided_on=decided_on, first_at__gte=after)
    acts = Record.objects.filter(
        provider__in=list(providers),
        decided_on__in={decided_on for _kind, decided_on in limits},
        display=Display.PUBLIC,
    ).annotate(first_at=_first_at())
    on_display = displayed(policy, Moment.now()).filter(pk=OuterRef("pk"))
    late = acts.filter(beyond, Exists(on_display), first_at__lte=moment.known_at)
    rows = late.order_by("-decided_on", "number").values_list("number", "provider", "kind", "decided_on", "first_at")
    return [
        FirstDisplay(number, provider, kind, decided_on, first_at.astimezone(SHANGHAI).date())
        for number, provider, kind, decided_on, first_at in rows[:most]
    ]


def displayed_counts(
    policy: Policy, moment: Moment, start: date, end: date, providers: Sequence[Department]
) -> dict[tuple[int, str], int]:
    """How many acts of ``providers`` decided from ``start`` to ``end`` are on display at ``moment``: {(provider, kind): acts}."""
    shown = displayed(policy, moment).filter(provider__in=list(providers), decided_on__range=(start, end))
    rows = shown.values_list("provider", "kind").annotate(count=Count("pk")).order_by()
    return {(provider, kind): count for provider, kind, count in rows}


def document_keys(provider: Department, start: date, end: date) -> list[tuple[str, str]]:
    """Kind and normalised document number of every act of the provider decided from ``start`` to ``end``, each once."""
    acts = Record.objects.filter(provider=provider, decided_on__range=(start, end))
    return list(acts.values_list("kind", "document_key").distinct().order_by())


def _first_at() -> Any:
    """The same as _FIRST_AT, for a query of Django's."""
    first_public = Record.objects.filter(act_key=OuterRef("act_key"), display=Display.PUBLIC).order_by("version")
    return Case(
        When(version=1, then=F("recorded_at")),
        default=Coalesce(Subquery(first_public.values("recorded_at")[:1]), F("recorded_at")),
    )
