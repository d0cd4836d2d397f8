"""Chances that follow from a seed, a stream and an index alone: the same for one index as for ten million at once."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Index = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def bits(seed: int, stream: str, index: Index) -> npt.NDArray[np.uint64]:
    """64 even bits for every index: SplitMix64 (Steele, Lea, Flood 2014), its start taken from seed and stream."""
    start = np.uint64(int.from_bytes(sha256(f"{seed}/{stream}".encode()).digest()[:8]))
    mixed = start + (index.astype(np.uint64) + np.uint64(1)) * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return mixed ^ (mixed >> np.uint64(31))


def chance(seed: int, stream: str, index: Index) -> Chances:
    """A number from 0 up to, but not including, 1 for every index."""
    return (bits(seed, stream, index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(seed: int, stream: str, index: Index, limit: int | Index) -> Index:
    """A whole number from 0 to ``limit`` − 1 for every index; ``limit`` may differ from index to index."""
    below_limit: Index = np.floor(chance(seed, stream, index) * limit).astype(np.int64)
    return below_limit


def weighted(seed: int, stream: str, index: Index, weights: Sequence[float]) -> Index:
    """A position in ``weights`` for every index, as often as its weight says."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found: Index = np.searchsorted(edges, chance(seed, stream, index) * edges[-1], side="right").astype(np.int64)
    return found


def taken(values: Sequence[Any], positions: Index) -> pl.Series:
    """The value at every position."""
    return pl.Series(values).gather(positions)


def one_of(values: Sequence[str], seed: int, stream: str, index: Index) -> pl.Series:
    """One of ``values`` for every index, all equally often."""
    return taken(values, below(seed, stream, index, len(values)))


class Lists:
    """Lists of unequal length, laid end to end, so that one value of each index's own list can be taken at once."""

    def __init__(self, lists: Sequence[Sequence[Any]]) -> None:
        self._values = pl.Series([value for values in lists for value in values])
        self._lengths = np.array([len(values) for values in lists], np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths

    def one_of(self, positions: Index, seed: int, stream: str, index: Index) -> pl.Series:
        """A value of the list at every position. The list may not be empty."""
        return self._values.gather(self._starts[positions] + below(seed, stream, index, self._lengths[positions]))

    def has(self, positions: Index) -> npt.NDArray[np.bool_]:
        """Whether the list at every position holds anything."""
        return self._lengths[positions] > 0
