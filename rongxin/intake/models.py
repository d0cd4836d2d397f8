from django.db import models
from django.db.models import F, Q

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class BatchState(models.TextChoices):
    """Where a batch stands: the states of its case (workflow.BATCH). ``finished`` states are those after which its received
    file is gone.
    """

    RECEIVED = "received", "已收到"
    MAPPING = "mapping", "待对列"
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


OPEN_BATCHES = (BatchState.CHECKED, BatchState.RELEASED, BatchState.RECORDED, BatchState.NOTHING_NEW)
"""States of a batch whose questions are asked. Rows of a batch that was sent back or stopped come again."""


class Channel(models.TextChoices):
    """How a batch came in."""

    PAGE = "page", "网页"
    COMMAND = "command", "命令"
    FORM = "form", "单条填报"
    API = "api", "接口"
    QUESTION = "question", "归属认定"


class Batch(models.Model):
    """What a department sent at once (批次). Nothing of it shows before a second person has released it.

    ``sheets``: names of the worksheets read, in the order of their row numbers (engine.sheets). ``coded``: rows that carry a code.
    ``decided_days``: {ISO day: {display: acts}} of the acts that a release would record (coverage.waiting). ``continues``: the
    first batch of a chain in which returned rows were corrected and sent again; ``round`` counts from 1. ``case`` bears the same
    number and holds where the batch stands; ``state`` is a copy, for the constraint and for reading many (moving).
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
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
    coded = models.PositiveIntegerField("填有代码的行", default=0)
    sheets = models.JSONField("工作表", default=list)
    layout = models.CharField("版式", max_length=40, blank=True)
    template_version = models.CharField("模板版本", max_length=40, blank=True)
    decided_days = models.JSONField("待发布行的决定日期", default=dict)
    continues = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="接续批次")
    round = models.PositiveSmallIntegerField("第几次报送", default=1)

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
    """One reason why a row came back, waits or was accepted with a warning. A person row keeps its number and reason only.

    ``firm``: the unified code of the enterprise that the row names, where the register knows it.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField("行")
    field = models.CharField("列", max_length=63, blank=True)
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=8)
    value = models.CharField("填写的值", max_length=200, blank=True)
    params = models.JSONField(default=dict)
    suggestion = models.CharField("建议值", max_length=200, blank=True)
    firm = models.CharField("企业", max_length=18, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["batch", "severity", "row"], name="intake_problem_row")]


class BatchCounter(models.Model):
    """Numbers of a day's batches."""

    day = models.DateField(primary_key=True)
    value = models.PositiveIntegerField(default=0)


class HeadMapping(models.Model):
    """What a provider calls a column of a kind; ``field`` empty means that the column is not needed."""

    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=63)
    head = models.CharField("列名（归一）", max_length=200)
    written = models.CharField("列名", max_length=200)
    field = models.CharField("对应的栏", max_length=63, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "kind", "head"], name="intake_head_once")]


class QuestionState(models.TextChoices):
    """Where a question stands."""

    OPEN = "open", "待认定"
    ANSWERED = "answered", "已认定"
    SENT_BACK = "sent_back", "已退回更正"


class Question(models.Model):
    """A row that waits for a person to say whose it is, or that it is right as filed.

    ``reasons``: the problem codes that brought it here, with params. ``candidates``: ranked and explained, as
    engine.candidates gives them. The row itself waits in the batch's folder. ``follow_up``: the batch that carries the answered row
    when its own batch was released before.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    row = models.PositiveIntegerField("行")
    party_name = models.CharField("报送的名称", max_length=200)
    name_normalised = models.CharField(max_length=200)
    party_code = models.CharField("报送的代码", max_length=50, blank=True)
    reasons = models.JSONField("原因", default=list)
    candidates = models.JSONField("候选", default=list)
    state = models.CharField("状态", max_length=12, choices=QuestionState.choices, default=QuestionState.OPEN)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField("提出时间")
    answered_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("认定时间", null=True)
    note = models.CharField("说明", max_length=300, blank=True)
    follow_up = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "归属问题"
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="intake_question_once")]
        indexes = [models.Index(fields=["state", "asked_at"], name="intake_question_state")]


class FaultKind(models.TextChoices):
    """What is wrong with a code (重错码)."""

    WRONG = "wrong", "错码"
    PLACEHOLDER = "placeholder", "占位代码"
    DOUBLED = "doubled", "重码"
    OLD = "old", "旧码待转换"


class FaultState(models.TextChoices):
    """Where a faulty code stands."""

    OPEN = "open", "待处理"
    MENDED = "mended", "已更正"
    CONFIRMED = "confirmed", "核实无误"


class CodeFault(models.Model):
    """A wrong, doubled or old code as a department filed it: the ledger of 重错码 and the worklist to mend it.

    ``value`` never holds an identity number. ``subject`` and ``right_code``: whom it means, where that is known.
    """

    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=63)
    batch = models.CharField("批次", max_length=32)
    row = models.PositiveIntegerField("行")
    field = models.CharField("列", max_length=63)
    value = models.CharField("填写的代码", max_length=50)
    party_name = models.CharField("报送的名称", max_length=200, blank=True)
    fault = models.CharField("问题", max_length=12, choices=FaultKind.choices)
    problem = models.CharField(max_length=60)
    found_on = models.DateField("发现日期")
    state = models.CharField("状态", max_length=12, choices=FaultState.choices, default=FaultState.OPEN)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    right_code = models.CharField("正确代码", max_length=18, blank=True)
    mended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    mended_at = models.DateTimeField("处理时间", null=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "重错码"
        constraints = [models.UniqueConstraint(fields=["batch", "row", "field", "fault"], name="intake_fault_once")]
        indexes = [models.Index(fields=["provider", "state", "found_on"], name="intake_fault_provider")]


class SourceCount(models.Model):
    """What a department says it decided in a month: the figure that coverage (全量率) is measured against."""

    provider = models.ForeignKey(Department, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=63)
    month = models.DateField("月份")
    produced = models.PositiveIntegerField("产生数量")
    own_published = models.PositiveIntegerField("本单位公示数量")
    unreported = models.PositiveIntegerField("未报送数量", default=0)
    unreported_basis = models.CharField("未报送依据", max_length=300, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        verbose_name = "产生数量"
        constraints = [models.UniqueConstraint(fields=["provider", "kind", "month"], name="intake_source_count_once")]


class IdempotencyKey(models.Model):
    """A request that was answered: asked again with the same key it gets the same answer, with other content a refusal."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    request_sha256 = models.CharField(max_length=64)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="intake_idempotency_once")]
