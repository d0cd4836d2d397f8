"""A bucket of a snapshot as Spark tables of one partition: base and deltas put together, as snapshots.Reader does it."""

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rongxin.engine.risk.layout import (
    LINKS,
    LINKS_TABLE,
    REPLACED,
    REPLACED_FILE,
    SHIFT,
    SUBJECTS,
    SUBJECTS_TABLE,
    File,
    bucket_file,
    records_table,
)
from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.snapshots import Reader, SnapshotDamaged
from rongxin.engine.risk.tables import PRESENCE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

_TYPES: Final = {"Int64": "long", "UInt8": "short", "Date": "date", "Boolean": "boolean"}
"""The columns of snapshots in Spark; those of words, of a list or not, are strings."""
_REPLACED: Final = "@replaced"


class SparkReader:
    """What a plan looks at of a snapshot, bucket by bucket."""

    def __init__(self, session: "SparkSession", reader: Reader, plan: Plan) -> None:
        self._session, self._reader, self._plan = session, reader, plan
        self.kinds = reader.kinds_read(plan)

    def subjects(self, bucket: int) -> "DataFrame":
        """The enterprises of a bucket."""
        schema = {name: str(SUBJECTS[name]) for name in self._plan.subject_columns}
        return self._table(SUBJECTS_TABLE, bucket, schema)

    def records(self, kind: str, bucket: int) -> "DataFrame":
        """The records of a kind."""
        known = self._reader.snapshot.last.kinds[kind]
        return self._table(records_table(kind), bucket, {name: known[name] for name in self.kinds[kind]})

    def links(self, bucket: int) -> "DataFrame":
        """The shares that enterprises of a bucket hold or of which others hold some."""
        return self._table(LINKS_TABLE, bucket, {name: str(dtype) for name, dtype in LINKS.items()})

    def presence(self, path: Path) -> "DataFrame":
        """PRESENCE as it was written at ``path``."""
        return self._read([path], {name: str(dtype) for name, dtype in PRESENCE.items()})

    def _table(self, table: str, bucket: int, schema: dict[str, str]) -> "DataFrame":
        from pyspark.sql import functions as spark

        path = bucket_file(table, bucket)
        snapshot, found = self._reader.snapshot, []
        for part, manifest in enumerate(snapshot.parts):
            if path not in manifest.files:
                continue
            rows = self._read([_whole(snapshot.folder_of(part) / path, manifest.files[path])], schema)
            if len(self._reader.replaced_after(part, bucket)):
                later = [
                    _whole(snapshot.folder_of(number) / REPLACED_FILE, snapshot.parts[number].files[REPLACED_FILE])
                    for number in range(part + 1, len(snapshot.parts))
                    if REPLACED_FILE in snapshot.parts[number].files
                ]
                keys = self._read(later, {name: str(dtype) for name, dtype in REPLACED.items()})
                keys = keys.filter(spark.col("subject").between(bucket << SHIFT, ((bucket + 1) << SHIFT) - 1))
                # Spark would move an anti-join below the coalescing and then shuffle what it joins.
                keys = keys.withColumn(_REPLACED, spark.lit(True)).hint("shuffle_hash")
                rows = rows.join(keys, "subject", "left").filter(spark.col(_REPLACED).isNull()).select(*schema)
            found.append(rows)
        if not found:
            return self._nothing(schema)
        return reduce(lambda one, two: one.unionByName(two), found).coalesce(1)

    def _read(self, paths: list[Path], schema: dict[str, str]) -> "DataFrame":
        # The schema is told, so that no job is spent on reading it from each file.
        rows = self._session.read.schema(_struct(schema)).parquet(*(spark_path(path) for path in paths))
        return rows.coalesce(1)

    def _nothing(self, schema: dict[str, str]) -> "DataFrame":
        from pyspark.sql import functions as spark

        columns = [spark.lit(None).cast(field.dataType).alias(field.name) for field in _struct(schema)]
        return self._session.range(0).coalesce(1).select(columns)


def spark_path(path: Path) -> str:
    """A path of the shared file system as Spark is told it, which takes some characters for patterns."""
    escaped = "".join(f"\\{letter}" if letter in "{}[]*?\\" else letter for letter in str(path.absolute()))
    return f"file://{escaped}"


def _whole(path: Path, file: File) -> Path:
    """The path of a file that is as long as it was written; SnapshotDamaged for any other."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise SnapshotDamaged(path, "is missing") from error
    if size != file.bytes:
        raise SnapshotDamaged(path, f"has {size:,} bytes, not {file.bytes:,}")
    return path


def _struct(schema: dict[str, str]) -> "StructType":
    from pyspark.sql.types import StructType

    struct = StructType()
    for name, dtype in schema.items():
        struct = struct.add(name, _TYPES.get(dtype, "string"))
    return struct
