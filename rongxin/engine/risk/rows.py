"""Of one kind's records in a bucket: which may count, and which each indicator looks at, now or later."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import polars as pl

from rongxin.engine.risk.counting import EARLY, STOPS, may_count, stops_on
from rongxin.engine.risk.days import NEVER, after, last_by_case, since
from rongxin.engine.risk.grouping import Places, numbers_of
from rongxin.engine.risk.layout import State
from rongxin.engine.risk.plans import Plan, Weighed
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
_AS_WRITTEN: Final = pl.QueryOptFlags.none()
"""Queries over rows at hand, of which there are hundreds for a bucket: to look for a better order takes longer than it saves."""


@dataclass(frozen=True)
class Looked:
    """Rows that an indicator looks at: those that count ``now``, and those that are ``coming`` by themselves, where any may."""

    now: pl.DataFrame
    coming: pl.DataFrame | None = None


class Enterprises:
    """The enterprises of a bucket. ``established``: on which day; where that is not known, before any record."""

    def __init__(self, subjects: pl.DataFrame) -> None:
        self.keys = subjects["subject"].to_numpy()
        self.places = Places(self.keys)
        self.established = subjects["established_on"].fill_null(date.min)


def beside(records: pl.DataFrame, enterprises: Enterprises) -> pl.DataFrame:
    """The records of enterprises that are there, with AT and EARLY beside them."""
    at = enterprises.places.of(records["subject"].to_numpy())
    if len(at) and at.min() < 0:
        known = at >= 0
        records, at = records.filter(pl.Series(known)), at[known]
    is_early = numbers_of(records["decided_on"]) < numbers_of(enterprises.established)[at]
    # Told that it rises, Polars groups by it without hashing.
    return records.with_columns(pl.Series(AT, at).set_sorted(), pl.Series(EARLY, is_early))


def early(kind: str, records: pl.DataFrame, enterprises: Enterprises) -> pl.DataFrame:
    """Rows of FINDINGS about the records of ``kind``, with AT and EARLY beside them."""
    found = records[records[EARLY].arg_true()].filter(pl.col("state") == State.COUNTS)
    known = enterprises.established.gather(found[AT]).alias("established_on")
    return found.select("subject", pl.lit(kind).alias("kind"), "decided_on", known)


@lru_cache(maxsize=32)
def looks(plan: Plan) -> "Looks":
    """How the indicators of ``plan`` look at records."""
    return Looks(plan)


class Looks:
    """How the indicators of a plan look at records. What is asked of Polars is put together once, for all buckets."""

    def __init__(self, plan: Plan) -> None:
        self._day = plan.day
        self._alive = {kind: (may_count(rule), stops_on(rule).alias(STOPS)) for kind, rule in plan.kinds.items()}
        self._looks = {
            place: _Look(weighed, plan.day)
            for place, weighed in enumerate(plan.indicators)
            if weighed.indicator.records
        }

    def alive(self, kind: str, records: pl.DataFrame) -> pl.DataFrame:
        """The records of ``kind``, with AT and EARLY beside them, that count on the day of the plan or may do so later, with
        AT and STOPS.
        """
        counts, stops = self._alive[kind]
        rows = records.lazy().filter(counts).with_columns(stops).filter(pl.col(STOPS) >= self._day)
        return rows.drop("state", EARLY).collect(optimizations=_AS_WRITTEN)

    def at(self, places: list[int], records: pl.DataFrame, beside: tuple[str, ...] = ()) -> list[Looked]:
        """The rows of ``records``, which are alive, that the indicators at ``places`` look at, with the columns ``beside``."""
        last = records["decided_on"].max()
        is_ahead = isinstance(last, date) and last > self._day
        asked = [self._looks[place].asked(records.lazy(), beside, is_ahead=is_ahead) for place in places]
        told = iter(pl.collect_all([query for queries in asked for query in queries], optimizations=_AS_WRITTEN))
        return [Looked(*(next(told) for _ in queries)) for queries in asked]


class _Look:
    """How one indicator looks at records on a day."""

    def __init__(self, weighed: Weighed, day: date) -> None:
        span = weighed.span
        self._fields = weighed.taking.fields()
        self._is_met, self._is_coming = span.met(day), span.coming(day)
        self._waits_for_more = len(span.starts) > 1 or bool(span.timed)
        self._gone = after(span.last()).alias(GONE)
        self._begins = span.begins(day).alias(NEXT)
        # Looked up once: Polars does not see that both are the same.
        changes = [span.changes(day) if span.timed else pl.col(GONE)]
        if isinstance(weighed.taking, Share):
            changes.append(_edges(weighed.taking, day))
        self._percents: list[pl.Expr] = []
        indicator = weighed.indicator
        if indicator.fading and indicator.window:
            by = pl.col(indicator.window.by)
            self._percents.append(_percent(by, indicator.fading, day).alias(PERCENT))
            changes.append(_fades_on(by, indicator.fading, day))
        self._changes = (pl.min_horizontal(changes) if len(changes) > 1 else changes[0]).alias(NEXT)

    def asked(self, records: pl.LazyFrame, beside: tuple[str, ...], *, is_ahead: bool) -> list[pl.LazyFrame]:
        """What to ask for the rows that count now, and for those that are coming where there may be any."""
        fields = dict.fromkeys((*self._fields, *beside))
        now = records.filter(self._is_met).with_columns(self._gone)
        now = now.select(AT, GONE, self._changes, *self._percents, *fields)
        if self._is_coming is None or not (is_ahead or self._waits_for_more):
            return [now]
        return [now, records.filter(self._is_coming).select(AT, self._gone, self._begins, *fields)]


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
    steps = [(by >= since(day, step.after_months), step.after_months) for step in fading]
    return after(last_by_case(by, steps))
