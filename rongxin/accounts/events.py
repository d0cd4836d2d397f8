"""The log of accounts: what happened to whom, when, by whom, why.

What changes rights, and every lock-out, the ledger is told in the same transaction.
"""

from typing import Any, Final

from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.accounts.models import EVENT_WORDS, Account, AccountEvent, EventKind
from rongxin.accounts.permissions import Role
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, Of, Subject

ACCOUNTS: Final = Subject(Of.SYSTEM, "accounts")
"""Whose stream of the ledger accounts, their roles, factors and keys are in."""
SECURITY: Final = Subject(Of.SYSTEM, "security")
UNTOLD: Final = frozenset(
    {
        EventKind.LOGIN,
        EventKind.CONFIRMED,
        EventKind.FAILED,
        EventKind.FACTOR_FAILED,
        EventKind.SESSION_ENDED,
    }
)
"""What happens every day and changes no right: it stays in this log. Too many failures are a lock-out, which is told."""
_WORDS: Final = frozenset(Role) | frozenset(EVENT_WORDS)


@transaction.atomic
def note(account: Account, kind: EventKind, *, by: Account | None = None, detail: str = "") -> AccountEvent:
    """Keep that something happened. ``by``: who did it, when it was not the account's bearer."""
    most = AccountEvent._meta.get_field("detail").max_length
    if kind not in UNTOLD:
        _tell(account.username, kind, by, detail)
    return AccountEvent.objects.create(account=account, kind=kind, at=timezone.now(), by=by, detail=detail[:most])


def _tell(account: str, kind: EventKind, by: Account | None, detail: str) -> None:
    """Closed words only: a reason that a person gave stays out of the ledger."""
    words = detail.split(" ")[:2] if kind == EventKind.ROLE_CHANGED else [detail]
    told = {
        "act": f"account.{kind}",
        "account": account,
        "by": by.username if by else "",
        "detail": " ".join(word for word in words if word in _WORDS),
    }
    is_locked = kind == EventKind.LOCKED
    log(Kind.SECURITY if is_locked else Kind.ADMIN, SECURITY if is_locked else ACCOUNTS, told)


def who(account: Account) -> dict[str, Any]:
    """Whoever did something, as an event of the ledger says it; ``key`` where a system asked."""
    return {
        "by": account.username,
        "department": account.department.code if account.department else "",
        "role": account.role,
        **({"key": True} if account.speaks_by_key else {}),
    }


def history(account: Account) -> QuerySet[AccountEvent]:
    """What happened to one account, the newest first."""
    return AccountEvent.objects.filter(account=account).select_related("by")


def done_by_others_since_last_login(account: Account) -> QuerySet[AccountEvent]:
    """What others did to the account since its bearer was here last: it is told at the next login."""
    told = (
        EventKind.FACTOR_RESET,
        EventKind.PASSWORD_RESET,
        EventKind.ROLE_CHANGED,
        EventKind.ENDED,
        EventKind.REOPENED,
    )
    events = history(account).filter(kind__in=told)
    return events.filter(at__gt=account.last_login) if account.last_login else events


def note_failure(sender: object, credentials: dict[str, str], **more: object) -> None:
    """Receiver of Django's signal: a wrong password for an account that exists. Names that do not exist stay with axes."""
    account = Account.objects.filter(username=credentials.get("username", "")).first()
    if account is not None:
        note(account, EventKind.FAILED)


def note_lock(sender: object, username: str = "", **more: object) -> None:
    """Receiver of axes' signal: too many wrong passwords from one place. A name that does not exist is not written down."""
    account = Account.objects.filter(username=username).first()
    if account is not None:
        note(account, EventKind.LOCKED, detail="password")
        return
    with transaction.atomic():
        _tell("", EventKind.LOCKED, None, "password")


def listen() -> None:
    """Keep what Django and axes tell of logins."""
    from axes.signals import user_locked_out

    user_login_failed.connect(note_failure, dispatch_uid="accounts_failed")
    user_locked_out.connect(note_lock, dispatch_uid="accounts_locked")
