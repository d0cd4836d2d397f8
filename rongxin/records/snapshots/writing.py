"""The files of a base or a delta while it is made: what was written, and what each bucket holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
from django.utils import timezone

from rongxin.engine.risk.layout import (
    LINKS,
    LINKS_TABLE,
    SHIFT,
    SUBJECTS,
    SUBJECTS_TABLE,
    Count,
    File,
    Manifest,
    bucket_file,
    record_schemas,
    rules_digest,
    schema_text,
    write_manifest,
    write_table,
)
from rongxin.policy.pack import Policy
from rongxin.records.changes import last_position
from rongxin.records.display import Moment
from rongxin.records.snapshots.rows import Tally


@dataclass(frozen=True)
class View:
    """What is known inside ``one_view``: up to which event, and at which instant."""

    position: int
    moment: Moment

    @classmethod
    def now(cls) -> "View":
        """What this transaction sees; the clock is read after its first statement, so that nothing seen is later. A clock that was
        set back hides no event: the next delta would not ask for it again.
        """
        position, at = last_position()
        now = timezone.now()
        return cls(position, Moment.at(now if at is None else max(now, at)))


def by_bucket(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows of each bucket, one after another, by their ``subject``."""
    parts = rows.with_columns(bucket=pl.col("subject") // (1 << SHIFT)).partition_by(
        "bucket", as_dict=True, include_key=False
    )
    for bucket in sorted(number for (number,) in parts):
        yield bucket, parts[(bucket,)]


@dataclass
class Folder:
    """A base or delta in the making at ``place``."""

    place: Path
    tally: Tally = field(default_factory=Tally)
    files: dict[str, File] = field(default_factory=dict)
    buckets: dict[int, Count] = field(default_factory=dict)

    def put(self, path: str, rows: pl.DataFrame) -> None:
        """Write a file, unless it would have no row."""
        if not rows.is_empty():
            self.files[path] = write_table(self.place, path, rows)

    def put_subjects(self, bucket: int, found: pl.DataFrame) -> None:
        """Those of ``found`` that count as themselves."""
        own = found.filter(pl.col("owner") == pl.col("subject")).select(*SUBJECTS).sort("subject")
        self.put(bucket_file(SUBJECTS_TABLE, bucket), own)
        before = self._count(bucket)
        self.buckets[bucket] = replace(before, subjects=own.height, subject_keys=_sum(own["subject"]))

    def put_records(self, table: str, bucket: int, rows: pl.DataFrame) -> None:
        """Records of one kind."""
        self.put(bucket_file(table, bucket), rows.sort("subject", "decided_on", "record"))
        self.add_records(bucket, rows.height, _sum(rows["record"]))

    def put_links(self, bucket: int, rows: pl.DataFrame) -> None:
        """Links of one bucket."""
        self.put(bucket_file(LINKS_TABLE, bucket), rows.select(*LINKS).sort("subject", "through", "other", "record"))

    def held(self) -> dict[int, Count]:
        """What each bucket holds, with the records of unknown kinds that were left out."""
        whole = dict(self.buckets)
        for bucket, number in self.tally.outside_acts.items():
            before = whole.get(bucket, Count())
            keys = before.record_keys + self.tally.outside_keys[bucket]
            whole[bucket] = replace(before, records=before.records + number, record_keys=keys)
        return whole

    def close(self, view: View, policy: Policy, parts: tuple[str, ...] = ()) -> None:
        """Write the manifest."""
        manifest = Manifest(
            position=view.position,
            known_at=view.moment.known_at,
            policy=policy.digest,
            rules=rules_digest(policy),
            kinds={name: schema_text(schema) for name, schema in record_schemas(policy).items()},
            files=dict(sorted(self.files.items())),
            buckets={bucket: count for bucket, count in sorted(self.buckets.items()) if count != Count()},
            unresolved=self.tally.unresolved,
            outside=dict(sorted(self.tally.outside.items())),
            emptied=dict(sorted(self.tally.emptied.items())),
            parts=parts,
        )
        write_manifest(self.place, manifest)

    def add_records(self, bucket: int, number: int, keys: int) -> None:
        """Count records of a bucket."""
        before = self._count(bucket)
        self.buckets[bucket] = replace(before, records=before.records + number, record_keys=before.record_keys + keys)

    def _count(self, bucket: int) -> Count:
        return self.buckets.get(bucket, Count())


def _sum(keys: pl.Series) -> int:
    return int(keys.sum() or 0)
