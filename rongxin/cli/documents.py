"""``rongxin document``: drafts of official documents, for whoever writes templates or wants to see one before it is issued."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from rongxin.cli.policy import AsJson, in_force, loaded, place
from rongxin.policy.files import Findings, YamlFile, read_text
from rongxin.policy.pack import Policy
from rongxin.policy.templates import Template, faults, filled

app = typer.Typer(no_args_is_help=True, help="文书。Official documents: templates and drafts.")
Pack = Annotated[str, typer.Option(help="read the files of this pack instead of the rules in force")]


@app.command()
def templates(pack: Pack = "", as_json: AsJson = False) -> None:
    """The templates and what each asks for: field, type, whether it may be left out."""
    policy = _policy(pack)
    if as_json:
        told = {name: json.loads(each.model_dump_json(exclude={"body"})) for name, each in policy.templates.items()}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, template in policy.templates.items():
        typer.echo(f"{name}\t{template.series}\t{template.title.zh}\t{template.title.en}")
        for field in template.fields:
            may = "" if field.required else "\toptional"
            typer.echo(f"  {field.name}\t{field.type}\t{field.title.zh}{may}")


@app.command()
def make(
    template: Annotated[str, typer.Argument(help="name of a template; see: rongxin document templates")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="write the PDF here")],
    values: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="YAML or JSON: field → value; the template's example if left out"
        ),
    ] = None,
    authority: Annotated[str, typer.Option(help="the name in the red head")] = "福州市示例市场监督管理局",
    pack: Pack = "",
    as_json: AsJson = False,
) -> None:
    """Make a draft: a PDF without a number, marked 样稿 across every page. Issuing is done by the procedures."""
    from rongxin.documents.glyphs import NoGlyph
    from rongxin.documents.sheets import NoSuchTemplate, sheet_of, template_of
    from rongxin.documents.typesetting import TypesettingFailed, typeset

    policy = _policy(pack)
    try:
        chosen = template_of(policy, template)
    except NoSuchTemplate as error:
        raise typer.BadParameter(
            f"no template {error}; see rongxin document templates", param_hint="TEMPLATE"
        ) from error
    given = _values(chosen, values)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    try:
        content = typeset(sheet_of(policy, chosen, given, authority_name=authority, on=today))
    except NoGlyph as error:
        _stop([f"no vendored font can write {error}"])
    except TypesettingFailed as error:
        _stop([f"{each.file}:{each.line}: {each.told}" for each in error.problems])
    else:
        out.write_bytes(content)
        if as_json:
            typer.echo(
                json.dumps({"file": str(out), "bytes": len(content), "policy": policy.digest}, ensure_ascii=False)
            )
        else:
            typer.echo(f"{chosen.title.zh} 样稿：{out}")


def _policy(pack: str) -> Policy:
    return loaded(*place(pack)) if pack else in_force()


def _values(template: Template, path: Path | None) -> dict[str, Any]:
    given: Any = template.example
    if path is not None:
        findings = Findings()
        text = read_text(path, path.name, findings)
        file = YamlFile.read(text, path.name, findings) if text is not None else None
        given = file.content(findings) if file else None
        _stop([str(error) for error in findings.errors])
        if not isinstance(given, dict):
            _stop([f"{path.name}:1: values are written as field: value"])
    _stop([f"{fault.field}: {fault.told.zh} / {fault.told.en}" for fault in faults(template, given)])
    return filled(template, given)


def _stop(told: list[str]) -> None:
    for line in told:
        typer.echo(line, err=True)
    if told:
        raise typer.Exit(1)
