"""Who may, and what lies within reach."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, DataClass, Scope
from rongxin.departments.models import Department
from rongxin.departments.regions import stem

Row = TypeVar("Row", bound=Model)


class ProofTooOld(Exception):
    """The last proof of the second factor is too old for what is asked. Whoever asked proves again, and it goes on."""


class Denied(PermissionDenied):
    """The matrix does not give the account ``action`` for whom it is ``about``, which only the programme's own log is told."""

    def __init__(self, action: Action, about: str) -> None:
        super().__init__(f"{action} for {about}")
        self.action = action


def demand(account: Account, action: Action, department: Department, data_class: DataClass | None = None) -> None:
    """Raise Denied unless the account may do this for this department.

    What decides (``decides`` in the matrix) is done by a person who proved the second factor lately: a machine's key is refused,
    and ProofTooOld raised where the proof is old.
    """
    if not account.may(action, department, data_class):
        raise Denied(action, department.code)
    if matrix().actions[action].decides:
        if account.speaks_by_key:
            raise Denied(action, f"{department.code}, which a person decides")
        demand_proof(account)


def demand_proof(account: Account) -> None:
    """Raise ProofTooOld where the second factor is due again."""
    if account.must_prove:
        raise ProofTooOld


def within_reach(account: Account, action: Action, rows: QuerySet[Row], provider: str = "provider") -> QuerySet[Row]:
    """Those of ``rows`` that the account may do ``action`` to, by the matrix. ``provider``: the way to their department."""
    scopes = account.scopes_of(action)
    if Scope.REGION in scopes:
        return rows.filter(**{f"{provider}__region__startswith": stem(account.works_for.region)})
    if Scope.DEPARTMENT in scopes:
        return rows.filter(**{provider: account.department_id})
    return rows.none()


def departments_within_reach(account: Account, action: Action) -> list[Department]:
    """The departments for which the account may do ``action``, in the order of regions."""
    scopes = account.scopes_of(action)
    if Scope.REGION in scopes:
        return list(Department.objects.filter(region__startswith=stem(account.works_for.region)))
    return [account.works_for] if Scope.DEPARTMENT in scopes else []
