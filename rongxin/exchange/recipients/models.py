"""Who takes the feed, what was handed over and acknowledged, where they are woken, and what was found still shown there."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rongxin.documents.models import Document


class Sort(models.TextChoices):
    """What a recipient is."""

    AGENCY = "agency", "信用服务机构"
    DEPARTMENT = "department", "行政机关"
    WEBSITE = "website", "网站、平台"


class Recipient(models.Model):
    """An organisation that keeps a copy of public data. ``office`` is whom to ask there: an office, no person.

    Registered and ended by two people each. ``start``: the position after which it took its first page; ``served``: up to where
    every page was handed over without a gap; ``acknowledged``: up to where it carried them out. None before the first.
    """

    name = models.CharField("名称", max_length=100)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    sort = models.CharField("类型", max_length=10, choices=Sort.choices)
    office = models.CharField("联系部门", max_length=100)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField("提出时间")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    registered_at = models.DateTimeField("登记时间", null=True)
    end_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    end_proposed_at = models.DateTimeField("提出终止时间", null=True)
    end_reason = models.CharField("终止原因", max_length=200, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField("终止时间", null=True)
    start = models.BigIntegerField(null=True)
    served = models.BigIntegerField(null=True)
    acknowledged = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "数据接收单位"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["uscc"], condition=Q(ended_at=None), name="recipients_once"),
            models.CheckConstraint(
                condition=Q(registered_by=None) | ~Q(registered_by=F("proposed_by")),
                name="recipients_registered_by_two",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(registered_at=None) | ~Q(ended_by=F("end_proposed_by")),
                name="recipients_ended_by_two",
            ),
        ]

    @property
    def is_registered(self) -> bool:
        """It takes the feed now."""
        return self.registered_at is not None and self.ended_at is None


class RecipientKey(models.Model):
    """A key of a recipient's system; only its digest is kept. ``ended_at`` empty: in use."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=14, unique=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField("生成时间")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "接收单位密钥"


class Page(models.Model):
    """A part of the feed handed to a recipient: what came after ``after``, up to ``up_to``. Rows are added."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+", db_index=False)
    after = models.BigIntegerField()
    up_to = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "已交付的页"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "up_to"], name="recipients_page_up_to")
        ]


class Acknowledgement(models.Model):
    """A recipient has carried out everything up to a position. ``served_at``: when that was last handed over. Rows are added."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+", db_index=False)
    up_to = models.BigIntegerField()
    served_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "接收确认"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recipient", "up_to"], name="recipients_acknowledged_once")
        ]


class Address(models.Model):
    """Where a recipient wants to be woken. ``secret`` (sealed) signs the calls; ``proved_at`` empty: nobody has shown yet that the
    address is the recipient's, so it is not called but for that. ``woken``: up to which position it was told of.
    """

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    secret = models.TextField()
    made_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    woken = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "唤醒地址"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recipient"], condition=Q(ended_at=None), name="recipients_one_address")
        ]


class CallKind(models.TextChoices):
    """What a call is for."""

    CHALLENGE = "challenge", "验证地址"
    WAKE = "wake", "唤醒"


class CallState(models.TextChoices):
    """How far a call has come."""

    WAITING = "waiting", "待发"
    TAKEN = "taken", "已送达"
    GIVEN_UP = "given_up", "已放弃"


class Call(models.Model):
    """One call to an address, tried until it is taken. ``id`` is the same at every attempt; ``newest``: what it tells."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=CallKind.choices)
    newest = models.BigIntegerField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = "唤醒"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state=CallState.WAITING), name="recipients_call_due")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["address", "kind"], condition=Q(state=CallState.WAITING), name="recipients_one_call_waits"
            )
        ]


class CallAttempt(models.Model):
    """What became of one attempt: a closed word, never what the other side said. Rows are added."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    status = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = "唤醒尝试"


class SpotCheck(models.Model):
    """Evidence that a recipient still showed an act after it had acknowledged its end. Rows are added; see ``Retraction``."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    number = models.CharField("记录编号", max_length=40, db_index=True)
    position = models.BigIntegerField()
    seen_at = models.DateTimeField("查看时间")
    url = models.CharField("网页地址", max_length=500)
    sha256 = models.CharField("截图校验值", max_length=64)
    media_type = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "抽查"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recipient", "number", "sha256"], name="recipients_spot_once")
        ]


class SpotFile(models.Model):
    """The screenshot itself."""

    spot = models.OneToOneField(SpotCheck, models.PROTECT, primary_key=True, related_name="+")
    content = models.BinaryField()

    class Meta:
        verbose_name = "抽查截图"


class Retraction(models.Model):
    """A spot check was wrong and counts no longer: by whom, when, why."""

    spot = models.OneToOneField(SpotCheck, models.PROTECT, primary_key=True, related_name="retraction")
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "抽查撤销"


class Paper(models.Model):
    """A document issued about an end of display. ``said``: digest of all that it tells; the same again is the same document."""

    number = models.CharField("记录编号", max_length=40)
    template = models.CharField(max_length=40)
    said = models.CharField(max_length=64)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "同步文书"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number", "template", "said"], name="recipients_paper_once")
        ]
