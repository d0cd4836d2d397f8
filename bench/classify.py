"""The classes of all enterprises of a made-up snapshot, with reasons written: against a bare scan of the columns that are used,
the same rules by hand in plain Polars on the same snapshot, and in DuckDB on the records in order of arrival.

Every part runs in a process of its own, so that each peak of memory is its own.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from bench.classify_snapshot import extend as extended
from bench.classify_snapshot import made_plan, make
from bench.measure import Benchmark, Goal, in_own_process, own_peak_mb
from rongxin.engine.risk.layout import Snapshot
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.runs import rerun
from rongxin.engine.risk.runs import run as classify
from rongxin.engine.risk.snapshots import Reader
from rongxin.engine.risk.writing import AT_ONCE

CHANGED: Final = 0.01
_MANY: Final = 20_000_000
"""Above so many records each is measured once."""
_MEMORY: Final = "10GB"


def run(size: int) -> Benchmark:
    """Seconds for ``size`` records of a tenth as many enterprises."""
    with tempfile.TemporaryDirectory(prefix="rongxin-classify-") as folder:

        def told(name: str) -> dict[str, Any]:
            return in_own_process(__name__, name, folder, size)

        making = told("made")
        scan, ours = told("scanned"), told("ours")
        polars, duckdb = told("in_polars"), told("in_duckdb")
        equal = told("compared")
        later, changed = told("next_day"), told("after_changes")
    if equal["faults"] or later["faults"] or changed["faults"]:
        raise RuntimeError(f"results differ: DuckDB {equal}, next day {later}, after changes {changed}")
    seconds = ours["seconds"]
    return Benchmark(
        name="classify",
        size=size,
        seconds=seconds,
        peers={
            "bare scan of the columns used": scan["seconds"],
            "the same rules by hand in plain Polars": polars["seconds"],
            "the same rules in DuckDB, in order of arrival": duckdb["seconds"],
        },
        goals=(
            Goal("times the scan of the columns used", seconds / scan["seconds"], 10, "lower"),
            Goal("times the same rules by hand in plain Polars", seconds / polars["seconds"], 1.3, "lower"),
            Goal("times as fast as DuckDB in order of arrival", duckdb["seconds"] / seconds, 6),
            Goal("peak MB", ours["peak_mb"], 3000, "lower"),
            Goal("part of a full run after 1 % changed", changed["seconds"] / changed["full"], 0.4, "lower"),
            Goal("part of a full run on the next day", later["seconds"] / later["full"], 0.4, "lower"),
        ),
        notes={
            "made_in_seconds": making["seconds"],
            "peaks_mb": {
                "ours": ours["peak_mb"],
                "polars": polars["peak_mb"],
                "duckdb": duckdb["peak_mb"],
                "changed": changed["peak_mb"],
            },
            "factors": ours["factors"],
            "classes": ours["classes"],
            "result_mb": ours["result_mb"],
            "written_after_changes": changed["written"],
            "written_on_the_next_day": later["written"],
        },
    )


def made(folder: str, size: str) -> dict[str, Any]:
    """The snapshot, and the same records in order of arrival."""
    from bench.classify_peers import arrival

    began = time.perf_counter()
    make(Path(folder, "snapshot"), int(size))
    arrival(Path(folder, "snapshot"), Path(folder, "arrival.parquet"), _MEMORY)
    return {"seconds": round(time.perf_counter() - began, 1)}


def scanned(folder: str, size: str) -> dict[str, Any]:
    """Reading the columns that the plan uses, and nothing else."""
    reader, plan = Reader(Snapshot.at(Path(folder, "snapshot"))), made_plan()

    def scan() -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda bucket: reader.bucket_tables(bucket, plan) and None, reader.buckets):
                pass

    return {"seconds": _median(scan, int(size))}


def ours(folder: str, size: str) -> dict[str, Any]:
    """The run in full."""
    out, snapshot = Path(folder, "run"), Snapshot.at(Path(folder, "snapshot"))
    seconds = _median(lambda: classify(made_plan(), snapshot, out), int(size), lambda: _emptied(out))
    peak = own_peak_mb()
    results = Results.at(out)
    return {
        "seconds": seconds,
        "peak_mb": peak,
        "factors": sum(file.rows for path, file in results.run.files.items() if path.startswith("factors")),
        "classes": results.run.classes,
        "result_mb": sum(file.bytes for file in results.run.files.values()) >> 20,
    }


def in_polars(folder: str, size: str) -> dict[str, Any]:
    """By hand in plain Polars."""
    from bench.classify_peers import by_hand_in_polars

    out, buckets = Path(folder, "polars"), Reader(Snapshot.at(Path(folder, "snapshot"))).buckets
    seconds = _median(
        lambda: by_hand_in_polars(Path(folder, "snapshot"), buckets, out), int(size), lambda: _emptied(out)
    )
    return {"seconds": seconds, "peak_mb": own_peak_mb()}


def in_duckdb(folder: str, size: str) -> dict[str, Any]:
    """In DuckDB, once: it takes long."""
    from bench.classify_peers import by_hand_in_duckdb

    began = time.perf_counter()
    by_hand_in_duckdb(
        Path(folder, "snapshot"), Path(folder, "arrival.parquet"), Path(folder, "duckdb.parquet"), _MEMORY
    )
    return {"seconds": round(time.perf_counter() - began, 2), "peak_mb": own_peak_mb()}


def compared(folder: str, size: str) -> dict[str, Any]:
    """Of how many enterprises DuckDB, or the rules by hand in Polars, say something else."""
    from bench.classify_peers import faults

    results, theirs = Results.at(Path(folder, "run")), pl.scan_parquet(Path(folder, "duckdb.parquet"))
    wrong = 0
    for bucket in results.buckets:
        classes, factors = results.classes(bucket), results.factors(bucket)
        bounds = classes["subject"].min(), classes["subject"].max()
        wrong += faults(classes, factors, theirs.filter(pl.col("subject").is_between(*bounds)).collect())
        by_hand = pl.read_parquet(Path(folder, "polars", "factors", f"{bucket:05d}.parquet"))
        wrong += not by_hand.equals(factors)
        by_hand = pl.read_parquet(Path(folder, "polars", "classes", f"{bucket:05d}.parquet"))
        names = ["subject", "points", "class", "next_on"]
        wrong += not by_hand.select(names).equals(classes.select(names))
    return {"faults": wrong}


def next_day(folder: str, size: str) -> dict[str, Any]:
    """What a night brings, from the run of the day before."""
    snapshot = Snapshot.at(Path(folder, "snapshot"))
    return _again(Path(folder), "tomorrow", int(size), snapshot, pl.Series([], dtype=pl.Int64), days=1)


def after_changes(folder: str, size: str) -> dict[str, Any]:
    """What the change of one in a hundred enterprises brings."""
    snapshot, changed = extended(Snapshot.at(Path(folder, "snapshot")), CHANGED)
    return _again(Path(folder), "changed", int(size), snapshot, changed, days=0)


def _again(folder: Path, name: str, size: int, snapshot: Snapshot, changed: pl.Series, days: int) -> dict[str, Any]:
    plan, before = made_plan(), Results.at(folder / "run")
    plan = plan.on(plan.day + timedelta(days))
    some, whole = folder / name, folder / f"{name}-full"
    seconds = _median(lambda: rerun(plan, snapshot, before, changed, some), size, lambda: _emptied(some))
    peak = own_peak_mb()
    full = _median(lambda: classify(plan, snapshot, whole), size, lambda: _emptied(whole))
    one, two = Results.at(some), Results.at(whole)
    faults = sum(
        not (one.classes(bucket).equals(two.classes(bucket)) and one.factors(bucket).equals(two.factors(bucket)))
        for bucket in two.buckets
    )
    written = sum(file.rows for path, file in one.run.files.items() if path.startswith("classes"))
    return {"seconds": seconds, "full": full, "faults": faults, "written": written, "peak_mb": peak}


def _median(work: Callable[[], object], size: int, before: Callable[[], None] = lambda: None) -> float:
    times = []
    for _ in range(3 if size <= _MANY else 1):
        before()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return round(sorted(times)[len(times) // 2], 3)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
