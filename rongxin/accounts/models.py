from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from rongxin.accounts.matrix import RoleLine, matrix
from rongxin.accounts.permissions import Action, DataClass, Role, Scope
from rongxin.departments.models import Department
from rongxin.departments.regions import covers


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by their name; Django's login asks for it."""


class Account(AbstractBaseUser):
    """Somebody who works with the platform for one department, in one role."""

    username = models.CharField("用户名", max_length=64, unique=True)
    display_name = models.CharField("姓名或工号", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=[(role.value, role.value) for role in Role])
    is_active = models.BooleanField("启用", default=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=[role.value for role in Role]), name="accounts_one_role")
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def held(self) -> RoleLine:
        """What the role holds by the matrix."""
        return matrix().roles[Role(self.role)]

    @property
    def spans_departments(self) -> bool:
        """Whether the officer looks at the work of several departments: a credit office and an auditor do."""
        return Scope.REGION in self.held.scopes(Action.BATCH_READ)

    def may(self, action: Action, department: Department, data_class: DataClass | None = None) -> bool:
        """Whether the officer may do ``action`` to what belongs to ``department``, by the matrix."""
        here = {Scope.PLATFORM}
        if department.pk == self.department_id:
            here.add(Scope.DEPARTMENT)
        if covers(self.department.region, department.region):
            here.add(Scope.REGION)
        return self.is_active and matrix().allows(Role(self.role), action, here, data_class)


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
