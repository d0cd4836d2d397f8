"""Reading a snapshot bucket by bucket: base and deltas put together, only the columns that are needed; whether it is whole; a
new base.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from rongxin.engine.risk.grouping import Array, rows_of
from rongxin.engine.risk.layout import (
    LINKS_TABLE,
    REPLACED_FILE,
    SHIFT,
    SUBJECTS,
    SUBJECTS_TABLE,
    Count,
    File,
    Snapshot,
    bucket_file,
    bucket_of,
    new_folder,
    records_table,
    write_manifest,
    write_table,
)
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.tables import Tables

MOST_REPLACED: Final = 0.2
"""The part of all enterprises above which deltas are better put into a new base."""
MOST_DELTAS: Final = 24
"""A day of one an hour. A bucket is read from a file of each, so that many small ones, too, cost more than a new base."""
_LINK_COLUMNS: Final = ["subject", "other", "through", "percent", "decided_on", "valid_to", "record"]

Progress = Callable[[int, int], None]
"""Called with how many buckets are done, and how many there are."""


def quiet(done: int, total: int) -> None:
    """No progress."""


class SnapshotDamaged(ValueError):
    """A file of a snapshot is missing or is not the one that was written. Snapshots may be deleted and built anew."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} {why}: the bucket is damaged; build the snapshot anew")
        self.path = path


class Reader:
    """The state that a snapshot and its deltas tell, bucket by bucket."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._replaced = [_replaced(snapshot, part) for part in range(1, len(snapshot.parts))]

    @property
    def buckets(self) -> list[int]:
        """The buckets that hold anything, in order."""
        return sorted({bucket for part in self.snapshot.parts for bucket in part.buckets})

    def bucket_tables(self, bucket: int, plan: Plan, beside: tuple[str, ...] = (), only: Array | None = None) -> Tables:
        """What ``plan`` looks at of a bucket, or ``only`` of these subjects, which rise, and the columns ``beside`` of records.

        SnapshotDamaged where a file is missing or cannot be read, ValueError where the snapshot was made under rules that do not
        know a field.
        """
        subjects = self.table(SUBJECTS_TABLE, bucket, plan.subject_columns, only)
        records = {}
        for kind, columns in self.kinds_read(plan).items():
            rows = self.table(records_table(kind), bucket, sorted({*columns, *beside}), only)
            if rows is not None:
                records[kind] = rows
        links = self.table(LINKS_TABLE, bucket, _LINK_COLUMNS, only) if plan.reads_links else None
        if subjects is None:
            subjects = pl.DataFrame(schema={name: SUBJECTS[name] for name in plan.subject_columns})
        return Tables(subjects, records, links)

    def kinds_read(self, plan: Plan) -> dict[str, list[str]]:
        """The columns of records that ``plan`` reads, by kind; kinds that nobody files left out. ValueError where the snapshot was
        made under rules that do not know a field.
        """
        read = {}
        for kind, columns in plan.kinds_read.items():
            known = self.snapshot.last.kinds.get(kind)
            if known is None:
                continue
            if unknown := set(columns) - set(known):
                raise ValueError(
                    f"the snapshot has no {sorted(unknown)} of {kind}: build it anew under the present rules"
                )
            read[kind] = columns
        return read

    def subject_tables(self, subject: int, plan: Plan) -> Tables:
        """What ``plan`` looks at of one enterprise, with the keys of its records."""
        return self.bucket_tables(bucket_of(subject), plan, ("record",), np.array([subject]))

    def links(self, bucket: int) -> pl.DataFrame | None:
        """The shares that enterprises of a bucket hold or of which others hold some."""
        return self.table(LINKS_TABLE, bucket, _LINK_COLUMNS)

    def table(
        self, table: str, bucket: int, columns: list[str] | None = None, only: Array | None = None
    ) -> pl.DataFrame | None:
        """The rows of a table in a bucket, in the order of the layout; None: there are none. ``only``: of these subjects, which
        rise.
        """
        path = bucket_file(table, bucket)
        found = []
        for part, manifest in enumerate(self.snapshot.parts):
            if path in manifest.files:
                rows = _read(self.snapshot.folder_of(part) / path, manifest.files[path], columns)
                if only is not None:
                    rows = rows_of(rows, only)
                gone = self.replaced_after(part, bucket)
                if len(gone):
                    rows = rows.filter(pl.Series(~np.isin(rows["subject"].to_numpy(), gone)))
                if rows.height:
                    found.append(rows)
        if len(found) > 1:
            # Every subject stands in one part only, so that its rows keep their order.
            return pl.concat(found).sort("subject", maintain_order=True)
        return found[0] if found else None

    def is_touched(self, bucket: int) -> bool:
        """Whether a delta says something about a bucket."""
        return bool(len(self.replaced_after(0, bucket))) or any(
            bucket in part.buckets for part in self.snapshot.parts[1:]
        )

    def replaced_after(self, part: int, bucket: int) -> Array:
        """The subjects of a bucket that a later part replaces."""
        bounds = [bucket << SHIFT, (bucket + 1) << SHIFT]
        later = [keys[slice(*np.searchsorted(keys, bounds))] for keys in self._replaced[part:]]
        return np.concatenate(later) if later else np.empty(0, np.int64)

    @property
    def replaced(self) -> int:
        """How many subjects deltas replace."""
        return len(np.unique(np.concatenate(self._replaced))) if self._replaced else 0


def _replaced(snapshot: Snapshot, part: int) -> Array:
    manifest, path = snapshot.parts[part], snapshot.folder_of(part) / REPLACED_FILE
    if REPLACED_FILE not in manifest.files:
        return np.empty(0, np.int64)
    return np.sort(_read(path, manifest.files[REPLACED_FILE], ["subject"])["subject"].to_numpy())


def _read(path: Path, file: File, columns: list[str] | None) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(path, columns=columns, glob=False, hive_partitioning=False)
    except FileNotFoundError as error:
        raise SnapshotDamaged(path, "is missing") from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SnapshotDamaged(path, f"cannot be read ({error})") from error
    if rows.height != file.rows:
        raise SnapshotDamaged(path, f"has {rows.height:,} rows, not {file.rows:,}")
    return rows


@dataclass(frozen=True)
class Damage:
    """What is wrong with a file."""

    path: Path
    why: str


def damages(snapshot: Snapshot, progress: Progress = quiet) -> list[Damage]:
    """Every file of a snapshot that is missing or whose bytes are not those that were written."""
    files = [
        (snapshot.folder_of(part) / path, file)
        for part, manifest in enumerate(snapshot.parts)
        for path, file in manifest.files.items()
    ]
    found = []
    for done, (path, file) in enumerate(files, start=1):
        try:
            with path.open("rb") as octets:
                digest = hashlib.file_digest(octets, "sha256").hexdigest()
        except FileNotFoundError:
            found.append(Damage(path, "missing"))
        else:
            if digest != file.sha256:
                found.append(Damage(path, "other bytes than were written"))
        progress(done, len(files))
    return found


def needs_compaction(snapshot: Snapshot) -> bool:
    """Whether the deltas are so many, or replace so much, that a new base is better."""
    deltas = len(snapshot.parts) - 1
    subjects = sum(count.subjects for count in snapshot.parts[0].buckets.values())
    return deltas >= MOST_DELTAS or Reader(snapshot).replaced > MOST_REPLACED * max(subjects, 1)


def compact(snapshot: Snapshot, target: Path, progress: Progress = quiet) -> Snapshot:
    """The same state as a base of its own in the new folder ``target``. FileExistsError where that stands."""
    reader = Reader(snapshot)
    kinds = sorted(snapshot.last.kinds)
    tables = [SUBJECTS_TABLE, *(records_table(kind) for kind in kinds), LINKS_TABLE]
    files: dict[str, File] = {}
    counts: dict[int, Count] = {}
    with new_folder(target) as folder:
        for done, bucket in enumerate(reader.buckets, start=1):
            if reader.is_touched(bucket):
                written, count = _written(reader, bucket, tables, folder)
            else:
                written, count = _linked(snapshot, bucket, tables, folder)
            files |= written
            if count.subjects or count.records:
                counts[bucket] = count
            progress(done, len(reader.buckets))
        write_manifest(folder, replace(snapshot.last, files=files, buckets=counts, parts=()))
    return Snapshot.at(target)


def _written(reader: Reader, bucket: int, tables: list[str], folder: Path) -> tuple[dict[str, File], Count]:
    files, count = {}, Count()
    for table in tables:
        rows = reader.table(table, bucket)
        if rows is None:
            continue
        path = bucket_file(table, bucket)
        files[path] = write_table(folder, path, rows)
        if table == SUBJECTS_TABLE:
            count = replace(count, subjects=rows.height, subject_keys=int(rows["subject"].sum()))
        elif table != LINKS_TABLE:
            keys = int(rows["record"].sum())
            count = replace(count, records=count.records + rows.height, record_keys=count.record_keys + keys)
    return files, count


def _linked(snapshot: Snapshot, bucket: int, tables: list[str], folder: Path) -> tuple[dict[str, File], Count]:
    """The files of a bucket of the base, which stay as they are, under a second name."""
    base = snapshot.parts[0]
    files = {path: base.files[path] for table in tables if (path := bucket_file(table, bucket)) in base.files}
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(snapshot.folder / path, folder / path)
        except FileNotFoundError as error:
            raise SnapshotDamaged(snapshot.folder / path, "is missing") from error
        except OSError:  # a file system without second names
            shutil.copy2(snapshot.folder / path, folder / path)
    return files, base.buckets.get(bucket, Count())
