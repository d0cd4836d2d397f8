"""``rongxin classify``: classes of risk as of a day, and why one enterprise has its class; ``rongxin simulate`` is beside it."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rongxin.cli.django import start

if TYPE_CHECKING:
    from rongxin.classification.explaining import Named, Told

app = typer.Typer(help="风险分类。Classes of enterprises by risk.")
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.callback(invoke_without_command=True)
def classify(
    context: typer.Context,
    on: Annotated[str, typer.Option(help="as of this day, such as 2026-11-30; today without it")] = "",
    engine: Annotated[str, typer.Option(help="polars, or spark: the cluster of RONGXIN_SPARK_MASTER")] = "polars",
    in_full: Annotated[bool, typer.Option("--in-full", help="reckon everything, not only what changed")] = False,
    as_json: AsJson = False,
) -> None:
    """Classify all organisations under the rules in force, by what is known now. Nothing comes into use by this: two people decide
    that on the desk.
    """
    if context.invoked_subcommand is not None:
        return
    start()
    from django.utils import timezone

    from rongxin.classification.running import Engine, classify_on
    from rongxin.cli.progress import shown_progress
    from rongxin.engine.risk.spark.session import SparkAbsent

    if engine not in list(Engine):
        raise typer.BadParameter("polars or spark", param_hint="--engine")
    day = _day(on) if on else timezone.localdate()
    with shown_progress() as progress:
        try:
            run = classify_on(day, in_full=in_full, engine=Engine(engine), progress=progress)
        except SparkAbsent as absent:
            typer.echo(str(absent), err=True)
            raise typer.Exit(1) from None
    told: dict[str, Any] = {
        "run": run.name,
        "day": run.day.isoformat(),
        "policy": run.policy_digest,
        "plan": run.plan,
        "snapshot": run.snapshot,
        "engine": run.engine,
        "builds_on": run.before.name if run.before else None,
        "classes": run.counts,
    }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    classes = "，".join(f"{grade.upper()} {number:,}" for grade, number in run.counts.items())
    typer.echo(f"{run.name}：{run.day}，{sum(run.counts.values()):,} 户，{classes}")


@app.command()
def explain(
    uscc: Annotated[str, typer.Argument(help="unified social credit code")],
    by: Annotated[str, typer.Option(help="login of the officer who looks; the enterprise sees the look")],
    as_json: AsJson = False,
) -> None:
    """Why an enterprise has its class in the newest run, until when, and what would change it. The look is logged.

    Exit status 1 where it has none: a sole trader is never classified.
    """
    start()
    from rongxin.accounts.access import Access, Purpose, purpose_of
    from rongxin.accounts.models import Account
    from rongxin.accounts.permissions import Action
    from rongxin.classification.explaining import NotClassified, Unexplained, explained, sources_of
    from rongxin.classification.running import newest_run
    from rongxin.subjects.models import Subject

    officer = Account.objects.filter(username=by).first()
    if officer is None or not officer.scopes_of(Action.CLASS_READ):
        raise typer.BadParameter("no officer of this login who may look at classes", param_hint="--by")
    run, firm = newest_run(), Subject.objects.select_related("merged_into").filter(uscc=uscc.strip().upper()).first()
    if run is None or firm is None:
        typer.echo("还没有分类，或者没有这个主体。No run yet, or no such subject.", err=True)
        raise typer.Exit(1)
    try:
        told = explained(run, firm, Access(officer, purpose_of(officer, Purpose.SUPERVISION)))
    except (NotClassified, Unexplained):
        typer.echo("这个主体没有分类；个体工商户从不分类。It has no class; sole traders never have.", err=True)
        raise typer.Exit(1) from None
    sources = sources_of(told.explanation)
    if as_json:
        typer.echo(json.dumps(_as_json(told, sources), ensure_ascii=False))
        return
    _print(told, sources)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--on") from error


def _as_json(told: "Told", sources: "dict[int, Named]") -> dict[str, Any]:
    standing = told.explanation.standing

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    return {
        "run": told.run.name,
        "day": standing.day.isoformat(),
        "class": standing.grade.value,
        "points": standing.points,
        "hard_rule": standing.floor,
        "factors": [
            {
                "indicator": factor.indicator,
                "value": factor.value if factor.value is not None else factor.word,
                "points": factor.points,
                "ends_on": plain(factor.gone_on),
                "records": [sources[each.record].number for each in factor.sources if each.record in sources],
            }
            for factor in told.explanation.factors
        ],
        "course": [
            {"day": plain(each.day), "class": each.grade.value, "points": each.points}
            for each in told.explanation.course
        ],
        "without": [
            {
                "record": sources[each.record].number,
                "class": each.standing.grade.value,
                "points": each.standing.points,
            }
            for each in told.explanation.without
            if each.record in sources
        ],
    }


def _print(told: "Told", sources: "dict[int, Named]") -> None:
    standing = told.explanation.standing
    indicators = {each.name: each.indicator for each in told.plan.indicators}
    typer.echo(f"{standing.grade.value.upper()} 类，{standing.points} 分（{standing.day}，{told.run.name}）")
    if standing.floor:
        floor = next(each for each in told.plan.floors if each.name == standing.floor)
        typer.echo(f"硬规则：{floor.title.zh}")
    for factor in told.explanation.factors:
        until = f"，{factor.gone_on} 起不再计" if factor.gone_on else ""
        typer.echo(f"  {factor.points:+d}  {indicators[factor.indicator].title.zh}{until}")
        for each in factor.sources:
            if record := sources.get(each.record):
                typer.echo(f"        {record.decided_on} {record.document_number or record.number} {record.authority}")
    for then in told.explanation.course:
        typer.echo(f"{then.day} 起：{then.grade.value.upper()} 类，{then.points} 分")
    for effect in told.explanation.without:
        if record := sources.get(effect.record):
            name = record.document_number or record.number
            typer.echo(f"没有 {name}：{effect.standing.grade.value.upper()} 类，{effect.standing.points} 分")
