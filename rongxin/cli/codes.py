"""``rongxin code``: unified, organisation and registration codes, one JSON line each."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from rongxin.primitives.codes import describe

app = typer.Typer(no_args_is_help=True, help="代码校验。Check codes.")


@app.callback()
def group() -> None:
    """Keeps ``code`` a group although it has one command."""


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="a file with one code a line, or - for standard input")] = "-",
    json_lines: Annotated[bool, typer.Option("--json", help="one JSON line each (always so)")] = True,
) -> None:
    """Say of every line what code it is and whether it is valid.

    ``valid`` is about the code alone; an abolished or unknown division is a warning.
    """
    from config.environment import environment
    from rongxin.policy.loader import load_pack

    divisions = load_pack(environment.policies, environment.pack).divisions
    for line in _lines(file):
        report = describe(line, divisions)
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))


def _lines(file: str) -> Iterator[str]:
    with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8-sig") as source:
        yield from filter(None, map(str.strip, source))
