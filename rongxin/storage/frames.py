"""The answer of a query as a Polars frame."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.db.backends.utils import CursorWrapper


def fetched(cursor: CursorWrapper, schema: dict[str, Any], sql: str, params: Sequence[object] = ()) -> pl.DataFrame:
    """Run ``sql`` and give its rows under ``schema`` (column name → Polars type), in the order of the SELECT."""
    cursor.execute(sql, params)
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
