"""How a value becomes points: one small class for each form of Points. No value, no points.

Each builds a Polars expression and a Spark column of whole numbers from the columns ``value`` and ``word``, and ``hundredths``
where rows fade: the value with each row taken for the percent that it counts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from rongxin.policy.indicators import Points

if TYPE_CHECKING:
    from pyspark.sql import Column

VALUE: Final = "value"
WORD: Final = "word"
HUNDREDTHS: Final = "hundredths"


class Pointing(Protocol):
    """What a value brings."""

    def polars(self) -> pl.Expr:
        """Points, Int64, never null."""
        ...

    def spark(self, of: "Callable[[str], Column]") -> "Column":
        """The same over a Spark table; ``of``: the column that holds VALUE, WORD or HUNDREDTHS there."""
        ...


@dataclass(frozen=True)
class Each:
    """``each`` for every unit of the value, ``most`` at most. ``fades``: rows may count less than whole ones."""

    each: int
    most: int
    fades: bool = False

    def polars(self) -> pl.Expr:
        # Cut before it is multiplied, so that a sum of money stays within 64 bits.
        if self.fades:
            points = pl.col(HUNDREDTHS).clip(0, 100 * self.most) * self.each // 100
        else:
            points = pl.col(VALUE).clip(0, self.most) * self.each
        return points.clip(0, self.most).fill_null(0)

    def spark(self, of: "Callable[[str], Column]") -> "Column":
        from pyspark.sql import functions as spark

        def cut(column: "Column", most: int) -> "Column":
            return spark.greatest(spark.least(column, spark.lit(most)), spark.lit(0))

        if self.fades:
            points = spark.floor(cut(of(HUNDREDTHS), 100 * self.most) * self.each / 100).cast("long")
        else:
            points = cut(of(VALUE), self.most) * self.each
        has = of(HUNDREDTHS if self.fades else VALUE).isNotNull()
        return spark.when(has, cut(points, self.most)).otherwise(0)


@dataclass(frozen=True)
class Once:
    """``once`` for any value of one or more."""

    once: int

    def polars(self) -> pl.Expr:
        return pl.when(pl.col(VALUE) >= 1).then(pl.lit(self.once, pl.Int64)).otherwise(0)

    def spark(self, of: "Callable[[str], Column]") -> "Column":
        from pyspark.sql import functions as spark

        return spark.when(of(VALUE) >= 1, spark.lit(self.once)).otherwise(0)


@dataclass(frozen=True)
class Steps:
    """The points of the highest step that the value reaches; ``steps`` are (least value, points), rising."""

    steps: tuple[tuple[int, int], ...]

    def polars(self) -> pl.Expr:
        points = pl.lit(0, pl.Int64)
        for least, brings in self.steps:
            points = pl.when(pl.col(VALUE) >= least).then(pl.lit(brings, pl.Int64)).otherwise(points)
        return points

    def spark(self, of: "Callable[[str], Column]") -> "Column":
        from pyspark.sql import functions as spark

        points = spark.lit(0)
        for least, brings in self.steps:
            points = spark.when(of(VALUE) >= least, spark.lit(brings)).otherwise(points)
        return points


@dataclass(frozen=True)
class Words:
    """The points of the word; none for another word."""

    words: tuple[tuple[str, int], ...]

    def polars(self) -> pl.Expr:
        points = pl.lit(0, pl.Int64)
        for word, brings in self.words:
            points = pl.when(pl.col(WORD) == word).then(pl.lit(brings, pl.Int64)).otherwise(points)
        return points

    def spark(self, of: "Callable[[str], Column]") -> "Column":
        from pyspark.sql import functions as spark

        points = spark.lit(0)
        for word, brings in self.words:
            points = spark.when(of(WORD) == word, spark.lit(brings)).otherwise(points)
        return points


def pointing_of(points: Points, numbers: dict[str, int], *, fades: bool) -> Pointing:
    """The form of ``points`` with the numbers of the policy value, by the names that the form gives them."""
    match points.operator:
        case "each":
            return Each(numbers["each"], numbers["most"], fades)
        case "once":
            return Once(numbers["once"])
        case "steps":
            return Steps(tuple((least, numbers[name]) for name, least in points.rising))
        case _:
            return Words(tuple((word, numbers[name]) for word, name in (points.words or {}).items()))
