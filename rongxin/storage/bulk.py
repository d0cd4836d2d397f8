"""Room for bulk work: more of the database held in memory while many keys in no order go into its indexes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def wide_cache(*, megabytes: int = 256) -> Iterator[None]:
    """Hold up to so many ``megabytes`` of pages of SQLite in this connection while it lasts; PostgreSQL has its own cache."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = {-1024 * megabytes}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {usual}")
