"""The database as the migrations left it, again after every test with real transactions.

Django would empty every table and fill content types and permissions again, with triggers in the way that refuse to lose a row.
SQLite is given back page by page instead. On PostgreSQL an administrator, whom no trigger hears, empties what is no longer as
empty as the migrations left it.
"""

import sqlite3
import time
from collections.abc import Callable

from django.db import connection

from tests.postgresql import ADMINISTRATOR, asking_as

PATIENCE = 30
"""Seconds until a database that somebody still writes to is an error."""


def as_it_is() -> Callable[[], None]:
    """What brings the database back to how it is now, on whatever connection."""
    return _pages() if connection.vendor == "sqlite" else _empty_tables()


def _pages() -> Callable[[], None]:
    kept = sqlite3.connect(":memory:")
    connection.ensure_connection()
    connection.connection.backup(kept)

    def bring_back() -> None:
        connection.close()  # with whatever transaction the test broke off in
        connection.ensure_connection()
        ends = time.monotonic() + PATIENCE

        def hurry(*_: int) -> None:
            if time.monotonic() > ends:
                raise TimeoutError("the test is over and something still writes to its database")

        kept.backup(connection.connection, progress=hurry, sleep=0.02)

    return bring_back


def _empty_tables() -> Callable[[], None]:
    with asking_as(ADMINISTRATOR) as asked:
        tables = [name for (name,) in asked.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        empty = [name for name in tables if asked.execute(f'SELECT FROM "{name}" LIMIT 1').fetchone() is None]
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in empty)

    def bring_back() -> None:
        connection.close()
        with asking_as(ADMINISTRATOR) as asked:
            asked.execute(f"SET session_replication_role = replica; SET lock_timeout = '{PATIENCE}s'")
            # Deleted rows would stay behind in the planner's idea of a table.
            if names := [f'"{name}"' for (name,) in asked.execute(filled)]:
                asked.execute(f"TRUNCATE {', '.join(names)} CASCADE")

    return bring_back
