"""A run on Spark over all buckets of a snapshot: each is one job, read, reckoned and handed over by an executor, then written by
the driver as runs.run would write it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from rongxin.engine.risk.classifying import SOLE_TRADER, NotClassified
from rongxin.engine.risk.layout import Snapshot
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.results import Results, presence_file
from rongxin.engine.risk.snapshots import Progress, Reader, quiet
from rongxin.engine.risk.spark.enterprises import Columns
from rongxin.engine.risk.spark.reading import SparkReader, spark_path
from rongxin.engine.risk.spark.session import session
from rongxin.engine.risk.tables import CLASSES, FACTORS, FINDINGS, PRESENCE, Classified
from rongxin.engine.risk.writing import begun, over

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AT_ONCE: Final = 32
"""So many buckets are asked of Spark at the same time; as many as there are cores are under way."""
_HANDED_OVER: Final = ".spark"


class NotShared(OSError):
    """The driver does not see what executors wrote: the folder of results lies on no storage that they share."""


def run_on_spark(plan: Plan, snapshot: Snapshot, out: Path, master: str, progress: Progress = quiet) -> Results:
    """What runs.run does, by the Spark cluster at ``master``: the same results in the same layout. ``snapshot`` and ``out`` lie on
    storage that the driver and all executors know under the same path.

    SparkAbsent where Spark is not installed or the cluster does not answer, NotShared where the storage is not shared,
    NotClassified where a sole trader stands in the snapshot; else as runs.run.
    """
    reader = Reader(snapshot)
    with session(master) as spark, begun(plan, snapshot, out, f"spark {spark.version}") as work:
        folder = out / _HANDED_OVER
        presence = work.kept_presence() or _present(plan, reader, spark, folder)
        work.keep_presence(presence)
        rows = SparkReader(spark, reader, plan)
        columns = Columns(plan, {*rows.kinds})
        places = {place: out / presence_file(place) for place in presence}

        def each(bucket: int) -> None:
            if not work.is_whole(bucket):
                work.write(
                    bucket, _classified(handed_over(columns.classified(rows, bucket, places), folder / f"{bucket:05d}"))
                )

        over(reader.buckets, each, progress, AT_ONCE)
        shutil.rmtree(folder, ignore_errors=True)
        return work.finish()


def handed_over(told: "DataFrame", folder: Path) -> pl.DataFrame:
    """What an executor makes of ``told``, an enterprise a row, by way of ``folder``, which is gone afterwards.

    NotShared where the driver does not see it there; NotClassified where a sole trader is among it.
    """
    told.write.mode("overwrite").parquet(spark_path(folder))
    files = sorted(folder.glob("part-*.parquet"))
    if not files:
        raise NotShared(f"{folder} is empty after an executor wrote to it: no shared storage (docs/cluster.md)")
    rows = pl.concat([pl.read_parquet(file, glob=False, hive_partitioning=False) for file in files])
    shutil.rmtree(folder)
    if (rows["category"] == SOLE_TRADER).any():
        raise NotClassified
    return rows.sort("subject")


def _present(plan: Plan, reader: Reader, spark: "SparkSession", folder: Path) -> Mapping[int, pl.DataFrame]:
    """PRESENCE of the indicators that others look at, over all buckets."""
    places = plan.named_by_related
    if not places:
        return {}
    narrow = plan.only(places)
    rows = SparkReader(spark, reader, narrow)
    columns = Columns(narrow, {*rows.kinds})

    def each(bucket: int) -> pl.DataFrame:
        return _rows_of(handed_over(columns.present(rows, bucket), folder / f"{bucket:05d}"), "presence")

    found = pl.concat(over(reader.buckets, each, quiet, AT_ONCE))
    return {
        place: found.filter(pl.col("place") == number).select(
            pl.col(name).cast(dtype) for name, dtype in PRESENCE.items()
        )
        for number, place in enumerate(places)
    }


def _classified(rows: pl.DataFrame) -> Classified:
    """CLASSES, FACTORS and FINDINGS of what an executor handed over."""
    found = _rows_of(rows, "findings") if "findings" in rows.columns else pl.DataFrame(schema=dict(FINDINGS))
    return Classified(
        factors=_as(FACTORS, _rows_of(rows, "factors")),
        classes=_as(CLASSES, rows),
        findings=_as(FINDINGS, found).sort("kind", "subject", "decided_on"),
    )


def _rows_of(rows: pl.DataFrame, lists: str) -> pl.DataFrame:
    """The rows that stand in a list of each enterprise, with its key."""
    filled = rows.select("subject", lists).filter(pl.col(lists).list.len() > 0)
    return filled.explode(lists).unnest(lists)


def _as(schema: Mapping[str, pl.DataType], rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
