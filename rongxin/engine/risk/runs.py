"""A run over all buckets of a snapshot, in full or of what changed since another run.

Two buckets are under way at once; each is read, classified and written before the next, so that memory is bounded by a bucket. A
run that was killed goes on with the buckets that are not yet whole.
"""

from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from rongxin.engine.risk.classifying import classify, present
from rongxin.engine.risk.grouping import Array
from rongxin.engine.risk.layout import SHIFT, Snapshot
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.snapshots import Progress, Reader, quiet
from rongxin.engine.risk.tables import PRESENCE, Presence, Tables
from rongxin.engine.risk.writing import Work, begun, over

ENGINE: Final = f"polars {pl.__version__}"
AT_ONCE: Final = 2


class OtherRules(ValueError):
    """The run before was made under rules of which more than the day is different: only a run in full says what holds."""


def run(plan: Plan, snapshot: Snapshot, out: Path, progress: Progress = quiet) -> Results:
    """Classify every enterprise of ``snapshot`` into the folder ``out``, or finish there what a killed run of the same began.

    FileExistsError where a finished run stands there, ValueError where another was begun, BlockingIOError where one is writing.
    """
    reader = Reader(snapshot)
    with begun(plan, snapshot, out, ENGINE) as work:
        presence = work.kept_presence() or _present(plan, reader, reader.buckets)
        work.keep_presence(presence)

        def each(bucket: int) -> None:
            if not work.is_whole(bucket):
                work.write(bucket, classify(plan, reader.bucket_tables(bucket, plan), presence))

        over(reader.buckets, each, progress, AT_ONCE)
        return work.finish()


def rerun(
    plan: Plan, snapshot: Snapshot, before: Results, changed: pl.Series, out: Path, progress: Progress = quiet
) -> Results:
    """Classify anew only the enterprises that are ``changed`` in ``snapshot`` since the one that the run ``before`` read, those for
    whom a day has come, and those whom another's change reaches through shares. The results are those of a run in full.

    OtherRules where more than the day is different, or the day is an earlier one; else as ``run``.
    """
    if before.plan.on(plan.day) != plan or plan.day < before.run.day:
        raise OtherRules("the rules are others than those of the run before, or the day is an earlier one: run in full")
    reader = Reader(snapshot)
    keys = np.unique(changed.to_numpy())
    with begun(plan, snapshot, out, ENGINE, before, keys) as work:
        presence, reached = _present_anew(plan, reader, before, keys)
        work.keep_presence(presence)
        keys = np.union1d(keys, reached)

        def each(bucket: int) -> None:
            if not work.is_whole(bucket):
                _anew(plan, reader, before, bucket, keys, presence, work)

        over(sorted({*reader.buckets, *before.buckets}), each, progress, AT_ONCE)
        return work.finish()


def _anew(
    plan: Plan, reader: Reader, before: Results, bucket: int, keys: Array, presence: Presence, work: Work
) -> None:
    told = before.classes(bucket, ["subject", "next_on"])
    due = told.filter(pl.col("next_on") <= plan.day)["subject"].to_numpy()
    anew = np.union1d(_of_bucket(keys, bucket), due)
    if len(anew):
        work.write(bucket, classify(plan, _only(reader.bucket_tables(bucket, plan), anew), presence), anew)


def _only(tables: Tables, keys: Array) -> Tables:
    """The tables of a few enterprises; what others have is passed over."""
    return Tables(
        tables.subjects.filter(pl.Series(np.isin(tables.subjects["subject"].to_numpy(), keys))),
        tables.records,
        tables.links,
    )


def _of_bucket(keys: Array, bucket: int) -> Array:
    return keys[slice(*np.searchsorted(keys, [bucket << SHIFT, (bucket + 1) << SHIFT]))]


def _present(plan: Plan, reader: Reader, buckets: list[int], keys: Array | None = None) -> dict[int, pl.DataFrame]:
    """PRESENCE of the indicators that others look at, of all enterprises or of those with these keys."""
    named = plan.named_by_related
    if not named:
        return {}
    narrow = plan.only(named)

    def each(bucket: int) -> dict[int, pl.DataFrame]:
        tables = reader.bucket_tables(bucket, narrow)
        return present(plan, tables if keys is None else _only(tables, _of_bucket(keys, bucket)))

    parts = over(buckets, each, quiet, AT_ONCE)
    empty = pl.DataFrame(schema=dict(PRESENCE))
    return {place: pl.concat([empty, *(part[place] for part in parts)]) for place in named}


def _present_anew(plan: Plan, reader: Reader, before: Results, changed: Array) -> tuple[dict[int, pl.DataFrame], Array]:
    """PRESENCE of all, reckoned anew of those who changed or for whom a day has come; and whom that reaches through shares."""
    stood = before.presence()
    if not stood:
        return {}, np.empty(0, np.int64)
    come = [rows.filter(pl.col("next_on") <= plan.day)["subject"].to_numpy() for rows in stood.values()]
    keys = np.unique(np.concatenate([changed, *come]))
    buckets = np.unique(keys >> SHIFT).tolist()
    anew = _present(plan, reader, sorted({*buckets} & {*reader.buckets}), keys)
    presence, other = {}, [np.empty(0, np.int64)]
    for place, rows in stood.items():
        gone = rows.filter(pl.Series(np.isin(rows["subject"].to_numpy(), keys)))
        for one, two in ((gone, anew[place]), (anew[place], gone)):
            other.append(one.join(two, on=list(PRESENCE), how="anti", nulls_equal=True)["subject"].to_numpy())
        stays = rows.filter(pl.Series(~np.isin(rows["subject"].to_numpy(), keys)))
        presence[place] = pl.concat([stays, anew[place]]).sort("subject")
    return presence, _linked(reader, np.unique(np.concatenate(other)))


def _linked(reader: Reader, keys: Array) -> Array:
    """Those who hold a share of one of ``keys``, or of whom one of them holds a share."""
    found = [np.empty(0, np.int64)]
    for bucket in np.unique(keys >> SHIFT).tolist():
        links = reader.links(bucket)
        if links is not None:
            found.append(links.filter(pl.Series(np.isin(links["subject"].to_numpy(), keys)))["other"].to_numpy())
    return np.unique(np.concatenate(found))
