"""``rongxin ledger``: check, sign, prove and hand out the tamper-evident log; what a witness runs."""

import json
import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from rongxin.cli.django import start

app = typer.Typer(no_args_is_help=True, help="存证账本。The tamper-evident log.")
Which = Annotated[
    str, typer.Option("--log", help="name of a log, such as …/ledger/2026; without it the one that is written")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]
Out = Annotated[Path | None, typer.Option("--out", help="a file; without it the terminal", dir_okay=False)]


@app.command()
def verify(
    log: Which = "",
    contents: Annotated[
        bool, typer.Option(help="also open every event and compare it with what was committed to")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Recompute the whole log from its rows. One line for each thing that is wrong, and exit status 1 when there is one."""
    start()
    from rongxin.ledger import logs
    from rongxin.ledger.verifying import verify as faults_of

    found = _found(log)
    faults = []
    for fault in faults_of(found, contents=contents):
        faults.append(fault)
        if not as_json:
            typer.echo(fault)
    cut = logs.latest_cut(found)
    size = cut.size if cut else 0
    if as_json:
        typer.echo(json.dumps({"log": found.origin, "size": size, "faults": faults}, ensure_ascii=False))
    elif not faults:
        typer.echo(f"{found.origin}：{size:,} 条，没有发现问题。Nothing is wrong.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def checkpoint(
    log: Which = "",
    seen: Annotated[
        Path | None,
        typer.Option("--seen", help="newest note that a witness holds: after a restore, compare with it first"),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="write all published files anew from the database")
    ] = False,
) -> None:
    """Sequence what waits, sign and publish a checkpoint, and print it. Exit status 1 where nothing may be signed, and why."""
    start()
    from rongxin.ledger import signing
    from rongxin.ledger.notes import NoteRefused
    from rongxin.ledger.publishing import cosigned
    from rongxin.ledger.sequencing import sequence_all
    from rongxin.ledger.tile_files import TilesDamaged

    sequence_all()
    found = _found(log)
    try:
        signed = signing.checkpoint(found, seen=_note(seen) if seen else None, rebuild=rebuild)
    except (signing.SigningRefused, NoteRefused, TilesDamaged) as error:
        _refuse(error)
    if signed is None:
        _refuse(f"{found.origin} is empty")
    typer.echo(str(cosigned(signed)), nl=False)


@app.command()
def prove(
    index: Annotated[int | None, typer.Argument(help="index of one event")] = None,
    firm: Annotated[
        str, typer.Option("--firm", help="unified code: everything that the log says of this enterprise")
    ] = "",
    since: Annotated[
        int | None, typer.Option("--since", help="size of an older checkpoint: the newest begins with it")
    ] = None,
    log: Which = "",
    out: Out = None,
) -> None:
    """A proof that anybody checks without the platform: of one event, of an enterprise's stream, or of two checkpoints."""
    start()
    from rongxin.ledger import logs, proving
    from rongxin.ledger.contents import Unopenable
    from rongxin.ledger.entries import Of, Subject
    from rongxin.ledger.tile_files import TilesDamaged

    if [index is not None, bool(firm), since is not None].count(True) != 1:
        raise typer.BadParameter("one of INDEX, --firm and --since")
    found = _found(log)
    try:
        if index is not None:
            bundle = proving.prove(found, index)
        elif firm:
            bundle = proving.prove_stream(found, Subject(Of.FIRM, firm))
        else:
            signed = logs.latest_checkpoint(found)
            bundle = proving.prove_consistency(found, since or 0, signed.cut.size if signed else 0)
    except (proving.NotProvable, TilesDamaged, Unopenable) as error:
        _refuse(error)
    _give(json.dumps(bundle, ensure_ascii=False, indent=1) + "\n", out)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="a new or empty folder", file_okay=False)],
    log: Which = "",
    contents: Annotated[bool, typer.Option("--contents", help="also what every event says: for auditors only")] = False,
) -> None:
    """The whole log as files for an auditor: checkpoints, tiles, entries, heads maps."""
    start()
    from rongxin.ledger.contents import Unopenable
    from rongxin.ledger.exporting import FolderInUse
    from rongxin.ledger.exporting import export as write
    from rongxin.ledger.proving import NotProvable

    found = _found(log)
    try:
        size = write(found, folder, contents=contents)
    except (FolderInUse, NotProvable, Unopenable) as error:
        _refuse(error)
    typer.echo(f"{found.origin}：{size:,} 条 → {folder}")


@app.command()
def follow(
    after: Annotated[Path, typer.Option("--after", help="the newest checkpoint of the old log that anybody has")],
    lost: Annotated[str, typer.Option("--lost", help="what was lost, and how")],
) -> None:
    """Begin a new log where more of the old one was signed than the restored database has; its first event says what was lost."""
    start()
    from rongxin.ledger.continuing import NothingToFollow, follow_lost

    try:
        new = follow_lost(_found(""), _note(after), lost)
    except NothingToFollow as error:
        _refuse(error)
    typer.echo(new.origin)


@app.command()
def witness(
    folder: Annotated[Path, typer.Argument(help="the published log, or a copy: checkpoint and tile/", exists=True)],
    log_key: Annotated[str, typer.Option("--log-key", help="NAME=PUBLIC KEY of the log, in hexadecimal")],
    name: Annotated[str, typer.Option("--name", help="name of this witness, such as witness.example/province")],
    remembered: Annotated[
        Path, typer.Option("--remembered", help="file with what this witness signed last; kept for ever")
    ],
    suite: Annotated[int, typer.Option(help="1: SHA-256, 2: SM3")] = 1,
    out: Out = None,
) -> None:
    """For another organisation, without a database: check that the log goes on from what was signed before, and cosign it.

    The witness's own seed, 64 hexadecimal characters, is read from RONGXIN_WITNESS_KEY.
    """
    from rongxin.ledger import cosigning
    from rongxin.ledger.notes import Key, Signer

    origin, _, public = log_key.rpartition("=")
    try:
        signer = Signer(name, bytes.fromhex(os.environ.get("RONGXIN_WITNESS_KEY", "")))
        key = Key(origin, bytes.fromhex(public))
    except ValueError as error:
        _refuse(f"RONGXIN_WITNESS_KEY or --log-key: {error}")
    try:
        note = cosigning.cosign(_note(folder / "checkpoint"), folder, key, signer, remembered, suite=suite)
    except (cosigning.WitnessRefused, ValueError) as error:
        _refuse(error)
    typer.echo(f"{name}={signer.public.hex()}", err=True)
    _give(str(note), out)


@app.command()
def cosign(
    note: Annotated[
        Path, typer.Argument(help="a checkpoint with the signature of a witness", exists=True, dir_okay=False)
    ],
    log: Which = "",
) -> None:
    """Take in what a witness of RONGXIN_LEDGER_WITNESSES signed, and publish it with the checkpoint."""
    start()
    from config.environment import environment
    from rongxin.ledger import witnessing
    from rongxin.ledger.cosigning import WitnessRefused

    try:
        new = witnessing.take(_found(log), _note(note), environment.witnesses())
    except (WitnessRefused, ValueError) as error:
        _refuse(error)
    typer.echo("、".join(new) if new else "没有新的见证签名。Nothing new.")


def _found(origin: str) -> Any:
    from rongxin.ledger import logs

    try:
        return logs.found(origin)
    except logs.NoLog as error:
        _refuse(error)


def _note(path: Path) -> Any:
    from rongxin.ledger.notes import Note, NoteRefused

    try:
        return Note.parsed(path.read_text(encoding="utf-8"))
    except (NoteRefused, OSError, UnicodeDecodeError) as error:
        _refuse(f"{path}: {error}")


def _give(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def _refuse(error: object) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1)
