"""The process that runs jobs."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from types import FrameType
from typing import Any

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.compat import normalize_json
from django_tasks_db.management.commands import db_worker

from config.environment import environment
from rongxin.jobs import actions, registry
from rongxin.jobs.errors import Cancelled, LeaseLost, message
from rongxin.jobs.lease import Heartbeat, Lease
from rongxin.jobs.models import Run
from rongxin.jobs.presence import Presence
from rongxin.jobs.progress import Progress
from rongxin.jobs.tasks import perform
from rongxin.primitives.room import is_no_room

log = logging.getLogger(__name__)

# How often to write down how a run ended while the database is locked or away; on SQLite each try itself waits 20 s.
WRITE_TRIES = 10


class Worker(db_worker.Worker):
    """Takes runs from ``queues`` (all, unless named) until told to stop; with ``batch`` until none is ready.

    The first SIGTERM or SIGINT lets the present run finish; the second gives it back to the queue at once; a third
    kills. ``kill -9`` loses nothing: the lease lapses and another worker takes the run up again.
    """

    def __init__(
        self,
        queues: Sequence[str] | None = None,
        interval: float = 1.0,
        batch: bool = False,
        *,
        lease_seconds: float | None = None,
    ) -> None:
        if queues is None:
            queues = sorted(perform.get_backend().queues)
        for queue in queues:
            perform.using(queue_name=queue)  # raises on a queue that the settings do not name
        super().__init__(
            queue_names=list(queues),
            interval=interval,
            batch=batch,
            backend_name=perform.backend,
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:32]}-{os.getpid()}-{get_random_string(8)}",
            excluded_queue_names=[],
        )
        self.lease_seconds = lease_seconds or environment.worker_lease_seconds
        self.heartbeat = Heartbeat(tick=min(0.3, self.lease_seconds / 4))
        self.presence = Presence(self.worker_id)
        self.reaped_at = -self.lease_seconds
        self._signals = count()

    def run(self) -> None:
        registry.load()
        log.info("worker %s takes %s", self.worker_id, ", ".join(self.queue_names))
        with self.signals(), self.presence:
            self.heartbeat.start()
            try:
                while self.running and self.turn():
                    pass
            finally:
                self.heartbeat.stop()

    def turn(self) -> bool:
        """Reap, then take and carry out one run or wait a little. False when a batch is done."""
        close_old_connections()
        try:
            self.reap()
            lease = self.take()
            if lease is not None:
                self.carry_out(lease)
                return True
            if self.batch:
                return False
        except Error as error:
            if self.batch and not isinstance(error, OperationalError):
                raise
            log.warning("database not available, trying again: %s", message(error))
            connection.close()
        if self.running:
            time.sleep(self.interval)
        return True

    def reap(self) -> None:
        """At most every third of a lease, so that a lapsed run waits for little more than its lease."""
        if time.monotonic() - self.reaped_at >= self.lease_seconds / 3:
            actions.reap(self.worker_id)
            self.reaped_at = time.monotonic()

    def take(self) -> Lease | None:
        # Said before the claim: a signal from here on must not end the process between the claim and the work.
        self.running_task = True
        lease = None
        try:
            lease = actions.claim(self.queue_names, self.worker_id, self.lease_seconds, assured=self.presence.is_proven)
            return lease
        finally:
            self.running_task = lease is not None

    def carry_out(self, lease: Lease) -> None:
        """Run the job and write down how it ended. Only a second signal gets out of here as an exception."""
        progress = Progress(lease)
        try:
            with self.heartbeat.watching(progress):
                self.attempt(lease, progress)
        except LeaseLost as lost:
            log.warning("%s was taken over by another worker", lost)
        except SystemExit:
            log.warning("run %s is given back", lease.run_id)
            self.write(lambda: actions.give_back(lease))
            raise
        finally:
            self.running_task = False

    def attempt(self, lease: Lease, progress: Progress) -> None:
        try:
            returned = self.perform(lease, progress)
            self.write(lambda: actions.succeed(lease, progress, returned))
        except LeaseLost:
            raise
        except Cancelled:
            self.write(lambda: actions.cancel(lease, progress))
        except (Exception, SystemExit) as error:
            if isinstance(error, SystemExit) and not self.running:
                raise  # a second signal, not the job's own sys.exit
            log.error("run %s, attempt %s: %s", lease.run_id, lease.attempt, message(error))
            self.write(lambda error=error: actions.fail(lease, progress, error))  # type: ignore[misc]

    def perform(self, lease: Lease, progress: Progress) -> Any:
        """What the job returns, as JSON; ``TypeError`` if it is nothing that JSON can hold."""
        run = Run.objects.get(pk=lease.run_id)
        function = registry.find(run.job).function
        return normalize_json(function(progress, *run.arguments["args"], **run.arguments["kwargs"]))

    def write(self, verb: Callable[[], None]) -> None:
        """Do ``verb``; a database that is locked or away for a while must not turn finished work into lost work.

        Where it has no room nothing else can be done either: wait until it has.
        """
        tries_left = WRITE_TRIES
        while True:
            try:
                return verb()
            except (OperationalError, InterfaceError) as error:
                waits = is_no_room(error) and self.running
                tries_left -= not waits
                if not tries_left:
                    raise
                connection.close()
                time.sleep(self.interval)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """The second signal is told from the first, also where it comes while the first is being answered."""
        if next(self._signals):
            self.running = False
        super().shutdown(signum, frame)

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Django-tasks' signal handling for the time of the run; a worker inside a thread gets none."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
        before = {}
        if threading.current_thread() is threading.main_thread():
            before = {number: signal.getsignal(number) for number in numbers}
            self.configure_signals()
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
