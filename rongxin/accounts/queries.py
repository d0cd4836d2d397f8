"""Who may."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department

Row = TypeVar("Row", bound=Model)


def demand(account: Account, action: Action, department: Department) -> None:
    """Raise PermissionDenied unless the account may do this for this department."""
    if not account.may(action, department):
        raise PermissionDenied(f"{action} for {department.code}")


def within_reach(account: Account, rows: QuerySet[Row], provider: str = "provider") -> QuerySet[Row]:
    """Of ``rows`` those of the own department; all of them for whoever serves everywhere. ``provider``: the way to it."""
    return rows if account.serves_everywhere else rows.filter(**{provider: account.department_id})
