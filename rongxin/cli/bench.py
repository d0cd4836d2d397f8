"""``rongxin bench``: speed as a ratio to a peer in the same run, on a platform of its own that is thrown away."""

import json
import os
import subprocess
import sys
import tempfile
from enum import StrEnum
from typing import Annotated, Final

import typer


class Bench(StrEnum):
    """What can be measured."""

    CLASSIFY = "classify"
    CODES = "codes"
    INTAKE = "intake"
    LEDGER = "ledger"
    RESOLVE = "resolve"
    SEARCH = "search"
    STATUS = "status"


DEFAULT_SIZE: Final = {
    Bench.CLASSIFY: 10_000_000,
    Bench.CODES: 1_000_000,
    Bench.INTAKE: 200_000,
    Bench.LEDGER: 200_000,
    Bench.RESOLVE: 100_000,
    Bench.SEARCH: 200_000,
    Bench.STATUS: 200_000,
}


def bench(
    name: Bench,
    size: Annotated[int, typer.Option(help="rows, records, codes or names; 0 takes the default")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Measure NAME. A missed goal is shown, not an error: machines differ, the ratio to the peer tells."""
    with tempfile.TemporaryDirectory() as folder:
        # A process of its own with an environment of its own: this one may have read where the real platform lies.
        told = subprocess.run(
            [sys.executable, "-m", "bench.measure", "bench.fresh", "measured", name, str(size or DEFAULT_SIZE[name])],
            check=False,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            text=True,
        )
    if told.returncode:
        raise typer.Exit(told.returncode)
    line = told.stdout.splitlines()[-1]
    if as_json:
        typer.echo(line)
    else:
        _show(line)


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the real platform but its rules: another folder, SQLite, no server; and room for the largest file.

    RONGXIN_BENCH_DATABASE_URL names an empty PostgreSQL database of its own to measure on instead.
    """
    kept = ("RONGXIN_PACK", "RONGXIN_POLICIES")
    others = {key: value for key, value in os.environ.items() if not key.startswith("RONGXIN_") or key in kept}
    if database := os.environ.get("RONGXIN_BENCH_DATABASE_URL"):
        others["RONGXIN_DATABASE_URL"] = database
    return {**others, "RONGXIN_VAR": folder, "RONGXIN_UPLOAD_LIMIT_MB": "2048"}


def _show(line: str) -> None:
    told = json.loads(line)
    typer.echo(f"{told['name']}：{told['size']:,}，{told['seconds']} 秒，峰值 {told['peak_mb']} MB")
    for peer, seconds in told["peers"].items():
        typer.echo(f"  {peer}: {seconds} 秒")
    for goal in told["goals"]:
        typer.echo(f"  {'达到' if goal['met'] else '未达到'}  {goal['goal']}: {goal['value']}（目标 {goal['target']}）")
