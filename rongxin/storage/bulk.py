"""Room for bulk work on SQLite: more pages in memory, and the write-ahead log brought in by a thread of its own."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

_LOG_PAGES: Final = 50_000
"""Pages of the write-ahead log, 400 MB, from which on a commit brings in what the other thread has not yet."""
PAUSE: Final = 0.2
"""Seconds between two checkpoints."""


@contextmanager
def wide_cache(*, megabytes: int = 256) -> Iterator[None]:
    """Hold up to so many ``megabytes`` of pages of SQLite in this connection while it lasts; PostgreSQL has its own cache.

    What its commits wrote is brought into the database beside them, so that a transaction holds up others for the time of
    its own writing only.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with ExitStack() as settings:
        settings.enter_context(_pragma("cache_size", -1024 * megabytes))
        if place := _place():
            settings.enter_context(_pragma("wal_autocheckpoint", _LOG_PAGES))
            settings.enter_context(checkpoints_beside(Path(place)))
        yield


def _place() -> str:
    """The path of the database; empty for one in memory."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        return next(str(path) for _, name, path in cursor.fetchall() if name == "main")


@contextmanager
def _pragma(name: str, value: int) -> Iterator[None]:
    """The setting ``name`` of the connection with this ``value``, afterwards as it was."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA {name} = {usual}")


@contextmanager
def checkpoints_beside(database: Path) -> Iterator[None]:
    """Let a thread bring what is committed into the file of the SQLite ``database``, again and again while this lasts."""
    ended = threading.Event()

    def bring_in() -> None:
        with closing(sqlite3.connect(database)) as beside:
            while not ended.wait(PAUSE):
                try:
                    beside.execute("PRAGMA wal_checkpoint(PASSIVE)")
                except sqlite3.DatabaseError:
                    return  # A full disk: the log keeps everything, and the writer is the one to say so.

    thread = threading.Thread(target=bring_in, name="checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
