"""A run over all buckets of a snapshot, in full or of what changed since another run.

Two buckets are under way at once; each is read, classified and written before the next, so that memory is bounded by a bucket. A
run that was killed goes on with the buckets that are not yet whole.
"""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import polars as pl

from rongxin.engine.risk.classifying import classify, present
from rongxin.engine.risk.grouping import Array
from rongxin.engine.risk.layout import SHIFT, File, Snapshot, bucket_file, held, write_table
from rongxin.engine.risk.plans import GRADES, Plan
from rongxin.engine.risk.results import (
    BEGUN,
    CLASSES_TABLE,
    FACTORS_TABLE,
    FINDINGS_TABLE,
    PLAN,
    REPLACED_TABLE,
    RUN,
    Results,
    Run,
    presence_file,
    write_run,
)
from rongxin.engine.risk.snapshots import Progress, Reader, quiet
from rongxin.engine.risk.tables import PRESENCE, Classified, Presence, Tables
from rongxin.primitives.files import write_file

ENGINE: Final = f"polars {pl.__version__}"
AT_ONCE: Final = 2

T = TypeVar("T")


class OtherRules(ValueError):
    """The run before was made under rules of which more than the day is different: only a run in full says what holds."""


def run(plan: Plan, snapshot: Snapshot, out: Path, progress: Progress = quiet) -> Results:
    """Classify every enterprise of ``snapshot`` into the folder ``out``, or finish there what a killed run of the same began.

    FileExistsError where a finished run stands there, ValueError where another was begun, BlockingIOError where one is writing.
    """
    reader = Reader(snapshot)
    with _begun(plan, snapshot, out) as work:
        presence = work.kept_presence() or _present(plan, reader, reader.buckets)
        work.keep_presence(presence)

        def each(bucket: int) -> None:
            if not work.is_whole(bucket):
                work.write(bucket, classify(plan, reader.bucket_tables(bucket, plan), presence))

        _over(reader.buckets, each, progress)
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
    with _begun(plan, snapshot, out, before, keys) as work:
        presence, reached = _present_anew(plan, reader, before, keys)
        work.keep_presence(presence)
        keys = np.union1d(keys, reached)

        def each(bucket: int) -> None:
            if not work.is_whole(bucket):
                _anew(plan, reader, before, bucket, keys, presence, work)

        _over(sorted({*reader.buckets, *before.buckets}), each, progress)
        return work.finish()


def _anew(
    plan: Plan, reader: Reader, before: Results, bucket: int, keys: Array, presence: Presence, work: "_Work"
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

    parts = _over(buckets, each, quiet)
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


class _Work:
    """The folder of a run while it is written."""

    def __init__(self, plan: Plan, snapshot: Snapshot, folder: Path, on: Results | None) -> None:
        self.plan, self.snapshot, self.folder, self.on = plan, snapshot, folder, on
        self.files: dict[str, File] = {}

    def kept_presence(self) -> dict[int, pl.DataFrame]:
        """PRESENCE as a killed run left it, if it wrote all."""
        paths = {place: self.folder / presence_file(place) for place in self.plan.named_by_related}
        if not all(path.exists() for path in paths.values()):
            return {}
        return {place: pl.read_parquet(path, glob=False) for place, path in paths.items()}

    def keep_presence(self, presence: Presence) -> None:
        """Write PRESENCE."""
        for place, rows in presence.items():
            self.files[presence_file(place)] = write_table(self.folder, presence_file(place), rows)

    def is_whole(self, bucket: int) -> bool:
        """Whether a killed run wrote all of a bucket; its files are then those of this run."""
        if not (self.folder / bucket_file(CLASSES_TABLE, bucket)).exists():
            return False
        for table in (REPLACED_TABLE, FACTORS_TABLE, FINDINGS_TABLE, CLASSES_TABLE):
            path = bucket_file(table, bucket)
            if (self.folder / path).exists():
                octets = (self.folder / path).read_bytes()
                rows = pl.scan_parquet(self.folder / path, glob=False).select(pl.len()).collect().item()
                self.files[path] = File(rows, len(octets), hashlib.sha256(octets).hexdigest())
        return True

    def write(self, bucket: int, classified: Classified, replaced: Array | None = None) -> None:
        """Write what came of a bucket; ``replaced``: of which enterprises of it, where others are as in the run before."""
        if replaced is not None:
            self._write(REPLACED_TABLE, bucket, pl.DataFrame({"subject": pl.Series(replaced, dtype=pl.Int64)}))
        self._write(FACTORS_TABLE, bucket, classified.factors)
        if classified.findings.height:
            self._write(FINDINGS_TABLE, bucket, classified.findings)
        self._write(CLASSES_TABLE, bucket, classified.classes)

    def _write(self, table: str, bucket: int, rows: pl.DataFrame) -> None:
        path = bucket_file(table, bucket)
        self.files[path] = write_table(self.folder, path, rows)

    def finish(self) -> Results:
        """Count the classes and write ``run.json``."""
        on = self.on
        run = Run(
            day=self.plan.day,
            plan=self.plan.digest,
            snapshot=self.snapshot.id,
            engine=ENGINE,
            classes={},
            files=dict(sorted(self.files.items())),
            on=None if on is None else (os.path.relpath(on.folder, self.folder), on.run.id),
        )
        results = Results(self.folder, run, () if on is None else (*on.parts, on))
        counts = np.zeros(len(GRADES), dtype=np.int64)
        for bucket in results.buckets:
            grades = results.classes(bucket, ["subject", "class"])["class"].to_numpy()
            counts += np.bincount(grades, minlength=len(GRADES))
        named = {grade.value: int(count) for grade, count in zip(GRADES, counts, strict=True)}
        return write_run(self.folder, replace(run, classes=named))


@contextmanager
def _begun(
    plan: Plan, snapshot: Snapshot, folder: Path, on: Results | None = None, changed: Array | None = None
) -> Iterator[_Work]:
    """The folder of a run, which only this process writes; what a killed run of the same began there is gone on with."""
    told = {
        "plan": plan.digest,
        "snapshot": snapshot.id,
        "on": on.run.id if on else None,
        "changed": hashlib.sha256(changed.tobytes()).hexdigest() if changed is not None else None,
        "engine": ENGINE,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder):
        if (folder / RUN).exists():
            raise FileExistsError(errno.EEXIST, "a finished run stands there", str(folder))
        if (folder / BEGUN).exists():
            if json.loads((folder / BEGUN).read_text(encoding="utf-8")) != told:
                raise ValueError(f"in {folder} another run was begun: take another folder or remove that one")
        else:
            write_file(folder / PLAN, plan.canonical_json().encode())
            write_file(folder / BEGUN, json.dumps(told).encode())
        yield _Work(plan, snapshot, folder, on)


def _over(buckets: list[int], work: Callable[[int], T], progress: Progress) -> list[T]:
    """What comes of each bucket, two of which are under way at once. The first error ends it."""
    done = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(work, bucket) for bucket in buckets]
        try:
            for each in running:
                done.append(each.result())
                progress(len(done), len(buckets))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return done
