from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.models import Account
from rongxin.departments.models import Department
from rongxin.workflow.models import Case


class Sort(models.TextChoices):
    """What happened, by the words of item 14."""

    LEAK = "leak", _("泄露")
    TAMPERING = "tampering", _("篡改")
    MISUSE = "misuse", _("违规使用（利用信用信息谋私等）")


class FoundBy(models.TextChoices):
    """How it came to light."""

    VERIFYING = "verifying", _("账本核验")
    FIRM = "firm", _("企业反映")
    STAFF = "staff", _("工作人员报告")
    AUDIT = "audit", _("审计、检查")
    MONITORING = "monitoring", _("运行监测")


class Data(models.TextChoices):
    """What class of data it touches."""

    PUBLIC = "public", _("公示的记录")
    WITHHELD = "withheld", _("依法不公示的记录")
    PAPERS = "papers", _("案件材料和文书")
    CONTACTS = "contacts", _("企业登记的联系地址")
    LOGS = "logs", _("查询和操作日志")


class System(models.TextChoices):
    """Where it happened."""

    PLATFORM = "platform", _("本平台")
    INTERFACE = "interface", _("数据接口")
    DEPARTMENT = "department", _("部门业务系统")
    ELSEWHERE = "elsewhere", _("其他系统或者纸面")


class Grade(models.TextChoices):
    """How grave it is; a word of this platform, no class of a statute."""

    MINOR = "minor", _("一般")
    SERIOUS = "serious", _("较大")
    GRAVE = "grave", _("重大")


class Why(models.TextChoices):
    """Why a firm counts as affected."""

    NAMED = "named", _("指定")
    LOOKED = "looked", _("账本里有查询")
    FAULTY = "faulty", _("账本核验有误")


class Incident(models.Model):
    """What happened; where it stands is its case, what was done stands in the log of that.

    ``discovered_at`` begins the hours for the report; ``report_due_at`` ends them by the rules of the day of discovery.
    ``must_report`` None: not assessed yet, and the hours run. ``reported_at``: the first report was issued. ``message``: what firms
    are told. ``estimate``: how many firms, as far as known when it was reported. No text names a person.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    sort = models.CharField("类型", max_length=10, choices=Sort.choices)
    found_by = models.CharField("发现方式", max_length=10, choices=FoundBy.choices)
    system = models.CharField("涉及系统", max_length=10, choices=System.choices)
    data = models.JSONField("涉及的数据")
    concerned = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="涉及单位"
    )
    estimate = models.PositiveIntegerField("估计涉及企业数", null=True)
    description = models.CharField("经过", max_length=500)
    containment = models.CharField("已采取的措施", max_length=500, blank=True)
    discovered_at = models.DateTimeField("发现时间", db_index=True)
    report_due_at = models.DateTimeField("报告期限")
    reported_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="登记人")
    grade = models.CharField("分级", max_length=8, choices=Grade.choices, blank=True)
    must_report = models.BooleanField("须报告", null=True)
    reported_at = models.DateTimeField("报告时间", null=True)
    reported_to = models.CharField("报告对象", max_length=12, blank=True)
    message = models.CharField("告知企业的话", max_length=500, blank=True)

    class Meta:
        verbose_name = "信息安全事件"

    def __str__(self) -> str:
        return self.case.number


class Affected(models.Model):
    """A firm that an incident touches. ``looks``: how often it was looked at, from ``first_at`` to ``last_at``."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+", db_index=False)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    why = models.CharField("理由", max_length=8, choices=Why.choices)
    looks = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField("告知时间", null=True)

    class Meta:
        verbose_name = "受影响企业"
        constraints = [models.UniqueConstraint(fields=["incident", "uscc"], name="incidents_affected_once")]


class Search(models.Model):
    """The ledger was asked who was affected: by looks from ``since`` to before ``until``, or by what its check found wrong.

    ``username``: of the account whose looks are meant; emptied when the case is closed, so that no file on a person stays.
    ``found``, ``unknown``, ``hidden``: firms that were found, entries of no firm on the register, and looks that an order hides or
    an erasure emptied; None while it works.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="+")
    why = models.CharField(max_length=8, choices=Why.choices)
    username = models.CharField("账号", max_length=150, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    found = models.PositiveIntegerField(null=True)
    unknown = models.PositiveIntegerField(null=True)
    hidden = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "受影响企业查找"
        constraints = [
            models.CheckConstraint(
                condition=Q(why=Why.FAULTY) | Q(since__isnull=False, until__isnull=False),
                name="incidents_search_has_days",
            )
        ]
