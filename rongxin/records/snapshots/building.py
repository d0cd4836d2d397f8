"""The base of a snapshot: everything known, in one consistent view.

The records are read once, in the order of their keys, as the disk holds them; what comes of them is spilled, sorted by subject, and
brought together bucket by bucket. In memory stand a part of the records, one bucket, and eight bytes for each subject.
"""

import shutil
from pathlib import Path
from typing import Final

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from rongxin.engine.aside import full_disk_told
from rongxin.engine.risk.layout import SHAREHOLDING, SHIFT, Snapshot, new_folder, record_schemas, records_table
from rongxin.jobs.progress import Progress
from rongxin.policy.pack import Policy
from rongxin.records.snapshots.links import put_all_links
from rongxin.records.snapshots.proving import counted, prove
from rongxin.records.snapshots.rows import Owners, Part, acts, subjects, tables
from rongxin.records.snapshots.states import all_states
from rongxin.records.snapshots.writing import Folder, View
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.views import one_view

PART: Final = 50_000
"""Keys of records read at once."""
SPILL: Final = 2_000_000
"""Rows that are held before they are spilled: some 200 MB."""
_GROUP: Final = 20_000
"""Rows of a spilled row group: a bucket is found among them by the least and the largest subject of each."""


def build(folder: Path, policy: Policy, progress: Progress | None = None) -> Snapshot:
    """Write the base of a new snapshot into ``folder``, whole or not at all.

    FileExistsError where the folder stands; Incomplete where the files do not hold what the database counts; OSError where the disk
    is full.
    """
    progress = progress or Progress()
    with asks(PLATFORM), new_folder(folder) as place, one_view(), connection.cursor() as cursor:
        view = View.now()
        made = Folder(place)
        owners = _put_subjects(cursor, made, progress)
        spill = _Spill(place / "spilled")
        _read_records(cursor, made, spill, owners, policy, view, progress)
        _put_records(made, spill, policy, progress)
        shutil.rmtree(spill.folder, ignore_errors=True)
        if SHAREHOLDING in policy.kinds:
            put_all_links(cursor, made)
        progress.phase("核对")
        prove(made.held(), counted(cursor))
        made.close(view, policy)
    return Snapshot.at(folder)


def _put_subjects(cursor: CursorWrapper, made: Folder, progress: Progress) -> Owners:
    """Write the subjects, and give as whom each of them counts."""
    cursor.execute("SELECT max(id) FROM subjects_subject")
    (last,) = cursor.fetchone()
    buckets = range(((last or 0) >> SHIFT) + 1)
    progress.phase("主体", len(buckets))
    owners = []
    for bucket in buckets:
        first = bucket << SHIFT
        keys = pl.int_range(first, first + (1 << SHIFT), eager=True).alias("subject").to_frame()
        found = subjects(cursor, "k.id BETWEEN %s AND %s", [first, first + (1 << SHIFT) - 1])
        made.put_subjects(bucket, found)
        owners.append(keys.join(found, on="subject", how="left", maintain_order="left")["owner"])
        progress.advance()
    by_key = pl.concat(owners, rechunk=True)
    return by_key.gather


def _read_records(
    cursor: CursorWrapper,
    made: Folder,
    spill: "_Spill",
    owners: Owners,
    policy: Policy,
    view: View,
    progress: Progress,
) -> None:
    states = all_states(policy, view.moment)
    cursor.execute("SELECT min(id), max(id) FROM records_record")
    first, last = cursor.fetchone()
    if first is None:
        return
    progress.phase("记录", last - first + 1)
    for start in range(first, last + 1, PART):
        end = min(start + PART - 1, last)
        part = Part.between(start, end)
        found = acts(cursor, part, owners, states.filter(pl.col("record").is_between(start, end)), made.tally)
        for table, rows in tables(cursor, part, found, policy.kinds, made.tally).items():
            spill.add(table, rows)
        progress.advance(end - start + 1)
    spill.flush()


def _put_records(made: Folder, spill: "_Spill", policy: Policy, progress: Progress) -> None:
    buckets = sorted(made.buckets)
    progress.phase("分区", len(buckets))
    for bucket in buckets:
        for kind in record_schemas(policy):
            rows = spill.of(records_table(kind), bucket)
            if not rows.is_empty():
                made.put_records(records_table(kind), bucket, rows)
        progress.advance()


class _Spill:
    """Rows on their way from the order of records to that of subjects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held: dict[str, list[pl.DataFrame]] = {}
        self.rows = 0
        self.files: dict[str, list[Path]] = {}

    def add(self, table: str, rows: pl.DataFrame) -> None:
        """Take rows of a table."""
        self.held.setdefault(table, []).append(rows)
        self.rows += rows.height
        if self.rows >= SPILL:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        for table, frames in self.held.items():
            files = self.files.setdefault(table, [])
            path = self.folder / table / f"{len(files)}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = pl.concat(frames).sort("subject")
            with full_disk_told(path):
                rows.write_parquet(path, compression="lz4", row_group_size=_GROUP, statistics=True)
            files.append(path)
        self.held, self.rows = {}, 0

    def of(self, table: str, bucket: int) -> pl.DataFrame:
        """The rows of a bucket."""
        if table not in self.files:
            return pl.DataFrame()
        first = bucket << SHIFT
        near = pl.col("subject").is_between(first, first + (1 << SHIFT) - 1)
        return pl.scan_parquet(self.files[table]).filter(near).collect()
