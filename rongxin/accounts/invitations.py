"""One-time links: whoever bears one sets the password of an account that was opened or has to be recovered."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.events import note
from rongxin.accounts.models import Account, EventKind, Invitation
from rongxin.accounts.passwords import set_password
from rongxin.accounts.sealing import digest_of


class NoInvitation(LookupError):
    """No link that holds has this word: it was used, replaced, ran out, or never was."""


def make_link(account: Account, by: Account | None) -> str:
    """A new link for the account; its word in clear, for the only time. The link before holds no longer."""
    end_links(account)
    word, now = secrets.token_urlsafe(32), timezone.now()
    Invitation.objects.create(
        account=account,
        digest=digest_of(word),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(hours=environment.invitation_hours),
    )
    return word


def end_links(account: Account) -> None:
    """No link of the account holds any longer."""
    Invitation.objects.filter(account=account, over_at=None).update(over_at=timezone.now())


def invitation(word: str) -> Invitation:
    """The link that holds; raises NoInvitation."""
    found = (
        Invitation.objects.select_related("account__department").filter(digest=digest_of(word), over_at=None).first()
    )
    if found is None or found.expires_at <= timezone.now() or found.account.ended_at is not None:
        raise NoInvitation
    return found


@transaction.atomic
def accept(word: str, password: str) -> Account:
    """Set the password and use the link up; raises NoInvitation, and ValidationError when the password is weak."""
    found = invitation(word)
    if not Invitation.objects.filter(pk=found.pk, over_at=None).update(over_at=timezone.now()):
        raise NoInvitation
    account = found.account
    is_new = not account.is_active
    set_password(account, password)
    account.is_active = True
    account.save(update_fields=["is_active"])
    if is_new:
        note(account, EventKind.OPENED)
    return account
