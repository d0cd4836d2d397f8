"""What stands in django-tasks' queue."""

from django_tasks import task


@task
def perform(run_id: int) -> None:
    """The name under which every run stands in the queue; only :class:`~rongxin.jobs.worker.Worker` takes it there.

    Django-tasks' own ``db_worker`` knows no lease, so a run it takes is refused.
    """
    raise RuntimeError(f"run {run_id} needs a lease: start `rongxin worker`, not db_worker")
