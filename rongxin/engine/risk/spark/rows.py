"""What indicators over records make of the rows of a Spark table: which rows each looks at, from when to when, and one row for each
enterprise.
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

from rongxin.engine.risk.counting import EARLY, STOPS, spark_may_count, spark_stops_on
from rongxin.engine.risk.days import since, spark_after, spark_last_of, spark_next_full_month
from rongxin.engine.risk.layout import State
from rongxin.engine.risk.plans import Plan, Weighed
from rongxin.engine.risk.points import HUNDREDTHS, VALUE, WORD
from rongxin.engine.risk.spark.spans import first_after, least, span_of
from rongxin.engine.risk.takes import MonthsSince, Share
from rongxin.policy.indicators import Fading

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NOW = "now"
"""Whether a row counts today, or an enterprise has such a row."""
NEXT = "next"
GONE = "gone"
_COMING = "coming"
_PERCENT = "percent"
ESTABLISHED = "@established_on"
"""Beside a record: the day on which its enterprise was established."""
FINDINGS = "@findings"
"""The records of an enterprise that were decided before it was established."""


def named(what: str, place: int) -> str:
    """The column that says ``what`` of the indicator at ``place``; no field has such a name."""
    return f"@{what}_{place}"


@dataclass(frozen=True)
class Source:
    """The indicators over records of the same kinds. ``marks``: which rows each looks at; ``days``: from when to when; ``taken``:
    what each makes of the rows of an enterprise.
    """

    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    marks: "tuple[Column, ...]"
    days: "tuple[Column, ...]"
    taken: "tuple[Column, ...]"

    def of(self, records: "list[DataFrame]") -> "DataFrame":
        """One row for each enterprise, of the records of each kind that are alive."""
        from pyspark.sql import functions as spark

        fields = [spark.col(field) for field in self.fields]
        rows = reduce(lambda one, two: one.unionByName(two), (each.select(fields) for each in records)).coalesce(1)
        rows = rows.select(*fields, *self.marks)
        marks = [spark.col(name) for name in rows.columns[len(fields) :]]
        return rows.select(*fields, *marks, *self.days).groupBy("subject").agg(*self.taken)


def sources(plan: Plan, kinds: set[str]) -> list[Source]:
    """The sources of the indicators over any of ``kinds``, each of which is filed."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, weighed in enumerate(plan.indicators):
        filed = tuple(sorted(kinds.intersection(weighed.indicator.records or ())))
        if filed:
            places.setdefault(filed, []).append(place)
    return [_source(plan, filed, own) for filed, own in places.items()]


def _source(plan: Plan, kinds: tuple[str, ...], places: list[int]) -> Source:
    marks: list[Column] = []
    days: list[Column] = []
    taken: list[Column] = []
    fields = {"subject", "decided_on", STOPS}
    for place in places:
        weighed = plan.indicators[place]
        fields |= weighed.record_fields()
        marks += _marks(weighed, place, plan.day)
        days += _days(weighed, place, plan.day)
        taken += _taken(weighed, place, plan.day)
    return Source(kinds, tuple(sorted(fields)), tuple(marks), tuple(days), tuple(taken))


def _marks(weighed: Weighed, place: int, day: date) -> "list[Column]":
    span = span_of(weighed, day)
    return [span.met().alias(named(NOW, place)), span.coming().alias(named(_COMING, place))]


def _days(weighed: Weighed, place: int, day: date) -> "list[Column]":
    from pyspark.sql import functions as spark

    span, indicator = span_of(weighed, day), weighed.indicator
    now, coming = spark.col(named(NOW, place)), spark.col(named(_COMING, place))
    changes, percent = [span.changes()], []
    if isinstance(weighed.taking, Share):
        leaves = weighed.taking.requirement.leaves()
        changes.append(first_after(day, [edge for leaf in leaves for edge in leaf.spark_edges()]))
    if indicator.fading and indicator.window:
        by = spark.col(indicator.window.by)
        changes.append(_fades_on(by, indicator.fading, day))
        percent.append(spark.when(now, _percent(by, indicator.fading, day)).alias(named(_PERCENT, place)))
    following = spark.when(now, least(changes)).when(coming, span.begins())
    gone = spark.when(now | coming, spark_after(span.last()))
    return [following.alias(named(NEXT, place)), gone.alias(named(GONE, place)), *percent]


def _percent(by: "Column", fading: tuple[Fading, ...], day: date) -> "Column":
    from pyspark.sql import functions as spark

    percent = spark.lit(100)
    for step in fading:
        percent = spark.when(by < since(day, step.after_months), spark.lit(step.percent)).otherwise(percent)
    return percent


def _fades_on(by: "Column", fading: tuple[Fading, ...], day: date) -> "Column":
    """The first day after ``day`` on which a row counts less than today."""
    return first_after(day, [spark_after(spark_last_of(by, step.after_months)) for step in fading])


def _taken(weighed: Weighed, place: int, day: date) -> "list[Column]":
    from pyspark.sql import functions as spark

    taking, now = weighed.taking, spark.col(named(NOW, place))
    following = spark.min(named(NEXT, place))
    if isinstance(taking, MonthsSince):
        last = spark.max(spark.when(now, spark.col(taking.field)))
        following = least([following, spark_next_full_month(last, day)])
    columns = [
        spark.max(now).alias(named(NOW, place)),
        taking.spark(day, now).alias(named(WORD if taking.is_word else VALUE, place)),
        following.alias(named(NEXT, place)),
        spark.max(named(GONE, place)).alias(named(GONE, place)),
    ]
    if weighed.indicator.fading:
        columns.append(spark.sum(named(_PERCENT, place)).alias(named(HUNDREDTHS, place)))
    return columns


def alive(plan: Plan, kind: str, records: "DataFrame") -> "DataFrame":
    """The records of ``kind``, with EARLY beside them, that count on the day of the plan or may do so later, with STOPS."""
    from pyspark.sql import functions as spark

    rule = plan.kinds[kind]
    counting = records.filter(spark_may_count(rule)).withColumn(STOPS, spark_stops_on(rule))
    return counting.filter(spark.col(STOPS) >= plan.day)


def beside(records: "DataFrame", subjects: "DataFrame") -> "DataFrame":
    """The records of enterprises that are there, with ESTABLISHED and EARLY beside them."""
    from pyspark.sql import functions as spark

    established = subjects.select("subject", spark.col("established_on").alias(ESTABLISHED))
    is_early = spark.coalesce(spark.col("decided_on") < spark.col(ESTABLISHED), spark.lit(False))
    # Spark does not see that a join of two tables of one partition has one, too; without saying so it would shuffle.
    return records.join(established.hint("shuffle_hash"), "subject").coalesce(1).withColumn(EARLY, is_early)


def early(kinds: "dict[str, DataFrame]", subjects: "DataFrame") -> "DataFrame":
    """The records of each kind that were decided before their enterprise was established: FINDINGS, one row for each enterprise."""
    from pyspark.sql import functions as spark

    told = [
        rows.filter(spark.col("state") == int(State.COUNTS)).select(
            "subject", spark.lit(kind).alias("kind"), "decided_on"
        )
        for kind, rows in kinds.items()
    ]
    rows = beside(reduce(lambda one, two: one.union(two), told).coalesce(1), subjects)
    finding = spark.struct("kind", "decided_on", spark.col(ESTABLISHED).alias("established_on"))
    found = rows.filter(spark.col(EARLY)).groupBy("subject")
    return found.agg(spark.array_sort(spark.collect_list(finding)).alias(FINDINGS))
