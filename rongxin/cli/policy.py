"""``rongxin policy``: check packs, ask what holds on a day, compare versions, export and release them."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.environment import environment
from rongxin.cli.django import start
from rongxin.policy.cases import run_cases
from rongxin.policy.differences import differences
from rongxin.policy.examples import read_examples
from rongxin.policy.files import PolicyError, PolicyErrors
from rongxin.policy.loader import load_pack, pack_names, pack_sources
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import ValueInForce

if TYPE_CHECKING:
    from rongxin.rulebook.models import Release

app = typer.Typer(no_args_is_help=True, help="规则。The rules: check, show, compare, export, release.")
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for machines")]
DIGEST_LENGTH = 64
SHORTEST_DIGEST = 8


@app.command()
def check(
    pack: Annotated[str, typer.Argument(help="pack name or folder; without it every pack is checked")] = "",
    as_json: AsJson = False,
) -> None:
    """Load packs strictly, run their law cases, read their examples, set their documents, and see that procedures can tell
    what they tell. Prints FILE:LINE: MESSAGE for every mistake; no database needed.
    """
    places = [place(pack)] if pack else [(environment.policies, name) for name in pack_names(environment.policies)]
    reports = [_checked(root, name) for root, name in places]
    errors = sorted({error for _, found in reports for error in found})
    if as_json:
        packs = [report | {"errors": [asdict(error) for error in found]} for report, found in reports]
        typer.echo(json.dumps({"ok": not errors, "packs": packs}, ensure_ascii=False))
    else:
        for error in errors:
            typer.echo(str(error))
        for report, found in reports:
            if not found:
                typer.echo(
                    f"{report['pack']}\t{report['digest']}\t{report['values']} values, {report['cases']} cases, "
                    f"{report['examples']} examples, {report['templates']} templates, {report['notices']} notices: ok"
                )
    if not places:
        typer.echo(f"no pack below {environment.policies}", err=True)
    if errors or not places:
        raise typer.Exit(1)


def _checked(root: Path, name: str) -> tuple[dict[str, Any], list[PolicyError]]:
    try:
        policy = load_pack(root, name)
        outcomes = run_cases(root, name, policy)
        examples = read_examples(root, name, policy)
    except PolicyErrors as stopped:
        return {"pack": name}, stopped.errors
    wrong = (
        _unset(root, policy)
        + _untold(root, name, policy)
        + [
            PolicyError(outcome.file, outcome.line, f'case "{outcome.case.name}": {told}')
            for outcome in outcomes
            for told in outcome.wrong
        ]
    )
    report = {
        "pack": name,
        "digest": policy.digest,
        "values": len(policy.values),
        "cases": len(outcomes),
        "examples": len(examples),
        "templates": len(policy.templates),
        "notices": len(policy.notices),
    }
    return report, wrong


def _unset(root: Path, policy: Policy) -> list[PolicyError]:
    """What is wrong with the templates of documents; the compiler is only started where there are any."""
    if not policy.templates:
        return []
    from rongxin.documents.checking import template_errors

    return template_errors(root, policy)


def _untold(root: Path, name: str, policy: Policy) -> list[PolicyError]:
    """Which notices of the procedures of this release cannot be told; asked of the pack that this platform follows."""
    if (root, name) != (environment.policies, environment.pack):
        return []
    start()
    from rongxin.notices.checking import untold
    from rongxin.workflow.registry import procedures

    found = untold(procedures().values(), policy)
    return [PolicyError(f"{name}/notices/{each.name}.yaml", 1, each.told) for each in found]


def place(pack: str) -> tuple[Path, str]:
    """Where a pack lies: a folder given as a path, or a name below the configured folder."""
    folder = Path(pack)
    if len(folder.parts) > 1 or folder.is_absolute():
        return folder.resolve().parent, folder.resolve().name
    return environment.policies, pack


def loaded(root: Path, name: str) -> Policy:
    """The pack; exit 1 with every mistake told when it cannot be loaded."""
    try:
        return load_pack(root, name)
    except PolicyErrors as stopped:
        for error in stopped.errors:
            typer.echo(str(error), err=True)
        raise typer.Exit(1) from stopped


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="a value such as display/general_longest, or: kinds, values")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day asked about; today if left out")
    ] = None,
    pack: Annotated[str, typer.Option(help="read the files of this pack instead of the rules in force")] = "",
    as_json: AsJson = False,
) -> None:
    """What a value is on a day, with its basis and whether it is law here; or the names of all kinds or values."""
    policy = loaded(*place(pack)) if pack else in_force()
    day = on.date() if on else datetime.now(ZoneInfo("Asia/Shanghai")).date()
    if key in ("kinds", "values"):
        titles = {name: entry.title for name, entry in getattr(policy, key).items()}
        if as_json:
            typer.echo(json.dumps({name: title.model_dump() for name, title in titles.items()}, ensure_ascii=False))
        else:
            for name, title in titles.items():
                typer.echo(f"{name}\t{title.zh}\t{title.en}")
        return
    if key not in policy.values:
        typer.echo(f"there is no value {key}; see: rongxin policy show values", err=True)
        raise typer.Exit(1)
    try:
        found = policy.value(key, day)
    except NothingInForce as nothing:
        typer.echo(json.dumps({"key": key, "on": day.isoformat(), "value": None}) if as_json else str(nothing))
        raise typer.Exit(1) from nothing
    if as_json:
        typer.echo(json.dumps(_as_json(policy, found, day), ensure_ascii=False))
    else:
        typer.echo("\n".join(_as_text(policy, found, day)))


def _sound(root: Path, name: str) -> Policy:
    """A pack that may be released: it loads, and its documents can be set."""
    policy = loaded(root, name)
    errors = _unset(root, policy)
    for error in errors:
        typer.echo(str(error), err=True)
    if errors:
        raise typer.Exit(1)
    return policy


def in_force() -> Policy:
    """The rules in force on this platform; exit 1 when there are none."""
    start()
    from django.db import DatabaseError

    from rongxin.rulebook import queries

    try:
        return queries.current()
    except (queries.NothingReleased, DatabaseError) as error:
        typer.echo(f"no rules in force here ({error}); --pack NAME reads the files", err=True)
        raise typer.Exit(1) from error


def _as_json(policy: Policy, found: ValueInForce, on: date) -> dict[str, Any]:
    history = policy.history(found.key)
    return {
        "key": found.key,
        "on": on.isoformat(),
        "title": history.title.model_dump(),
        "value": found.value,
        "unit": found.unit,
        "counted_from": history.counted_from,
        "is_law": found.is_law,
        "line": found.line.model_dump(mode="json", by_alias=True),
        "document": found.document.model_dump(mode="json", by_alias=True),
        "checked_on": history.checked_on.isoformat(),
        "policy": policy.digest,
    }


def _as_text(policy: Policy, found: ValueInForce, on: date) -> list[str]:
    history, line, document = policy.history(found.key), found.line, found.document
    number = f"（{document.number}）" if document.number else ""
    until = f" 至 {line.last_day}" if line.last_day else " 起"
    lines = [
        f"{history.title.zh}  {history.title.en}",
        f"{on}: {found.value} {found.unit}"
        + (f", counted from {history.counted_from}" if history.counted_from else ""),
        f"依据 basis: {document.title.zh}{number}{found.basis.item}",
        f"{line.first_day}{until}; {line.strength}, reading {found.basis.reading}, pack {line.pack}",
        "本地有效的法定要求 law here" if found.is_law else "不是本地的法定要求 not law here",
    ]
    if line.note:
        lines.append(f"{line.note.zh}  {line.note.en}")
    return lines


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="digest of a release, pack name, or folder of a pack")],
    new: Annotated[str, typer.Argument(help="digest of a release, pack name, or folder of a pack")],
    as_json: AsJson = False,
) -> None:
    """What NEW adds, changes and removes against OLD: documents, values, kinds, calendar days and the other tables."""
    found = differences(_version(old), _version(new))
    if as_json:
        typer.echo(json.dumps([difference.as_json() for difference in found], ensure_ascii=False))
        return
    for difference in found:
        typer.echo(str(difference))
    if not found:
        typer.echo("no difference")


def _version(name: str) -> Policy:
    is_digest = SHORTEST_DIGEST <= len(name) <= DIGEST_LENGTH and set(name) <= set("0123456789abcdef")
    root, pack = place(name)
    if not is_digest or (root / pack).is_dir():
        return loaded(root, pack)
    start()
    from rongxin.rulebook import queries

    try:
        return queries.by_digest(queries.whole_digest(name))
    except queries.NothingReleased as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="folder to write to; policies-DIGEST if left out")] = None,
    digest: Annotated[str, typer.Option(help="the release; the one in force if left out")] = "",
    as_json: AsJson = False,
) -> None:
    """Write the files of a released version back, byte for byte. An existing file with other content is not
    overwritten.
    """
    start()
    from rongxin.rulebook import queries

    try:
        whole = queries.whole_digest(digest) if digest else queries.current().digest
        sources = queries.sources(whole)
    except queries.NothingReleased as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    folder = out or Path(f"policies-{whole[:12]}")
    written = {folder / name: text.encode() for name, text in sources.items()}
    other = [path for path, content in written.items() if path.exists() and path.read_bytes() != content]
    if other:
        typer.echo(f"{other[0]} has other content; choose another folder with --out", err=True)
        raise typer.Exit(1)
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if as_json:
        typer.echo(json.dumps({"digest": whole, "folder": str(folder), "files": sorted(sources)}, ensure_ascii=False))
    else:
        typer.echo(f"{folder}: {len(sources)} files of {whole}")


@app.command()
def seed(
    pack: Annotated[str, typer.Argument(help="pack name or folder; RONGXIN_PACK if left out")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a pack into an empty rulebook as its first version. A rulebook that has one stays as it is."""
    root, name = place(pack or environment.pack)
    policy = _sound(root, name)
    start()
    from rongxin.rulebook import actions

    _tell_release(actions.seed(policy, pack_sources(root, name)), as_json)


@app.command()
def release(
    pack: Annotated[str, typer.Argument(help="pack name or folder")],
    by: Annotated[str, typer.Option(help="username of the person who asks for the release")],
    approved_by: Annotated[str, typer.Option(help="username of another person, who approved it")],
    note: Annotated[str, typer.Option(help="what changed and why")],
    take_back: Annotated[bool, typer.Option(help="also where this undoes what officers released on the desk")] = False,
    as_json: AsJson = False,
) -> None:
    """Release a checked pack: from now on it is in force. Two people; equal content changes nothing."""
    root, name = place(pack)
    policy, files = _sound(root, name), pack_sources(root, name)
    start()
    from rongxin.governance.rules.upgrading import taken_back_by
    from rongxin.rulebook import actions, queries

    if not take_back and (undone := taken_back_by(files)):
        typer.echo(
            "officers changed these files on the desk since, and the pack does not have their changes:", err=True
        )
        typer.echo("\n".join(f"  {each}" for each in undone), err=True)
        typer.echo(
            f"rongxin policy export --digest {queries.current().digest} --out DIR writes the files in force: bring what is new into"
            " them and release those, or say --take-back",
            err=True,
        )
        raise typer.Exit(1)
    try:
        released = actions.release(policy, files, asked_by=by, approved_by=approved_by, note=note)
    except actions.ReleaseRefused as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    _tell_release(released, as_json)


def _tell_release(released: "Release", as_json: bool) -> None:
    if as_json:
        told = {"digest": released.digest, "pack": released.pack, "released_at": released.released_at.isoformat()}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{released.pack} {released.digest} in force since {released.released_at.isoformat()}")
