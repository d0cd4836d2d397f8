"""``rongxin demo``: made-up, clearly marked enterprises and acts at any size; and the first load of ``quickstart``."""

import json
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from config.environment import environment
from rongxin.cli.django import start
from rongxin.demonstration.password import PASSWORD
from rongxin.policy.loader import load_pack

__all__ = ["PASSWORD", "demo", "prepare"]

Out = Annotated[Path | None, typer.Option(help="write CSV files here; without it this platform takes them in")]


def demo(
    subjects: Annotated[int, typer.Option(min=1, help="how many enterprises")] = 1200,
    records: Annotated[int, typer.Option(min=0, help="how many acts upon them, three of ten penalties")] = 4000,
    seed: Annotated[int, typer.Option(help="the same seed gives the same enterprises and acts")] = 1,
    out: Out = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Make up enterprises and acts. Every name holds 示例, every code lies in division 990000.

    Without --out they go the way of real data into this platform, which must be one for demonstration (RONGXIN_DEMO=1).
    """
    began = time.perf_counter()
    if out is not None:
        counts = _written(out, subjects, records, seed)
    elif environment.demo:
        counts = _taken_in(subjects, records, seed)
    else:
        raise typer.BadParameter("this platform is not for demonstration: give --out DIR, or set RONGXIN_DEMO=1")
    told: dict[str, Any] = {
        **counts,
        "seed": seed,
        "seconds": round(time.perf_counter() - began, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo("，".join(f"{name} {value}" for name, value in told.items()))


def prepare(subjects: int) -> list[tuple[str, str]]:
    """Load the demonstration on a platform for it, once; later only rules that changed. Returns whom one may log in as.

    Each is a username and the title of the role; a platform that is not for demonstration is left alone and gives none.
    """
    start()
    from rongxin.demonstration import classes, declarations, firms, loading, recipients, remedies, staff, undone
    from rongxin.storage.statistics import refresh_filled

    if not environment.demo:
        return []
    if loading.is_loaded():
        staff.bring_rules_up_to_date()
        staff.open_for_work()
        firms.open_firms()
        recipients.register_some()
        remedies.remedy_some()
        recipients.answer_some()
        declarations.declare_some()
        undone.show_unwinding()
        classes.show_two_runs()
        staff.give_second_factors()
        return staff.logins()
    typer.echo("准备示例数据（虚构的企业与文书）……")
    history = loading.told(subjects)
    steps = loading.steps_of(history)
    with typer.progressbar(length=len(steps), label="报送、校验、发布、入库", file=sys.stderr) as bar:
        loading.relive(history, steps, advance=bar.update)
    refresh_filled()
    firms.open_firms()
    recipients.register_some()
    remedies.remedy_some()
    recipients.answer_some()
    declarations.declare_some()
    undone.show_unwinding()
    classes.show_two_runs()
    staff.give_second_factors()
    return staff.logins()


def _written(out: Path, subjects: int, records: int, seed: int) -> dict[str, Any]:
    from rongxin.demonstration.parts import sizes, write_parts

    kinds = load_pack(environment.policies, environment.pack).kinds
    with typer.progressbar(length=subjects + records, label="生成", file=sys.stderr) as bar:
        written = list(write_parts(out, kinds, subjects=subjects, records=records, seed=seed, advance=bar.update))
    return {**sizes(subjects, records), "files": [str(path) for _, path in written]}


def _taken_in(subjects: int, records: int, seed: int) -> dict[str, Any]:
    start()
    from rongxin.demonstration import loading, staff
    from rongxin.demonstration.parts import REGISTRATION, write_parts
    from rongxin.intake.registers import import_register
    from rongxin.rulebook import queries as rulebook

    staff.bring_rules_up_to_date()
    staff.open_for_work()
    counts: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        typer.progressbar(length=subjects + records, label="生成、入库", file=sys.stderr) as bar,
    ):
        kinds = rulebook.current().kinds
        for kind, path in write_parts(
            Path(folder), kinds, subjects=subjects, records=records, seed=seed, advance=bar.update
        ):
            if kind == REGISTRATION:
                counts["subjects"] += import_register(path).new
            else:
                batch = loading.take_in(kind, path)
                counts.update(rows=batch.rows, recorded=batch.recorded, known=batch.duplicates)
            path.unlink()
    return dict(counts)
