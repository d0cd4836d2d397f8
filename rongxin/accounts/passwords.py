"""Passwords: chosen by their bearer, never one of the last few, and changed after a time where the platform says so."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.environment import environment
from rongxin.accounts.events import note
from rongxin.accounts.models import Account, EventKind, FormerPassword

KEPT: Final = 5


class NotUsedLately:
    """Validator: the password is none of the account's last five, the present one included."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raises ValidationError when the account had this password lately."""
        if user is None or user.pk is None:
            return
        former = FormerPassword.objects.filter(account=user).order_by("-pk").values_list("password", flat=True)
        if any(check_password(password, each) for each in (user.password, *former[: KEPT - 1])):
            raise ValidationError(_("这个密码最近用过，请换一个。"), code="password_used_lately")

    def get_help_text(self) -> str:
        """What the rule says, for forms."""
        return _("不能与最近 5 次用过的密码相同。")


@transaction.atomic
def set_password(account: Account, password: str) -> None:
    """The bearer's new password; raises ValidationError when it is weak or was used lately. The old one is remembered."""
    validate_password(password, account)
    if account.has_usable_password():
        FormerPassword.objects.create(account=account, password=account.password, ended_at=timezone.now())
        kept = FormerPassword.objects.filter(account=account).order_by("-pk").values_list("pk", flat=True)[:KEPT]
        FormerPassword.objects.filter(account=account).exclude(pk__in=list(kept)).delete()
    account.set_password(password)
    account.password_set_at = timezone.now()
    account.save(update_fields=["password", "password_set_at"])
    note(account, EventKind.PASSWORD_SET)


def is_due(account: Account) -> bool:
    """Whether the password is older than the platform allows; it never is where no age is set."""
    if not environment.password_days or account.password_set_at is None:
        return False
    return timezone.now() - account.password_set_at > timedelta(days=environment.password_days)
