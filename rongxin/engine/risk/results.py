"""What a run wrote, in a folder of its own.

plan.json                       the plan, kept as evidence
begun.json                      of which snapshot; on the results of which run before it builds, if on any
presence/<place>.parquet        PRESENCE of each indicator that others look at through shares, over all buckets
factors/<bucket>.parquet        FACTORS
findings/<bucket>.parquet       FINDINGS, where there are any
replaced/<bucket>.parquet       of a run that builds on another: the enterprises of which it says anew all there is to say
classes/<bucket>.parquet        CLASSES, written last: then the bucket is whole
run.json                        written last of all: without it the run does not exist
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from rongxin.engine.risk.layout import File, Schema, bucket_file, bucket_of, identified
from rongxin.engine.risk.plans import GRADES, NO_FLOOR, Plan
from rongxin.engine.risk.tables import CLASSES, FACTORS, FINDINGS
from rongxin.primitives.canonical import canonical_json
from rongxin.primitives.files import write_file

FORMAT: Final = 1
RUN: Final = "run.json"
PLAN: Final = "plan.json"
BEGUN: Final = "begun.json"
CLASSES_TABLE: Final = "classes"
FACTORS_TABLE: Final = "factors"
FINDINGS_TABLE: Final = "findings"
REPLACED_TABLE: Final = "replaced"
_PRESENCE: Final = "presence"
_REPLACED: Final[Schema] = {"subject": pl.Int64()}


class ResultsDamaged(ValueError):
    """A file of a run is missing or cannot be read."""


@dataclass(frozen=True)
class Run:
    """What a run is. ``plan``: the digest of its plan; ``snapshot``: the id of what it read; ``engine``: what reckoned;
    ``files``: by path; ``classes``: how many enterprises have each; ``on``: the folder, seen from this one, and the id of the
    run on whose results it builds.
    """

    day: date
    plan: str
    snapshot: str
    engine: str
    classes: dict[str, int]
    files: dict[str, File]
    on: tuple[str, str] | None = None
    format: int = FORMAT
    id: str = ""

    def json(self) -> str:
        """As canonical JSON."""
        content = asdict(self) | {"day": self.day.isoformat()}
        return canonical_json(content)

    @classmethod
    def of_json(cls, text: str) -> "Run":
        """The run that ``json`` wrote; ValueError for any other text, another format, or a changed one."""
        try:
            content: dict[str, Any] = json.loads(text)
            if content["format"] != FORMAT:
                raise ValueError(f"format {content['format']}, not {FORMAT}")
            run = cls(
                **content
                | {
                    "day": date.fromisoformat(content["day"]),
                    "files": {path: File(**file) for path, file in content["files"].items()},
                    "on": tuple(content["on"]) if content["on"] else None,
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no run: {error!r}") from error
        if identified(run).id != run.id:
            raise ValueError("it was changed: its id is not that of its content")
        return run


def presence_file(place: int) -> str:
    """Where PRESENCE of an indicator stands."""
    return f"{_PRESENCE}/{place:05d}.parquet"


@dataclass(frozen=True)
class Results:
    """The results of a run and of those on which it builds, ``parts``, the oldest first."""

    folder: Path
    run: Run
    parts: tuple["Results", ...] = ()

    @classmethod
    def at(cls, folder: Path) -> "Results":
        """The results in ``folder``; FileNotFoundError where a run was not finished, ResultsDamaged where it or one on which it
        builds is damaged or gone.
        """
        try:
            run = Run.of_json((folder / RUN).read_text(encoding="utf-8"))
        except ValueError as error:
            raise ResultsDamaged(f"{folder / RUN}: {error}") from error
        if run.on is None:
            return cls(folder, run)
        path, id = run.on
        try:
            before = cls.at(Path(os.path.normpath(folder / path)))
        except FileNotFoundError as error:
            raise ResultsDamaged(f"{folder} builds on {path}, which is gone: run in full") from error
        if before.run.id != id:
            raise ResultsDamaged(f"{folder} builds on {id}; {path} is {before.run.id}: run in full")
        return cls(folder, run, (*before.parts, before))

    @cached_property
    def plan(self) -> Plan:
        """The plan of the run."""
        plan = Plan.from_canonical((self.folder / PLAN).read_text(encoding="utf-8"))
        if plan.digest != self.run.plan:
            raise ResultsDamaged(f"{self.folder / PLAN} is not the plan of this run")
        return plan

    @property
    def buckets(self) -> list[int]:
        """The buckets in which there are classes, in order."""
        files = {path for part in (*self.parts, self) for path in part.run.files if path.startswith(CLASSES_TABLE)}
        return sorted({int(Path(path).stem) for path in files})

    def classes(self, bucket: int, columns: list[str] | None = None) -> pl.DataFrame:
        """CLASSES of a bucket."""
        return self._table(CLASSES_TABLE, bucket, CLASSES, columns)

    def factors(self, bucket: int) -> pl.DataFrame:
        """FACTORS of a bucket."""
        return self._table(FACTORS_TABLE, bucket, FACTORS)

    def findings(self, bucket: int) -> pl.DataFrame:
        """FINDINGS of a bucket."""
        return self._table(FINDINGS_TABLE, bucket, FINDINGS)

    def presence(self) -> dict[int, pl.DataFrame]:
        """PRESENCE by the places of the indicators that others look at."""
        return {place: self._read(presence_file(place), None) for place in self.plan.named_by_related}

    def of(self, subject: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """CLASSES and FACTORS of one enterprise; no row of either where it is not classified."""
        bucket = bucket_of(subject)
        for part in (self, *reversed(self.parts)):
            is_told = part.run.on is None or subject in part._own(REPLACED_TABLE, bucket, _REPLACED, subject)["subject"]
            if is_told:
                told = (part._own(table, bucket, schema, subject) for table, schema in _OF_ONE)
                return next(told), next(told)
        raise ResultsDamaged(f"{self.folder} builds on nothing")

    def _table(self, table: str, bucket: int, schema: Schema, columns: list[str] | None = None) -> pl.DataFrame:
        wanted = columns or list(schema)
        found, gone = [], np.empty(0, np.int64)
        for part in (self, *reversed(self.parts)):
            path = bucket_file(table, bucket)
            if path in part.run.files:
                rows = part._read(path, wanted)
                if len(gone):
                    rows = rows.filter(pl.Series(~np.isin(rows["subject"].to_numpy(), gone)))
                found.append(rows)
            path = bucket_file(REPLACED_TABLE, bucket)
            if path in part.run.files:
                gone = np.concatenate([gone, part._read(path, None)["subject"].to_numpy()])
        if not found:
            return pl.DataFrame(schema={name: schema[name] for name in wanted})
        return pl.concat(found).sort("subject", maintain_order=True) if len(found) > 1 else found[0]

    def _own(self, table: str, bucket: int, schema: Schema, subject: int) -> pl.DataFrame:
        """The rows of one enterprise that this very run wrote."""
        path = bucket_file(table, bucket)
        if path not in self.run.files:
            return pl.DataFrame(schema=dict(schema))
        try:
            return pl.scan_parquet(self.folder / path, glob=False).filter(pl.col("subject") == subject).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ResultsDamaged(f"{self.folder / path} cannot be read ({error}): run in full") from error

    def _read(self, path: str, columns: list[str] | None) -> pl.DataFrame:
        try:
            return pl.read_parquet(self.folder / path, columns=columns, glob=False, hive_partitioning=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ResultsDamaged(f"{self.folder / path} cannot be read ({error}): run in full") from error

    def lines(self) -> Iterator[str]:
        """All as canonical JSON Lines by enterprise: equal lines are equal results, whatever reckoned them."""
        names = [weighed.name for weighed in self.plan.indicators]
        floors = [floor.name for floor in self.plan.floors]
        for bucket in self.buckets:
            factors: dict[int, list[dict[str, Any]]] = {}
            for row in self.factors(bucket).iter_rows(named=True):
                told = {name: _plain(value) for name, value in row.items() if name != "subject" and value is not None}
                factors.setdefault(row["subject"], []).append(told | {"indicator": names[row["indicator"]]})
            for row in self.classes(bucket).iter_rows(named=True):
                floor = floors[row["floor"]] if row["floor"] != NO_FLOOR else None
                told = row | {"class": GRADES[row["class"]].value, "floor": floor, "next_on": _plain(row["next_on"])}
                told["factors"] = factors.get(row["subject"], [])
                yield canonical_json(told)


_OF_ONE: Final = ((CLASSES_TABLE, CLASSES), (FACTORS_TABLE, FACTORS))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def write_run(folder: Path, run: Run) -> Results:
    """Write ``run.json``, with its id: from now on the run exists."""
    write_file(folder / RUN, identified(run).json().encode())
    return Results.at(folder)


@dataclass(frozen=True)
class Movement:
    """What is otherwise in a bucket between two runs.

    ``classes``: subject, class_before, class_after, points_before, points_after of those in another class; null where it has none.
    ``factors``: subject, indicator (name), points_before, points_after of those enterprises, where they differ.
    """

    bucket: int
    classes: pl.DataFrame
    factors: pl.DataFrame


def movements(before: Results, after: Results) -> Iterator[Movement]:
    """Who moved between two runs, and which factors are otherwise; bucket by bucket, those in which nobody moved left out."""
    for bucket in sorted({*before.buckets, *after.buckets}):
        both = classes_of_both(before, after, bucket, ("class", "points"))
        moved = both.filter(pl.col("class_before").ne_missing(pl.col("class_after")))
        if moved.height:
            yield Movement(bucket, moved, factors_otherwise(before, after, bucket, moved["subject"]))


def classes_of_both(before: Results, after: Results, bucket: int, columns: Iterable[str]) -> pl.DataFrame:
    """Columns of CLASSES as <column>_before and <column>_after of every enterprise of a bucket that one of two runs classifies, by
    subject; null where a run does not.
    """
    names = list(columns)
    one, two = (
        each.classes(bucket, ["subject", *names]).rename({name: f"{name}_{when}" for name in names})
        for each, when in ((before, "before"), (after, "after"))
    )
    ordered = (f"{name}_{when}" for name in names for when in ("before", "after"))
    return one.join(two, on="subject", how="full", coalesce=True).select("subject", *ordered).sort("subject")


def factors_otherwise(before: Results, after: Results, bucket: int, subjects: pl.Series | None = None) -> pl.DataFrame:
    """subject, indicator (name), points_before, points_after of what two runs do not agree on in a bucket, or of these
    ``subjects`` in it, by subject and indicator; 0 where a run has no such factor.
    """
    names = sorted({weighed.name for each in (before, after) for weighed in each.plan.indicators})
    size, told = max(len(names), 1), []
    for each in (before, after):
        places = pl.Series([names.index(weighed.name) for weighed in each.plan.indicators], dtype=pl.Int64)
        rows = each.factors(bucket)
        if subjects is not None:
            rows = rows.filter(pl.col("subject").is_in(subjects.implode()))
        # One number for subject and indicator is joined several times faster than the two.
        told.append(rows.select(pl.col("subject") * size + pl.lit(places).gather("indicator"), "points"))
    both = told[0].join(told[1], on="subject", how="full", coalesce=True, suffix="_after")
    points = pl.col("points").fill_null(0), pl.col("points_after").fill_null(0)
    return (
        both.select("subject", points[0].alias("points_before"), points[1].alias("points_after"))
        .filter(pl.col("points_before") != pl.col("points_after"))
        .sort("subject")
        .select(
            pl.col("subject") // size,
            pl.lit(pl.Series(names, dtype=pl.String)).gather(pl.col("subject") % size).alias("indicator"),
            "points_before",
            "points_after",
        )
    )
