"""How many enterprises go from which class to which between two runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from rongxin.engine.risk.plans import GRADES

NONE: Final = "none"
"""Stands for the class of an enterprise that has none."""
STANDINGS: Final = (*(grade.value for grade in GRADES), NONE)
_SIZE: Final = len(STANDINGS)


@dataclass(frozen=True)
class Moves:
    """How many enterprises came from each class (row) into each class (column), in the order of STANDINGS."""

    counts: tuple[tuple[int, ...], ...] = ((0,) * _SIZE,) * _SIZE

    @classmethod
    def of(cls, cells: pl.Series, numbers: pl.Series | None = None) -> "Moves":
        """The sum of ``numbers`` (of one for each, where there are none) by ``cell``."""
        weights = None if numbers is None else numbers.to_numpy()
        counts = np.bincount(cells.to_numpy(), weights, minlength=_SIZE**2).astype(np.int64)
        return cls(tuple(map(tuple, counts.reshape(_SIZE, _SIZE).tolist())))

    def __add__(self, other: "Moves") -> "Moves":
        both = zip(self.counts, other.counts, strict=True)
        return Moves(tuple(tuple(map(sum, zip(*rows, strict=True))) for rows in both))

    @property
    def before(self) -> dict[str, int]:
        """How many had each class."""
        return {name: sum(row) for name, row in zip(STANDINGS, self.counts, strict=True)}

    @property
    def after(self) -> dict[str, int]:
        """How many would have each class."""
        return {name: sum(column) for name, column in zip(STANDINGS, zip(*self.counts, strict=True), strict=True)}

    @property
    def up(self) -> int:
        """How many would come into a class of higher risk."""
        return sum(sum(row[place + 1 : len(GRADES)]) for place, row in enumerate(self.counts[: len(GRADES)]))

    @property
    def down(self) -> int:
        """How many would come into a class of lower risk."""
        return sum(sum(row[:place]) for place, row in enumerate(self.counts[: len(GRADES)]))

    @property
    def all(self) -> int:
        """How many enterprises there are."""
        return sum(map(sum, self.counts))

    def pairs(self) -> Iterator[tuple[str, str, int]]:
        """Class before, class after, how many."""
        for one, row in zip(STANDINGS, self.counts, strict=True):
            for two, number in zip(STANDINGS, row, strict=True):
                yield one, two, number


def cell() -> pl.Expr:
    """The kind of a movement as one number, from class_before and class_after."""
    one, two = (pl.col(f"class_{when}").cast(pl.Int64).fill_null(len(GRADES)) for when in ("before", "after"))
    return one * _SIZE + two
