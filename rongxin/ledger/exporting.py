"""The whole log as a folder for an auditor, who checks it without the platform."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from config.environment import environment
from rongxin.ledger import logs
from rongxin.ledger.bundles import Opening, Sealed
from rongxin.ledger.completeness import HEADS, path_of
from rongxin.ledger.entries import LENGTH, stream_id
from rongxin.ledger.models import Checkpoint, Entry, HeadsMap, Log
from rongxin.ledger.proving import NotProvable, openings
from rongxin.ledger.publishing import NEWEST, cosigned
from rongxin.ledger.rows import PART, leaves, stored
from rongxin.ledger.tile_files import write_tiles
from rongxin.ledger.tree.tiles import FULL, index_path

_LENGTH: Final = LENGTH.to_bytes(2, "big")


class FolderInUse(ValueError):
    """The folder holds something already; an export never mixes with what was there."""


def export(log: Log, folder: Path, *, contents: bool = False) -> int:
    """Write checkpoints, tiles, entry bundles, heads maps and, where ``contents`` is set, what events say; how many entries.

    Entries tell how often each pseudonym is looked at, contents tell everything: both are for auditors. Raises FolderInUse,
    and NotProvable where nothing was signed.
    """
    signed = logs.latest_checkpoint(log)
    if signed is None:
        raise NotProvable("nothing was signed yet")
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty")
    size = signed.cut.size
    write_tiles(log.hashing, folder / "tile", size, 0, lambda begin, end: leaves(log, begin, end))
    _write_entries(log, folder / "tile" / "entries", size)
    _write_checkpoints(log, folder)
    _write_heads(log, folder / "heads", size)
    if contents:
        with (folder / "payloads.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_told(line) for line in _payloads(log, size))
    (folder / "keys.json").write_text(_told(_keys(log)), encoding="utf-8")
    (folder / NEWEST).write_text(str(cosigned(signed)), encoding="utf-8")
    return size


def _write_entries(log: Log, folder: Path, size: int) -> None:
    for part_begin, part in zip(range(0, size, PART), stored(log, 0, size, "entry"), strict=True):
        for at in range(0, len(part), FULL):
            bundle = part[at : at + FULL]
            path = folder / index_path((part_begin + at) // FULL, len(bundle))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(_LENGTH + bytes(entry) for (entry,) in bundle))


def _write_checkpoints(log: Log, folder: Path) -> None:
    below = folder / "checkpoints"
    below.mkdir(parents=True, exist_ok=True)
    for checkpoint in Checkpoint.objects.filter(cut__log=log).select_related("cut").iterator(chunk_size=10_000):
        (below / str(checkpoint.cut.size)).write_text(str(cosigned(checkpoint)), encoding="utf-8")


def _write_heads(log: Log, folder: Path, size: int) -> None:
    """Maps whose event the newest checkpoint covers, each with its event opened."""
    identifier = stream_id(log.hashing, logs.stream_key(log.origin), HEADS)
    events = {
        row.number: row for row in Entry.objects.filter(stream__log=log, stream__stream=identifier, index__lt=size)
    }
    opened = openings(log, list(events.values()))
    for heads in HeadsMap.objects.filter(cut__log=log).select_related("cut"):
        row = events.get(heads.number)
        shown = opened[row.index] if row else None
        if row is None or not isinstance(shown, Opening):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path_of(log, heads.cut.size), folder / str(heads.cut.size))
        told = {"index": row.index, "salt": shown.salt.hex(), "payload": shown.payload}
        (folder / f"{heads.cut.size}.json").write_text(_told(told), encoding="utf-8")


def _payloads(log: Log, size: int) -> Iterator[dict[str, Any]]:
    for begin in range(0, size, PART):
        rows = list(
            Entry.objects.filter(log=log, index__gte=begin, index__lt=min(size, begin + PART)).order_by("index")
        )
        for index, shown in openings(log, rows).items():
            match shown:
                case Opening(salt, payload):
                    yield {"index": index, "salt": salt.hex(), "payload": payload}
                case Sealed():
                    yield {"index": index, "sealed": True}
                case None:
                    yield {"index": index, "erased": True}


def _keys(log: Log) -> dict[str, Any]:
    keys = [{"name": log.origin, "type": "ed25519", "public": logs.key_of(log).public.hex()}]
    keys += [
        {"name": name, "type": "cosignature", "public": public.hex()}
        for name, public in environment.witnesses().items()
    ]
    return {"origin": log.origin, "suite": log.suite, "keys": keys}


def _told(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
