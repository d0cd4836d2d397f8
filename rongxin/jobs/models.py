"""Runs and the times schedules fell due."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rongxin.jobs.errors import NO_ROOM
from rongxin.jobs.registry import title_of

if TYPE_CHECKING:
    from rongxin.jobs.lease import Lease


class State(models.TextChoices):
    WAITING = "waiting", _("等待中")
    RUNNING = "running", _("进行中")
    SUCCEEDED = "succeeded", _("已完成")
    FAILED = "failed", _("未成功")
    CANCELLED = "cancelled", _("已取消")


LIVE = (State.WAITING, State.RUNNING)
OVER = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


class RunQuerySet(models.QuerySet["Run"]):
    def live(self) -> "RunQuerySet":
        return self.filter(state__in=LIVE)

    def over(self) -> "RunQuerySet":
        return self.filter(state__in=OVER)

    def held_by(self, lease: "Lease") -> "RunQuerySet":
        """The run of ``lease`` while that stands, else nothing. Attempts are counted: no two claims are alike."""
        return self.filter(pk=lease.run_id, state=State.RUNNING, worker=lease.worker, attempt=lease.attempt)


class Run(models.Model):
    """One time a job was asked for. Its place in the queue is the django-tasks row ``task_id``.

    The queue says whose turn it is; this row says who holds it, how far it is and how it ended. Both change in the same
    transaction, the queue's row always locked first.
    """

    job = models.CharField(_("任务"), max_length=100)
    key = models.CharField(_("去重键"), max_length=200, blank=True)
    arguments = models.JSONField(_("参数"))
    queue = models.CharField(_("队列"), max_length=32)
    task_id = models.UUIDField(_("队列编号"), unique=True, editable=False)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(_("第几次"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("最多次数"))
    run_after = models.DateTimeField(_("不早于"), null=True)
    worker = models.CharField(_("执行进程"), max_length=64, blank=True)
    lease_until = models.DateTimeField(_("占用至"), null=True)
    heartbeat_at = models.DateTimeField(_("最近续期"), null=True)
    stop_requested_at = models.DateTimeField(_("请求停止时间"), null=True)
    phase = models.CharField(_("阶段"), max_length=40, blank=True)
    phase_at = models.DateTimeField(_("阶段开始时间"), null=True)
    progress_done = models.PositiveBigIntegerField(_("已处理"), default=0)
    progress_total = models.PositiveBigIntegerField(_("总数"), null=True)
    message = models.CharField(_("最近一次错误"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("后台任务")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("job", "key"), condition=Q(state__in=LIVE) & ~Q(key=""), name="one_live_run_per_job_and_key"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="run_state_is_known"),
            models.CheckConstraint(
                condition=(Q(state=State.RUNNING, lease_until__isnull=False) & ~Q(worker=""))
                | (~Q(state=State.RUNNING) & Q(lease_until__isnull=True)),
                name="only_a_running_run_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, finished_at__isnull=False) | Q(state__in=LIVE, finished_at__isnull=True),
                name="only_a_run_that_is_over_has_finished",
            ),
        )
        indexes = (
            models.Index(fields=("lease_until",), condition=Q(state=State.RUNNING), name="runs_by_lease"),
            models.Index(fields=("finished_at",), condition=Q(state__in=OVER), name="runs_by_end"),
        )

    def __str__(self) -> str:
        return f"{self.job} #{self.pk}"

    @property
    def title(self) -> str:
        """What pages call the job."""
        return title_of(self.job)

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def wants_room(self) -> bool:
        """Whether it waits until there is room on the disk or in the database."""
        return self.state == State.WAITING and self.message == NO_ROOM

    @property
    def percent(self) -> int | None:
        """How much of the present phase is done, 0 to 100; None while its size is not known. 100 after success."""
        if self.state == State.SUCCEEDED:
            return 100
        if not self.progress_total:
            return None
        return min(100, 100 * self.progress_done // self.progress_total)

    @property
    def seconds_left(self) -> int | None:
        """Estimate for the present phase at its speed so far; None while nothing can be said."""
        if self.state != State.RUNNING or not self.progress_total or not self.progress_done or self.phase_at is None:
            return None
        spent: timedelta = timezone.now() - self.phase_at
        left = max(0, self.progress_total - self.progress_done)
        return round(max(0.0, spent.total_seconds()) * left / self.progress_done)

    def request_stop(self) -> None:
        """Cancel a waiting run at once; ask a running one to stop at its next call of its progress."""
        from rongxin.jobs import actions

        actions.request_stop(self.task_id)
        self.refresh_from_db()


class Due(models.Model):
    """One time a schedule fell due and was seen: written with the run it asked for, so that no time is served twice."""

    job = models.CharField(_("任务"), max_length=100)
    due_at = models.DateTimeField(_("应执行时间"))
    seen_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("计划时间")
        constraints = (models.UniqueConstraint(fields=("job", "due_at"), name="due_once"),)

    def __str__(self) -> str:
        return f"{self.job} {self.due_at:%F %R}"
