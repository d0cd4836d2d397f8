"""What the vocabulary makes of the rows of one enterprise that count: one small class for each word of Take.

Each builds a Polars expression and a Spark column for use over groups of rows, both Int64, or a word for ``latest`` and
``earliest``; null where nothing comes of the rows. Rows are never empty groups: an enterprise without a row has no value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

import polars as pl

from rongxin.engine.risk.conditions import Requirement, compiled
from rongxin.engine.risk.days import full_months, spark_full_months
from rongxin.policy.indicators import Indicator, Take

if TYPE_CHECKING:
    from pyspark.sql import Column

RECORD: Final = "record"
"""The key of a record; of two rows of one day the one with the higher key is the later."""


class Taking(Protocol):
    """What is made of rows. ``is_word``: whether a word comes of them and not a number."""

    is_word: ClassVar[bool]

    def fields(self) -> tuple[str, ...]:
        """The columns it looks at."""
        ...

    def polars(self, day: date) -> pl.Expr:
        """The value of a group of rows."""
        ...

    def spark(self, day: date, its: "Column") -> "Column":
        """The same over those rows of a group of a Spark table where ``its`` is true; asked only where there is one."""
        ...


@dataclass(frozen=True)
class Count:
    """Rows."""

    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return ()

    def polars(self, day: date) -> pl.Expr:
        return pl.len().cast(pl.Int64)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.count(spark.when(its, 1))


@dataclass(frozen=True)
class Distinct:
    """Different cells of ``field``, empty ones aside."""

    field: str
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def polars(self, day: date) -> pl.Expr:
        return pl.col(self.field).drop_nulls().n_unique().cast(pl.Int64)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.size(spark.collect_set(spark.when(its, spark.col(self.field)))).cast("long")


@dataclass(frozen=True)
class Sum:
    """The numbers of ``field`` together; nothing where all are empty."""

    field: str
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def polars(self, day: date) -> pl.Expr:
        cell = pl.col(self.field)
        return pl.when(cell.count() > 0).then(cell.cast(pl.Int64).sum())

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.sum(spark.when(its, spark.col(self.field).cast("long")))


@dataclass(frozen=True)
class Largest:
    """The largest number of ``field``."""

    field: str
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def polars(self, day: date) -> pl.Expr:
        return pl.col(self.field).max().cast(pl.Int64)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.max(spark.when(its, spark.col(self.field))).cast("long")


@dataclass(frozen=True)
class Smallest:
    """The smallest number of ``field``."""

    field: str
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def polars(self, day: date) -> pl.Expr:
        return pl.col(self.field).min().cast(pl.Int64)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.min(spark.when(its, spark.col(self.field))).cast("long")


@dataclass(frozen=True)
class Latest:
    """The cell of ``field`` in the last row by ``by``, then by key, as a word."""

    field: str
    by: str
    is_word: ClassVar[bool] = True

    def fields(self) -> tuple[str, ...]:
        return self.field, self.by, RECORD

    def polars(self, day: date) -> pl.Expr:
        return pl.col(self.field).sort_by(self.by, RECORD).last().cast(pl.String)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.max_by(spark.col(self.field), spark.when(its, spark.struct(self.by, RECORD))).cast("string")


@dataclass(frozen=True)
class Earliest:
    """The cell of ``field`` in the first row by ``by``, then by key, as a word."""

    field: str
    by: str
    is_word: ClassVar[bool] = True

    def fields(self) -> tuple[str, ...]:
        return self.field, self.by, RECORD

    def polars(self, day: date) -> pl.Expr:
        return pl.col(self.field).sort_by(self.by, RECORD).first().cast(pl.String)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark.min_by(spark.col(self.field), spark.when(its, spark.struct(self.by, RECORD))).cast("string")


@dataclass(frozen=True)
class MonthsSince:
    """Full months since the last day in ``field``; none full since a day that is yet to come."""

    field: str
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def polars(self, day: date) -> pl.Expr:
        return full_months(pl.col(self.field).max(), day)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        return spark_full_months(spark.max(spark.when(its, spark.col(self.field))), day)


@dataclass(frozen=True)
class Share:
    """Rows that meet ``requirement``, in whole percent of all, rounded down."""

    requirement: Requirement
    is_word: ClassVar[bool] = False

    def fields(self) -> tuple[str, ...]:
        return tuple(leaf.field for leaf in self.requirement.leaves())

    def polars(self, day: date) -> pl.Expr:
        return self.requirement.polars(day).cast(pl.Int64).sum() * 100 // pl.len().cast(pl.Int64)

    def spark(self, day: date, its: "Column") -> "Column":
        from pyspark.sql import functions as spark

        met = spark.count(spark.when(its & self.requirement.spark(day), 1))
        return spark.floor(met * 100 / spark.count(spark.when(its, 1))).cast("long")


def taking_of(indicator: Indicator) -> Taking:
    """What an indicator over records makes of its rows."""
    take: Take = indicator.take
    argument = getattr(take, take.operator)
    by = indicator.window.by if indicator.window else ""
    match take.operator:
        case "count":
            return Count()
        case "share":
            return Share(compiled(argument))
        case "latest":
            return Latest(argument, by)
        case "earliest":
            return Earliest(argument, by)
        case _:
            return _OF_ONE_FIELD[take.operator](argument)


_OF_ONE_FIELD: Final[dict[str, Callable[[str], Taking]]] = {
    "distinct": Distinct,
    "sum": Sum,
    "largest": Largest,
    "smallest": Smallest,
    "months_since": MonthsSince,
}
