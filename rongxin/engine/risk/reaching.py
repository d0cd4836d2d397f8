"""Whom each difference of two plans reaches, in one bucket of two runs."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from rongxin.engine.risk.differences import Difference, Part, Told
from rongxin.engine.risk.layout import Schema
from rongxin.engine.risk.results import Results, factors_otherwise

REACH: Final[Schema] = {
    "part": pl.String(),
    "name": pl.String(),
    "enterprises": pl.Int64(),
    "points_up": pl.Int64(),
    "points_down": pl.Int64(),
    "moved_up": pl.Int64(),
    "moved_down": pl.Int64(),
}
"""How many enterprises an indicator, bound, threshold or hard rule reaches, the points it adds to and takes off all of them, and
how many of them come into a class of higher or of lower risk.
"""


def reach_of(
    before: Results, after: Results, differences: Iterable[Difference], bucket: int, both: pl.DataFrame
) -> pl.DataFrame:
    """REACH of a bucket; what reaches nobody is left out. ``both``: subject and, each _before and _after, class, points and floor
    (its name) of all enterprises.
    """
    otherwise = factors_otherwise(before, after, bucket)
    points = (pl.col("points_after") - pl.col("points_before")).alias("points")
    found = [_told(Part.INDICATORS, otherwise.select("subject", pl.col("indicator").alias("name"), points), both)]
    for each in differences:
        match each.part:
            case Part.DIMENSIONS:
                found.append(_told(each.part, _by_bound(after, bucket, each), both))
            case Part.CLASSES:
                found.append(_told(each.part, _reached(both.filter(_crosses(each)), each), both))
            case Part.FLOORS:
                found.append(_told(each.part, _reached(both.filter(_begins_or_ceases(each)), each), both))
    return pl.concat(found)


def _told(part: Part, reached: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """REACH of what ``reached`` whom: subject, name, points."""
    rows = reached.join(both.select("subject", "class_before", "class_after"), on="subject")
    told = rows.group_by("name").agg(
        pl.lit(part.value).first().alias("part"),
        pl.len().alias("enterprises"),
        pl.col("points").clip(0).sum().alias("points_up"),
        (-pl.col("points")).clip(0).sum().alias("points_down"),
        (pl.col("class_after") > pl.col("class_before")).sum().alias("moved_up"),
        (pl.col("class_after") < pl.col("class_before")).sum().alias("moved_down"),
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in REACH.items())


def _reached(rows: pl.DataFrame, difference: Difference, points: pl.Expr | None = None) -> pl.DataFrame:
    brings = pl.lit(0, pl.Int64) if points is None else points
    return rows.select("subject", pl.lit(difference.name).alias("name"), brings.alias("points"))


def _by_bound(after: Results, bucket: int, difference: Difference) -> pl.DataFrame:
    """What the bound of a dimension does to the points that the plan after brings in it."""
    places = [place for place, each in enumerate(after.plan.indicators) if each.indicator.dimension == difference.name]
    sums = (
        after.factors(bucket).filter(pl.col("indicator").is_in(places)).group_by("subject").agg(pl.col("points").sum())
    )
    one, two = (_bounded(told) for told in (difference.before, difference.after))
    return _reached(sums.filter(one != two), difference, two - one)


def _bounded(told: Told | None) -> pl.Expr:
    points = pl.col("points").cast(pl.Int64)
    most = told["most"] if told else None
    return points.clip(-most, most) if isinstance(most, int) else points


def _crosses(difference: Difference) -> pl.Expr:
    """Whether the points after lie on the other side of a threshold."""
    one, two = ((told or {}).get("least") for told in (difference.before, difference.after))
    return (pl.col("points_after") >= one) != (pl.col("points_after") >= two)


def _begins_or_ceases(difference: Difference) -> pl.Expr:
    """Whether a hard rule holds before or after and not both, or both with another lowest class."""
    one, two = ((pl.col(f"floor_{when}") == difference.name).fill_null(value=False) for when in ("before", "after"))
    lowest = [(told or {}).get("lowest") for told in (difference.before, difference.after)]
    return one ^ two if lowest[0] == lowest[1] else one | two
