from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.matrix import RoleLine, matrix
from rongxin.accounts.permissions import Action, DataClass, Face, Role, Scope
from rongxin.departments.models import Department
from rongxin.departments.regions import covers


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by their name; Django's login asks for it."""


STAFF_FACES: frozenset[Face] = frozenset({Face.DESK, Face.ADMINISTRATION})
STAFF_ROLES: tuple[Role, ...] = tuple(role for role in Role if matrix().roles[role].face in STAFF_FACES)
_STAFF: tuple[str, ...] = tuple(role.value for role in STAFF_ROLES)
LOGIN_FACES: frozenset[Face] = STAFF_FACES | {Face.ENTERPRISE}
"""Where somebody is who has logged in."""


class WorksNowhere(LookupError):
    """The login is that of an enterprise: it belongs to no department."""


class Account(AbstractBaseUser):
    """A login: of somebody who works here for one department, in one role; or of an enterprise, which belongs to none.

    ``department`` is None for enterprises and for nobody else (the database sees to it); pages of staff ask for ``works_for``.
    What a login may do for an enterprise stands in its mandates (``subjects.mandates``).
    Not active and not ended: invited, and has not come yet. ``live_session`` is the word of the one session that holds.
    """

    username = models.CharField(_("用户名"), max_length=64, unique=True)
    display_name = models.CharField("姓名或工号", max_length=64)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=[(role.value, role.value) for role in Role])
    is_active = models.BooleanField("启用", default=True)
    ended_at = models.DateTimeField("停用时间", null=True)
    password_set_at = models.DateTimeField("密码设定时间", null=True)
    live_session = models.CharField(max_length=43, blank=True)

    # Said of the bearer in one request, never stored: the second factor is due again; a machine's key asks.
    must_prove: bool = False
    speaks_by_key: bool = False

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="accounts_one_role"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=_STAFF, department__isnull=False)
                | (~models.Q(role__in=_STAFF) & models.Q(department__isnull=True)),
                name="accounts_staff_have_a_department",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def held(self) -> RoleLine:
        """What the role holds by the matrix."""
        return matrix().roles[Role(self.role)]

    @property
    def is_staff_member(self) -> bool:
        """Whether the role works here, at the workbench or in the administration: then a second factor is demanded."""
        return self.held.face in STAFF_FACES

    @property
    def works_for(self) -> Department:
        """The department of whoever works here; raises WorksNowhere for the login of an enterprise, which has none."""
        if self.department is None:
            raise WorksNowhere(self.username)
        return self.department

    @property
    def spans_departments(self) -> bool:
        """Whether the officer looks at the work of several departments: a credit office and an auditor do."""
        return Scope.REGION in self.scopes_of(Action.BATCH_READ)

    def scopes_of(self, action: Action) -> frozenset[Scope]:
        """Where the account may do ``action``; nowhere when it is switched off."""
        return self.held.scopes(action) if self.is_active else frozenset()

    def may(self, action: Action, department: Department, data_class: DataClass | None = None) -> bool:
        """Whether the officer may do ``action`` to what belongs to ``department``, by the matrix."""
        if not self.is_staff_member:
            return False
        here = {Scope.PLATFORM}
        if department.pk == self.department_id:
            here.add(Scope.DEPARTMENT)
        if covers(self.works_for.region, department.region):
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


class FormerPassword(models.Model):
    """The hash of a password that the account had; the last few are not taken again."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    ended_at = models.DateTimeField()


class CodeGenerator(models.Model):
    """What makes the six digits on the person's phone (TOTP, RFC 6238): one for each account.

    ``secret`` is sealed. ``last_step`` is the time step of the last code taken: no code is taken twice, none after a later one.
    ``is_demonstration``: made up, and its code is shown at the login of a demonstration platform.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="code_generator")
    secret = models.TextField()
    last_step = models.BigIntegerField(default=0)
    set_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)


class SecurityKey(models.Model):
    """A security key of the account (WebAuthn). ``credential`` is the attested credential data, Base64 for URLs; public.

    ``uses`` is the key's own counter: one that does not grow tells of a copy.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="security_keys")
    label = models.CharField("名称", max_length=40)
    credential = models.TextField()
    uses = models.BigIntegerField(default=0)
    set_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code to be used once where the phone or key is not at hand; only its digest is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)


class Invitation(models.Model):
    """A one-time link with which its bearer sets the password of an account; only the digest of its word is kept.

    ``made_by`` empty: the operator at the terminal. ``over_at``: when it was used or replaced.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(over_at=None), name="accounts_one_invitation_holds"
            )
        ]


class SignUp(models.Model):
    """A login of an enterprise was opened from a place; only a digest of the place, and only for a day."""

    place = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "at"], name="accounts_sign_ups_of_place")]


class Denial(models.Model):
    """Requests of an account to one page (``route``, the name of its address) that were refused, as far as the ledger was told.

    ``act``: how they were refused (``denials.Act``); ``action``: of the matrix, empty where the role works elsewhere.
    ``told_at``: of the last event; ``untold``: how many came since. An hour later the ledger is told of them and the row goes.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(max_length=12)
    action = models.CharField(max_length=32, blank=True)
    route = models.CharField(max_length=80)
    told_at = models.DateTimeField()
    untold = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "route", "act", "action"], name="accounts_denials_of_page")
        ]


class EventKind(models.TextChoices):
    """What can happen to an account."""

    INVITED = "invited", _("受邀")
    OPENED = "opened", _("开通")
    LOGIN = "login", _("登录")
    FAILED = "failed", _("密码不对")
    LOCKED = "locked", _("暂停登录")
    FACTOR_SET = "factor_set", _("设置第二重验证")
    FACTOR_REMOVED = "factor_removed", _("移除第二重验证")
    FACTOR_FAILED = "factor_failed", _("第二重验证不通过")
    FACTOR_RESET = "factor_reset", _("重置第二重验证")
    CONFIRMED = "confirmed", _("再次验证")
    RECOVERY_CODES = "recovery_codes", _("生成恢复码")
    PASSWORD_SET = "password_set", _("设置密码")
    PASSWORD_RESET = "password_reset", _("重置密码")
    ROLE_CHANGED = "role_changed", _("调整角色")
    ENDED = "ended", _("停用")
    REOPENED = "reopened", _("恢复使用")
    SESSION_ENDED = "session_ended", _("登录结束")


EVENT_WORDS: dict[str, str | Promise] = {
    "code": _("手机验证器"),
    "key": _("安全密钥"),
    "recovery": _("恢复码"),
    "password": _("密码连续不对"),
    "second_factor": _("第二重验证连续不对"),
    "idle": _("长时间没有操作"),
    "age": _("到了最长时间"),
    "elsewhere": _("在别处登录"),
    "other_browser": _("换了浏览器"),
    "everywhere": _("本人全部退出"),
    "logout": _("本人退出"),
    "role_changed": _("角色有调整"),
    "reset": _("登录被重置"),
    "ended": _("账号停用"),
}
"""What the words of the programme in ``AccountEvent.detail`` are called on pages."""


def role_title(role: str) -> str:
    """The title of a role in the language of the page."""
    title = matrix().roles[Role(role)].title
    return title.en if get_language() == "en" else title.zh


class AccountEvent(models.Model):
    """What happened to an account, and why. Only added to; triggers refuse everything else.

    ``by`` is whoever did it to the account; empty when its bearer did, or the operator at the terminal. ``detail`` is a word of
    the programme or the reason given; it holds nothing about the person.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账号")
    kind = models.CharField("事件", max_length=16, choices=EventKind)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    detail = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "账号日志"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["account", "kind", "at"], name="accounts_events_of_one")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="accounts_event_is_known")
        ]

    @property
    def told(self) -> str:
        """``detail`` in the words of the page."""
        if self.kind == EventKind.ROLE_CHANGED:
            before, after, reason = self.detail.split(" ", 2)
            return f"{role_title(before)} → {role_title(after)}；{reason}"
        if self.detail in set(Role):
            return role_title(self.detail)
        return str(EVENT_WORDS.get(self.detail, self.detail))
