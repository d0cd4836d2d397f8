"""``rongxin workdays``: the calendar of working days, from the terminal."""

import json
from datetime import date, datetime
from typing import Annotated

import typer

from rongxin.primitives.workdays import Calendar

app = typer.Typer(no_args_is_help=True, help="工作日计算。Count working days.")
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"])]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.command()
def add(start: Day, count: int, as_json: AsJson = False) -> None:
    """The COUNT-th working day after START (the day itself does not count)."""
    result = _calendar().add(start.date(), count)
    _answer(
        {"date": result.date.isoformat(), "provisional": result.provisional}, as_json, result.date, result.provisional
    )


@app.command()
def between(first: Day, last: Day, as_json: AsJson = False) -> None:
    """Working days after FIRST up to and including LAST."""
    result = _calendar().between(first.date(), last.date())
    _answer({"days": result.days, "provisional": result.provisional}, as_json, result.days, result.provisional)


def _calendar() -> Calendar:
    from config.environment import environment
    from rongxin.policy.loader import load_pack

    return load_pack(environment.policies, environment.pack).calendar


def _answer(fields: dict[str, object], as_json: bool, plain: date | int, provisional: bool) -> None:
    if as_json:
        typer.echo(json.dumps(fields))
    else:
        typer.echo(f"{plain}{'（暂定：超出已公布的节假日安排）' if provisional else ''}")
