"""``rongxin bench``: speed as a ratio to a peer in the same run, on a platform of its own that is thrown away."""

import json
import os
import tempfile
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Final

import typer

from rongxin.cli.django import start


class Bench(StrEnum):
    """What can be measured."""

    CODES = "codes"
    INTAKE = "intake"
    RESOLVE = "resolve"
    SEARCH = "search"


DEFAULT_SIZE: Final = {Bench.CODES: 1_000_000, Bench.INTAKE: 200_000, Bench.RESOLVE: 100_000, Bench.SEARCH: 200_000}


def bench(
    name: Bench,
    size: Annotated[int, typer.Option(help="rows, codes or names; 0 takes the default")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Measure NAME. A missed goal is shown, not an error: machines differ, the ratio to the peer tells."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RONGXIN_VAR"] = folder
        start()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        result = import_module(f"bench.{name.value}").run(size or DEFAULT_SIZE[name])
    told = result.as_json()
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{told['name']}：{told['size']:,}，{told['seconds']} 秒，峰值 {told['peak_mb']} MB")
        for peer, seconds in told["peers"].items():
            typer.echo(f"  {peer}: {seconds} 秒")
        for goal in told["goals"]:
            typer.echo(
                f"  {'达到' if goal['met'] else '未达到'}  {goal['goal']}: {goal['value']}（目标 {goal['target']}）"
            )
