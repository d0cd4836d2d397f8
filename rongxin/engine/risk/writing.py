"""The folder of a run while it is written, bucket by bucket, whatever reckons: a killed run goes on with what is not yet whole."""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import polars as pl

from rongxin.engine.risk.grouping import Array
from rongxin.engine.risk.layout import File, Snapshot, bucket_file, held, write_table
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
from rongxin.engine.risk.snapshots import Progress, quiet
from rongxin.engine.risk.tables import Classified, Presence
from rongxin.primitives.files import write_file

AT_ONCE: Final = 4
"""So many buckets does one process have in hand at the same time."""

T = TypeVar("T")
Part = TypeVar("Part")


class Work:
    """The folder of a run while it is written."""

    def __init__(self, plan: Plan, snapshot: Snapshot, folder: Path, engine: str, on: Results | None) -> None:
        self.plan, self.snapshot, self.folder, self.engine, self.on = plan, snapshot, folder, engine, on
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
            engine=self.engine,
            classes={},
            files=dict(sorted(self.files.items())),
            on=None if on is None else (os.path.relpath(on.folder, self.folder), on.run.id),
        )
        results = Results(self.folder, run, () if on is None else (*on.parts, on))

        def counted(bucket: int) -> Array:
            grades = results.classes(bucket, ["subject", "class"])["class"].to_numpy()
            return np.bincount(grades, minlength=len(GRADES))

        counts = sum(over(results.buckets, counted, quiet, AT_ONCE), np.zeros(len(GRADES), np.int64))
        named = {grade.value: int(count) for grade, count in zip(GRADES, counts, strict=True)}
        return write_run(self.folder, replace(run, classes=named))


@contextmanager
def begun(
    plan: Plan,
    snapshot: Snapshot,
    folder: Path,
    engine: str,
    on: Results | None = None,
    changed: Array | None = None,
) -> Iterator[Work]:
    """The folder of a run, which only this process writes; what a killed run of the same began there is gone on with.

    FileExistsError where a finished run stands there, ValueError where another was begun, BlockingIOError where one is writing.
    """
    told = {
        "plan": plan.digest,
        "snapshot": snapshot.id,
        "on": on.run.id if on else None,
        "changed": hashlib.sha256(changed.tobytes()).hexdigest() if changed is not None else None,
        "engine": engine,
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
        yield Work(plan, snapshot, folder, engine, on)


def over(parts: Sequence[Part], work: Callable[[Part], T], progress: Progress, at_once: int) -> list[T]:
    """What comes of each bucket or part, ``at_once`` of which are under way at the same time. The first error ends it."""
    done = []
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(work, part) for part in parts]
        try:
            for each in running:
                done.append(each.result())
                progress(len(done), len(parts))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return done
