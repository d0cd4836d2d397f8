"""Of one kind's records in a bucket: which may count, and which each indicator looks at, now or later."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rongxin.engine.risk.comparisons import WithinMonths
from rongxin.engine.risk.conditions import Meets, Span
from rongxin.engine.risk.counting import COUNTS, ESTABLISHED, STOPS, before_established, may_count, stops_on
from rongxin.engine.risk.days import NEVER, after, last_of, since
from rongxin.engine.risk.grouping import Places
from rongxin.engine.risk.layout import State
from rongxin.engine.risk.plans import Plan, Weighed
from rongxin.engine.risk.tables import FINDINGS
from rongxin.engine.risk.takes import Share
from rongxin.policy.indicators import Fading

AT: Final = "@at"
"""The place of the enterprise of a row."""
NEXT: Final = "@next_on"
"""The first day on which a row does otherwise than today."""
GONE: Final = "@gone_on"
"""The first day from which on a row does nothing."""
PERCENT: Final = "@percent"
"""How much of a row counts."""


@dataclass(frozen=True)
class Looked:
    """Rows that an indicator looks at: those that count ``now``, and those that are ``coming`` by themselves (None: none)."""

    now: pl.DataFrame
    coming: pl.DataFrame | None


def span_of(weighed: Weighed) -> Span:
    """From when to when a record that may count does so for the indicator."""
    indicator = weighed.indicator
    span = COUNTS & Span.of(indicator.where)
    if indicator.window is None:
        return span
    within = Span.over([Meets(indicator.window.by, WithinMonths(indicator.window.months))])
    if indicator.window.by == "decided_on":
        within = Span(now=within.now, stops=within.stops)  # counting says already from when
    return span & within


def alive(plan: Plan, kind: str, records: pl.DataFrame) -> pl.DataFrame:
    """The records of ``kind``, with AT and ESTABLISHED beside them, that count on the day of the plan or may do so later, with AT
    and STOPS.
    """
    rule = plan.kinds[kind]
    return (
        records.lazy()
        .filter(may_count(rule))
        .with_columns(stops_on(rule).alias(STOPS))
        .filter(pl.col(STOPS) >= plan.day)
        .drop("state", ESTABLISHED)
        .collect()
    )


def beside(records: pl.DataFrame, places: Places, established: pl.Series) -> pl.DataFrame:
    """The records of enterprises that are there, with AT and ESTABLISHED beside them."""
    at = places.of(records["subject"].to_numpy())
    if len(at) and at.min() < 0:
        known = at >= 0
        records, at = records.filter(pl.Series(known)), at[known]
    # Told that it rises, Polars groups by it without hashing.
    return records.with_columns(pl.Series(AT, at).set_sorted(), established.gather(at).alias(ESTABLISHED))


def early(kind: str, records: pl.DataFrame) -> pl.DataFrame:
    """FINDINGS about the records of ``kind``, with ESTABLISHED beside them."""
    return (
        records.lazy()
        .filter(before_established() & (pl.col("state") == State.COUNTS))
        .select("subject", pl.lit(kind).alias("kind"), "decided_on", pl.col(ESTABLISHED).alias("established_on"))
        .cast(pl.Schema(FINDINGS))
        .collect()
    )


def looked_at(plan: Plan, weighed: list[Weighed], records: pl.DataFrame, beside: tuple[str, ...] = ()) -> list[Looked]:
    """The rows of ``records``, which are alive, that each indicator looks at, with the columns ``beside``."""
    day, rows = plan.day, records.lazy()
    last = records["decided_on"].max()
    is_ahead = isinstance(last, date) and last > day
    looked = []
    for each in weighed:
        span = span_of(each)
        now = _rows(rows.filter(span.met(day)), each, span, day, beside, is_coming=False).collect()
        coming = span.coming(day) if is_ahead or len(span.starts) > 1 or span.timed else None
        later = None
        if coming is not None:
            later = _rows(rows.filter(coming), each, span, day, beside, is_coming=True).collect()
        looked.append(Looked(now, later if later is not None and later.height else None))
    return looked


def _rows(
    rows: pl.LazyFrame, weighed: Weighed, span: Span, day: date, beside: tuple[str, ...], *, is_coming: bool
) -> pl.LazyFrame:
    indicator = weighed.indicator
    changes = span.begins(day) if is_coming else span.changes(day)
    if isinstance(weighed.taking, Share) and not is_coming:
        changes = pl.min_horizontal(changes, _edges(weighed.taking, day))
    columns = [pl.col(AT), after(span.last()).alias(GONE)]
    if indicator.fading and indicator.window and not is_coming:
        by = pl.col(indicator.window.by)
        columns.append(_percent(by, indicator.fading, day).alias(PERCENT))
        changes = pl.min_horizontal(changes, _fades_on(by, indicator.fading, day))
    return rows.select(*columns, changes.alias(NEXT), *dict.fromkeys((*weighed.taking.fields(), *beside)))


def _edges(share: Share, day: date) -> pl.Expr:
    edges = [edge for leaf in share.requirement.leaves() for edge in leaf.edges()]
    return pl.min_horizontal(pl.lit(NEVER), *(pl.when(edge > day).then(edge) for edge in edges))


def _percent(by: pl.Expr, fading: tuple[Fading, ...], day: date) -> pl.Expr:
    percent = pl.lit(100, pl.Int64)
    for step in fading:
        percent = pl.when(by < since(day, step.after_months)).then(pl.lit(step.percent, pl.Int64)).otherwise(percent)
    return percent


def _fades_on(by: pl.Expr, fading: tuple[Fading, ...], day: date) -> pl.Expr:
    """The first day after ``day`` on which a row counts less than today."""
    fades = pl.lit(NEVER)
    for step in reversed(fading):
        edge = after(last_of(by, step.after_months))
        fades = pl.when(by >= since(day, step.after_months)).then(edge).otherwise(fades)
    return fades
