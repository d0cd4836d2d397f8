"""``rongxin publish``: what everybody may have, as files."""

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from rongxin.cli.django import start

app = typer.Typer(no_args_is_help=True, help="公开的文件。Files for everybody.")


@app.callback()
def publishing() -> None:
    """Files for everybody."""


@app.command()
def bulk(
    out: Annotated[Path, typer.Option(help="copy the files and manifest.json into this folder", file_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Make the bulk files of everything on display anew, put them on the portal, and copy them to a folder."""
    start()
    from rongxin.disclosure.bulk import MANIFEST, folder_of
    from rongxin.disclosure.bulk_making import make_edition

    edition = make_edition()
    out.mkdir(parents=True, exist_ok=True)
    names = [MANIFEST, *(each["name"] for each in edition.manifest["files"])]
    for name in names:
        shutil.copyfile(folder_of(edition.version) / name, out / name)
    if as_json:
        typer.echo(json.dumps({"folder": str(out)} | edition.manifest, ensure_ascii=False))
        return
    typer.echo(f"{edition.version}：{edition.manifest['records']:,} 条记录 → {out}")
    for each in edition.manifest["files"]:
        typer.echo(f"  {each['name']}  {each['rows']:,} 行  {each['bytes']:,} 字节  {each['sha256']}")
    for each in edition.manifest["left_out"]:
        typer.echo(f"  没有 {each['name']}：行数超过一张工作表")
