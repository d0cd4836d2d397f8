from django.db import models

from rongxin.workflow.models import Case


class RuleDraft(models.Model):
    """A checked change of the rules; where it stands is its case. ``content`` and ``sources`` are those of the version to be.

    ``base``: digest of the version that it was compared with and that it may take the place of. ``effective_on``: the day from
    which it is in force, in Shanghai; set by the second person.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="案件")
    base = models.CharField("所依据的版本", max_length=64)
    digest = models.CharField("规则版本", max_length=64)
    content = models.TextField("内容")
    sources = models.JSONField("文件")
    note = models.CharField("改了什么、为什么", max_length=500)
    effective_on = models.DateField("生效日期", null=True)

    class Meta:
        verbose_name = "规则草案"
