from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from rongxin.accounts.permissions import EVERYWHERE, HOLDS, Action, Role
from rongxin.departments.models import Department


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by their name; Django's login asks for it."""


class Account(AbstractBaseUser):
    """An officer who works with the platform for one department."""

    username = models.CharField("用户名", max_length=64, unique=True)
    display_name = models.CharField("姓名或工号", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    is_active = models.BooleanField("启用", default=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.username

    @property
    def serves_everywhere(self) -> bool:
        """Whether the officer's work is that of every department: a steward's is."""
        return Role(self.role) in EVERYWHERE

    def may(self, action: Action, department: Department) -> bool:
        """Whether the officer's role holds ``action``, and here: in the own department, or everywhere for a steward."""
        is_here = department.pk == self.department_id or self.serves_everywhere
        return self.is_active and is_here and action in HOLDS[Role(self.role)]


class MachineKey(models.Model):
    """A key with which a department's system speaks for an account; only its digest is kept.

    ``prefix`` is the part that may be shown, to tell keys apart. ``ended_at`` empty means it is in use.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账号")
    label = models.CharField("用途", max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField("生成时间")
    ended_at = models.DateTimeField("停用时间", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = "接口密钥"
