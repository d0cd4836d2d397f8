"""A department's file to every error of every row, and on to searchable records.

Peers of the first way: a bare read, a row-by-row validator given the same rules, a plain loop whose errors must be ours. Peers
of the second: ``bulk_create`` of the records that come of the rows, whose checking it is given free, and of the bare rows in
one table. Every case has a process of its own.
"""

import tempfile
from pathlib import Path
from typing import Final

from bench import penalties
from bench.measure import Benchmark, Goal, in_own_process
from config.environment import environment
from rongxin.policy.loader import load_pack

PART: Final = 20_000
"""Rows that the row-by-row peers are given; theirs is compared per row."""
STORED: Final = 100_000
"""Rows that bulk_create is given."""


def run(size: int) -> Benchmark:
    """Seconds from file to problems for ``size`` penalties, and what the rest of the way costs."""
    kind = load_pack(Path(environment.policies), environment.pack).kinds["administrative_penalty"]
    part, stored = min(size, PART), min(size, STORED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in {size, part}:
            penalties.write(folder / f"{rows}.csv", rows, kind)
        whole, later = folder / f"{size}.csv", folder / "later.csv"
        penalties.write(later, stored, kind, first=size)
        checked = in_own_process("bench.checking", "ours", whole)
        bare = in_own_process("bench.checking", "bare_read", whole)
        peer = in_own_process("bench.checking", "frictionless", folder / f"{part}.csv")
        loop = in_own_process("bench.checking", "plain_loop", folder / f"{part}.csv")
        ended = in_own_process("bench.recording", "to_the_end", whole)
        bare_rows = in_own_process("bench.recording", "bulk_create_rows", later)
        created = in_own_process("bench.recording", "bulk_create_records", later)
        ended_row = ended["seconds"] / size
        megabytes = whole.stat().st_size / 1_000_000
    return Benchmark(
        name="intake",
        size=size,
        seconds=checked["seconds"],
        peers={
            "pyarrow bare read": bare["seconds"],
            f"frictionless, {part:,} rows": peer["seconds"],
            f"plain loop, {part:,} rows": loop["seconds"],
            f"bulk_create of the records, {created['recorded']:,}": created["seconds"],
            f"bulk_create of bare rows, {stored:,}": bare_rows["seconds"],
        },
        goals=(
            Goal("times frictionless, row by row", peer["seconds"] / part / (checked["seconds"] / size), 30),
            Goal("times a bare read by pyarrow", checked["seconds"] / bare["seconds"], 4, "lower"),
            Goal("part of the plain loop's errors that are ours, and none besides", loop["agreement"], 1),
            Goal(
                "to the end, times bulk_create of the records", created["seconds"] / created["recorded"] / ended_row, 4
            ),
            Goal("to the end, times bulk_create of bare rows", bare_rows["seconds"] / stored / ended_row, 4),
            Goal("to the end, peak MB", ended["peak_mb"], 2048, "lower"),
        ),
        notes={
            "megabytes": round(megabytes, 1),
            "rows_per_second": int(size / checked["seconds"]),
            "errors": checked["errors"],
            "errors_by_frictionless_in_part": peer["errors"],
            "check_peak_mb": checked["peak_mb"],
            "to_the_end": ended,
        },
    )
