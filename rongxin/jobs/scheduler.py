"""The process that asks for jobs when their time has come."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime

from django.db import Error, close_old_connections, connection, transaction
from django.db.models import Max
from django.utils import timezone

from rongxin.jobs import registry
from rongxin.jobs.errors import message
from rongxin.jobs.models import Due, Run
from rongxin.jobs.registry import Job
from rongxin.jobs.schedules import Schedule

log = logging.getLogger(__name__)


class Scheduler:
    """Enqueues what fell due since it last looked. Any number may run side by side; each time is served once.

    It may be killed at any moment: the time and the run it asks for are written in one transaction. Times missed while
    no scheduler ran are made up by one run, not many; and while the last run of a job waits or works, no second one is
    added. A schedule that is new begins with its next time.
    """

    def __init__(self, schedules: Iterable[Schedule] | None = None, interval: float = 5.0) -> None:
        registry.load()
        if schedules is None:
            from config import jobs

            schedules = jobs.SCHEDULES
        self.schedules = tuple(schedules)
        self.interval = interval

    def run(self) -> None:
        """Look every ``interval`` seconds until interrupted."""
        log.info("scheduler watches %s schedules", len(self.schedules))
        try:
            while True:
                close_old_connections()
                try:
                    self.tick(timezone.now())
                except Error as error:
                    log.warning("database not available, trying again: %s", message(error))
                    connection.close()
                time.sleep(self.interval)
        except KeyboardInterrupt:
            log.info("scheduler stopped")

    def tick(self, now: datetime) -> list[Run]:
        """Enqueue every job that fell due by ``now`` and was not served; returns the runs."""
        due: dict[Job[..., object], datetime] = {}
        for schedule in self.schedules:
            latest = schedule.latest(now)
            due[schedule.job] = max(latest, due.get(schedule.job, latest))
        return [run for job, due_at in due.items() if (run := self.serve(job, due_at)) is not None]

    def serve(self, job: Job[..., object], due_at: datetime) -> Run | None:
        last: datetime | None = Due.objects.filter(job=job.name).aggregate(last=Max("due_at"))["last"]
        if last is not None and last >= due_at:
            return None
        with transaction.atomic():
            _, is_mine = Due.objects.get_or_create(job=job.name, due_at=due_at)
            return job.enqueue(key="scheduled") if is_mine and last is not None else None
