"""Conditions put together: all, any and not over comparisons, and from when to when a row meets them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import polars as pl

from rongxin.engine.risk.comparisons import COMPARISONS, Comparison, NotOlderThanMonths, OlderThanMonths, Timed
from rongxin.engine.risk.days import NEVER, after, spark_after
from rongxin.policy.indicators import Condition

if TYPE_CHECKING:
    from pyspark.sql import Column


class Daily(Protocol):
    """What a row meets on one day and not on another."""

    def polars(self, day: date) -> pl.Expr:
        """Whether a row meets it on ``day``."""
        ...


class Requirement(Daily, Protocol):
    """What a row of a table, whose columns are called by the names of fields, meets or does not meet; never null."""

    @property
    def is_timed(self) -> bool:
        """Whether the answer may change from day to day."""
        ...

    def leaves(self) -> Iterator["Meets"]:
        """The comparisons of which it is made."""
        ...

    def spark(self, day: date) -> "Column":
        """Whether a row of a Spark table meets it on ``day``."""
        ...


@dataclass(frozen=True)
class Meets:
    """The cell of ``field`` meets the comparison."""

    field: str
    comparison: Comparison

    @property
    def is_timed(self) -> bool:
        return isinstance(self.comparison, Timed)

    def leaves(self) -> Iterator["Meets"]:
        yield self

    def polars(self, day: date) -> pl.Expr:
        return self.comparison.polars(pl.col(self.field), day)

    def spark(self, day: date) -> "Column":
        from pyspark.sql import functions as spark

        return self.comparison.spark(spark.col(self.field), day)

    def edges(self) -> list[pl.Expr]:
        """Days on which the answer may be another than the day before."""
        if not isinstance(self.comparison, Timed):
            return []
        cell = pl.col(self.field)
        starts, stops = self.comparison.starts(cell), self.comparison.stops(cell)
        return [*([] if starts is None else [starts]), *([] if stops is None else [after(stops)])]

    def spark_edges(self) -> list["Column"]:
        """``edges`` of a Spark table."""
        from pyspark.sql import functions as spark

        if not isinstance(self.comparison, Timed):
            return []
        cell = spark.col(self.field)
        starts, stops = self.comparison.spark_starts(cell), self.comparison.spark_stops(cell)
        return [*([] if starts is None else [starts]), *([] if stops is None else [spark_after(stops)])]


@dataclass(frozen=True)
class _Several:
    """Parts put together two by two by ``_join``."""

    parts: tuple[Requirement, ...]
    _join: ClassVar[Callable[[Any, Any], Any]]

    @property
    def is_timed(self) -> bool:
        return any(part.is_timed for part in self.parts)

    def leaves(self) -> Iterator[Meets]:
        for part in self.parts:
            yield from part.leaves()

    def polars(self, day: date) -> pl.Expr:
        return reduce(type(self)._join, (part.polars(day) for part in self.parts))

    def spark(self, day: date) -> "Column":
        return reduce(type(self)._join, (part.spark(day) for part in self.parts))


class All(_Several):
    """Every part is met."""

    _join = and_


class AnyOf(_Several):
    """At least one part is met."""

    _join = or_


@dataclass(frozen=True)
class Not:
    """The comparison is not met: an empty cell, too, does not meet it."""

    part: Meets

    @property
    def is_timed(self) -> bool:
        return self.part.is_timed

    def leaves(self) -> Iterator[Meets]:
        yield self.part

    def polars(self, day: date) -> pl.Expr:
        return ~self.part.polars(day)

    def spark(self, day: date) -> "Column":
        return ~self.part.spark(day)


def compiled(condition: Condition, *, negated: bool = False) -> Requirement:
    """What a condition asks. ``not`` is carried inwards, to where it stands before one comparison."""
    operator = condition.operator
    if operator == "negated":
        (part,) = condition.parts
        return compiled(part, negated=not negated)
    if operator in ("all_of", "any_of"):
        parts = tuple(compiled(part, negated=negated) for part in condition.parts)
        return All(parts) if (operator == "all_of") != negated else AnyOf(parts)
    comparison = COMPARISONS[operator](getattr(condition, operator))
    field = str(condition.field)
    if negated and isinstance(comparison, OlderThanMonths):
        return Meets(field, NotOlderThanMonths(comparison.months))
    return Not(Meets(field, comparison)) if negated else Meets(field, comparison)


@dataclass(frozen=True)
class Span:
    """From when to when rows meet several things together.

    ``still``: what does not depend on the day. ``starts`` and ``stops``: first and last days, the latest and the earliest of which
    count. ``timed``: what depends on it in another way (one of several, not within), of which only the days are known on which
    it may change.
    """

    still: tuple[pl.Expr, ...] = ()
    now: tuple["Daily", ...] = ()
    starts: tuple[pl.Expr, ...] = ()
    stops: tuple[pl.Expr, ...] = ()
    timed: tuple[Requirement, ...] = ()

    @classmethod
    def of(cls, conditions: Iterable[Condition]) -> "Span":
        """Of conditions that all have to be met."""
        return cls.over([compiled(condition) for condition in conditions])

    @classmethod
    def over(cls, requirements: Iterable[Requirement]) -> "Span":
        """Of requirements that all have to be met."""
        still: list[pl.Expr] = []
        now: list[Daily] = []
        starts: list[pl.Expr] = []
        stops: list[pl.Expr] = []
        timed: list[Requirement] = []
        for each in flat(requirements):
            if not each.is_timed:
                still.append(each.polars(date.min))
            elif isinstance(each, Meets) and isinstance(comparison := each.comparison, Timed):
                now.append(each)
                cell = pl.col(each.field)
                still.extend(_given(comparison.possible(cell)))
                starts.extend(_given(comparison.starts(cell)))
                stops.extend(last.fill_null(NEVER) for last in _given(comparison.stops(cell)))
            else:
                timed.append(each)
        return cls(tuple(still), tuple(now), tuple(starts), tuple(stops), tuple(timed))

    @property
    def is_timed(self) -> bool:
        """Whether the answer may change from day to day."""
        return bool(self.now or self.timed)

    def __and__(self, other: "Span") -> "Span":
        """Both together."""
        return Span(
            self.still + other.still,
            self.now + other.now,
            self.starts + other.starts,
            self.stops + other.stops,
            self.timed + other.timed,
        )

    def met(self, day: date) -> pl.Expr:
        """Whether a row meets all on ``day``."""
        return _all_true([*self.still, *(each.polars(day) for each in (*self.now, *self.timed))])

    def coming(self, day: date) -> pl.Expr | None:
        """Whether a row that does not meet it yet on ``day`` may do so later; None: none ever."""
        if not self.starts and not self.timed:
            return None
        first, last = self.first(), self.last()
        waits = [] if self.timed else [first > day]
        missing = [~self.met(day)] if self.timed else []
        return _all_true([*self.still, *waits, *missing, last > day, first <= last])

    def begins(self, day: date) -> pl.Expr:
        """The first day after ``day`` on which a row that is coming may meet it."""
        return self.changes(day) if self.timed else self.first()

    def first(self) -> pl.Expr:
        """The first day on which it may be met."""
        return pl.max_horizontal(*self.starts) if self.starts else pl.lit(date.min)

    def last(self) -> pl.Expr:
        """The last day on which it may be met."""
        return pl.min_horizontal(*self.stops, pl.lit(NEVER))

    def changes(self, day: date) -> pl.Expr:
        """The first day after ``day`` on which the answer for a row that meets it may be another; never where it stays."""
        if not self.timed:
            return after(self.last())
        edges = [*self.starts, *(after(each) for each in self.stops)]
        edges += [edge for each in self.timed for leaf in each.leaves() for edge in leaf.edges()]
        return pl.min_horizontal(*(pl.when(edge > day).then(edge) for edge in edges), pl.lit(NEVER))


def flat(requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    """The requirements one by one, those of All taken apart."""
    for each in requirements:
        if isinstance(each, All):
            yield from flat(each.parts)
        else:
            yield each


def _given(expression: pl.Expr | None) -> list[pl.Expr]:
    return [] if expression is None else [expression]


def _all_true(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(and_, parts) if parts else pl.lit(value=True)
