"""Parts of a whole and how sure they are: intervals, ratios, a trend. Nothing is told of a number too small to tell from.

The interval of a part is Wilson's (1927), that of a ratio of two that of Katz and others (1978), the trend over ordered groups that
of Cochran (1954) and Armitage (1955).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

_Z: Final = NormalDist().inv_cdf(0.975)
"""So many standard deviations on both sides hold 95 %."""


@dataclass(frozen=True)
class Rate:
    """Of how many of ``n`` something holds: ``count``. ``rate``: their part, between ``low`` and ``high`` with 95 % confidence;
    None where ``n`` is too small to tell.
    """

    n: int
    count: int
    rate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, n: int, count: int, least: int) -> "Rate":
        """With Wilson's interval, if ``n`` is at least ``least`` (and above 0)."""
        if n < max(least, 1):
            return cls(n, count, None, None, None)
        return cls(n, count, count / n, *wilson(n, count))


def wilson(n: int, count: int) -> tuple[float, float]:
    """The interval that holds the part of a whole of which ``count`` of ``n`` are known, with 95 % confidence. ``n`` is above 0."""
    part, square = count / n, _Z * _Z
    middle = (part + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(part * (1 - part) / n + square / (4 * n * n))
    return (0.0 if count == 0 else middle - half, 1.0 if count == n else middle + half)


@dataclass(frozen=True)
class Ratio:
    """How many times larger one rate is than another, between ``low`` and ``high`` with 95 % confidence; no such bounds (None)
    where it is 0.
    """

    ratio: float
    low: float | None
    high: float | None


def ratio_of(one: Rate, other: Rate) -> Ratio | None:
    """``one`` by ``other``; None where one of them has no rate, or the other is 0."""
    if one.rate is None or not other.rate:
        return None
    ratio = one.rate / other.rate
    if not ratio:
        return Ratio(ratio, None, None)
    deviation = math.sqrt(1 / one.count - 1 / one.n + 1 / other.count - 1 / other.n)
    return Ratio(ratio, ratio * math.exp(-_Z * deviation), ratio * math.exp(_Z * deviation))


@dataclass(frozen=True)
class Trend:
    """Whether rates rise (``z`` above 0) or fall from group to group; ``p``: how likely chance alone makes them do so as much, in
    either direction.
    """

    z: float
    p: float


def trend_of(groups: Sequence[tuple[int, int]], least: int) -> Trend | None:
    """Of (n, count) of groups in their order, one step apart. None where together they are fewer than ``least``, or all of them are
    in one group, or it holds of all or of none.
    """
    n, count = (sum(column) for column in zip(*groups, strict=True))
    if n < max(least, 1) or count in (0, n):
        return None
    part = count / n
    weighted = sum(place * each for place, (each, _) in enumerate(groups))
    squares = sum(place * place * each for place, (each, _) in enumerate(groups))
    spread = squares - weighted * weighted / n
    if spread <= 0:
        return None
    rise = sum(place * (found - each * part) for place, (each, found) in enumerate(groups))
    z = rise / math.sqrt(part * (1 - part) * spread)
    return Trend(z, math.erfc(abs(z) / math.sqrt(2)))
