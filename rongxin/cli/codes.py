"""``rongxin code``: unified, organisation and registration codes, one JSON line each."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from rongxin.cli.django import start
from rongxin.primitives.codes import describe

app = typer.Typer(no_args_is_help=True, help="代码校验。Check codes.")


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


@app.command()
def convert(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a table with old codes under their heads")],
    out: Annotated[Path, typer.Option(help="write the table with unified codes to this CSV")],
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Give every old registration number or organisation code in FILE the unified code that the register knows for it."""
    start()
    from rongxin.engine.problems import message
    from rongxin.engine.sheets import Unreadable
    from rongxin.intake.faults.converting import convert_file, write

    try:
        conversion = convert_file(file)
    except Unreadable as unreadable:
        typer.echo(f"无法读取：{message(unreadable.code, unreadable.params, 'zh')}", err=True)
        raise typer.Exit(1) from unreadable
    write(conversion, out)
    told = {"rows": len(conversion.rows), **conversion.counts}
    typer.echo(json.dumps(told) if as_json else "  ".join(f"{name}: {number:,}" for name, number in told.items()))


def _lines(file: str) -> Iterator[str]:
    with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8-sig") as source:
        yield from filter(None, map(str.strip, source))
