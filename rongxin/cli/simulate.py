"""``rongxin simulate``: what a pack would do to the classes of all enterprises, beside the rules in force."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rongxin.cli.django import start
from rongxin.cli.policy import loaded, place

if TYPE_CHECKING:
    from rongxin.engine.risk.simulating import Reach, Simulation
    from rongxin.policy.pack import Policy

REACH_SHOWN: Final = 12


def simulate(
    pack: Annotated[str, typer.Argument(help="name or folder of a pack, as for rongxin policy check")],
    on: Annotated[
        str,
        typer.Option(
            help="as of this day, such as 2027-01-01; without it the first on which the pack reckons otherwise"
        ),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="print the report as one JSON object, without its cases")
    ] = False,
) -> None:
    """Classify all organisations under a pack and under the rules in force, and tell how many move, from where to where, by what.

    Nothing is stored, and no enterprise is named. Exit status 1 where the pack cannot be tried.
    """
    start()
    from django.utils import timezone

    from rongxin.classification.trying import FAILURES, changed_days, tried
    from rongxin.cli.progress import shown_progress
    from rongxin.rulebook import queries as rulebook

    draft, rules = loaded(*place(pack)), rulebook.current()
    try:
        days = (_day(on),) if on else changed_days(rules, draft, timezone.localdate())
        if not days:
            typer.echo("和现行规则分出的类别一样，没有什么可以试算。It reckons as the rules in force do.")
            return
        with shown_progress() as progress:
            found = tried(rules, draft, days[0], progress)
    except tuple(FAILURES) as stopped:
        typer.echo(f"{FAILURES[type(stopped)].label} {stopped}", err=True)
        raise typer.Exit(1) from stopped
    if as_json:
        typer.echo(replace(found, cases=()).json())
        return
    _print(found, rules, draft)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--on") from error


def _print(found: "Simulation", rules: "Policy", draft: "Policy") -> None:
    from rongxin.engine.risk.moves import NONE, STANDINGS

    moves = found.moves
    typer.echo(f"按 {found.day} 计算：{moves.all:,} 户里 {moves.up:,} 户变差、{moves.down:,} 户变好，其余不变。")
    names = [each for each in STANDINGS if each != NONE]
    typer.echo("现行＼草案" + "".join(f"{each.upper():>12}" for each in names))
    for name, row in zip(names, moves.counts, strict=False):
        typer.echo(f"{name.upper():<10}" + "".join(f"{number:>12,}" for number in row[: len(names)]))
    largest = sorted(found.reach, key=lambda each: (-each.moved_up - each.moved_down, -each.enterprises))
    for reach in largest[:REACH_SHOWN]:
        typer.echo(
            f"{_title(reach, rules, draft)}：影响 {reach.enterprises:,} 户，"
            f"其中 {reach.moved_up:,} 户变差、{reach.moved_down:,} 户变好"
        )


def _title(reach: "Reach", rules: "Policy", draft: "Policy") -> str:
    from rongxin.classification.words import title_of

    return title_of(reach.part, reach.name, rules, draft).zh
