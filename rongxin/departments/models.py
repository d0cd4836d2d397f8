from django.db import models


class Department(models.Model):
    """An authority of a region: it may determine (认定单位), provide (信息提供单位), or both."""

    code = models.CharField("单位代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=60)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    region = models.CharField("所属地区", max_length=12)
    determines = models.BooleanField("认定单位", default=True)
    provides = models.BooleanField("信息提供单位", default=True)

    class Meta:
        verbose_name = "单位"
        ordering = ("region", "code")

    def __str__(self) -> str:
        return self.short_name


class Duty(models.Model):
    """A department must deliver an item of the catalogue, by a power in its own list of powers and duties (权责清单).

    ``until`` empty means that it still must. ``nothing_new_on``: the day on which the department last said that it had nothing to
    send; that counts as a sending of the period.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    item = models.CharField("目录编码", max_length=30)
    power_code = models.CharField("权责事项编码", max_length=40, blank=True)
    power_title = models.CharField("权责事项", max_length=200, blank=True)
    since = models.DateField("自")
    until = models.DateField("至", null=True)
    nothing_new_on = models.DateField("本期无新增", null=True)
    nothing_new_by = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "归集职责"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "item"], condition=models.Q(until=None), name="departments_duty_once"
            )
        ]
