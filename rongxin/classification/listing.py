"""Which enterprises have a class in a run, and who moved between two runs: asked of the results, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.classification.models import Run
from rongxin.classification.running import results_of, snapshot_of
from rongxin.engine.risk.layout import SUBJECTS_TABLE
from rongxin.engine.risk.moves import Moves, cell
from rongxin.engine.risk.plans import GRADES
from rongxin.engine.risk.results import movements
from rongxin.engine.risk.snapshots import Reader
from rongxin.policy.indicators import RiskClass

MOST_INDICATORS: Final = 12


@dataclass(frozen=True, slots=True)
class Listed:
    """The enterprises of a page, by key with their points, the most first; ``number``: how many there are in all."""

    number: int
    points: dict[int, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """An enterprise that is in another class; None: it had none, or has none any more."""

    subject: int
    before: RiskClass | None
    after: RiskClass | None
    points_before: int | None
    points_after: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is otherwise between two runs. ``moves``: of those in another class alone. ``indicators``: by name, of how many of those
    who moved the points differ, and by how many points in all. ``sample``: those who moved furthest.
    """

    moves: Moves
    indicators: dict[str, tuple[int, int]]
    sample: tuple[Moved, ...]


def listed(run: Run, grade: RiskClass, region: str, *, offset: int, limit: int) -> Listed:
    """The enterprises of a class whose region begins with ``region``. FileNotFoundError where the snapshot of the run is gone."""
    number, best = 0, pl.DataFrame(schema={"subject": pl.Int64, "points": pl.Int32})
    for found in _of_class(run, grade, region):
        number += found.height
        best = pl.concat([best, found]).sort("points", "subject", descending=[True, False]).head(offset + limit)
    return Listed(number, dict(best.slice(offset, limit).iter_rows()))


def every_one(run: Run, grade: RiskClass, region: str) -> Iterator[tuple[int, int]]:
    """All of them, key and points, bucket by bucket."""
    for found in _of_class(run, grade, region):
        yield from found.iter_rows()


def _of_class(run: Run, grade: RiskClass, region: str) -> Iterator[pl.DataFrame]:
    """Subject and points of those in a class whose region begins with ``region``, bucket by bucket."""
    results, reader = results_of(run), Reader(snapshot_of(run))
    for bucket in results.buckets:
        found = results.classes(bucket, ["subject", "points", "class"]).filter(pl.col("class") == GRADES.index(grade))
        subjects = reader.table(SUBJECTS_TABLE, bucket, ["subject", "region"]) if region else None
        if subjects is not None:
            its = subjects.filter(pl.col("region").str.starts_with(region))
            found = found.join(its, on="subject", how="semi")
        yield found.select("subject", "points")


def compare(before: Run, after: Run, *, most: int) -> Comparison:
    """What is otherwise in ``after``; at most ``most`` of those who moved, those furthest first."""
    moves = Moves()
    indicators: dict[str, tuple[int, int]] = {}
    furthest = pl.DataFrame()
    for movement in movements(results_of(before), results_of(after)):
        moves += Moves.of(movement.classes.select(cell()).to_series())
        changed = movement.factors.with_columns(moved=pl.col("points_after") - pl.col("points_before"))
        for name, number, points in (
            changed.group_by("indicator")
            .agg(pl.len(), pl.col("moved").sum().alias("sum"))
            .sort("indicator")
            .iter_rows()
        ):
            had = indicators.get(name, (0, 0))
            indicators[name] = had[0] + number, had[1] + points
        furthest = _furthest(pl.concat([furthest, movement.classes]) if furthest.height else movement.classes, most)
    largest = sorted(indicators.items(), key=lambda each: (-each[1][0], each[0]))[:MOST_INDICATORS]
    return Comparison(moves, dict(largest), tuple(_moved(row) for row in furthest.iter_rows(named=True)))


def _furthest(rows: pl.DataFrame, most: int) -> pl.DataFrame:
    steps = (pl.col("class_after").cast(pl.Int16) - pl.col("class_before").cast(pl.Int16)).abs().fill_null(0)
    points = (pl.col("points_after") - pl.col("points_before")).abs().fill_null(0)
    return (
        rows.with_columns(steps.alias("_steps"), points.alias("_points"))
        .sort("_steps", "_points", "subject", descending=[True, True, False])
        .head(most)
        .drop("_steps", "_points")
    )


def _moved(row: dict[str, int | None]) -> Moved:
    subject, before, after = row["subject"], row["class_before"], row["class_after"]
    assert subject is not None
    return Moved(
        subject,
        None if before is None else GRADES[before],
        None if after is None else GRADES[after],
        row["points_before"],
        row["points_after"],
    )
