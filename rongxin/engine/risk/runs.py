"""A run over all buckets of a snapshot, in full or of what changed since another run.

Four buckets are under way at once; each is read, classified and written before the next, so that memory is bounded by a bucket. A
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
from rongxin.engine.risk.tables import PRESENCE, Classified, Presence, Tables
from rongxin.engine.risk.writing import AT_ONCE, Work, begun, over

ENGINE: Final = f"polars {pl.__version__}"
FEW: Final = 1 << 15
MOST_TOGETHER: Final = 16
"""So many buckets are classified together where few enterprises of each are."""


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

        def due(bucket: int) -> Array:
            told = before.classes(bucket, ["subject", "next_on"])
            come = told.filter(pl.col("next_on") <= plan.day)["subject"].to_numpy()
            return np.union1d(_of_bucket(keys, bucket), come)

        def each(few: dict[int, Array]) -> None:
            _anew(
                plan, reader, {bucket: its for bucket, its in few.items() if not work.is_whole(bucket)}, presence, work
            )

        buckets = sorted({*reader.buckets, *before.buckets})
        anew = dict(zip(buckets, over(buckets, due, quiet, AT_ONCE), strict=True))
        over(_shared_out(anew), each, progress, AT_ONCE)
        return work.finish()


def _shared_out(anew: dict[int, Array]) -> list[dict[int, Array]]:
    """The enterprises of each bucket, MOST_TOGETHER buckets put together up to FEW enterprises: what a bucket costs, however few
    of it are reckoned, is paid once for all of them; but in so many parts that AT_ONCE of them end at the same time.
    """
    parts: list[dict[int, Array]] = []
    rounds = -(-len(anew) // (AT_ONCE * MOST_TOGETHER))
    most = -(-len(anew) // max(AT_ONCE * rounds, 1))
    for bucket, keys in anew.items():
        if not len(keys):
            continue
        last = parts[-1] if parts else {}
        if not last or len(last) == most or sum(map(len, last.values())) + len(keys) > FEW:
            parts.append({})
        parts[-1][bucket] = keys
    return parts


def _anew(plan: Plan, reader: Reader, few: dict[int, Array], presence: Presence, work: Work) -> None:
    """Classify the enterprises of these buckets together, and write each bucket by itself."""
    if not few:
        return
    tables = _together([reader.bucket_tables(bucket, plan, only=keys) for bucket, keys in few.items()])
    classified = classify(plan, tables, presence)
    for bucket, keys in few.items():
        its = pl.col("subject").is_between(bucket << SHIFT, ((bucket + 1) << SHIFT) - 1)
        parts = (classified.factors, classified.classes, classified.findings)
        work.write(bucket, Classified(*(rows.filter(its) for rows in parts)), keys)


def _together(parts: list[Tables]) -> Tables:
    """The tables of several buckets, which rise, as one."""
    if len(parts) == 1:
        return parts[0]
    kinds = {kind for part in parts for kind in part.records}
    links = [part.links for part in parts if part.links is not None]
    return Tables(
        pl.concat([part.subjects for part in parts]),
        {kind: pl.concat([part.records[kind] for part in parts if kind in part.records]) for kind in kinds},
        pl.concat(links) if links else None,
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
        only = None if keys is None else _of_bucket(keys, bucket)
        return present(plan, reader.bucket_tables(bucket, narrow, only=only))

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
