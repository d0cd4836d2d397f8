"""``rongxin subjects``: taking a register in, and finding whom names and codes mean."""

import json
import resource
import time
from pathlib import Path
from typing import Annotated

import typer

from rongxin.cli.django import start

app = typer.Typer(no_args_is_help=True, help="信用主体。Market entities.")


@app.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, CSV.GZ or XLSX with the register")],
    errors: Annotated[Path | None, typer.Option(help="write the refused rows with reasons to this XLSX")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Take a register of organisations in. Doing it again changes nothing; refused rows come back with their reasons."""
    start()
    from rongxin.intake.registers import import_register as take_in

    began = time.perf_counter()
    result = take_in(file, errors=errors)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if as_json:
        typer.echo(
            json.dumps(result.as_json() | {"seconds": round(seconds, 2), "peak_mb": peak_mb}, ensure_ascii=False)
        )
        return
    typer.echo(
        f"{result.rows} 行：新增 {result.new}，更名 {result.renamed}，已有 {result.known}，"
        f"退回 {result.rejected}，拒收自然人 {result.refused_person}（{seconds:.1f} 秒，峰值 {peak_mb} MB）"
    )
    for reason, count in result.reasons:
        typer.echo(f"  {count:>6}  {reason}")


@app.command("resolve")
def resolve(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX with a column of names or codes")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object for each row")] = False,
) -> None:
    """Whom each row means: exactly, or by ranked and explained candidates for a person to choose from. Keeps nothing."""
    start()
    from rongxin.engine.problems import message
    from rongxin.engine.sheets import Unreadable
    from rongxin.intake.questions.resolving import NoColumns, resolve_file

    try:
        for line in resolve_file(file):
            typer.echo(json.dumps(line.as_json(), ensure_ascii=False) if as_json else line.told("zh"))
    except NoColumns as error:
        raise typer.BadParameter("no column of names (名称, name) or codes (统一社会信用代码, code)") from error
    except Unreadable as unreadable:
        typer.echo(message(unreadable.code, unreadable.params, "zh"), err=True)
        raise typer.Exit(1) from unreadable
