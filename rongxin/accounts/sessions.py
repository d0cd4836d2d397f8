"""The one session of an account that holds."""

import secrets

from rongxin.accounts.events import note
from rongxin.accounts.models import Account, EventKind


def begin_session(account: Account) -> str:
    """A new session; the one before holds no longer. Returns the word by which it is known."""
    if account.live_session:
        note(account, EventKind.SESSION_ENDED, detail="elsewhere")
    account.live_session = secrets.token_urlsafe(32)
    account.save(update_fields=["live_session"])
    return account.live_session


def end_session(account: Account, why: str, *, by: Account | None = None) -> None:
    """The account's session, wherever it is, holds no longer; nothing when there is none."""
    if not Account.objects.filter(pk=account.pk).exclude(live_session="").update(live_session=""):
        return
    account.live_session = ""
    note(account, EventKind.SESSION_ENDED, by=by, detail=why)
