from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.policy.indicators import RiskClass
from rongxin.policy.words import Title
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case, CaseEvent

GRADES = [(grade.value, grade.value.upper()) for grade in RiskClass]


class Run(models.Model):
    """One classification of all organisations: as of ``day``, by a plan of a released policy, on a snapshot.

    ``name``: of the folder in which its results lie. ``snapshot_folder`` and ``snapshot``: of which snapshot, and its id.
    ``result``: the id of the results, empty while it is under way. ``before``: the run on whose results it builds; null: in full.
    ``counts``: how many enterprises have each class. ``tallies``: the same by region, section of industry and size.
    """

    name = models.CharField("编号", max_length=26, unique=True)
    day = models.DateField("计算日")
    policy_digest = models.CharField("规则版本", max_length=64)
    plan = models.CharField("计算方案", max_length=64)
    snapshot_folder = models.CharField(max_length=26)
    snapshot = models.CharField("快照", max_length=32)
    engine = models.CharField("引擎", max_length=40)
    result = models.CharField("结果", max_length=32, blank=True)
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="在其上更新")
    counts = models.JSONField(default=dict)
    tallies = models.JSONField(default=dict)
    begun_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "风险分类"
        indexes = [models.Index(fields=["finished_at"], name="classification_finished")]

    def __str__(self) -> str:
        return self.name


class Use(models.Model):
    """A run that is proposed for use; where it stands is its case. ``since``: from when it is in use, ``until``: when another took
    its place. ``is_current``: true of the one in use, null of all others. ``told_at``: when the enterprises whose class it
    makes worse were told.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    run = models.OneToOneField(Run, models.PROTECT, related_name="+", verbose_name="风险分类")
    since = models.DateTimeField("启用", null=True)
    until = models.DateTimeField("停用", null=True)
    is_current = models.BooleanField(null=True, unique=True)
    told_at = models.DateTimeField("已告知", null=True)

    class Meta:
        verbose_name = "分类启用"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_current=None) | Q(is_current=True, since__isnull=False, until=None),
                name="classification_current_is_in_use",
            )
        ]


OUTCOMES: Final = {
    "kept": Title(zh="维持计算的类别", en="The class stays as reckoned"),
    **{
        grade.value: Title(zh=f"调整为 {grade.value.upper()} 类", en=f"Class {grade.value.upper()} for a time")
        for grade in RiskClass
    },
}


class Outcome(models.TextChoices):
    """What the office answers: the class stays, or another holds for a time."""

    KEPT = "kept", OUTCOMES["kept"].zh
    A = "a", OUTCOMES["a"].zh
    B = "b", OUTCOMES["b"].zh
    C = "c", OUTCOMES["c"].zh
    D = "d", OUTCOMES["d"].zh


class Adjustment(models.Model):
    """An enterprise objects to its class, or an office proposes another; where it stands is its case.

    ``run``: whose class it is about; ``grade``: that class. ``statement``: what whoever opened it says. ``applied_by``: the login
    of the enterprise; null: the office. ``outcome``, ``answer``, ``months``: what is drafted, then decided. ``from_on`` and
    ``until_on``: the first and the last day on which the other class holds; null: none does.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name="风险分类")
    grade = models.CharField("当时类别", max_length=1, choices=GRADES)
    statement = models.CharField("说明", max_length=500)
    applied_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField("结果", max_length=4, choices=Outcome, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    months = models.PositiveSmallIntegerField("月数", default=0)
    from_on = models.DateField("自", null=True)
    until_on = models.DateField("至", null=True)

    class Meta:
        verbose_name = "分类申诉与调整"
        indexes = [models.Index(fields=["subject", "until_on"], name="classification_adjusted")]

    @property
    def outcome_title(self) -> Title | str:
        """The outcome in words; empty where none is drafted."""
        return OUTCOMES[self.outcome] if self.outcome else ""


class DecidedWith(models.Model):
    """The class that held of an enterprise when something was decided about it; ``grade`` empty: none did. Never changed.

    ``event``: the step that decided. ``run``: of which run the class was, null where no run was in use; ``how``: why it held.
    """

    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="+", verbose_name="风险分类")
    grade = models.CharField("类别", max_length=1, choices=GRADES, blank=True)
    how = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = "决定时的类别"


class Failure(models.TextChoices):
    """Why a draft of rules cannot be tried."""

    OTHER_SNAPSHOT = (
        "other_snapshot",
        _("草案还改了记录的种类或者字段，现有的数据里没有它要看的内容。请先单独发布种类的修改，再起草分值。"),
    )
    NO_PLAN = "no_plan", _("草案的指标看的字段不存在或者不能这样比较。请对照指标说明改好，重新起草。")
    NOTHING_IN_FORCE = (
        "nothing_in_force",
        _("试算的那一天，分界、上限或者轻微信息的月数没有数值。请在草案里补上那一天起的数值，重新起草。"),
    )


class Trial(models.Model):
    """A draft of the rules tried on all enterprises beside the rules in force; nobody has a class by it.

    ``rules`` and ``draft``: their digests; ``content``: the draft itself. ``day``: as of which both are reckoned. ``run``: the
    background work. ``snapshot``: on which, and ``report``: the Simulation, empty until there is one. ``failure``: why there is
    none.
    """

    rules = models.CharField("现行规则", max_length=64)
    draft = models.CharField("规则草案", max_length=64)
    content = models.TextField("草案内容")
    day = models.DateField("计算日")
    snapshot = models.CharField("快照", max_length=32, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    run = models.BigIntegerField("后台任务", null=True)
    asked_at = models.DateTimeField("提出")
    begun_at = models.DateTimeField("开始", null=True)
    finished_at = models.DateTimeField("完成", null=True)
    report = models.TextField("结果", blank=True)
    failure = models.CharField("没有结果的原因", max_length=16, choices=Failure, blank=True)

    class Meta:
        verbose_name = "规则试算"
        constraints = [
            models.UniqueConstraint(fields=["rules", "draft", "day"], name="classification_tried_once"),
            models.CheckConstraint(
                condition=Q(finished_at=None) | ~Q(report="", failure="") & (Q(report="") | Q(failure="")),
                name="classification_trial_ends_with_one",
            ),
        ]


class HitReport(models.Model):
    """Whether classes hit, as it was known on a day: HitRates of the inspections before it. No enterprise is named."""

    day = models.DateField("计算日", unique=True)
    made_at = models.DateTimeField("完成")
    report = models.TextField("结果")

    class Meta:
        verbose_name = "分类检验"
