"""The tables that a bucket is classified from, and those that come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rongxin.engine.risk.layout import Schema

FACTORS: Final[Schema] = {
    "subject": pl.Int64(),
    "indicator": pl.UInt16(),
    "value": pl.Int64(),
    "word": pl.String(),
    "points": pl.Int32(),
    "next_on": pl.Date(),
    "gone_on": pl.Date(),
}
"""What an indicator brings an enterprise, where it brings points or a hard rule names it; by subject, indicator.

``indicator``: its place in the plan. ``value``: null where the value is a ``word``. ``points``: below 0 where they are taken off.
``next_on``: up to the day before nothing about it changes by itself, but on that day a row behind it comes, goes or fades, or a
month gets full; null: never. ``gone_on``: from that day on no row is behind it, if none is filed; null: never.
"""

CLASSES: Final[Schema] = {
    "subject": pl.Int64(),
    "points": pl.Int32(),
    "class": pl.UInt8(),
    "floor": pl.UInt8(),
    "next_on": pl.Date(),
}
"""The class of every enterprise, by subject.

``class``: 0 a … 3 d. ``floor``: the place in the plan of the hard rule that holds, the strictest, of those the first; 255: none; it
may leave the class where the points put it. ``next_on``: up to the day before nothing of this changes by itself, nor does an
indicator begin to have a value; null: never.
"""

FINDINGS: Final[Schema] = {
    "subject": pl.Int64(),
    "kind": pl.String(),
    "decided_on": pl.Date(),
    "established_on": pl.Date(),
}
"""Records decided before their enterprise was established; they do not count."""

PRESENCE: Final[Schema] = {"subject": pl.Int64(), "has": pl.Boolean(), "next_on": pl.Date(), "gone_on": pl.Date()}
"""Of an indicator that others look at through shares: the enterprises that have a value or, ``has`` false, will have one by
itself.
"""


@dataclass(frozen=True)
class Tables:
    """The rows of a bucket as the snapshot has them: of a kind that is not there, there are no records."""

    subjects: pl.DataFrame
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    links: pl.DataFrame | None = None


@dataclass(frozen=True)
class Classified:
    """What came of a bucket: FACTORS, CLASSES, FINDINGS."""

    factors: pl.DataFrame
    classes: pl.DataFrame
    findings: pl.DataFrame


Presence = Mapping[int, pl.DataFrame]
"""PRESENCE over all buckets, by the place of the indicator."""
