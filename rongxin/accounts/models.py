from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from rongxin.accounts.permissions import HOLDS, Action, Role
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

    def may(self, action: Action, department: Department) -> bool:
        """Whether the officer's role holds ``action`` and the department is the officer's own."""
        return self.is_active and department.pk == self.department_id and action in HOLDS[Role(self.role)]
