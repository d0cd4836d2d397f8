from django.db import models

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.documents.models import Document
from rongxin.notices.models import Notice
from rongxin.workflow.models import Case


class Redecision(models.Model):
    """Whether a record that lost a support still stands; where that is, is its case.

    ``number``: of the record. ``support``: of the record whose fall or correction is the cause. ``is_suspended``: its display was
    suspended for it. ``decided_at``: two people decided, and the record followed in the same transaction.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    number = models.CharField("记录编号", max_length=40, db_index=True)
    support = models.CharField("失去的依据", max_length=64)
    is_suspended = models.BooleanField("已暂停公示")
    decided_at = models.DateTimeField("认定时间", null=True)

    class Meta:
        verbose_name = "重新认定"

    def __str__(self) -> str:
        return self.case.number


class Unwinding(models.Model):
    """What has to be undone after one event of one record; where it stands is its case.

    ``number``: of the record, ``version`` of it when it happened; ``position`` and ``effect`` of the event, in effect from
    ``happened_at``. ``since``: looks from then on count; ``searched_at``: the checklist was made, and the offices told.
    ``hidden``: looks that nobody can read. ``came_back_at``: the record is as before, and a person was asked what follows.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    number = models.CharField("记录编号", max_length=40, db_index=True)
    version = models.PositiveIntegerField()
    position = models.BigIntegerField()
    effect = models.CharField("事项", max_length=16)
    happened_at = models.DateTimeField("生效时间")
    since = models.DateTimeField("查询自", null=True)
    searched_at = models.DateTimeField("清单形成", null=True)
    hidden = models.PositiveIntegerField(default=0)
    came_back_at = models.DateTimeField("记录恢复", null=True)

    class Meta:
        verbose_name = "消除影响"

    def __str__(self) -> str:
        return self.case.number


class ItemSort(models.TextChoices):
    """What an item of the checklist is about."""

    EFFECT = "effect", "依据这条记录的"
    OFFICE = "office", "查询过的单位"
    DOCUMENT = "document", "写到它的文书"


class Outcome(models.TextChoices):
    """How an item was settled. Of an effect that is decided anew its own case says it."""

    TOLD = "told", "已送更正通知"
    NOTED = "noted", "已核对，文书不撤回"
    WITHDRAWN = "withdrawn", "文书已撤回"
    UNAFFECTED = "unaffected", "不受影响"
    OVER = "over", "早已终止"


class Item(models.Model):
    """A line of the checklist. ``ref``: number of the effect, code of the office or the document.

    ``redecision``: the case in which the effect is decided anew. ``notice``: the corrective notice, whose receipts prove that it
    was read. ``looks`` at the firm's file by the office, the last ``looked_at``. ``outcome`` empty: open, unless ``redecision``
    says it.
    """

    unwinding = models.ForeignKey(Unwinding, models.PROTECT, related_name="+", db_index=False)
    sort = models.CharField(max_length=8, choices=ItemSort.choices)
    ref = models.CharField("编号", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    redecision = models.ForeignKey(Redecision, models.PROTECT, null=True, related_name="+", db_index=False)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+", db_index=False)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="+", db_index=False)
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    settled_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "消除影响事项"
        constraints = [models.UniqueConstraint(fields=["unwinding", "sort", "ref"], name="unwinding_item_once")]
