"""The second factor: set up, tried, lost. Five wrong answers within a quarter of an hour, and none is heard for as long."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.events import note
from rongxin.accounts.models import (
    Account,
    AccountEvent,
    CodeGenerator,
    EventKind,
    RecoveryCode,
    SecurityKey,
)
from rongxin.accounts.one_time_codes import make_recovery_codes, step_of, take_code, take_recovery_code
from rongxin.accounts.sealing import seal
from rongxin.accounts.security_keys import set_up, take_answer

FAILURES: Final = 5
WHILE: Final = timedelta(minutes=15)
_SUCCESSES: Final = (EventKind.LOGIN, EventKind.CONFIRMED)


class Means(StrEnum):
    """With what somebody proved to be the bearer."""

    CODE = "code"
    KEY = "key"
    RECOVERY = "recovery"


class Refusal(StrEnum):
    """Why an answer did not count."""

    WRONG = "wrong"
    LOCKED = "locked"


class LastFactor(Exception):
    """The only factor that is left is not removed."""


def has_second_factor(account: Account) -> bool:
    """Whether the account has a generator of codes or a key. Recovery codes alone are none."""
    generators = CodeGenerator.objects.filter(account=account)
    return generators.exists() or SecurityKey.objects.filter(account=account).exists()


def prove_by_code(account: Account, code: str) -> Means | Refusal:
    """Try six digits, or a recovery code."""

    def tried() -> Means | None:
        if take_code(account, code):
            return Means.CODE
        return Means.RECOVERY if take_recovery_code(account, code) else None

    return _tried(account, tried)


def prove_by_key(account: Account, host: str, state: Any, answer: str) -> Means | Refusal:
    """Try the answer of a security key to what ``state`` asked."""
    return _tried(account, lambda: Means.KEY if take_answer(account, host, state, answer) else None)


def is_locked(account: Account) -> bool:
    """Whether no answer is heard now: too many were wrong since the last right one."""
    right = AccountEvent.objects.filter(account=account, kind__in=_SUCCESSES).order_by("-pk").first()
    wrong = AccountEvent.objects.filter(account=account, kind=EventKind.FACTOR_FAILED, at__gt=timezone.now() - WHILE)
    return wrong.filter(pk__gt=right.pk if right else 0).count() >= FAILURES


def _tried(account: Account, check: Callable[[], Means | None]) -> Means | Refusal:
    # The row is held meanwhile, so that many answers at once are counted one by one and no code serves two of them.
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if is_locked(account):
            return Refusal.LOCKED
        means = check()
        if means is not None:
            return means
        note(account, EventKind.FACTOR_FAILED)
        if not is_locked(account):
            return Refusal.WRONG
        note(account, EventKind.LOCKED, detail="second_factor")
        return Refusal.LOCKED


@transaction.atomic
def set_code_generator(account: Account, secret: str, code: str, *, is_demonstration: bool = False) -> bool:
    """Take ``secret`` for the account if ``code`` shows that the person's programme has it; it replaces the one before."""
    step = step_of(secret, code)
    if step is None:
        return False
    CodeGenerator.objects.update_or_create(
        account=account,
        defaults={
            "secret": seal(secret),
            "last_step": step,
            "set_at": timezone.now(),
            "is_demonstration": is_demonstration,
        },
    )
    note(account, EventKind.FACTOR_SET, detail=Means.CODE)
    return True


@transaction.atomic
def set_security_key(account: Account, host: str, state: Any, answer: str, label: str) -> SecurityKey | None:
    """Keep a key of the account; None when its answer is wrong or there are keys enough."""
    key = set_up(account, host, state, answer, label)
    if key is not None:
        note(account, EventKind.FACTOR_SET, detail=Means.KEY)
    return key


@transaction.atomic
def remove_security_key(account: Account, pk: int) -> None:
    """Raises SecurityKey.DoesNotExist, and LastFactor when nothing else would be left."""
    Account.objects.select_for_update().get(pk=account.pk)
    key = SecurityKey.objects.get(pk=pk, account=account)
    others = SecurityKey.objects.filter(account=account).exclude(pk=pk)
    if not others.exists() and not CodeGenerator.objects.filter(account=account).exists():
        raise LastFactor
    key.delete()
    note(account, EventKind.FACTOR_REMOVED, detail=Means.KEY)


@transaction.atomic
def new_recovery_codes(account: Account) -> list[str]:
    """Ten new codes in clear, for the only time."""
    note(account, EventKind.RECOVERY_CODES)
    return make_recovery_codes(account)


def drop_all(account: Account) -> None:
    """The account has no second factor any more."""
    CodeGenerator.objects.filter(account=account).delete()
    SecurityKey.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
