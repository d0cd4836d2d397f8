"""Whether a worker's process lives, asked of the kernel, where one machine holds the database.

SQLite has one writer at a time. While a job holds a write transaction nobody can renew its lease, and nobody can take
it either. But when it commits, the heartbeat and another worker's reaper both stand at the door, and if the transaction
was longer than the lease, the reaper might come first and take a run whose worker is alive and well. Waiting longer
only makes that rarer. SQLite's processes all run on one machine, though, so there a worker keeps a locked file beside
the database as long as it lives: the kernel drops the lock at its death, ``kill -9`` included, and a reaper takes no
run whose worker's file is still locked. On PostgreSQL the heartbeat writes beside any transaction of the job, so the
lease alone decides.
"""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite


def folder() -> Path | None:
    """Where workers keep their files: beside an SQLite file; nowhere for PostgreSQL or a database in memory."""
    database = connections[DEFAULT_DB_ALIAS]
    if not isinstance(database, SQLite) or database.is_in_memory_db():
        return None
    return Path(database.settings_dict["NAME"]).parent / "workers"


class Presence:
    """``with Presence(worker)``: the worker is known to live until the end of the block or of the process."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.file: IO[bytes] | None = None
        self.path: Path | None = None

    @property
    def is_proven(self) -> bool:
        return self.file is not None

    def __enter__(self) -> Self:
        place = folder()
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
            self.path = place / self.worker
            self.file = self.path.open("wb")
            fcntl.flock(self.file, fcntl.LOCK_EX)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.file is not None and self.path is not None:
            self.path.unlink(missing_ok=True)
            self.file.close()


def lives(worker: str) -> bool:
    """Whether the kernel still sees ``worker``; False also where that cannot be asked. Removes a dead one's file."""
    place = folder()
    if place is None:
        return False
    path = place / worker
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
    return False
