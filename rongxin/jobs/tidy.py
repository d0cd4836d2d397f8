"""Forget finished runs after a while."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rongxin.jobs.models import Due, Run, State
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.jobs.schedules import Every

KEPT_FOR = timedelta(days=90)
OFTEN_KEPT_FOR = timedelta(days=1)
CHUNK = 1000


@job(title="清理已结束的后台任务")
def tidy(progress: Progress) -> dict[str, int]:
    """Delete runs, queue rows and due times older than 90 days; the last due time of each job stays. Returns counts.

    Of jobs that fall due every few seconds, those that did what they should go after a day.
    These rows only say how the work went; what the work did stands elsewhere.
    """
    from config import jobs

    before = timezone.now() - KEPT_FOR
    last_due = Due.objects.values("job").annotate(last=Max("pk")).values("last")
    often = [schedule.job.name for schedule in jobs.SCHEDULES if isinstance(schedule, Every) and schedule.period < 60]
    yesterday = timezone.now() - OFTEN_KEPT_FOR
    done = Run.objects.filter(job__in=often, state=State.SUCCEEDED, finished_at__lt=yesterday)
    old: dict[str, QuerySet[Any]] = {
        "frequent results": DBTaskResult.objects.finished().filter(pk__in=done.values("task_id")),
        "frequent runs": done,
        "frequent dues": Due.objects.filter(job__in=often, due_at__lt=yesterday).exclude(pk__in=last_due),
        "runs": Run.objects.over().filter(finished_at__lt=before),
        "results": DBTaskResult.objects.finished().filter(finished_at__lt=before),
        "dues": Due.objects.filter(due_at__lt=before).exclude(pk__in=last_due),
    }
    progress.phase("清理", sum(rows.count() for rows in old.values()))
    return {name: delete(rows, progress) for name, rows in old.items()}


def delete(rows: "QuerySet[Any]", progress: Progress) -> int:
    """Delete in short transactions: SQLite has one writer, and a page must not wait for this one. Returns how many."""
    deleted = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        deleted += len(keys)
        progress.advance(len(keys))
    return deleted
