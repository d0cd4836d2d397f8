from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.documents.models import Document
from rongxin.subjects.models import Subject
from rongxin.workflow.models import Case


class Mandate(models.Model):
    """A login acts for a subject. Only added to; its end is a row of its own.

    A holder (role enterprise) came by the claim ``case`` and may do all that the role may. A proxy was given by a holder's mandate
    and may do the actions of ``scope`` up to and including the day ``until``.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name="企业")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账号")
    role = models.CharField(
        "身份", max_length=16, choices=[(each.value, each.value) for each in (Role.ENTERPRISE, Role.PROXY)]
    )
    scope = models.JSONField("可办事项", default=list)
    until = models.DateField("至", null=True)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="+", verbose_name="认领")
    given_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="授权人")
    began_at = models.DateTimeField("起")

    class Meta:
        verbose_name = "经办身份"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="enterprise", until=None, given_by=None, case__isnull=False)
                | models.Q(role="proxy", until__isnull=False, given_by__isnull=False, case=None),
                name="mandates_holder_or_proxy",
            )
        ]

    @property
    def firm(self) -> Subject:
        """The subject as which it counts today."""
        return self.subject.merged_into or self.subject

    @property
    def is_holder(self) -> bool:
        """Whether it is the enterprise's own login, not a proxy."""
        return self.role == Role.ENTERPRISE

    @property
    def end(self) -> "MandateEnd | None":
        """How it ended, None while nobody ended it."""
        found: MandateEnd | None = getattr(self, "ended", None)
        return found

    def stands(self, today: date) -> bool:
        """Whether it holds: ended by nobody, not run out, and its login is in use."""
        return self.end is None and (self.until is None or self.until >= today) and self.account.is_active

    def may(self, action: Action) -> bool:
        """Whether the matrix lets the role do ``action`` for its own enterprise, and a proxy was given it."""
        held = matrix().allows(Role(self.role), action, [Scope.ENTERPRISE])
        return held and (self.is_holder or action in self.scope)


class EndReason(models.TextChoices):
    """Why a mandate ended before its day."""

    REVOKED = "revoked", _("企业终止")
    RESIGNED = "resigned", _("本人退出")
    REPLACED = "replaced", _("更换经办账号")
    FOLLOWED = "followed", _("授权的经办账号已终止")


class MandateEnd(models.Model):
    """A mandate ended: when, why and by whom. Once, for good."""

    mandate = models.OneToOneField(Mandate, models.PROTECT, related_name="ended")
    why = models.CharField("原因", max_length=12, choices=EndReason)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="经办")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "经办身份终止"


class Way(models.TextChoices):
    """How the one-time code reaches the enterprise."""

    COUNTER = "counter", _("到服务窗口")
    LETTER = "letter", _("寄信到登记住所")


class Claim(models.Model):
    """A login says that it is that of an enterprise. How far it got stands in ``case``.

    ``digest`` is that of the code that would be taken now, empty without one; ``tries`` counts wrong answers to it, ``codes`` how
    many were issued. ``replaces``: the holder at the time when the code was entered. ``document`` is the last paper, kept
    without its code.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    way = models.CharField("核验方式", max_length=8, choices=Way)
    replaces = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    codes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "企业认领"


class ProxyInvitation(models.Model):
    """A holder invites whoever bears its code to act as a proxy; only the digest of the code is kept.

    ``over_at``: when it was used or taken back; ``mandate`` is what came of it.
    """

    given_by = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    scope = models.JSONField("可办事项")
    until = models.DateField("至")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    mandate = models.OneToOneField(Mandate, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "代理邀请"
