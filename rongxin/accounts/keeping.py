"""What a security administrator does to the accounts of others: invite, end, reopen, change the role, help back in.

Nobody does any of it to the own account, so no administrator can raise the own rights. ``by`` None is the operator at the
terminal, who has the machine anyway; it is noted all the same.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.events import note
from rongxin.accounts.invitations import end_links, make_link
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import STAFF_ROLES, Account, EventKind
from rongxin.accounts.permissions import Action, Role, Scope
from rongxin.accounts.queries import demand
from rongxin.accounts.second_factor import drop_all
from rongxin.accounts.sessions import end_session
from rongxin.departments.models import Department


def accounts_kept_by(administrator: Account) -> QuerySet[Account]:
    """The accounts of the people who work here; none for whoever may not keep them."""
    if Scope.PLATFORM not in administrator.scopes_of(Action.ACCOUNT_KEEP):
        return Account.objects.none()
    return Account.objects.filter(role__in=STAFF_ROLES).select_related("department").order_by("username")


@transaction.atomic
def invite(
    by: Account | None, username: str, *, display_name: str, department: Department, role: Role
) -> tuple[Account, str]:
    """Open an account that its bearer completes with a one-time link. Returns it and the word of the link, in clear.

    Raises PermissionDenied, ValueError for a role that does not work here, and IntegrityError when the name is taken.
    """
    if by is not None:
        demand(by, Action.ACCOUNT_KEEP, department)
    if role not in STAFF_ROLES:
        raise ValueError(role)
    account = Account(username=username, display_name=display_name, department=department, role=role, is_active=False)
    account.set_unusable_password()
    account.save(force_insert=True)
    note(account, EventKind.INVITED, by=by, detail=role)
    return account, make_link(account, by)


@transaction.atomic
def invite_again(by: Account | None, account: Account) -> str:
    """A new link for somebody who has not come yet."""
    _demand(by, account)
    if account.is_active or account.ended_at is not None:
        raise PermissionDenied("whoever has come needs no invitation")
    note(account, EventKind.INVITED, by=by, detail=account.role)
    return make_link(account, by)


@transaction.atomic
def end(by: Account | None, account: Account, reason: str) -> None:
    """Nobody works with the account any more; its links and its session hold no longer. What it did stays."""
    _demand(by, account)
    account.is_active, account.ended_at = False, timezone.now()
    account.save(update_fields=["is_active", "ended_at"])
    end_links(account)
    end_session(account, "ended", by=by)
    note(account, EventKind.ENDED, by=by, detail=reason)


@transaction.atomic
def reopen(by: Account | None, account: Account, reason: str) -> str:
    """The account is used again, after its bearer has set a new password with the link whose word is returned."""
    _demand(by, account)
    account.ended_at = None
    account.set_unusable_password()
    account.save(update_fields=["ended_at", "password"])
    note(account, EventKind.REOPENED, by=by, detail=reason)
    return make_link(account, by)


@transaction.atomic
def change_role(by: Account | None, account: Account, role: Role, reason: str) -> None:
    """Another role; the session ends. Officers stay officers and administrators administrators: for the other there is
    another account. Raises PermissionDenied.
    """
    _demand(by, account)
    before = Role(account.role)
    if matrix().roles[role].face != matrix().roles[before].face:
        raise PermissionDenied(f"{before} does not become {role}")
    account.role = role
    account.save(update_fields=["role"])
    end_session(account, "role_changed", by=by)
    note(account, EventKind.ROLE_CHANGED, by=by, detail=f"{before} {role} {reason}")


@transaction.atomic
def reset_password(by: Account | None, account: Account, reason: str) -> str:
    """The password is void; the link whose word is returned sets a new one. The second factor stays and is asked for."""
    _demand(by, account)
    return _let_back_in(by, account, EventKind.PASSWORD_RESET, reason)


@transaction.atomic
def reset_second_factor(by: Account | None, account: Account, reason: str) -> str:
    """All second factors are void, and the password with them: whoever knows it alone shall not set up a factor of their
    own. The link whose word is returned, handed over in person, sets both anew.
    """
    _demand(by, account)
    drop_all(account)
    return _let_back_in(by, account, EventKind.FACTOR_RESET, reason)


def _let_back_in(by: Account | None, account: Account, kind: EventKind, reason: str) -> str:
    account.set_unusable_password()
    account.save(update_fields=["password"])
    end_session(account, "reset", by=by)
    note(account, kind, by=by, detail=reason)
    return make_link(account, by)


def _demand(by: Account | None, account: Account) -> None:
    if by is None:
        return
    demand(by, Action.ACCOUNT_KEEP, account.works_for)
    if by.pk == account.pk:
        raise PermissionDenied("nobody keeps the own account")
