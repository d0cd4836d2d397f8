"""A worker's claim on a run, and the thread that renews it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import Error, connection, connections
from django.db.models.functions import Now

from rongxin.jobs.errors import Cancelled, LeaseLost

if TYPE_CHECKING:
    from rongxin.jobs.progress import Progress

log = logging.getLogger(__name__)


@dataclass
class Lease:
    """The claim of ``worker`` on the ``attempt``-th start of a run, as the worker's own process knows it.

    ``claimed_at`` and all later times are of the monotonic clock, taken before the database was asked: the process
    never believes in its lease longer than the database does. ``assured`` says that the lease cannot be taken away
    while this process lives (see :mod:`rongxin.jobs.presence`).
    """

    run_id: int
    task_id: UUID
    worker: str
    attempt: int
    seconds: float
    claimed_at: float
    assured: bool = False
    lost: bool = False
    stop_requested: bool = False
    answered: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def __post_init__(self) -> None:
        self.renewed_at = self.claimed_at

    def check(self) -> None:
        """Go on only with a lease: raises :class:`LeaseLost` or :class:`Cancelled`. Asks no database of the caller's.

        A process that was paused longer than its lease does not know whether it still holds it; it waits here until
        the heartbeat, which has its own connection, has asked.
        """
        if not self.assured:
            with self.answered:
                self.answered.wait_for(lambda: self.lost or not self.has_lapsed(), timeout=self.seconds)
        if self.lost or (self.has_lapsed() and not self.assured):
            raise LeaseLost(f"run {self.run_id}, attempt {self.attempt}")
        if self.stop_requested:
            raise Cancelled(f"run {self.run_id}")

    def has_lapsed(self) -> bool:
        return time.monotonic() > self.renewed_at + self.seconds

    def needs_renewal(self) -> bool:
        return time.monotonic() > self.renewed_at + self.seconds / 3

    def renew(self, progress: dict[str, Any]) -> None:
        """Write the columns of ``progress`` and a new end of the lease; note if it was lost or a stop requested."""
        from rongxin.jobs.models import Run

        asked_at = time.monotonic()
        held = Run.objects.held_by(self)
        renewed = held.update(lease_until=Now() + timedelta(seconds=self.seconds), heartbeat_at=Now(), **progress)
        stop_requested = held.filter(stop_requested_at__isnull=False).exists()
        with self.answered:
            self.lost = not renewed
            self.stop_requested = stop_requested
            self.renewed_at = asked_at
            self.answered.notify_all()


class Heartbeat(threading.Thread):
    """Writes progress a few times a second and renews the lease of the run being watched, over its own connection.

    So neither ever takes part in, breaks or waits for a transaction of the job. On PostgreSQL progress is seen even
    while the job is inside one long transaction. On SQLite this thread then waits for the write lock and may give up
    with "database is locked"; it tries again at the next tick, and the lease cannot be lost meanwhile (see presence).
    """

    def __init__(self, tick: float = 0.3) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.tick = tick
        self.watched: Progress | None = None
        self.ended = threading.Event()

    @contextmanager
    def watching(self, progress: "Progress") -> Iterator[None]:
        self.watched = progress
        try:
            yield
        finally:
            self.watched = None

    def run(self) -> None:
        try:
            while not self.ended.wait(self.tick):
                progress = self.watched
                if progress is not None and progress.lease is not None:
                    self.beat(progress, progress.lease)
        finally:
            connections.close_all()

    def beat(self, progress: "Progress", lease: Lease) -> None:
        """Renew if there is something to tell or a third of the lease has passed. Never raises a database error."""
        if not progress.is_untold and not lease.needs_renewal():
            return
        try:
            lease.renew(progress.tell())
        except Error as error:
            progress.is_untold = True
            log.info("run %s: lease not renewed yet: %s", lease.run_id, error)
            connection.close()

    def stop(self) -> None:
        self.ended.set()
        self.join()
