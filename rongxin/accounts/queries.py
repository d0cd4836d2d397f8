"""Who may."""

from django.core.exceptions import PermissionDenied

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department


def demand(account: Account, action: Action, department: Department) -> None:
    """Raise PermissionDenied unless the account may do this for this department."""
    if not account.may(action, department):
        raise PermissionDenied(f"{action} for {department.code}")
