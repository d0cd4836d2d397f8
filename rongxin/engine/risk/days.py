"""Days and months of whole columns, as rongxin.primitives.periods has them for one day.

A period of n months that a day opens ends on the corresponding day of the last month, or on that month's last day (Civil Code
arts. 201, 202). A day lies at most n months back while that period lasts.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from rongxin.primitives.months import last_day_of
from rongxin.primitives.periods import earliest_start

if TYPE_CHECKING:
    from pyspark.sql import Column

NEVER: Final = date.max
"""Stands for the day that does not come."""
NEVER_NUMBER: Final = (NEVER - date(1970, 1, 1)).days
"""The same as a number of days since 1970, as Date columns hold them."""
_EVE: Final = NEVER - timedelta(1)

_FIRST: Final = date(1800, 1, 1)
_LAST: Final = date(2400, 12, 31)
_FIRST_NUMBER: Final = (_FIRST - date(1970, 1, 1)).days
_SIZE: Final = (_LAST - _FIRST).days + 2


def since(day: date, months: int) -> date:
    """The earliest day that lies at most ``months`` before ``day``: whose period of so many months reaches it."""
    return earliest_start(day, months)


def last_of(cell: pl.Expr, months: int) -> pl.Expr:
    """The last day that lies at most ``months`` after the day in the cell; null for none.

    Days before 1800 are taken for 1 January 1800; what ends after 2400 ends never.
    """
    return pl.lit(_months_on(months)).gather(_place(cell))


def last_by_case(cell: pl.Expr, cases: Sequence[tuple[pl.Expr, int]]) -> pl.Expr:
    """``last_of`` with the months of the first case that a row meets; NEVER where it meets none. One look-up for all cases."""
    begins = pl.lit(len(cases) * _SIZE, pl.Int32)
    for number, (is_met, _) in reversed(list(enumerate(cases))):
        begins = pl.when(is_met).then(pl.lit(number * _SIZE, pl.Int32)).otherwise(begins)
    return pl.lit(_by_case(tuple(months for _, months in cases))).gather(begins + _place(cell))


@cache
def _by_case(months: tuple[int, ...]) -> pl.Series:
    never = pl.Series("day", [NEVER]).new_from_index(0, _SIZE)
    return pl.concat([*map(_months_on, months), never], rechunk=True)


def _place(cell: pl.Expr) -> pl.Expr:
    """Where the day in the cell stands in a table of days."""
    place = cell.to_physical() - _FIRST_NUMBER
    # Polars takes three times as long to clip.
    return pl.when(place < 0).then(pl.lit(0, pl.Int32)).when(place >= _SIZE).then(_SIZE - 1).otherwise(place)


@cache
def _months_on(months: int) -> pl.Series:
    """The day ``months`` after each day from the first one on: looked up, because counting it anew costs ten times as much."""
    days = np.arange(np.datetime64(_FIRST), np.datetime64(_FIRST) + _SIZE)
    month = days.astype("datetime64[M]")
    of_month = days - month.astype("datetime64[D]")
    first = (month + months).astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    ends = np.minimum(first + of_month, last)
    ends[(ends > np.datetime64(_LAST)) | (days > np.datetime64(_LAST))] = np.datetime64(NEVER)
    return pl.Series("day", ends.astype("datetime64[D]")).cast(pl.Date)


def after(day: pl.Expr) -> pl.Expr:
    """The day after; never comes never."""
    return (pl.min_horizontal(day, pl.lit(_EVE)).to_physical() + 1).cast(pl.Date)


def full_months(cell: pl.Expr, day: date) -> pl.Expr:
    """Months that are full on ``day`` since the day in the cell; none for a day that is yet to come."""
    months = (day.year - cell.dt.year().cast(pl.Int64)) * 12 + day.month - cell.dt.month().cast(pl.Int64)
    begun = (cell.dt.day() > day.day) if day != last_day_of(day) else pl.lit(value=False)
    return pl.max_horizontal(months - begun.cast(pl.Int64), pl.when(cell.is_not_null()).then(0))


def next_full_month(cell: pl.Expr, day: date) -> pl.Expr:
    """The first day after ``day`` on which one more month since the day in the cell is full."""
    months = cell.dt.year().cast(pl.Int64) * 12 + cell.dt.month() - 1 + full_months(cell, day) + 1
    first = pl.date(months // 12, months % 12 + 1, 1)
    of_month = pl.min_horizontal(cell.dt.day().cast(pl.Int64), first.dt.month_end().dt.day().cast(pl.Int64))
    return first + pl.duration(days=of_month - 1)


def spark_last_of(cell: "Column", months: int) -> "Column":
    """``last_of`` of a Spark column."""
    from pyspark.sql import functions as spark

    ends = spark.add_months(spark.greatest(cell, spark.lit(_FIRST)), months)
    is_beyond = (cell > spark.lit(_LAST)) | (ends > spark.lit(_LAST))
    return spark.when(cell.isNotNull(), spark.when(is_beyond, spark.lit(NEVER)).otherwise(ends))


def spark_after(day: "Column") -> "Column":
    """``after`` of a Spark column."""
    from pyspark.sql import functions as spark

    never = spark.lit(NEVER)
    return spark.least(spark.date_add(spark.coalesce(day, never), 1), never)


def spark_full_months(cell: "Column", day: date) -> "Column":
    """``full_months`` of a Spark column."""
    from pyspark.sql import functions as spark

    months: Any = (day.year - spark.year(cell)) * 12 + day.month - spark.month(cell)
    begun = (spark.dayofmonth(cell) > day.day).cast("int") if day != last_day_of(day) else spark.lit(0)
    return spark.when(cell.isNotNull(), spark.greatest(months - begun, spark.lit(0))).cast("long")


def spark_next_full_month(cell: "Column", day: date) -> "Column":
    """``next_full_month`` of a Spark column."""
    from pyspark.sql import functions as spark

    return spark.add_months(cell, (spark_full_months(cell, day) + 1).cast("int"))
