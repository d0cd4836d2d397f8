"""What happens to a run: asked for, claimed, ended, put back. Each verb is one transaction.

The queue's row is locked before the run everywhere, so two verbs never wait for each other in a circle.
"""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from rongxin.jobs import errors, presence
from rongxin.jobs.errors import LeaseLost
from rongxin.jobs.lease import Lease
from rongxin.jobs.models import Run, State
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import Job
from rongxin.jobs.tasks import perform
from rongxin.primitives.room import is_no_room

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(minutes=15)
ROOM_PAUSE = timedelta(minutes=1)
WORKER_DIED = "LeaseLapsed: the worker stopped without a word"
Task = DBTaskResult[Any, Any]


class NotFailed(ValueError):
    """Only a run that gave up is begun anew; ``state`` tells how this one, or another with its key, stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def enqueue(job: Job[..., Any], arguments: dict[str, Any], key: str) -> Run:
    """The new run, or the live one that has the same job and key. Part of the caller's transaction if there is one."""
    while True:
        with transaction.atomic():
            run = Run(
                job=job.name,
                key=key,
                arguments=arguments,
                queue=job.queue,
                max_attempts=job.max_attempts,
                task_id=uuid.uuid4(),
            )
            # Of two callers at the same moment the second waits here for the first to commit, then adds nothing.
            Run.objects.bulk_create([run], ignore_conflicts=True)
            mine = Run.objects.filter(task_id=run.task_id).first()
            if mine is not None:
                place(mine)
                return mine
            other = Run.objects.live().filter(job=job.name, key=key).first()
            if other is not None:
                return other
        # The other run ended between the two statements: ask again.


def place(run: Run) -> None:
    """Put a new run into django-tasks' queue under the number it already bears; refused if there is no such queue."""
    task = perform.using(queue_name=run.queue)
    DBTaskResult.objects.create(
        id=run.task_id,
        args_kwargs={"args": [run.pk], "kwargs": {}},
        task_path=task.module_path,
        queue_name=task.queue_name,
        backend_name=task.backend,
        priority=task.priority,
        run_after=get_date_max(),
    )


def claim(queues: Sequence[str], worker: str, seconds: float, *, assured: bool = False) -> Lease | None:
    """Take the next run whose turn it is, with a lease of ``seconds``; None when there is none."""
    ready = DBTaskResult.objects.ready().filter(
        task_path=perform.module_path, backend_name=perform.backend, queue_name__in=queues
    )
    if not ready.exists():  # an idle worker takes no write lock
        return None
    claimed_at = time.monotonic()
    with transaction.atomic():
        task = ready.get_locked()
        if task is None:
            return None
        task.claim(worker)
        run = Run.objects.select_for_update().filter(task_id=task.pk).first()
        if run is None:
            log.error("queue row %s has no run", task.pk)
            task.status, task.finished_at = "FAILED", timezone.now()
            task.save()
            return None
        run.state = State.RUNNING
        run.attempt += 1
        run.worker = worker
        run.lease_until = Now() + timedelta(seconds=seconds)
        run.heartbeat_at = Now()
        run.started_at = timezone.now()
        run.phase, run.phase_at, run.progress_done, run.progress_total = "", None, 0, None
        run.save()
    return Lease(run.pk, task.pk, worker, run.attempt, seconds, claimed_at, assured)


def succeed(lease: Lease, progress: Progress, returned: Any) -> None:
    """The run is done; what it returned is kept with the queue's row. Raises :class:`LeaseLost` if it is another's."""
    with held(lease, progress) as (run, task):
        task.return_value = returned
        end(run, task, State.SUCCEEDED)


def fail(lease: Lease, progress: Progress, error: BaseException) -> None:
    """The run raised ``error``: try again after a pause that doubles each time, or give up at the last attempt.

    For want of room it waits until there is some, however long: such an attempt does not count.
    """
    with held(lease, progress) as (run, task):
        task.exception_class_path = errors.class_path(error)
        task.traceback = errors.frames(error)
        if is_no_room(error):
            run.message = errors.message(error)
            run.attempt -= 1
            return again(run, task, timezone.now() + ROOM_PAUSE)
        again_or_never(run, task, errors.message(error), pause=backoff(run.attempt))


def cancel(lease: Lease, progress: Progress) -> None:
    """The run stopped because it was asked to."""
    with held(lease, progress) as (run, task):
        end(run, task, State.CANCELLED)


def give_back(lease: Lease) -> None:
    """The worker is going and the run is not done: put it back at once. This start does not count as an attempt."""
    with held(lease) as (run, task):
        run.attempt -= 1
        again(run, task)


def retry(run_id: int) -> Run:
    """Put a run that gave up back into the queue, as if it had never been tried. Raises NotFailed, Run.DoesNotExist."""
    seen = Run.objects.get(pk=run_id)
    with transaction.atomic():
        task = DBTaskResult.objects.select_for_update().get(pk=seen.task_id)
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != State.FAILED:
            raise NotFailed(run.state)
        if run.key and Run.objects.live().filter(job=run.job, key=run.key).exists():
            raise NotFailed(State.WAITING)
        run.attempt, run.finished_at, task.finished_at = 0, None, None
        again(run, task)
    return run


def request_stop(task_id: uuid.UUID) -> None:
    """Cancel a waiting run; leave word for a running one. One that is over stays as it is."""
    with transaction.atomic():
        task = DBTaskResult.objects.select_for_update().filter(pk=task_id).first()
        run = Run.objects.select_for_update().get(task_id=task_id)
        if run.state == State.WAITING and task is not None:
            end(run, task, State.CANCELLED)
        elif run.state == State.RUNNING and run.stop_requested_at is None:
            run.stop_requested_at = timezone.now()
            run.save(update_fields=("stop_requested_at",))


def reap(reaper: str) -> int:
    """Put back, or give up at the last attempt, every run whose lease has lapsed. Returns how many.

    ``reaper`` is the worker that asks. It carries out nothing at this moment, so a lapsed run in its own name is one
    whose end it could not write down.
    """
    lapsed = Run.objects.filter(state=State.RUNNING, lease_until__lt=Now()).order_by("lease_until")
    return sum(reap_one(run) for run in lapsed if run.worker == reaper or not presence.lives(run.worker))


def reap_one(seen: Run) -> bool:
    with transaction.atomic():
        task = DBTaskResult.objects.select_for_update(skip_locked=True).filter(pk=seen.task_id).first()
        run = (
            Run.objects.select_for_update(skip_locked=True)
            .filter(pk=seen.pk, state=State.RUNNING, attempt=seen.attempt, lease_until__lt=Now())
            .first()
        )
        if task is None or run is None:
            return False  # renewed, ended or being ended in the meantime
        log.warning("%s: worker %s stopped in attempt %s of %s", run, run.worker, run.attempt, run.max_attempts)
        again_or_never(run, task, WORKER_DIED)
        return True


@contextmanager
def held(lease: Lease, progress: Progress | None = None) -> Iterator[tuple[Run, Task]]:
    """The run and its row in the queue, both locked, with the last progress; :class:`LeaseLost` if it is another's."""
    with transaction.atomic():
        task = DBTaskResult.objects.select_for_update().get(pk=lease.task_id)
        run = Run.objects.select_for_update().held_by(lease).first()
        if run is None:
            raise LeaseLost(f"run {lease.run_id}, attempt {lease.attempt}")
        for column, value in progress.tell().items() if progress else ():
            setattr(run, column, value)
        yield run, task


def again_or_never(run: Run, task: Task, message: str, pause: timedelta = timedelta()) -> None:
    run.message = message
    if run.attempt < run.max_attempts:
        again(run, task, timezone.now() + pause if pause else None)
    else:
        end(run, task, State.FAILED)


def again(run: Run, task: Task, after: datetime | None = None) -> None:
    if run.stop_requested_at is not None:
        return end(run, task, State.CANCELLED)
    run.state, run.lease_until, run.run_after = State.WAITING, None, after
    run.save()
    task.status, task.run_after = "READY", after or get_date_max()
    task.save()


def end(run: Run, task: Task, state: State) -> None:
    """The run is over. The queue knows success and failure only; a cancelled run counts there as failed."""
    now = timezone.now()
    run.state, run.lease_until, run.finished_at = state, None, now
    if state == State.SUCCEEDED:
        run.message = ""
    run.save()
    task.status, task.finished_at = "SUCCESSFUL" if state == State.SUCCEEDED else "FAILED", now
    task.save()


def backoff(attempt: int) -> timedelta:
    """How long to wait after the ``attempt``-th failure: 2, 4, 8 … seconds, at most a quarter of an hour."""
    return min(timedelta(seconds=2 ** min(attempt, 30)), LONGEST_PAUSE)
