from django.db import models

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class How(models.TextChoices):
    """How an office verified a declaration."""

    ORIGINAL = "original", "核对原件"
    ISSUER = "issuer", "向出具单位核实"
    SYSTEM = "system", "系统比对"


class Ended(models.TextChoices):
    """Why a declaration stands no longer. EXPIRED only closes what its last day ended already."""

    WITHDRAWN = "withdrawn", "已撤回"
    REPLACED = "replaced", "已被新的一版代替"
    EXPIRED = "expired", "已到期"
    FALSE = "false", "经查核不实"


class Outcome(models.TextChoices):
    """What is decided of a declaration that may be false."""

    FALSE = "false", "申报不实"
    NOT_FALSE = "not_false", "不能认定不实"
    CORRECTED = "corrected", "企业已经更正"


class Declaration(models.Model):
    """A version of what an enterprise declares under one item. What it tells never changes; a new version replaces it.

    ``number``: that of its case, which readers of the public page do not see.
    ``told``: title and fields in the words of the item on the day it was declared. ``digest``: of item, content and last day.
    ``until``: the last day on which it stands. ``needs_look``: it may name somebody, so it is shown when an office verified it.
    ``verified_how`` without ``verified_on``: one person proposes it. ``is_examined``: a Falsehood is open, it counts as unverified.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    number = models.CharField("编号", max_length=24, unique=True)
    item = models.CharField("事项", max_length=63)
    told = models.JSONField("内容")
    digest = models.CharField(max_length=64)
    declared_on = models.DateField("申报日期")
    until = models.DateField("有效至")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="代替")
    is_public = models.BooleanField("公开", default=False)
    needs_look = models.BooleanField("可能写到个人", default=False)
    verified_on = models.DateField("核实日期", null=True)
    verified_how = models.CharField("核实方式", max_length=10, choices=How.choices, blank=True)
    verified_by = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name="核实单位")
    is_examined = models.BooleanField("正在查核", default=False)
    ended = models.CharField("结束", max_length=10, choices=Ended.choices, blank=True)
    ended_on = models.DateField("结束日期", null=True)

    class Meta:
        verbose_name = "自主申报"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "digest"], condition=models.Q(ended=""), name="declarations_same_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_on=None) | ~models.Q(verified_how=""), name="declarations_verified_somehow"
            ),
            models.CheckConstraint(
                condition=models.Q(ended="", ended_on=None) | ~models.Q(ended="") & models.Q(ended_on__isnull=False),
                name="declarations_ended_on_a_day",
            ),
        ]


class Falsehood(models.Model):
    """An office thinks that a declaration is false. ``ground``: its finding; ``statement``: what the enterprise says to it;
    ``proposed`` and ``reasons``: what one person proposes and a second one decides. No person is named in them.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="+", verbose_name="申报")
    ground = models.CharField("认为不实的依据", max_length=500)
    statement = models.CharField("企业的陈述", max_length=500, blank=True)
    proposed = models.CharField("拟定", max_length=10, choices=Outcome.choices, blank=True)
    reasons = models.CharField("理由", max_length=500, blank=True)
    decided = models.CharField("决定", max_length=10, choices=Outcome.choices, blank=True)
    is_open = models.BooleanField("在办", default=True)

    class Meta:
        verbose_name = "自主申报查核"
        constraints = [
            models.UniqueConstraint(
                fields=["declaration"], condition=models.Q(is_open=True), name="declarations_one_open_falsehood"
            )
        ]


class InvitationList(models.Model):
    """Enterprises that an office invites to declare: drafted, looked at, then sent or dropped as a whole.

    ``region``: the digits with which their regions begin. ``groups``: names of the groups that were asked for. ``as_of``: the day
    of the run by whose indicators and snapshot they were found. ``counts``: how many enterprises of each group. ``job``: what
    drafts or sends it.
    """

    office = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    region = models.CharField("地区", max_length=6, blank=True)
    groups = models.JSONField("对象")
    as_of = models.DateField("计算日", null=True)
    counts = models.JSONField("户数", default=dict)
    job = models.BigIntegerField("后台任务", null=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField("提出")
    drafted_at = models.DateTimeField("拟好", null=True)
    sent_at = models.DateTimeField("发出", null=True)
    dropped_at = models.DateTimeField("取消", null=True)

    class Meta:
        verbose_name = "邀请名单"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(drafted_at__isnull=False, dropped_at=None),
                name="declarations_sent_as_drafted",
            ),
            models.CheckConstraint(
                condition=models.Q(drafted_at=None) | models.Q(as_of__isnull=False), name="declarations_drafted_as_of"
            ),
        ]


class Invited(models.Model):
    """An enterprise on a list. ``group``: the first of the rules that it belongs to. ``told_at``: when its window was told; null
    where nobody acts for it here: it reads the invitation when somebody does.
    """

    list = models.ForeignKey(InvitationList, models.CASCADE, related_name="+", verbose_name="邀请名单")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    group = models.CharField("对象", max_length=63)
    told_at = models.DateTimeField("已通知", null=True)

    class Meta:
        verbose_name = "受邀企业"
        constraints = [models.UniqueConstraint(fields=["list", "subject"], name="declarations_invited_once")]
