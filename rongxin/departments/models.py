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
