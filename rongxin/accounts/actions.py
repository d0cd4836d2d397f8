"""Opening accounts: of the people who work here, and of enterprises, which sign up themselves."""

import secrets
from datetime import timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.events import note
from rongxin.accounts.models import STAFF_ROLES, Account, EventKind, SignUp
from rongxin.accounts.permissions import Role
from rongxin.accounts.sealing import digest_of_few
from rongxin.departments.models import Department
from rongxin.storage.turns import in_turn

LOGIN_NAME_DIGITS: Final = 8
A_DAY: Final = timedelta(days=1)


class TooManySignUps(Exception):
    """So many logins were opened from one place that no other is for a day."""


@transaction.atomic
def open_account(username: str, password: str, *, display_name: str, department: Department, role: Role) -> Account:
    """Open an account of somebody who works here. Raises ValueError for a role that does not, ValidationError when the password
    is weak, and IntegrityError when the name is taken.
    """
    if role not in STAFF_ROLES:
        raise ValueError(role)
    account = Account(username=username, display_name=display_name, department=department, role=role)
    validate_password(password, account)
    account.set_password(password)
    account.password_set_at = timezone.now()
    account.save(force_insert=True)
    note(account, EventKind.OPENED, detail=role)
    return account


def new_login_name() -> str:
    """A name for the login of an enterprise, such as ``qy48213067``. The platform gives it, so that none tells of a person and
    nobody learns by trying which ones exist.
    """
    return f"qy{secrets.randbelow(10**LOGIN_NAME_DIGITS):0{LOGIN_NAME_DIGITS}d}"


@transaction.atomic
def sign_up(username: str, password: str, *, place: str) -> Account:
    """Open the login of an enterprise, in which it may do nothing for any enterprise yet. ``place``: the network address.

    Raises ValidationError for a weak password, IntegrityError for a name that is taken, and TooManySignUps.
    """
    account = Account(username=username, display_name=username, role=Role.ENTERPRISE)
    validate_password(password, account)
    digest, now = digest_of_few(place), timezone.now()
    in_turn(f"sign-up:{digest}")
    if SignUp.objects.filter(place=digest, at__gt=now - A_DAY).count() >= environment.sign_ups_a_day:
        raise TooManySignUps
    account.set_password(password)
    account.password_set_at = now
    account.save(force_insert=True)
    SignUp.objects.create(place=digest, at=now)
    note(account, EventKind.OPENED, detail=Role.ENTERPRISE)
    return account
