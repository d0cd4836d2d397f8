from django.db import models

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.documents.models import Document


class Case(models.Model):
    """One matter under way in a procedure. What the matter is about stands in the process that points down to it.

    ``position`` counts its events, ``moved_at`` is the position of its last step: a page shown before that is out of date.
    ``clock`` is kept by ``clocks``; ``due_on`` and ``is_provisional`` follow from it and the calendar whose mark is
    ``calendar``. ``key`` tells what opened it, so that the same thing opens no second case. ``title`` names no person.
    ``firm``: the unified code of the enterprise that it is about, in whose stream of the ledger its steps are; null for none.
    """

    number = models.CharField("案件号", max_length=24, unique=True)
    kind = models.CharField("事项", max_length=40)
    key = models.CharField(max_length=120, null=True)
    title = models.CharField("标题", max_length=200)
    # Null, not empty: a column added without a default leaves the table as it is.
    firm = models.CharField("企业", max_length=18, null=True)
    state = models.CharField("状态", max_length=40)
    is_open = models.BooleanField("在办", default=True)
    owner = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="责任单位", db_index=False)
    handler = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name="承办单位", db_index=False
    )
    opened_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField("立案时间")
    state_since = models.DateTimeField("状态起")
    policy_digest = models.CharField("规则版本", max_length=64)
    position = models.PositiveIntegerField(default=0)
    moved_at = models.PositiveIntegerField(default=0)
    clock = models.JSONField(null=True)
    is_paused = models.BooleanField("暂停计时", default=False)
    due_on = models.DateField("到期", null=True)
    is_provisional = models.BooleanField("期限暂定", default=False)
    calendar = models.CharField(max_length=16, blank=True)
    escalated_on = models.DateField("督办", null=True)

    class Meta:
        verbose_name = "案件"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="workflow_case_opened_once")]
        indexes = [
            models.Index(fields=["owner", "kind", "state"], name="workflow_case_owner"),
            models.Index(fields=["handler", "kind", "state"], name="workflow_case_handler"),
            models.Index(fields=["is_open", "due_on"], name="workflow_case_due"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseSeries(models.Model):
    """The last number given out under a prefix in a year."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="workflow_series_once")]


class EventKind(models.TextChoices):
    """What a row of the log tells: a step of somebody, or what time did."""

    OPENED = "opened", "立案"
    STEP = "step", "办理"
    WARNED = "warned", "临期提醒"
    OVERDUE = "overdue", "逾期"
    ESCALATED = "escalated", "转督办"
    DUE_MOVED = "due_moved", "期限调整"


class CaseEvent(models.Model):
    """A row of the log, and of the outbox: written with what it tells, under a cursor without gaps. Never changed.

    ``position`` is that of the platform, ``number`` that of the case. ``at`` is when it was written, ``on`` the day in Shanghai
    it counts for: a platform that was down writes later what happened by the calendar meanwhile. ``by`` None is the platform;
    ``role`` and ``department`` are those of that moment. ``key`` tells what may happen to a case once only. ``payload`` holds
    numbers, days and closed words, never free text.
    """

    position = models.BigIntegerField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    step = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role], blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField("记载时间")
    on = models.DateField("日期")
    reason = models.CharField("理由", max_length=500, blank=True)
    notice = models.CharField(max_length=60, blank=True)
    payload = models.JSONField(default=dict)
    due_on = models.DateField(null=True)
    is_provisional = models.BooleanField(default=False)
    policy_digest = models.CharField(max_length=64)
    key = models.CharField(max_length=120, null=True, unique=True)

    class Meta:
        verbose_name = "案件事项"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="workflow_event_of_case")]
        indexes = [models.Index(fields=["by", "case", "step"], name="workflow_event_by")]


class CaseCursor(models.Model):
    """The last position given out. Its row is locked until commit, so positions appear without gaps and in order."""

    name = models.CharField(max_length=16, primary_key=True)
    value = models.BigIntegerField(default=0)


class Consumer(models.Model):
    """Somebody who reads the outbox, and how far. Its row is locked while an event is handed over."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)


class Delivery(models.Model):
    """An event was handed to a consumer: once, in the transaction of what the consumer wrote."""

    consumer = models.ForeignKey(Consumer, models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "event"], name="workflow_delivered_once")]


class CaseDocument(models.Model):
    """An official document that was issued in a step of a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")


class Evidence(models.Model):
    """A file beside a case: what somebody shows for what is said in it. Never changed. ``department`` null: from the enterprise."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=100)
    media_type = models.CharField("类型", max_length=20)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, verbose_name="提交人")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "证据材料"
        constraints = [models.UniqueConstraint(fields=["case", "sha256"], name="workflow_evidence_once")]


class EvidenceFile(models.Model):
    """The bytes, in a row of their own: a list of evidence does not read them."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="+", primary_key=True)
    content = models.BinaryField()
