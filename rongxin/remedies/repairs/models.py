from django.db import models
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.documents.models import Document
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class Ground(models.TextChoices):
    """Why repair is asked for."""

    FULFILLED = "fulfilled", _("已经纠正、履行完毕")
    REORGANISATION = "reorganisation", _("法院裁定批准重整计划或者认可和解协议")


class Refusal(models.TextChoices):
    """Why a repair is refused."""

    NOT_FULFILLED = "not_fulfilled", _("义务没有履行完毕")
    NOT_CORRECTED = "not_corrected", _("失信行为没有纠正")
    TOO_EARLY = "too_early", _("最短公示期没有满")
    FALSE_MATERIAL = "false_material", _("材料不真实")
    BARRED = "barred", _("法律、行政法规规定不可修复")


class Repair(models.Model):
    """One application. ``record``: the number of the act; ``version``: that of the record when it was applied for.

    ``commitment_code``: division, day, serial (信用承诺 2022). ``commitment``: what was promised, in words, as it stood that day.
    ``defects``: what the formal check found, closed words, all at once. ``applied_by``: the login, null at a counter.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    record = models.CharField("记录编号", max_length=40, db_index=True)
    version = models.PositiveIntegerField("版本")
    document = models.CharField("文号", max_length=128, blank=True)
    ground = models.CharField("理由", max_length=16, choices=Ground)
    statement = models.CharField("整改和履行情况", max_length=500)
    commitment_code = models.CharField("承诺编码", max_length=20, unique=True)
    commitment = models.TextField("承诺内容")
    applied_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    defects = models.JSONField("需要补正的", default=list)
    outcome = models.CharField("拟办意见", max_length=8, blank=True)
    refusal = models.CharField("不予修复的原因", max_length=16, choices=Refusal, blank=True)
    answer = models.CharField("理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "信用修复"


class RevocationGround(models.TextChoices):
    """Why a repair is to be revoked."""

    COMMITMENT_BROKEN = "commitment_broken", _("违背修复承诺")
    FALSE_MATERIAL = "false_material", _("提供虚假材料")
    PLAN_FAILED = "plan_failed", _("重整计划、和解协议没有执行")


class Revocation(models.Model):
    """A granted repair that an office means to revoke, after the enterprise was heard. ``said``: what the enterprise said."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    repair = models.ForeignKey(Repair, models.PROTECT, related_name="+", verbose_name="信用修复")
    ground = models.CharField("事由", max_length=20, choices=RevocationGround)
    facts = models.CharField("查明的情况", max_length=500)
    said = models.CharField("企业的陈述", max_length=500, blank=True)
    outcome = models.CharField("拟办意见", max_length=8, blank=True)
    answer = models.CharField("理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "撤销信用修复"


class RepairNotice(models.Model):
    """The notice that goes with a decision (两书同达): how, when and where it can be repaired. One for each version of a record."""

    record = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "信用修复告知书"
        constraints = [models.UniqueConstraint(fields=["record", "version"], name="repairs_notice_once")]
