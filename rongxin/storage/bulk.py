"""Room for bulk work: more of the database held in memory while many keys in no order go into its indexes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

_CACHE_KB: Final = 262_144


@contextmanager
def wide_cache() -> Iterator[None]:
    """Hold up to 256 MB of pages of SQLite in this connection while it lasts; PostgreSQL has its own cache."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {usual}")
