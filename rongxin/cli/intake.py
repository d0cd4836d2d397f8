"""``rongxin intake``: send a file from the terminal, or only see what would come of it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from rongxin.cli.django import start


def intake(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX")],
    kind: Annotated[str, typer.Option(help="record kind, e.g. administrative_penalty")],
    provider: Annotated[str, typer.Option(help="code of the sending department")],
    by: Annotated[str, typer.Option(help="username of the sending officer; not needed with --dry-run")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only, keep nothing")] = False,
    errors: Annotated[Path | None, typer.Option(help="write the failing rows with reasons to this XLSX")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Check FILE and keep it as a batch that waits for release by a second person.

    Exit status 1 when the file could not be read as a table of this kind, 2 when the arguments are wrong.
    """
    start()
    from rongxin.accounts.models import Account
    from rongxin.departments.queries import NoSuchDepartment, department
    from rongxin.intake import report
    from rongxin.intake.receiving import NoSuchKind

    try:
        sender = department(provider)
        if dry_run:
            told = report.of_dry_run(file, kind=kind, provider=sender, errors=errors)
        else:
            officer = Account.objects.filter(username=by).first()
            if officer is None:
                raise typer.BadParameter("--by names no account; every batch has a sender")
            told = report.of_batch(file, kind=kind, provider=sender, by=officer, errors=errors)
    except NoSuchDepartment as error:
        raise typer.BadParameter(f"no department {provider}; see rongxin department list") from error
    except NoSuchKind as error:
        raise typer.BadParameter(f"no record kind {kind}; see rongxin policy show kinds") from error
    if as_json:
        typer.echo(json.dumps(told.as_json(), ensure_ascii=False))
    else:
        for line in told.lines():
            typer.echo(line)
    raise typer.Exit(1 if told.unreadable else 0)
