"""From when to when a row of a Spark table meets several things together: ``conditions.Span`` in Spark columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from rongxin.engine.risk.comparisons import Timed, WithinMonths
from rongxin.engine.risk.conditions import Meets, Requirement, compiled, flat
from rongxin.engine.risk.counting import STOPS, spark_counts
from rongxin.engine.risk.days import NEVER, spark_after
from rongxin.engine.risk.plans import Weighed
from rongxin.policy.indicators import Condition

if TYPE_CHECKING:
    from pyspark.sql import Column


@dataclass(frozen=True)
class SparkSpan:
    """``still``: what does not depend on the day. ``now``: what else is to be met on ``day``. ``starts``, ``stops``: first and
    last days. ``edges``: other days on which the answer may change; None where there is nothing but first and last days.
    """

    day: date
    still: tuple["Column", ...] = ()
    now: tuple["Column", ...] = ()
    starts: tuple["Column", ...] = ()
    stops: tuple["Column", ...] = ()
    edges: "tuple[Column, ...] | None" = None

    @classmethod
    def of(cls, conditions: Iterable[Condition], day: date) -> "SparkSpan":
        """Of conditions that all have to be met."""
        return cls.over([compiled(condition) for condition in conditions], day)

    @classmethod
    def over(cls, requirements: Iterable[Requirement], day: date) -> "SparkSpan":
        """Of requirements that all have to be met."""
        span = cls(day)
        for each in flat(requirements):
            span &= _alone(each, day)
        return span

    def __and__(self, other: "SparkSpan") -> "SparkSpan":
        """Both together."""
        edges = [each for each in (self.edges, other.edges) if each is not None]
        return SparkSpan(
            self.day,
            self.still + other.still,
            self.now + other.now,
            self.starts + other.starts,
            self.stops + other.stops,
            tuple(edge for each in edges for edge in each) if edges else None,
        )

    def met(self) -> "Column":
        """Whether a row meets all on the day; never null."""
        return _all_true([*self.still, *self.now])

    def coming(self) -> "Column":
        """Whether a row that does not meet it yet may do so later; never null."""
        from pyspark.sql import functions as spark

        if not self.starts and self.edges is None:
            return spark.lit(False)
        last = self.last()
        waits = [*self.still, last > self.day]
        if self.starts:
            waits.append(greatest(self.starts) <= last)
        waits.append(greatest(self.starts) > self.day if self.edges is None else ~self.met())
        return _all_true(waits)

    def begins(self) -> "Column":
        """The first day after the day on which a row that is coming may meet it."""
        return greatest(self.starts) if self.edges is None and self.starts else self.changes()

    def last(self) -> "Column":
        """The last day on which it may be met."""
        return least([*self.stops])

    def changes(self) -> "Column":
        """The first day after the day on which the answer for a row that meets it may be another; never where it stays."""
        if self.edges is None:
            return spark_after(self.last())
        return first_after(self.day, [*self.starts, *(spark_after(each) for each in self.stops), *self.edges])


def _alone(each: Requirement, day: date) -> SparkSpan:
    """The span of one requirement."""
    from pyspark.sql import functions as spark

    if not each.is_timed:
        return SparkSpan(day, still=(each.spark(day),))
    if isinstance(each, Meets) and isinstance(each.comparison, Timed):
        cell = spark.col(each.field)
        told = (each.comparison.spark_possible, each.comparison.spark_starts, each.comparison.spark_stops)
        still, starts, stops = ([] if column is None else [column] for column in (of(cell) for of in told))
        ends = tuple(spark.coalesce(stop, spark.lit(NEVER)) for stop in stops)
        return SparkSpan(day, tuple(still), (each.spark(day),), tuple(starts), ends)
    edges = tuple(edge for leaf in each.leaves() for edge in leaf.spark_edges())
    return SparkSpan(day, now=(each.spark(day),), edges=edges)


def span_of(weighed: Weighed, day: date) -> SparkSpan:
    """From when to when a record that may count, with STOPS beside it, does so for the indicator."""
    from pyspark.sql import functions as spark

    indicator = weighed.indicator
    counts = SparkSpan(day, now=(spark_counts(day),), starts=(spark.col("decided_on"),), stops=(spark.col(STOPS),))
    span = counts & SparkSpan.of(indicator.where, day)
    if indicator.window is None:
        return span
    return span & SparkSpan.over([Meets(indicator.window.by, WithinMonths(indicator.window.months))], day)


def first_after(day: date, edges: Iterable["Column"]) -> "Column":
    """The first of the days after ``day``; NEVER where there is none."""
    from pyspark.sql import functions as spark

    return least([spark.when(edge > day, edge) for edge in edges])


def least(days: Iterable["Column"]) -> "Column":
    """The first of the days that are filled; NEVER where none is."""
    from pyspark.sql import functions as spark

    never = spark.lit(NEVER)
    return spark.least(*days, never, never)


def greatest(days: tuple["Column", ...]) -> "Column":
    """The last of the days that are filled."""
    from pyspark.sql import functions as spark

    return spark.greatest(*days) if len(days) > 1 else days[0]


def _all_true(parts: list["Column"]) -> "Column":
    from pyspark.sql import functions as spark

    return spark.coalesce(reduce(and_, parts, spark.lit(True)), spark.lit(False))
