"""Keys with which a department's system speaks for an account: made once, shown once, kept as a digest only."""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.events import ACCOUNTS
from rongxin.accounts.models import Account, MachineKey
from rongxin.accounts.sealing import digest_of
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind

PREFIX_LENGTH: Final = 12
_SEEN_EVERY: Final = timedelta(minutes=1)


@transaction.atomic
def make_key(account: Account, *, label: str) -> str:
    """Make a key for ``account`` and give it in clear, for the only time: ``<prefix>.<secret>``.

    Raises ValueError for an account of no department: nobody's system speaks for an enterprise here.
    """
    if not account.is_staff_member:
        raise ValueError(account.role)
    prefix, secret = secrets.token_hex(PREFIX_LENGTH // 2), secrets.token_urlsafe(32)
    key = f"{prefix}.{secret}"
    made = MachineKey.objects.create(
        account=account, label=label, prefix=prefix, digest=digest_of(key), made_at=timezone.now()
    )
    _tell("key.make", made)
    return key


@transaction.atomic
def end_key(prefix: str) -> None:
    """The key with this prefix is in use no longer. Raises MachineKey.DoesNotExist; ending twice changes nothing."""
    key = MachineKey.objects.select_related("account").get(prefix=prefix)
    if key.ended_at is None:
        key.ended_at = timezone.now()
        key.save(update_fields=["ended_at"])
        _tell("key.end", key)


def _tell(act: str, key: MachineKey) -> None:
    log(Kind.ADMIN, ACCOUNTS, {"act": act, "account": key.account.username, "key": key.prefix})


def account_of(key: str) -> Account | None:
    """The account that a key in use speaks for, marked so: a key decides nothing.

    None for any other text, an ended key or an account switched off.
    """
    prefix, _, secret = key.partition(".")
    if len(prefix) != PREFIX_LENGTH or not secret:
        return None
    found = MachineKey.objects.select_related("account__department").filter(prefix=prefix, ended_at=None).first()
    if found is None or not secrets.compare_digest(found.digest, digest_of(key)) or not found.account.is_active:
        return None
    now = timezone.now()
    if found.last_used_at is None or now - found.last_used_at > _SEEN_EVERY:
        found.last_used_at = now
        found.save(update_fields=["last_used_at"])
    found.account.speaks_by_key = True
    return found.account
