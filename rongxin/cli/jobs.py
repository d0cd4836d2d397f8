"""``rongxin jobs``: what the workers have to do, what gave up, and beginning that anew."""

import json
import shutil
from typing import Annotated

import typer

from rongxin.cli.django import start

app = typer.Typer(no_args_is_help=True, help="后台任务。Background work.")


@app.command("list")
def list_runs(as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False) -> None:
    """Print what waits, works or gave up, with the last error, how the status lists stand, and the room left on the disk of
    RONGXIN_VAR.

    Exit status 1 when something gave up or waits for room, and when the signed status lists are late or wrong.
    """
    start()
    from config.environment import environment
    from rongxin.disclosure.status import standing
    from rongxin.jobs import queries, registry
    from rongxin.jobs.models import State

    registry.load()
    runs = list(queries.unfinished())
    free, lists = shutil.disk_usage(environment.var).free, standing()
    if as_json:
        told = [
            {
                "run": run.pk,
                "job": run.job,
                "key": run.key,
                "state": run.state,
                "attempt": run.attempt,
                "wants_room": run.wants_room,
                "created_at": run.created_at.isoformat(),
                "message": run.message,
            }
            for run in runs
        ]
        signed = {
            "oldest_at": lists.oldest_at.isoformat() if lists.oldest_at else None,
            "late": lists.is_late,
            "faults": lists.faults,
        }
        typer.echo(json.dumps({"free_bytes": free, "status_lists": signed, "runs": told}, ensure_ascii=False))
    else:
        for run in runs:
            typer.echo(f"{run.pk}\t{run.title}\t{run.key}\t{State(run.state).label}\t{run.message}".rstrip())
        for fault in lists.faults:
            typer.echo(f"状态清单没有通过核对：{fault}")
        if lists.is_late:
            typer.echo("状态清单超过一半有效期没有重签")
        typer.echo(f"{len(runs)} 个任务；RONGXIN_VAR 所在磁盘剩余 {free >> 20} MB")
    has_failed = any(run.wants_room or run.state == State.FAILED for run in runs)
    raise typer.Exit(1 if has_failed or lists.is_alarming else 0)


@app.command("retry")
def retry(run: Annotated[int, typer.Argument(help="number of a run that gave up, from rongxin jobs list")]) -> None:
    """Put a run that gave up back into the queue, when its cause is mended."""
    start()
    from rongxin.jobs import actions
    from rongxin.jobs.models import Run

    try:
        put_back = actions.retry(run)
    except Run.DoesNotExist as error:
        raise typer.BadParameter(f"no run {run}") from error
    except actions.NotFailed as error:
        raise typer.BadParameter(f"run {run}, or another of the same work, is {error.state}") from error
    typer.echo(f"{put_back.pk} 已重新排队")
