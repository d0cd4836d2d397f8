"""``rongxin report``: what a city sends upwards, as files."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rongxin.cli.django import start
from rongxin.primitives.months import month_of

if TYPE_CHECKING:
    from rongxin.departments.models import Department

app = typer.Typer(no_args_is_help=True, help="报表。Reports as files.")


@app.callback()
def reports() -> None:
    """Reports as files."""


@app.command()
def monthly(
    month: Annotated[str, typer.Option(help="a month such as 2026-10")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="write the workbook here")],
    department: Annotated[list[str] | None, typer.Option(help="code of a unit; all that provide without it")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """The monthly report of double publicity (双公示月报表) of all units, or of some, as XLSX."""
    try:
        of = month_of(month)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from error
    start()
    from rongxin.disclosure.monthly_report import monthly_report
    from rongxin.disclosure.subjects import platform_began_on
    from rongxin.records.display import Moment
    from rongxin.rulebook import queries as rulebook

    moment = Moment.now()
    if of > moment.day:
        raise typer.BadParameter("this month has not begun", param_hint="--month")
    units = _units(department)
    report = monthly_report(rulebook.current(), of, units, moment=moment, began_on=platform_began_on(moment.day))
    out.write_bytes(report)
    _answer(out, of, len(units), as_json)


def _units(codes: list[str] | None) -> "list[Department]":
    from rongxin.departments.queries import NoSuchDepartment, department, providers

    try:
        return [department(code) for code in codes] if codes else providers()
    except NoSuchDepartment as error:
        raise typer.BadParameter(f"no department {error}; see rongxin department list") from error


def _answer(out: Path, month: date, units: int, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(out), "month": f"{month:%Y-%m}", "units": units}, ensure_ascii=False))
    else:
        typer.echo(f"{month:%Y-%m} 月报表，{units} 个单位：{out}")
