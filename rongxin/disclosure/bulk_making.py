"""Making an edition of the bulk files: everything that others may show, and what changed since the day before.

The same fields as the feed, so no text of a decision and nothing that waits to be cleared; no sole trader. An edition is made
beside the one that holds and takes its place when it is whole; a crash leaves the one before. Files of older editions are removed:
who is reading one reads it to its end.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.disclosure import bulk_changes
from rongxin.disclosure.bulk import MANIFEST, folder_of, newest, root
from rongxin.disclosure.bulk_changes import ADD, DEL, MOD
from rongxin.disclosure.bulk_forms import CHANGE, COLUMNS, SHEET_ROWS, Part
from rongxin.disclosure.models import BulkEdition
from rongxin.disclosure.status_lists import SIZE, draw_up_to, indices_of, list_address
from rongxin.disclosure.timing import rule_for
from rongxin.policy.display import shown_until
from rongxin.policy.pack import Policy
from rongxin.primitives.files import sync_folder
from rongxin.records.changes import gone, last_position
from rongxin.records.copies import last_first_version, lines, shown_acts
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook
from rongxin.storage.turns import in_turn

PRESENT: Final = "present.parquet"
SINCE_BASE: Final = "since-base.parquet"
SINCE_TODAY: Final = "since-today.parquet"
_NEW: Final = ".new-"
_MAKING: Final = "bulk files: making"
_COMPARED: Final = [name for name in COLUMNS if not name.startswith("status_")]
_ALIKE: Final = ["kind", "severity", "decided_on", "valid_to"]
_EMPTY: Final = {"first": pl.Int64, "digest": pl.UInt64}


@dataclass(frozen=True)
class Seen:
    """What the tables of the edition before say: from which edition this one tells changes, and what stood since then and today."""

    base: str
    since_base: pl.DataFrame | None
    since_today: pl.DataFrame | None

    @classmethod
    def before(cls, moment: Moment) -> "Seen":
        """The base is the first edition of the last day that had one: a copy taken at any time of that day can go on."""
        last = newest()
        if last is None:
            return cls("", None, None)
        base, today = (bulk_changes.read(folder_of(last.version) / name) for name in (SINCE_BASE, SINCE_TODAY))
        if last.day == moment.day:
            return cls(last.base if base is not None else "", base, today)
        first = BulkEdition.objects.filter(day=last.day).order_by("pk").values_list("version", flat=True).first()
        return cls(first if first and today is not None else "", today, None)


def make_edition() -> BulkEdition:
    """Make the bulk files anew and let them hold from now on."""
    (position, _), policy, moment = last_position(), rulebook.current(), Moment.now()
    version = f"{moment.known_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    draw_up_to(last_first_version())
    seen = Seen.before(moment)
    folder = root() / f"{_NEW}{version}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        manifest = {
            "version": version,
            "generated_at": moment.known_at.astimezone(UTC).isoformat(timespec="seconds"),
            "day": moment.day.isoformat(),
            "position": position,
            "platform": environment.platform_name,
            "policy_digest": policy.digest,
            **_write(folder, policy, moment, seen),
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        sync_folder(folder)
        edition = _publish(folder, manifest, moment, seen.base)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _remove_others(edition.version)
    return edition


def _write(folder: Path, policy: Policy, moment: Moment, seen: Seen) -> dict[str, Any]:
    """The files and tables of an edition; what the manifest says of them."""
    counts = {ADD: 0, MOD: 0, DEL: 0}
    present: list[pl.DataFrame] = [pl.DataFrame(schema=_EMPTY)]
    fits = shown_acts(policy, moment).size <= SHEET_ROWS
    with ExitStack() as stack:
        full = stack.enter_context(Part(folder, "full", COLUMNS, with_workbook=fits))
        parts = [full]
        if seen.since_base is not None:
            parts.append(stack.enter_context(Part(folder, "delta", CHANGE | COLUMNS, with_workbook=True)))
        for told in _told_lines(policy, moment):
            present.append(told.select("first", "digest"))
            full.add(told)
            if seen.since_base is not None:
                changes = bulk_changes.changed(seen.since_base, told)
                counts |= {each: counts[each] + changes.filter(change=each).height for each in (ADD, MOD)}
                parts[1].add(_as_change(changes))
        whole = pl.concat(present)
        if seen.since_base is not None:
            deleted = _deleted(bulk_changes.gone(seen.since_base, whole), policy)
            counts[DEL] = deleted.height
            parts[1].add(deleted)
    _keep_tables(folder, seen, whole)
    left_out = [part.name for part in parts if part.is_workbook_full] + ([] if fits else ["full"])
    return {
        "records": whole.height,
        "fields": list(COLUMNS),
        "files": [file for part in parts for file in part.told()],
        "left_out": [{"name": f"{name}.xlsx", "why": "more rows than a sheet holds"} for name in left_out],
        "delta": {"from": seen.base, "counts": counts} if seen.since_base is not None else None,
    }


def _told_lines(policy: Policy, moment: Moment) -> Iterator[pl.DataFrame]:
    """Every line part by part: COLUMNS, ``first`` and ``digest``."""
    titles = {name: kind.title.zh for name, kind in policy.kinds.items()}
    for frame in lines(policy, moment):
        entries = _entries(frame["first"].unique())
        yield (
            frame.join(
                _ends(frame, policy, moment),
                on=_ALIKE,
                how="left",
                nulls_equal=True,
            )
            .join(entries, on="first", how="left")
            .with_columns(
                kind_title=pl.col("kind").replace_strict(titles, default=None, return_dtype=pl.String),
                subject_name=pl.coalesce("subject_name", "party_name"),
                subject_uscc=pl.col("subject_uscc").fill_null(""),
            )
            .with_columns(digest=pl.struct(_COMPARED).hash())
            .select("first", "digest", *COLUMNS)
        )


def _ends(frame: pl.DataFrame, policy: Policy, moment: Moment) -> pl.DataFrame:
    """Until when what shares kind, severity and days is shown, computed once for all of it."""
    alike = frame.select(_ALIKE).unique()
    days = [
        shown_until(decided_on, rule_for(policy, kind, severity, moment.day), valid_to)
        for kind, severity, decided_on, valid_to in alike.iter_rows()
    ]
    return alike.with_columns(shown_until=pl.Series(days, dtype=pl.Date))


def _entries(firsts: pl.Series) -> pl.DataFrame:
    """Where each of these acts stands in the status lists."""
    of_lists = (firsts // SIZE).unique().sort()
    parts = []
    for number in of_lists:
        here = firsts.filter(firsts // SIZE == number)
        parts.append(
            pl.DataFrame(
                {
                    "first": here,
                    "status_list": pl.repeat(list_address(number), here.len(), eager=True),
                    "status_index": pl.Series(indices_of(number)[here.to_numpy() % SIZE], dtype=pl.Int64),
                }
            )
        )
    schema = {"first": pl.Int64, "status_list": pl.String, "status_index": pl.Int64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)


def _as_change(changes: pl.DataFrame) -> pl.DataFrame:
    return changes.with_columns(why=pl.lit(None, pl.String), reason=pl.lit(None, pl.String))


def _deleted(firsts: list[int], policy: Policy) -> pl.DataFrame:
    """The lines of acts that are gone: number, kind, why, and nothing else."""
    told = [(DEL, each.step.value, each.reason or None, each.number, each.kind) for each in gone(firsts, policy)]
    known = pl.DataFrame(told, schema=dict.fromkeys((*CHANGE, "number", "kind"), pl.String), orient="row")
    types: dict[str, Any] = {
        "version": pl.Int64,
        "decided_on": pl.Date,
        "shown_until": pl.Date,
        "recorded_at": pl.Datetime("us", "UTC"),
        "disputed": pl.Boolean,
        "status_index": pl.Int64,
    }
    empty = {name: pl.lit(None, types.get(name, pl.String)) for name in COLUMNS if name not in known.columns}
    return known.with_columns(**empty)


def _keep_tables(folder: Path, seen: Seen, present: pl.DataFrame) -> None:
    present.select("first").sort("first").write_parquet(folder / PRESENT)
    if seen.since_base is not None:
        bulk_changes.followed(seen.since_base, present).write_parquet(folder / SINCE_BASE)
    today = bulk_changes.begun(present)
    if seen.since_today is not None:
        today = bulk_changes.followed(seen.since_today, present)
    today.write_parquet(folder / SINCE_TODAY)


@transaction.atomic
def _publish(folder: Path, manifest: dict[str, Any], moment: Moment, base: str) -> BulkEdition:
    """Of two at once the older gives way."""
    in_turn(_MAKING)
    newer = BulkEdition.objects.filter(version__gte=manifest["version"]).order_by("-pk").first()
    if newer is not None:
        shutil.rmtree(folder)
        return newer
    edition = BulkEdition.objects.create(
        version=manifest["version"],
        base=base,
        day=moment.day,
        position=manifest["position"],
        manifest=manifest,
        made_at=timezone.now(),
        confirmed_at=moment.known_at,
    )
    target = folder_of(edition.version)
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)
    sync_folder(root())
    return edition


def _remove_others(version: str) -> None:
    """Files of editions that hold no longer, and what a killed worker left half made."""
    for folder in root().iterdir():
        name = folder.name.removeprefix(_NEW)
        if name < version:
            shutil.rmtree(folder, ignore_errors=True)
