"""The ``rongxin`` command and its groups."""

import sys

import typer

from rongxin.cli import (
    accounts,
    bench,
    checking,
    classify,
    codes,
    demonstration,
    documents,
    intake,
    jobs,
    ledger,
    policy,
    publish,
    report,
    serving,
    simulate,
    subjects,
    workdays,
)
from rongxin.primitives.room import is_no_room

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="榕信：以信用为基础的监管平台。Every subcommand takes --json for machines.",
)
app.add_typer(codes.app, name="code")
app.add_typer(workdays.app, name="workdays")
app.add_typer(classify.app, name="classify")
app.add_typer(policy.app, name="policy")
app.add_typer(subjects.app, name="subjects")
app.add_typer(accounts.app, name="account")
app.add_typer(accounts.departments, name="department")
app.add_typer(documents.app, name="document")
app.add_typer(report.app, name="report")
app.add_typer(publish.app, name="publish")
app.add_typer(jobs.app, name="jobs")
app.add_typer(ledger.app, name="ledger")
app.command("intake")(intake.intake)
app.command("demo")(demonstration.demo)
app.command("quickstart")(serving.quickstart)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("scheduler")(serving.scheduler)
app.command("simulate")(simulate.simulate)
app.command("check")(checking.check)
app.command("migrate")(serving.migrate)
app.command("bench")(bench.bench)


def main() -> None:
    """Entry point of the console script. Exit status 1 and one line where there is no room."""
    try:
        app()
    except Exception as error:
        if not is_no_room(error):
            raise
        typer.echo(
            "存储空间已满，没有办成；清出空间后再来一次，不会重复。No room left; the same again later is safe.",
            err=True,
        )
        sys.exit(1)
