"""Opening accounts."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from rongxin.accounts.events import note
from rongxin.accounts.models import Account, EventKind
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department


@transaction.atomic
def open_account(username: str, password: str, *, display_name: str, department: Department, role: Role) -> Account:
    """Open an account; raises ValidationError when the password is weak and IntegrityError when the name is taken."""
    account = Account(username=username, display_name=display_name, department=department, role=role)
    validate_password(password, account)
    account.set_password(password)
    account.password_set_at = timezone.now()
    account.save(force_insert=True)
    note(account, EventKind.OPENED, detail=role)
    return account
