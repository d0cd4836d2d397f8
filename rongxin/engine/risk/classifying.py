"""The classes of a bucket with their reasons: one pass over each kind's records, groups by enterprise, points, thresholds, hard
rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from rongxin.engine.risk.conditions import Span
from rongxin.engine.risk.days import NEVER, NEVER_NUMBER, after, next_full_month
from rongxin.engine.risk.grouping import Array, Groups, Merged, days_of, numbers_of
from rongxin.engine.risk.layout import Through
from rongxin.engine.risk.plans import GRADES, NO_FLOOR, Plan, Weighed
from rongxin.engine.risk.points import HUNDREDTHS, VALUE, WORD
from rongxin.engine.risk.rows import AT, GONE, NEXT, PERCENT, Enterprises, Looked, beside, early, looks
from rongxin.engine.risk.tables import CLASSES, FACTORS, FINDINGS, PRESENCE, Classified, Presence, Tables
from rongxin.engine.risk.takes import Count, MonthsSince
from rongxin.policy.indicators import Condition, Dimension, Related

SOLE_TRADER: Final = "sole_trader"


class NotClassified(ValueError):
    """A sole trader, a natural person in civil law, stands where only organisations may: nothing is classified."""

    def __init__(self) -> None:
        super().__init__("a sole trader stands in the snapshot; sole traders are never classified: build it anew")


@dataclass(frozen=True)
class _Valued:
    """Of an indicator the enterprises that have a value, and, with value and word null, those that will have one by itself.

    ``at``: their places, rising. ``frame``: VALUE, WORD and HUNDREDTHS where it has them. ``next``, ``gone``: days since 1970.
    """

    at: Array
    frame: pl.DataFrame
    next: Array
    gone: Array

    def where(self, kept: Array) -> "_Valued":
        """Only some of them."""
        return _Valued(self.at[kept], self.frame.filter(pl.Series(kept)), self.next[kept], self.gone[kept])

    @cached_property
    def has(self) -> Array:
        """Which have a value."""
        has = self.frame[VALUE].is_not_null()
        return ((has | self.frame[WORD].is_not_null()) if WORD in self.frame.columns else has).to_numpy()


@dataclass(frozen=True)
class _Factors:
    """What the values of an indicator bring, and which of them are ``kept`` as factors."""

    valued: _Valued
    points: Array
    kept: Array

    @property
    def values(self) -> pl.Series:
        """The value of each; null where there is none."""
        return self.valued.frame[VALUE]

    @property
    def words(self) -> pl.Series:
        """The word of each; null where the indicator takes none."""
        if WORD in self.valued.frame.columns:
            return self.valued.frame[WORD].cast(pl.String)
        return pl.Series(WORD, [None], pl.String).new_from_index(0, len(self.points))


def classify(plan: Plan, tables: Tables, presence: Presence | None = None) -> Classified:
    """The classes of all enterprises of a bucket. ``presence``: of the indicators that others look at through shares, over all
    buckets; needed where the plan has such.

    NotClassified where a sole trader is among them.
    """
    return _Bucket(plan, tables, presence or {}).classified()


def concerned(plan: Plan, tables: Tables, presence: Presence | None = None) -> list[int]:
    """The places of the indicators that have or, by itself, will have a value for any enterprise."""
    return sorted(place for place, valued in _Bucket(plan, tables, presence or {}).valued() if len(valued.at))


def present(plan: Plan, tables: Tables) -> dict[int, pl.DataFrame]:
    """PRESENCE of a bucket for the indicators that others look at through shares."""
    named = plan.named_by_related
    bucket = _Bucket(plan.only(named), tables, {})
    found = {named[place]: bucket.presence(valued) for place, valued in bucket.valued()}
    return {place: pl.DataFrame(schema=dict(PRESENCE)) for place in named} | found


class _Bucket:
    """The tables of a bucket while they are classified."""

    def __init__(self, plan: Plan, tables: Tables, presence: Presence) -> None:
        self.plan, self.tables, self.presence_of = plan, tables, presence
        self.looks = looks(plan)
        if (tables.subjects["category"] == SOLE_TRADER).any():
            raise NotClassified
        self.enterprises = Enterprises(tables.subjects)
        self.keys = self.enterprises.keys
        self.findings: list[pl.DataFrame] = []
        self._only: dict[tuple[Condition, ...], tuple[Array, Array, Array]] = {}

    def classified(self) -> Classified:
        """FACTORS, CLASSES and FINDINGS."""
        plan, size = self.plan, len(self.keys)
        dimensions = {dimension: np.zeros(size, dtype=np.int64) for dimension in Dimension}
        changes = np.full(size, NEVER_NUMBER, dtype=np.int32)
        floors = _Floors(plan, size)
        factors: dict[int, _Factors] = {}
        for place, valued in self.valued():
            weighed = plan.indicators[place]
            points = valued.frame.select(weighed.pointing.polars()).to_series().to_numpy() * weighed.sign
            dimensions[weighed.indicator.dimension][valued.at] += points
            changes[valued.at] = np.minimum(changes[valued.at], valued.next)
            kept = points != 0
            if place in plan.floored:
                kept |= valued.has
                floors.meet(place, valued)
            factors[place] = _Factors(valued, points, kept)
        total = np.zeros(size, dtype=np.int64)
        for dimension, points in dimensions.items():
            most = plan.dimensions.get(dimension.value)
            total += points if most is None else points.clip(-most, most)
        total = total.clip(0, None)
        grades = np.zeros(size, dtype=np.uint8)
        for grade in GRADES[1:]:
            grades += total >= plan.classes[grade.value]
        classes = pl.DataFrame(
            {
                "subject": self.keys,
                "points": total.astype(np.int32),
                "class": np.maximum(grades, floors.grades),
                "floor": floors.places,
                "next_on": _until_never("next_on", changes),
            },
            schema=dict(CLASSES),
        )
        return Classified(
            self._sorted(factors), classes, pl.concat([pl.DataFrame(schema=dict(FINDINGS)), *self.findings])
        )

    def presence(self, valued: _Valued) -> pl.DataFrame:
        """PRESENCE of an indicator."""
        days = {"next_on": _until_never("next_on", valued.next), "gone_on": _until_never("gone_on", valued.gone)}
        return pl.DataFrame({"subject": self.keys[valued.at], "has": valued.has, **days}, schema=dict(PRESENCE))

    def valued(self) -> Iterator[tuple[int, _Valued]]:
        """The values of each indicator of the plan, in no certain order."""
        yield from self._of_records()
        for place, weighed in enumerate(self.plan.indicators):
            indicator = weighed.indicator
            if indicator.subject is not None:
                yield place, self._meeting((*indicator.subject, *indicator.only))
            elif indicator.related is not None:
                yield place, self._kept_by_only(weighed, self._of_related(indicator.related))

    def _of_records(self) -> Iterator[tuple[int, _Valued]]:
        """Each kind is read once; an indicator over several waits for the last of them."""
        waiting: dict[int, list[Looked]] = {}
        missing = {
            place: set(weighed.indicator.records)
            for place, weighed in enumerate(self.plan.indicators)
            if weighed.indicator.records
        }
        for kind in self.plan.kinds_read:
            places = [place for place, kinds in missing.items() if kind in kinds]
            records = self.tables.records.get(kind)
            if records is not None and records.height:
                records = beside(records, self.enterprises)
                self.findings.append(early(kind, records, self.enterprises))
                looked = self.looks.at(places, self.looks.alive(kind, records))
                for place, each in zip(places, looked, strict=True):
                    waiting.setdefault(place, []).append(each)
            for place in places:
                missing[place].discard(kind)
                if not missing[place] and place in waiting:
                    weighed = self.plan.indicators[place]
                    yield place, self._kept_by_only(weighed, self._grouped(weighed, waiting.pop(place)))

    def _grouped(self, weighed: Weighed, looked: list[Looked]) -> _Valued:
        now = _together([each.now for each in looked])
        groups = Groups.of(now[AT].to_numpy())
        nexts, gone = groups.least(numbers_of(now[NEXT])), groups.most(numbers_of(now[GONE]))
        if isinstance(weighed.taking, Count):
            frame = pl.DataFrame({VALUE: groups.counts()}, schema={VALUE: pl.Int64})
        else:
            is_word = weighed.taking.is_word
            value = weighed.taking.polars(self.plan.day).alias(WORD if is_word else VALUE)
            taken = [value]
            if isinstance(weighed.taking, MonthsSince):
                taken.append(pl.col(weighed.taking.field).max().alias("last"))
            frame = now.group_by(AT, maintain_order=True).agg(taken).drop(AT)
            if is_word:
                frame = frame.with_columns(pl.lit(None, pl.Int64).alias(VALUE))
            if "last" in frame.columns:
                month = frame.select(next_full_month(pl.col("last"), self.plan.day).fill_null(NEVER)).to_series()
                nexts, frame = np.minimum(nexts, numbers_of(month)), frame.drop("last")
        if PERCENT in now.columns:
            frame = frame.with_columns(pl.Series(HUNDREDTHS, groups.sums(now[PERCENT].to_numpy()), dtype=pl.Int64))
        valued = _Valued(groups.at, frame, nexts, gone)
        coming = [each.coming for each in looked if each.coming is not None and each.coming.height]
        return _joined(valued, _together(coming)) if coming else valued

    def _kept_by_only(self, weighed: Weighed, valued: _Valued) -> _Valued:
        """Only of the enterprises for which the indicator is; for which it will be, without a value."""
        only = weighed.indicator.only
        if not only:
            return valued
        if only not in self._only:
            meeting = self._meeting(only)
            nexts, gone = (np.full(len(self.keys), NEVER_NUMBER, dtype=np.int32) for _ in range(2))
            state = np.zeros(len(self.keys), dtype=np.int8)  # 0 never, 1 later, 2 now
            state[meeting.at] = 1 + meeting.has
            nexts[meeting.at], gone[meeting.at] = meeting.next, meeting.gone
            self._only[only] = state, nexts, gone
        state, nexts, gone = (each[valued.at] for each in self._only[only])
        frame = valued.frame.select(
            pl.when(pl.Series(state == 2)).then(pl.col(name)).otherwise(None).alias(name)
            for name in valued.frame.columns
        )
        both = _Valued(valued.at, frame, np.minimum(valued.next, nexts), np.minimum(valued.gone, gone))
        return both.where(state > 0)

    def _meeting(self, conditions: tuple[Condition, ...]) -> _Valued:
        """The value 1 of the enterprises that meet all conditions."""
        span, day = Span.of(conditions), self.plan.day
        rows = self.tables.subjects.with_columns(pl.Series(AT, np.arange(len(self.keys), dtype=np.int32)))
        gone = after(span.last()).alias(GONE)
        now = rows.filter(span.met(day)).select(AT, gone, span.changes(day).alias(NEXT))
        ones = pl.DataFrame({VALUE: np.ones(now.height, dtype=np.int64)})
        valued = _Valued(now[AT].to_numpy(), ones, numbers_of(now[NEXT]), numbers_of(now[GONE]))
        coming = span.coming(day)
        if coming is None:
            return valued
        return _joined(valued, rows.filter(coming).select(AT, gone, span.begins(day).alias(NEXT)))

    def _of_related(self, related: Related) -> _Valued:
        """How many of those that hold so much, or of which so much is held, have a value of the indicator."""
        none = np.empty(0, np.int32)
        links = self.tables.links
        if links is None or not links.height:
            return _Valued(none, pl.DataFrame(schema={VALUE: pl.Int64}), none, none)
        at = self.enterprises.places.of(links["subject"].to_numpy())
        presence = self.presence_of[self.plan.places[related.indicator]]
        shares = held_shares(
            links.with_columns(pl.Series(AT, at)).filter(pl.col(AT) >= 0), related, self.plan.day, presence
        )
        standing = shares.filter("stands").sort(AT)
        groups = Groups.of(standing[AT].to_numpy())
        counts = pl.DataFrame(
            {VALUE: groups.sums(standing["has"].to_numpy().astype(np.int64))}, schema={VALUE: pl.Int64}
        )
        frame = counts.select(pl.when(pl.col(VALUE) > 0).then(pl.col(VALUE)))
        nexts, gone = groups.least(numbers_of(standing[NEXT])), groups.most(numbers_of(standing[GONE]))
        return _joined(_Valued(groups.at, frame, nexts, gone), shares.filter(~pl.col("stands")).sort(AT))

    def _sorted(self, factors: dict[int, _Factors]) -> pl.DataFrame:
        """FACTORS: the parts one after the other, every row then taken to its place at once."""
        parts = [factors[place] for place in sorted(factors)]
        if not parts:
            return pl.DataFrame(schema=dict(FACTORS))
        merged = Merged.of([(part.valued.at, part.kept) for part in parts], len(self.keys))
        lengths = [len(part.points) for part in parts]
        unsorted = pl.DataFrame(
            {
                "indicator": np.repeat(np.array(sorted(factors), dtype=np.uint16), lengths),
                "value": pl.concat([part.values for part in parts], rechunk=True),
                "word": pl.concat([part.words for part in parts], rechunk=True),
                "points": np.concatenate([part.points for part in parts]).astype(np.int32),
                "next_on": _until_never("next_on", np.concatenate([part.valued.next for part in parts])),
                "gone_on": _until_never("gone_on", np.concatenate([part.valued.gone for part in parts])),
            }
        )
        subjects = pl.Series("subject", np.repeat(self.keys, merged.counts))
        return pl.DataFrame([subjects, *unsorted[pl.Series(merged.order)]], schema=dict(FACTORS))


def held_shares(links: pl.DataFrame, related: Related, day: date, presence: pl.DataFrame) -> pl.DataFrame:
    """The shares, of LINKS, that ``related`` looks at: those that stand on ``day`` with an other end in ``presence``, and those
    to come; with NEXT and GONE beside them, and ``has``: whether the other end has a value of the indicator.

    Of several records of one share the last decided by the day says how it is.
    """
    through = Through.HOLDER if related.through == "holders" else Through.HOLDING
    ends = after(pl.col("valid_to").fill_null(NEVER))
    links = links.filter((pl.col("through") == through.value) & (pl.col("subject") != pl.col("other")))
    newest = (
        links.filter(pl.col("decided_on") <= day)
        .sort("decided_on", "record")
        .unique(["subject", "other"], keep="last")
        .filter((pl.col("percent") >= related.at_least_percent) & (pl.col("valid_to").fill_null(NEVER) >= day))
        .join(presence.rename({"subject": "other"}), on="other")
        .with_columns(
            pl.min_horizontal(ends, pl.col("next_on").fill_null(NEVER)).alias(NEXT),
            pl.min_horizontal(ends, pl.col("gone_on").fill_null(NEVER)).alias(GONE),
            pl.lit(value=True).alias("stands"),
        )
    )
    coming = links.filter(pl.col("decided_on") > day).with_columns(
        pl.col("decided_on").alias(NEXT),
        ends.alias(GONE),
        pl.lit(value=False).alias("has"),
        pl.lit(value=False).alias("stands"),
    )
    return pl.concat([newest.select(coming.columns), coming])


class _Floors:
    """The hard rule that holds for each enterprise."""

    def __init__(self, plan: Plan, size: int) -> None:
        self.plan = plan
        self.grades = np.zeros(size, dtype=np.uint8)
        self.places = np.full(size, NO_FLOOR, dtype=np.uint8)

    def meet(self, indicator: int, valued: _Valued) -> None:
        """Hold the rules that name the indicator against its values."""
        values = valued.frame[VALUE].fill_null(0).to_numpy()
        for place, floor in enumerate(self.plan.floors):
            if self.plan.places[floor.indicator] != indicator:
                continue
            at = valued.at[values >= floor.at_least]
            grade = GRADES.index(floor.lowest)
            stricter = (grade > self.grades[at]) | (grade == self.grades[at]) & (place < self.places[at])
            self.grades[at[stricter]], self.places[at[stricter]] = grade, place


def _until_never(name: str, numbers: Array) -> pl.Series:
    """Days since 1970 as days, null for never."""
    days = days_of(name, numbers)
    return days.set(days == NEVER, None)


def _together(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows of several kinds sorted by enterprise; words of several kinds' lists become text."""
    filled = [frame for frame in frames if frame.height] or frames[:1]
    if len(filled) == 1:
        return filled[0]
    words = [name for name, dtype in filled[0].schema.items() if isinstance(dtype, pl.Enum)]
    return pl.concat([frame.cast(dict.fromkeys(words, pl.String)) for frame in filled]).sort(AT, maintain_order=True)


def _joined(valued: _Valued, coming: pl.DataFrame) -> _Valued:
    """With rows that are coming: they change something later, and bring a value to whom has none."""
    if not coming.height:
        return valued
    groups = Groups.of(coming[AT].to_numpy())
    at = np.union1d(valued.at, groups.at)
    nexts = np.full(len(at), NEVER_NUMBER, dtype=np.int32)
    gone = np.full(len(at), np.iinfo(np.int32).min, dtype=np.int32)
    for numbers, soonest, latest in (
        (valued.at, valued.next, valued.gone),
        (groups.at, groups.least(numbers_of(coming[NEXT])), groups.most(numbers_of(coming[GONE]))),
    ):
        where = np.searchsorted(at, numbers)
        nexts[where] = np.minimum(nexts[where], soonest)
        gone[where] = np.maximum(gone[where], latest)
    held = valued.frame.with_columns(pl.Series(AT, valued.at))
    frame = pl.DataFrame({AT: at.astype(valued.at.dtype)}).join(held, on=AT, how="left", maintain_order="left").drop(AT)
    return _Valued(at, frame, nexts, gone)
