from django.db import models
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class Ground(models.TextChoices):
    """What an enterprise says against a record, or that there is none."""

    WRONG = "wrong", _("内容有误")
    NOT_MINE = "not_mine", _("不是本企业的")
    EXPIRED = "expired", _("已经到期或者已经履行、撤销")
    WRONGLY_LISTED = "wrongly_listed", _("不应当列入名单")
    MISSING = "missing", _("应当有而没有")


class Outcome(models.TextChoices):
    """What the provider answers."""

    CORRECTED = "corrected", _("已更正")
    SUPPLEMENTED = "supplemented", _("已补充")
    DISPLAY_ENDED = "display_ended", _("停止公示")
    LEFT_LIST = "left_list", _("移出名单")
    UNFOUNDED = "unfounded", _("异议不成立")
    UNDECIDED = "undecided", _("暂时不能查清")


class Objection(models.Model):
    """One objection. ``record``: the number of the act, empty for what is missing; then ``document`` names it.

    ``version``: that of the record when it was filed. ``statement``: what the firm says, to the office; where it stays undecided it
    stands beside the record as its own words. ``answer`` is the office's. ``applied_by``: the login, null at a counter.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    record = models.CharField("记录编号", max_length=40, blank=True, db_index=True)
    version = models.PositiveIntegerField("版本", default=0)
    document = models.CharField("文号", max_length=128, blank=True)
    ground = models.CharField("理由", max_length=16, choices=Ground)
    statement = models.CharField("说明", max_length=500)
    applied_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    is_statement_shown = models.BooleanField("在记录旁附注", default=False)

    class Meta:
        verbose_name = "异议"
