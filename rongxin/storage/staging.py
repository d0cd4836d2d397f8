"""A Polars frame as a temporary table of the running transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from rongxin.storage.loading import load
from rongxin.storage.statistics import refresh

_POSTGRESQL = {
    pl.String: "text",
    pl.Int64: "bigint",
    pl.Int32: "bigint",
    pl.UInt32: "bigint",
    pl.Boolean: "boolean",
    pl.Date: "date",
}


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
        load(cursor, name, frame)
        refresh(name)
        yield cursor
        cursor.execute(f"DROP TABLE {table}")


def _type(dtype: pl.DataType) -> str:
    # Django keeps dates as ISO text on SQLite; a column without affinity would not compare with them.
    return _POSTGRESQL[type(dtype)] if connection.vendor == "postgresql" else _SQLITE.get(type(dtype), "text")


_SQLITE = {pl.Int64: "integer", pl.Int32: "integer", pl.UInt32: "integer", pl.Boolean: "integer"}
