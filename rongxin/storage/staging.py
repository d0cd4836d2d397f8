"""A Polars frame as a temporary table of the running transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

_POSTGRESQL = {
    pl.String: "text",
    pl.Int64: "bigint",
    pl.Int32: "bigint",
    pl.UInt32: "bigint",
    pl.Boolean: "boolean",
    pl.Date: "date",
}
_NULL = "\\N"


@contextmanager
def staged(frame: pl.DataFrame, name: str) -> Iterator[CursorWrapper]:
    """Hold ``frame`` in the temporary table ``name`` and give a cursor; the table is gone afterwards.

    Column types follow the frame (String, Int32/64, UInt32, Boolean, Date). Must run inside a transaction, so that what is
    made of the staged rows is kept whole or not at all.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("staged rows need a transaction")
    unknown = {str(dtype) for dtype in frame.dtypes} - {str(dtype()) for dtype in _POSTGRESQL}
    if unknown:
        raise TypeError(f"no column type for {sorted(unknown)}")
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(name)
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        columns = ", ".join(
            f"{connection.ops.quote_name(column)} {_type(dtype)}" for column, dtype in frame.schema.items()
        )
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
        _load(cursor, frame, table)
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {table}")
        yield cursor
        cursor.execute(f"DROP TABLE {table}")


def _type(dtype: pl.DataType) -> str:
    # Django keeps dates as ISO text on SQLite; a column without affinity would not compare with them.
    return _POSTGRESQL[type(dtype)] if connection.vendor == "postgresql" else _SQLITE.get(type(dtype), "text")


_SQLITE = {pl.Int64: "integer", pl.Int32: "integer", pl.UInt32: "integer", pl.Boolean: "integer"}


def _load(cursor: CursorWrapper, frame: pl.DataFrame, table: str) -> None:
    if connection.vendor == "postgresql":
        with cursor.cursor.copy(f"COPY {table} FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')") as copy:
            for part in frame.iter_slices(20_000):
                copy.write(part.write_csv(include_header=False, null_value=_NULL))
        return
    plain = frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"), pl.col(pl.Boolean).cast(pl.Int64))
    marks = ", ".join(["?"] * frame.width)
    # The driver's own cursor: Django's rewrites every placeholder of every row.
    connection.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", plain.iter_rows())
