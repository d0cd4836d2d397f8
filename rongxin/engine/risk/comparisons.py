"""The comparisons of the vocabulary, one small class for each.

Every class builds a Polars expression and a Spark column that are true or false and never null: an empty cell meets no
comparison but ``filled: false``. A comparison with the day of the run says, too, from which day to which a cell meets it, so
that it is known when that will change by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

import polars as pl

from rongxin.engine.columns import SEPARATOR
from rongxin.engine.risk.days import after, last_of, since, spark_after, spark_last_of
from rongxin.policy.indicators import Cell

if TYPE_CHECKING:
    from pyspark.sql import Column

WORD: Final = "word"
NUMBER: Final = "number"
DATE: Final = "date"
ANY: Final = "any"


def sort_of(dtype: pl.DataType) -> str:
    """Whether cells are words, numbers or days."""
    if dtype == pl.Date:
        return DATE
    return NUMBER if dtype.is_integer() else WORD


class Comparison(Protocol):
    """A comparison of one cell. ``compares``: the sort of cells it is made for."""

    compares: ClassVar[str]

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        """Whether the cell meets it on ``day``."""
        ...

    def spark(self, cell: "Column", day: date) -> "Column":
        """The same of a Spark column."""
        ...


def _met(answer: pl.Expr) -> pl.Expr:
    return answer.fill_null(value=False)


def _spark_met(answer: "Column") -> "Column":
    from pyspark.sql import functions as spark

    return spark.coalesce(answer, spark.lit(False))


@dataclass(frozen=True)
class Equal:
    """The cell is ``value``."""

    value: Cell
    compares: ClassVar[str] = ANY

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell == self.value)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell == self.value)


@dataclass(frozen=True)
class NotEqual:
    """The cell is filled and not ``value``."""

    value: Cell
    compares: ClassVar[str] = ANY

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell != self.value)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell != self.value)


@dataclass(frozen=True)
class OneOf:
    """The cell is one of ``values``."""

    values: tuple[Cell, ...]
    compares: ClassVar[str] = ANY

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell.is_in(list(self.values)))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell.isin(list(self.values)))


@dataclass(frozen=True)
class NoneOf:
    """The cell is filled and none of ``values``."""

    values: tuple[Cell, ...]
    compares: ClassVar[str] = ANY

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(~cell.is_in(list(self.values)))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(~cell.isin(list(self.values)))


@dataclass(frozen=True)
class Below:
    """The number is less than ``bound``."""

    bound: int
    compares: ClassVar[str] = NUMBER

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell < self.bound)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell < self.bound)


@dataclass(frozen=True)
class AtMost:
    """The number is ``bound`` or less."""

    bound: int
    compares: ClassVar[str] = NUMBER

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell <= self.bound)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell <= self.bound)


@dataclass(frozen=True)
class Above:
    """The number is more than ``bound``."""

    bound: int
    compares: ClassVar[str] = NUMBER

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell > self.bound)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell > self.bound)


@dataclass(frozen=True)
class AtLeast:
    """The number is ``bound`` or more."""

    bound: int
    compares: ClassVar[str] = NUMBER

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell >= self.bound)

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell >= self.bound)


@dataclass(frozen=True)
class Between:
    """The number is one of ``bounds`` or lies between them."""

    bounds: tuple[int, int]
    compares: ClassVar[str] = NUMBER

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell.is_between(*self.bounds))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell.between(*self.bounds))


@dataclass(frozen=True)
class Filled:
    """The cell holds something, or, where ``wanted`` is false, nothing."""

    wanted: bool
    compares: ClassVar[str] = ANY

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return cell.is_not_null() if self.wanted else cell.is_null()

    def spark(self, cell: "Column", day: date) -> "Column":
        return cell.isNotNull() if self.wanted else cell.isNull()


@dataclass(frozen=True)
class BeginsWith:
    """The word begins with one of ``beginnings``."""

    beginnings: tuple[str, ...]
    compares: ClassVar[str] = WORD

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(reduce(or_, (cell.cast(pl.String).str.starts_with(each) for each in self.beginnings)))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(reduce(or_, (cell.startswith(each) for each in self.beginnings)))


@dataclass(frozen=True)
class HasPart:
    """One of the parts of the cell, parted by ；, is one of ``parts``."""

    parts: tuple[str, ...]
    compares: ClassVar[str] = WORD

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        # Between two separators every part is whole; that is sought faster than cells are split.
        held = pl.concat_str(pl.lit(SEPARATOR), cell.cast(pl.String), pl.lit(SEPARATOR))
        return _met(held.str.contains_any([f"{SEPARATOR}{part}{SEPARATOR}" for part in self.parts]))

    def spark(self, cell: "Column", day: date) -> "Column":
        from pyspark.sql import functions as spark

        wanted = spark.array(*(spark.lit(part) for part in self.parts))
        return _spark_met(spark.arrays_overlap(spark.split(cell, SEPARATOR, -1), wanted))


@runtime_checkable
class Timed(Comparison, Protocol):
    """A comparison of a day with that of the run. A cell meets it from ``starts`` to ``stops``, both included, or without
    such an end (None), if ``possible``.
    """

    def possible(self, cell: pl.Expr) -> pl.Expr | None:
        """Whether the cell ever meets it; None: every cell."""
        ...

    def starts(self, cell: pl.Expr) -> pl.Expr | None:
        """The first day."""
        ...

    def stops(self, cell: pl.Expr) -> pl.Expr | None:
        """The last day."""
        ...

    def spark_possible(self, cell: "Column") -> "Column | None":
        """``possible`` of a Spark column."""
        ...

    def spark_starts(self, cell: "Column") -> "Column | None":
        """``starts`` of a Spark column."""
        ...

    def spark_stops(self, cell: "Column") -> "Column | None":
        """``stops`` of a Spark column."""
        ...


@dataclass(frozen=True)
class WithinMonths:
    """The day in the cell lies at most ``months`` back and is not yet to come."""

    months: int
    compares: ClassVar[str] = DATE

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell.is_between(since(day, self.months), day))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell.between(since(day, self.months), day))

    def possible(self, cell: pl.Expr) -> pl.Expr:
        return cell.is_not_null()

    def starts(self, cell: pl.Expr) -> pl.Expr:
        return cell

    def stops(self, cell: pl.Expr) -> pl.Expr:
        return last_of(cell, self.months)

    def spark_possible(self, cell: "Column") -> "Column":
        return cell.isNotNull()

    def spark_starts(self, cell: "Column") -> "Column":
        return cell

    def spark_stops(self, cell: "Column") -> "Column":
        return spark_last_of(cell, self.months)


@dataclass(frozen=True)
class OlderThanMonths:
    """The day in the cell lies more than ``months`` back."""

    months: int
    compares: ClassVar[str] = DATE

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return _met(cell < since(day, self.months))

    def spark(self, cell: "Column", day: date) -> "Column":
        return _spark_met(cell < since(day, self.months))

    def possible(self, cell: pl.Expr) -> pl.Expr:
        return cell.is_not_null()

    def starts(self, cell: pl.Expr) -> pl.Expr:
        return after(last_of(cell, self.months))

    def stops(self, cell: pl.Expr) -> None:
        return None

    def spark_possible(self, cell: "Column") -> "Column":
        return cell.isNotNull()

    def spark_starts(self, cell: "Column") -> "Column":
        return spark_after(spark_last_of(cell, self.months))

    def spark_stops(self, cell: "Column") -> None:
        return None


@dataclass(frozen=True)
class NotOlderThanMonths:
    """Not the one above: the day in the cell lies at most ``months`` back or is to come, or there is none."""

    months: int
    compares: ClassVar[str] = DATE

    def polars(self, cell: pl.Expr, day: date) -> pl.Expr:
        return (cell >= since(day, self.months)).fill_null(value=True)

    def spark(self, cell: "Column", day: date) -> "Column":
        from pyspark.sql import functions as spark

        return spark.coalesce(cell >= since(day, self.months), spark.lit(True))

    def possible(self, cell: pl.Expr) -> None:
        return None

    def starts(self, cell: pl.Expr) -> None:
        return None

    def stops(self, cell: pl.Expr) -> pl.Expr:
        return last_of(cell, self.months)

    def spark_possible(self, cell: "Column") -> None:
        return None

    def spark_starts(self, cell: "Column") -> None:
        return None

    def spark_stops(self, cell: "Column") -> "Column":
        return spark_last_of(cell, self.months)


COMPARISONS: Final[dict[str, Callable[[Any], Comparison]]] = {
    "equal": Equal,
    "not_equal": NotEqual,
    "one_of": OneOf,
    "none_of": NoneOf,
    "below": Below,
    "at_most": AtMost,
    "above": Above,
    "at_least": AtLeast,
    "between": Between,
    "filled": Filled,
    "begins_with": BeginsWith,
    "has_part": HasPart,
    "within_months": WithinMonths,
    "older_than_months": OlderThanMonths,
}
"""What makes each comparison of a Condition, by its word."""
