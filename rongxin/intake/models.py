from django.db import models
from django.db.models import F, Q

from rongxin.accounts.models import Account
from rongxin.departments.models import Department


class BatchState(models.TextChoices):
    """Where a batch stands. ``finished`` states are those after which its received file is gone."""

    RECEIVED = "received", "已收到"
    CHECKED = "checked", "待发布"
    RELEASED = "released", "入库中"
    RECORDED = "recorded", "已入库"
    NOTHING_NEW = "nothing_new", "无新增"
    RETURNED = "returned", "已退回"
    STOPPED = "stopped", "已停止"
    UNREADABLE = "unreadable", "无法读取"


FINISHED = (
    BatchState.RECORDED,
    BatchState.NOTHING_NEW,
    BatchState.RETURNED,
    BatchState.STOPPED,
    BatchState.UNREADABLE,
)


class Channel(models.TextChoices):
    """How a batch came in."""

    PAGE = "page", "网页"
    COMMAND = "command", "命令"
    FORM = "form", "单条填报"


class Batch(models.Model):
    """What a department sent at once (批次). Nothing of it shows before a second person has released it."""

    number = models.CharField("批次号", max_length=32, unique=True)
    provider = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="信息提供单位")
    kind = models.CharField("记录种类", max_length=63)
    policy_digest = models.CharField("规则版本", max_length=64)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    state = models.CharField("状态", max_length=12, choices=BatchState.choices, default=BatchState.RECEIVED)
    file_name = models.CharField("文件名", max_length=200)
    file_size = models.BigIntegerField("大小（字节）")
    file_sha256 = models.CharField("文件摘要", max_length=64)
    file_format = models.CharField("格式", max_length=40, blank=True)
    submitted_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="报送人")
    received_at = models.DateTimeField("收到时间")
    checked_at = models.DateTimeField("校验完成", null=True)
    run = models.BigIntegerField("后台任务", null=True)

    rows = models.PositiveIntegerField("文件行数", default=0)
    accepted = models.PositiveIntegerField("可入库", default=0)
    withheld = models.PositiveIntegerField("其中依法不公示", default=0)
    rejected = models.PositiveIntegerField("退回", default=0)
    in_review = models.PositiveIntegerField("待核归属", default=0)
    refused_person = models.PositiveIntegerField("拒收自然人", default=0)
    duplicates = models.PositiveIntegerField("已有", default=0)
    recorded = models.PositiveIntegerField("已入库", default=0)
    findings = models.JSONField("文件提示", default=list)

    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True)
    stopped_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="停止人")
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "批次"
        ordering = ("-received_at",)
        constraints = [
            # The same file twice at once is one batch; once it is finished it may be sent again and changes nothing.
            models.UniqueConstraint(
                fields=["provider", "kind", "file_sha256"],
                condition=~Q(state__in=FINISHED),
                name="intake_same_file_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("submitted_by")), name="intake_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to this batch."""
        return self.state in FINISHED


class RowProblem(models.Model):
    """One reason why a row came back, waits or was accepted with a warning. A person row keeps its number and reason only."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField("行")
    field = models.CharField("列", max_length=63, blank=True)
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=8)
    value = models.CharField("填写的值", max_length=200, blank=True)
    params = models.JSONField(default=dict)
    suggestion = models.CharField("建议值", max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "severity", "row"], name="intake_problem_row")]


class BatchCounter(models.Model):
    """Numbers of a day's batches."""

    day = models.DateField(primary_key=True)
    value = models.PositiveIntegerField(default=0)
