"""What goes into raw SQL and what comes out of it: days and instants as the database keeps them, answers as frames."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper


def fetched(cursor: CursorWrapper, schema: dict[str, Any], sql: str, params: Sequence[Any] = ()) -> pl.DataFrame:
    """Run ``sql`` and give its rows under ``schema`` (column name → Polars type), in the order of the SELECT."""
    cursor.execute(sql, params)
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def kept(value: date | datetime) -> Any:
    """``value`` as a parameter of raw SQL: SQLite keeps days and instants as text, PostgreSQL as they are."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)
