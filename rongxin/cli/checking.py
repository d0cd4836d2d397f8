"""``rongxin check``: whether the settings are safe for a platform in service."""

import json
from typing import Annotated

import typer

from rongxin.cli.django import start


def check(as_json: Annotated[bool, typer.Option("--json", help="print one JSON line for each fault")] = False) -> None:
    """Refuse settings that are not safe in service, each with what to do about it. Exit status 1 when there is one."""
    start()
    from django.core.checks import WARNING, run_checks

    faults = [
        each for each in run_checks(include_deployment_checks=True) if each.level >= WARNING and not each.is_silenced()
    ]
    for fault in faults:
        told = {"id": fault.id, "message": fault.msg, "hint": fault.hint or ""}
        typer.echo(
            json.dumps(told, ensure_ascii=False) if as_json else f"{fault.id}  {fault.msg}\n    {fault.hint or ''}"
        )
    if faults:
        raise typer.Exit(1)
    if not as_json:
        typer.echo("设置没有发现问题。The settings are safe.")
