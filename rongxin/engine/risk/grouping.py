"""Rows of many enterprises as groups: where each begins in sorted rows, and what is made of each without a loop."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Groups:
    """Groups of rows of the same number, which stand together and rise. ``at``: the numbers; ``begins``: their first rows."""

    at: Array
    begins: Array
    rows: int

    @classmethod
    def of(cls, numbers: Array) -> "Groups":
        """Of the number of every row."""
        is_first = np.empty(len(numbers), dtype=np.bool_)
        is_first[:1] = True
        np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
        begins = np.flatnonzero(is_first)
        return cls(numbers[begins], begins, len(numbers))

    def counts(self) -> Array:
        """How many rows each has."""
        return np.diff(self.begins, append=self.rows)

    def sums(self, cells: Array) -> Array:
        """The sum of the cells of each."""
        return np.add.reduceat(cells, self.begins) if len(self.begins) else cells[:0]

    def least(self, cells: Array) -> Array:
        """The smallest cell of each."""
        return np.minimum.reduceat(cells, self.begins) if len(self.begins) else cells[:0]

    def most(self, cells: Array) -> Array:
        """The largest cell of each."""
        return np.maximum.reduceat(cells, self.begins) if len(self.begins) else cells[:0]


class Places:
    """Where in a column of rising keys each of many keys stands; -1 for one that is not there. The keys are those of a bucket, so
    that a table over all between the first and the last is small.
    """

    def __init__(self, keys: Array) -> None:
        self._first = int(keys[0]) if len(keys) else 0
        size = int(keys[-1]) - self._first + 1 if len(keys) else 0
        self._table = np.full(size + 1, -1, dtype=np.int32)  # the last place is that of every key outside
        self._table[keys - self._first] = np.arange(len(keys), dtype=np.int32)

    def of(self, keys: Array) -> Array:
        """The place of each key."""
        outside = np.uint64(len(self._table) - 1)
        # A key below the first is, without its sign, a very large number.
        offset = np.minimum((keys - self._first).view(np.uint64), outside)
        return self._table[offset.view(np.int64)]


def rows_of(rows: pl.DataFrame, keys: Array) -> pl.DataFrame:
    """Those of ``rows``, which lie by subject, that are of one of ``keys``, which rise."""
    lie = rows["subject"].to_numpy()
    first, last = np.searchsorted(lie, keys), np.searchsorted(lie, keys, side="right")
    counts = last - first
    before = np.cumsum(counts) - counts
    return rows[np.repeat(first - before, counts) + np.arange(counts.sum())]


def numbers_of(days: pl.Series) -> Array:
    """Days as days since 1970."""
    return days.cast(pl.Int32).to_numpy()


def days_of(name: str, numbers: Array) -> pl.Series:
    """Days since 1970 as a column of days."""
    return pl.Series(name, np.asarray(numbers, dtype=np.int32)).cast(pl.Date)


@dataclass(frozen=True)
class Merged:
    """Those rows of several tables that are kept, put together, sorted by their numbers below a size, for the same number in the
    order of the tables. In no table a number stands twice. ``counts``: how many rows each number has; ``order``: of the tables one
    after the other, the row that comes to each place.
    """

    counts: Array
    order: Array

    @classmethod
    def of(cls, tables: list[tuple[Array, Array]], size: int) -> "Merged":
        """Of the numbers of the rows of each table, and whether each is kept."""
        rows = [np.flatnonzero(kept) for _, kept in tables]
        numbers = [each[its] for (each, _), its in zip(tables, rows, strict=True)]
        counts = np.bincount(np.concatenate(numbers), minlength=size).astype(np.int32)
        free = np.cumsum(counts, dtype=np.int32) - counts
        order = np.empty(int(counts.sum()), dtype=np.uint32)
        first = 0
        for (whole, _), its, kept in zip(tables, rows, numbers, strict=True):
            places = free[kept]
            free[kept] = places + 1
            order[places] = its + first
            first += len(whole)
        return cls(counts, order)
