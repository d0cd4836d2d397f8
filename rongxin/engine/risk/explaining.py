"""Why one enterprise is in its class, until when, and what would change that: reckoned by the same expressions as its class.

What would be without a record is reckoned for copies of the enterprise, each of which lacks one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from rongxin.engine.risk.classifying import classify, concerned, held_shares
from rongxin.engine.risk.counting import EARLY, KindRule, may_count, stops_on
from rongxin.engine.risk.days import NEVER
from rongxin.engine.risk.layout import State
from rongxin.engine.risk.plans import GRADES, NO_FLOOR, Plan
from rongxin.engine.risk.rows import GONE, Enterprises, beside, looks
from rongxin.engine.risk.tables import Classified, Presence, Tables
from rongxin.engine.risk.takes import RECORD
from rongxin.policy.indicators import RiskClass

MOST_DAYS: Final = 60
"""How many days ahead on which something changes are looked at."""
MOST_RECORDS: Final = 300
"""For how many records, the newest, it is reckoned what would be without each."""


class Why(StrEnum):
    """Why a record does not count."""

    DISPUTED = "disputed"
    ENDED = "ended"
    UNSUPPORTED = "unsupported"
    WITHHELD = "withheld"
    SEVERITY = "severity"
    """Of unknown severity, or of one that no rule lets count."""
    EARLY = "early"
    """Decided before the enterprise was established."""
    FUTURE = "future"
    """Decided after the day; it counts from then on."""
    TERM_OVER = "term_over"
    NO_LONGER_VALID = "no_longer_valid"
    NOT_LOOKED_AT = "not_looked_at"
    """It may count, but no indicator that brings anything looks at it (any more)."""


@dataclass(frozen=True)
class Source:
    """A record behind a factor. ``alone``: the points if it were the only one; ``without``: those of the factor if it were not
    there (None for more than MOST_RECORDS); ``gone_on``: the day from which on the factor no longer looks at it.
    """

    kind: str
    record: int
    decided_on: date
    alone: int | None
    without: int | None
    gone_on: date | None


@dataclass(frozen=True)
class Share:
    """Another enterprise behind a factor, and the record that says how they belong together."""

    other: int
    record: int


@dataclass(frozen=True)
class Factor:
    """What an indicator brings, and what stands behind it."""

    indicator: str
    value: int | None
    word: str | None
    points: int
    next_on: date | None
    gone_on: date | None
    sources: tuple[Source, ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Aside:
    """A record that brings nothing, and why."""

    kind: str
    record: int
    decided_on: date
    why: Why


@dataclass(frozen=True)
class Standing:
    """Points, class and the hard rule that holds, from a day on. ``factors``: points by indicator."""

    day: date
    points: int
    grade: RiskClass
    floor: str | None
    factors: dict[str, int]


@dataclass(frozen=True)
class Effect:
    """How it would stand without a record."""

    kind: str
    record: int
    standing: Standing


@dataclass(frozen=True)
class Explanation:
    """Of one enterprise on the day of a plan.

    ``course``: how it will stand, from the days on which points or class change, if nothing is filed and other enterprises do not
    change but by time. ``without``: what taking away single records would do (repair, withdrawal, success of an objection), and
    ``without_all`` all of them.
    """

    subject: int
    standing: Standing
    factors: tuple[Factor, ...]
    aside: tuple[Aside, ...]
    course: tuple[Standing, ...]
    without: tuple[Effect, ...]
    without_all: Standing


def explain(plan: Plan, tables: Tables, subject: int, presence: Presence | None = None) -> Explanation:
    """Why ``subject`` is in its class. ``tables``: its own, with the keys of records (Reader.subject_tables); ``presence``: as the
    run wrote it, where the plan looks at shares. KeyError where it is not in the tables: it is not classified.
    """
    own = tables.subjects.filter(pl.col("subject") == subject)
    if not own.height:
        raise KeyError(subject)
    links = None if tables.links is None else tables.links.filter(pl.col("subject") != pl.col("other"))
    return _Explaining(plan, Tables(own, tables.records, links), presence or {}).explanation(subject)


class _Explaining:
    def __init__(self, plan: Plan, tables: Tables, presence: Presence) -> None:
        self.whole, self.tables = plan, tables
        places = concerned(plan, tables, presence)
        # What others look at is needed under its place, also where it has no value here.
        named = {
            plan.places[each.indicator.related.indicator]
            for place in places
            if (each := plan.indicators[place]).indicator.related
        }
        self.kept = sorted({*places, *named})
        self.plan = plan.only(self.kept)
        self.presence = {self.kept.index(place): rows for place, rows in presence.items() if place in self.kept}

    def explanation(self, subject: int) -> Explanation:
        now = classify(self.plan, self.tables, self.presence)
        sources = self.sources
        asked = _newest(sources)
        copies = self._copies(asked)
        alone, without = copies[: len(asked)], copies[len(asked) : -1]
        standing = self._standing(now, int(now.classes["subject"][0]), self.plan.day)
        effects = tuple(Effect(kind, record, each) for (kind, record), each in zip(asked, without, strict=True))
        told = {key: (one, two) for key, one, two in zip(asked, alone, without, strict=True)}
        return Explanation(
            subject=subject,
            standing=standing,
            factors=tuple(self._factor(row, sources, told) for row in now.factors.iter_rows(named=True)),
            aside=tuple(self._aside(now, sources)),
            course=tuple(self._course(standing, now)),
            without=tuple(
                each
                for each in effects
                if (each.standing.points, each.standing.grade) != (standing.points, standing.grade)
            ),
            without_all=copies[-1],
        )

    @cached_property
    def sources(self) -> dict[str, list[tuple[str, int, date, date | None]]]:
        """Kind, key, day of decision and last day of the records that each indicator looks at today."""
        found: dict[str, list[tuple[str, int, date, date | None]]] = {}
        how = looks(self.plan)
        for kind, records in self.tables.records.items():
            places = [
                place for place, each in enumerate(self.plan.indicators) if kind in (each.indicator.records or ())
            ]
            if not places or not records.height:
                continue
            living = how.alive(kind, beside(records, self._enterprises))
            for place, looked in zip(places, how.at(places, living, (RECORD, "decided_on")), strict=True):
                rows = looked.now.select(pl.lit(kind), RECORD, "decided_on", _day(GONE))
                found.setdefault(self.plan.indicators[place].name, []).extend(rows.iter_rows())
        return found

    @cached_property
    def _enterprises(self) -> Enterprises:
        return Enterprises(self.tables.subjects)

    def _copies(self, asked: list[tuple[str, int]]) -> list[Standing]:
        """How it would stand with each of the records ``asked`` alone, without each, and without any record."""
        size = len(asked)
        # The copies have keys below 0, which no enterprise has, so that none of them is the other end of a share.
        keys = np.arange(-2 * size - 1, 0)
        records = {}
        for kind, rows in self.tables.records.items():
            number = {record: place for place, (of_kind, record) in enumerate(asked) if of_kind == kind}
            own = np.array([number.get(record, -1) for record in rows[RECORD]], dtype=np.int64)
            lone = np.flatnonzero(own >= 0)
            copy, place = np.divmod(np.arange(size * rows.height), max(rows.height, 1))
            stays = own[place] != copy
            copies = np.concatenate([own[lone], size + copy[stays]])
            order = np.argsort(copies, kind="stable")
            taken = rows[np.concatenate([lone, place[stays]])[order]]
            records[kind] = taken.with_columns(pl.Series("subject", keys[copies[order]]))
        everyone = pl.DataFrame({"subject": keys})
        firms = everyone.join(self.tables.subjects.drop("subject"), how="cross")
        links = self.tables.links
        if links is not None:
            links = everyone.join(links.drop("subject"), how="cross")
        classified = classify(self.plan, Tables(firms, records, links), self.presence)
        return [self._standing(classified, int(key), self.plan.day) for key in keys]

    def _standing(self, classified: Classified, subject: int, day: date) -> Standing:
        (told,) = classified.classes.filter(pl.col("subject") == subject).iter_rows(named=True)
        factors = classified.factors.filter(pl.col("subject") == subject).select("indicator", "points")
        return Standing(
            day=day,
            points=told["points"],
            grade=GRADES[told["class"]],
            floor=None if told["floor"] == NO_FLOOR else self.plan.floors[told["floor"]].name,
            factors={self.plan.indicators[place].name: points for place, points in factors.iter_rows()},
        )

    def _factor(
        self,
        row: dict[str, Any],
        sources: dict[str, list[tuple[str, int, date, date | None]]],
        told: dict[tuple[str, int], tuple[Standing, Standing]],
    ) -> Factor:
        weighed = self.plan.indicators[row["indicator"]]
        behind = []
        for kind, record, decided_on, gone_on in sources.get(weighed.name, ()):
            standings = told.get((kind, record))
            points = [each.factors.get(weighed.name, 0) for each in standings] if standings else [None, None]
            behind.append(Source(kind, record, decided_on, points[0], points[1], gone_on))
        named = {name: value for name, value in row.items() if name not in ("subject", "indicator")}
        return Factor(weighed.name, sources=tuple(behind), shares=tuple(self._shares(weighed.name)), **named)

    def _shares(self, name: str) -> Iterator[Share]:
        related = self.plan.indicators[self.plan.places[name]].indicator.related
        if related is not None and self.tables.links is not None:
            presence = self.presence[self.plan.places[related.indicator]]
            shares = held_shares(self.tables.links, related, self.plan.day, presence).filter("has").sort("other")
            yield from (Share(other, record) for other, record in shares.select("other", "record").iter_rows())

    def _aside(self, now: Classified, sources: dict[str, list[tuple[str, int, date, date | None]]]) -> Iterator[Aside]:
        brings = {self.plan.indicators[place].name for place in now.factors["indicator"]}
        used = {(kind, record) for name in brings for kind, record, *_ in sources.get(name, ())}
        for kind, records in self.tables.records.items():
            rows = beside(records, self._enterprises)
            told = rows.select(RECORD, "decided_on", _why(self.whole.kinds[kind], self.whole.day).alias("why"))
            for record, decided_on, why in told.iter_rows():
                if (kind, record) not in used:
                    yield Aside(kind, record, decided_on, Why(why))

    def _course(self, standing: Standing, now: Classified) -> Iterator[Standing]:
        following = now.classes["next_on"][0]
        for _ in range(MOST_DAYS):
            if following is None:
                return
            presence = {place: presence_on(rows, following) for place, rows in self.presence.items()}
            then = classify(self.plan.on(following), self.tables, presence)
            stands = self._standing(then, int(then.classes["subject"][0]), following)
            if _differs(stands, standing):
                yield stands
                standing = stands
            following = then.classes["next_on"][0]


def _differs(one: Standing, two: Standing) -> bool:
    return (one.points, one.grade, one.factors) != (two.points, two.grade, two.factors)


def _newest(sources: dict[str, list[tuple[str, int, date, date | None]]]) -> list[tuple[str, int]]:
    """Every record behind anything, the newest first, and not too many."""
    every = {(kind, record): decided_on for rows in sources.values() for kind, record, decided_on, _ in rows}
    return sorted(every, key=lambda key: (every[key], key), reverse=True)[:MOST_RECORDS]


def _day(name: str) -> pl.Expr:
    """A day, null for never."""
    return pl.when(pl.col(name) != NEVER).then(pl.col(name))


def presence_on(presence: pl.DataFrame, day: date) -> pl.DataFrame:
    """PRESENCE as it will be on a later day if nothing is filed: a value goes on its day and comes on its."""
    is_over = (pl.col("gone_on") <= day).fill_null(value=False)
    comes = (pl.col("next_on") <= day).fill_null(value=False)
    return presence.with_columns(
        ((pl.col("has") | comes) & ~is_over).alias("has"),
        pl.when(pl.col("next_on") > day).then(pl.col("next_on")).alias("next_on"),
    ).filter(~is_over)


_OF_STATE: Final = {
    State.DISPUTED: Why.DISPUTED,
    State.ENDED: Why.ENDED,
    State.UNSUPPORTED: Why.UNSUPPORTED,
    State.WITHHELD: Why.WITHHELD,
}


def _why(rule: KindRule, day: date) -> pl.Expr:
    """Why a record brings nothing, by the first reason that holds."""
    reasons: Iterable[tuple[pl.Expr, Why]] = (
        *((pl.col("state") == int(state), why) for state, why in _OF_STATE.items()),
        (pl.col(EARLY), Why.EARLY),
        (~may_count(rule), Why.SEVERITY),
        (pl.col("decided_on") > day, Why.FUTURE),
        (stops_on(rule.model_copy(update={"ends_with_validity": False})) < day, Why.TERM_OVER),
        (stops_on(rule) < day, Why.NO_LONGER_VALID),
    )
    told = pl.lit(Why.NOT_LOOKED_AT.value)
    for holds, why in reversed(list(reasons)):
        told = pl.when(holds).then(pl.lit(why.value)).otherwise(told)
    return told
