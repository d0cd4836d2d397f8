"""The classes of a bucket with their reasons as Spark columns, one row for each enterprise: classifying.classify in columns.

The columns are made once for a plan and serve every bucket.
"""

from collections.abc import Mapping
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rongxin.engine.risk.days import NEVER, spark_after
from rongxin.engine.risk.plans import GRADES, NO_FLOOR, Plan
from rongxin.engine.risk.points import HUNDREDTHS, VALUE, WORD
from rongxin.engine.risk.spark.reading import SparkReader
from rongxin.engine.risk.spark.rows import FINDINGS, GONE, NEXT, NOW, alive, beside, early, named, sources
from rongxin.engine.risk.spark.shares import of_related
from rongxin.engine.risk.spark.spans import SparkSpan, least
from rongxin.policy.indicators import Condition, Dimension, Indicator

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_ONLY: Final = "only_"
_POINTS: Final = "points"
_FLOOR_BITS: Final = 8
"""A hard rule that is met is one number: the class above so many bits, below them the higher the earlier the rule stands."""


class Columns:
    """A plan in columns, over kinds of records that are filed."""

    def __init__(self, plan: Plan, kinds: set[str]) -> None:
        from pyspark.sql import functions as spark

        self._plan, self._kinds = plan, kinds
        self._sources = sources(plan, kinds)
        # Of kinds that nobody files nothing comes.
        self._places = [
            place
            for place, weighed in enumerate(plan.indicators)
            if weighed.indicator.records is None or kinds.intersection(weighed.indicator.records)
        ]
        onlys = dict.fromkeys(self._indicator(place).only for place in self._places)
        self._onlys = {only: number for number, only in enumerate(each for each in onlys if each)}
        self._alone = [column for only, number in self._onlys.items() for column in self._meeting(only, number, _ONLY)]
        for place in self._places:
            indicator = self._indicator(place)
            if indicator.subject is not None:
                self._alone += self._meeting((*indicator.subject, *indicator.only), place)
                self._alone.append(spark.lit(1).alias(named(VALUE, place)))
        self._valued = [column for place in self._places for column in self._of_enterprise(place)]
        self._points = [self._points_of(place) for place in self._places]

    def classified(self, reader: SparkReader, bucket: int, presence: Mapping[int, Path]) -> "DataFrame":
        """CLASSES of a bucket with ``category``, and for each enterprise ``factors`` and ``findings``: lists of the rows of FACTORS
        and FINDINGS without ``subject``. ``presence``: where PRESENCE stands of each indicator that others look at.
        """
        valued = self._told(reader, bucket, presence)
        names = [name for name in valued.columns if name.startswith("@")]
        return valued.select("subject", "category", *names, *self._points).select(*self._classes())

    def present(self, reader: SparkReader, bucket: int) -> "DataFrame":
        """For each enterprise with ``category`` the list ``presence`` of the rows of PRESENCE, each with the ``place`` of its
        indicator.
        """
        from pyspark.sql import functions as spark

        rows = [
            spark.when(
                self._col(GONE, place).isNotNull(),
                spark.struct(
                    spark.lit(place).alias("place"),
                    self._has(place).alias("has"),
                    _until_never(self._col(NEXT, place)).alias("next_on"),
                    _until_never(self._col(GONE, place)).alias("gone_on"),
                ),
            )
            for place in self._places
        ]
        told = self._told(reader, bucket, {})
        return told.select("subject", "category", spark.array_compact(spark.array(*rows)).alias("presence"))

    def _told(self, reader: SparkReader, bucket: int, presence: Mapping[int, Path]) -> "DataFrame":
        """Of every enterprise the value of each indicator, and from when to when it has or will have one."""
        firms = reader.subjects(bucket)
        records = {kind: reader.records(kind, bucket) for kind in sorted(self._kinds)}
        counting = {kind: alive(self._plan, kind, beside(rows, firms)) for kind, rows in records.items()}
        told = firms.select("*", *self._alone)
        parts = [source.of([counting[kind] for kind in source.kinds]) for source in self._sources]
        if records:
            parts.append(early(records, firms))
        for place in self._places:
            related = self._indicator(place).related
            if related is not None:
                others = reader.presence(presence[self._plan.places[related.indicator]])
                parts.append(of_related(reader.links(bucket), related, place, self._plan.day, others))
        for part in parts:
            told = told.join(part.hint("shuffle_hash"), "subject", "left")
        return told.select("subject", "category", *([FINDINGS] if self._kinds else []), *self._valued)

    def _meeting(self, conditions: tuple[Condition, ...], number: int, prefix: str = "") -> "list[Column]":
        """Whether enterprises meet all conditions, and from when to when."""
        from pyspark.sql import functions as spark

        span = SparkSpan.of(conditions, self._plan.day)
        now, coming = span.met(), span.coming()
        return [
            now.alias(named(prefix + NOW, number)),
            spark.when(now, span.changes()).when(coming, span.begins()).alias(named(prefix + NEXT, number)),
            spark.when(now | coming, spark_after(span.last())).alias(named(prefix + GONE, number)),
        ]

    def _of_enterprise(self, place: int) -> "list[Column]":
        """Value or word, NEXT and GONE of an indicator: empty where it is not for the enterprise."""
        from pyspark.sql import functions as spark

        weighed, indicator = self._plan.indicators[place], self._indicator(place)
        has = spark.lit(True) if indicator.related else self._col(NOW, place)
        following, gone = self._col(NEXT, place), self._col(GONE, place)
        number = self._onlys.get(indicator.only)
        if number is not None and indicator.subject is None:
            has &= self._col(_ONLY + NOW, number)
            exists = gone.isNotNull() & self._col(_ONLY + GONE, number).isNotNull()
            following = spark.when(exists, spark.least(following, self._col(_ONLY + NEXT, number)))
            gone = spark.when(exists, spark.least(gone, self._col(_ONLY + GONE, number)))
        taken = [WORD if weighed.taking.is_word else VALUE, *([HUNDREDTHS] if indicator.fading else [])]
        values = [spark.when(has, self._col(what, place)).alias(named(what, place)) for what in taken]
        return [*values, following.alias(named(NEXT, place)), gone.alias(named(GONE, place))]

    def _points_of(self, place: int) -> "Column":
        weighed = self._plan.indicators[place]

        def of(what: str) -> "Column":
            return self._col(what, place)

        return (weighed.pointing.spark(of) * weighed.sign).cast("int").alias(named(_POINTS, place))

    def _classes(self) -> "list[Column]":
        from pyspark.sql import functions as spark

        plan = self._plan
        total = spark.greatest(reduce(add, self._dimensions(), spark.lit(0)), spark.lit(0))
        floor = self._floor()
        grade = reduce(add, ((total >= plan.classes[each.value]).cast("int") for each in GRADES[1:]))
        soonest = least([self._col(NEXT, place) for place in self._places])
        findings = [spark.col(FINDINGS).alias("findings")] if self._kinds else []
        return [
            spark.col("subject"),
            spark.col("category"),
            total.cast("int").alias("points"),
            spark.greatest(grade, spark.shiftright(floor, _FLOOR_BITS)).alias("class"),
            (NO_FLOOR - floor.bitwiseAND(NO_FLOOR)).alias("floor"),
            _until_never(soonest).alias("next_on"),
            spark.array_compact(spark.array(*(self._factor(place) for place in self._places))).alias("factors"),
            *findings,
        ]

    def _dimensions(self) -> "list[Column]":
        """The points of each dimension within its bound."""
        from pyspark.sql import functions as spark

        bounded = []
        for dimension in Dimension:
            places = [place for place in self._places if self._indicator(place).dimension == dimension]
            points = reduce(add, (self._col(_POINTS, place).cast("long") for place in places), spark.lit(0))
            most = self._plan.dimensions.get(dimension.value)
            if most is not None:
                points = spark.greatest(spark.least(points, spark.lit(most)), spark.lit(-most))
            bounded.append(points)
        return bounded

    def _floor(self) -> "Column":
        """The strictest hard rule that is met, of those the first, as one number; 0 where none is."""
        from pyspark.sql import functions as spark

        met = [spark.lit(0), spark.lit(0)]
        for number, floor in enumerate(self._plan.floors):
            place = self._plan.places[floor.indicator]
            if place in self._places and not self._plan.indicators[place].taking.is_word:
                code = (GRADES.index(floor.lowest) << _FLOOR_BITS) + NO_FLOOR - number
                met.append(spark.when(self._col(VALUE, place) >= floor.at_least, spark.lit(code)))
        return spark.greatest(*met)

    def _factor(self, place: int) -> "Column":
        """The row of FACTORS of an indicator; null where it brings nothing."""
        from pyspark.sql import functions as spark

        is_word = self._plan.indicators[place].taking.is_word
        points = self._col(_POINTS, place)
        is_kept = points != 0
        if place in self._plan.floored:
            is_kept |= self._has(place)
        row = spark.struct(
            spark.lit(place).alias("indicator"),
            (spark.lit(None) if is_word else self._col(VALUE, place)).cast("long").alias("value"),
            (self._col(WORD, place) if is_word else spark.lit(None)).cast("string").alias("word"),
            points.alias("points"),
            _until_never(self._col(NEXT, place)).alias("next_on"),
            _until_never(self._col(GONE, place)).alias("gone_on"),
        )
        return spark.when(is_kept, row)

    def _has(self, place: int) -> "Column":
        """Whether an enterprise has a value of the indicator."""
        return self._col(WORD if self._plan.indicators[place].taking.is_word else VALUE, place).isNotNull()

    def _indicator(self, place: int) -> Indicator:
        return self._plan.indicators[place].indicator

    @staticmethod
    def _col(what: str, place: int) -> "Column":
        from pyspark.sql import functions as spark

        return spark.col(named(what, place))


def _until_never(day: "Column") -> "Column":
    """Null for never."""
    from pyspark.sql import functions as spark

    return spark.when(day < spark.lit(NEVER), day)
