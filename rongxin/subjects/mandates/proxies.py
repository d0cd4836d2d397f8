"""Proxies: a holder invites one by a one-time code, for some actions and up to a day, and ends it at once."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import code_digest, new_code
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand_proof
from rongxin.primitives.periods import add_months
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.ending import end, take_turn
from rongxin.subjects.mandates.models import EndReason, Mandate, ProxyInvitation
from rongxin.subjects.mandates.queries import (
    PROXY_ACTIONS,
    NoMandate,
    demand,
    mandate_for,
    open_invitations,
    proxies_under,
)
from rongxin.subjects.mandates.telling import tell

LONGEST: Final = "mandates/proxy_longest"
MOST_INVITATIONS: Final = 20


class BadProxy(StrEnum):
    """What is wrong with a proxy as asked for."""

    NO_ACTION = "no_action"
    ENDS_TOO_SOON = "ends_too_soon"
    ENDS_TOO_LATE = "ends_too_late"
    TOO_MANY = "too_many"


class NotGiven(ValueError):
    """No proxy was given; ``why`` says why."""

    def __init__(self, why: BadProxy) -> None:
        super().__init__(why)
        self.why = why


class NoInvitation(LookupError):
    """No invitation that holds has this code, or not for this login."""


class ActsAlready(ValueError):
    """The login acts for the enterprise already."""


def longest_until(today: date) -> date:
    """The last day up to which a proxy can be given today, by the rules in force."""
    return add_months(today, rulebook.current().value(LONGEST, today).count)


@transaction.atomic
def invite(account: Account, uscc: str, *, scope: Collection[Action], until: date) -> tuple[ProxyInvitation, str]:
    """Invite a proxy: the invitation and its code in clear, for the only time. Raises what ``demand`` raises, and NotGiven."""
    mandate = demand(account, uscc, Action.PROXY_KEEP)
    now, today = timezone.now(), timezone.localdate()
    if not scope or not set(scope) <= set(PROXY_ACTIONS):
        raise NotGiven(BadProxy.NO_ACTION)
    if until < today:
        raise NotGiven(BadProxy.ENDS_TOO_SOON)
    if until > longest_until(today):
        raise NotGiven(BadProxy.ENDS_TOO_LATE)
    if open_invitations(mandate).count() >= MOST_INVITATIONS:
        raise NotGiven(BadProxy.TOO_MANY)
    code = new_code()
    invitation = ProxyInvitation.objects.create(
        given_by=mandate,
        scope=sorted(scope),
        until=until,
        digest=code_digest(code),
        made_at=now,
        expires_at=now + timedelta(hours=environment.invitation_hours),
    )
    return invitation, code


@transaction.atomic
@asks(PLATFORM)  # whoever gives the proxy is nobody yet to whoever takes it
def accept(account: Account, code: str) -> Mandate:
    """Become the proxy that the code is for. Raises NoInvitation, and ActsAlready, which uses nothing up."""
    known = ProxyInvitation.objects.select_related("given_by__subject").filter(digest=code_digest(code)).first()
    if known is None:
        raise NoInvitation
    take_turn(known.given_by.subject)
    now, today = timezone.now(), timezone.localdate()
    found = ProxyInvitation.objects.select_for_update().get(pk=known.pk)
    giver = Mandate.objects.select_related("subject__merged_into", "account", "ended").get(pk=found.given_by_id)
    is_over = found.over_at is not None or found.expires_at <= now or found.until < today
    if is_over or not giver.stands(today):
        raise NoInvitation
    if _acts_for(account, giver.firm.uscc):
        raise ActsAlready
    mandate = Mandate.objects.create(
        subject=giver.subject,
        account=account,
        role=Role.PROXY,
        scope=found.scope,
        until=found.until,
        given_by=giver,
        began_at=now,
    )
    tell("mandate.begin", mandate, by=giver.account)
    found.over_at, found.mandate = now, mandate
    found.save(update_fields=["over_at", "mandate"])
    return mandate


def take_back(account: Account, uscc: str, pk: int) -> None:
    """Nobody can use the invitation any more; raises ProxyInvitation.DoesNotExist for one that is not the enterprise's."""
    mandate = demand(account, uscc, Action.PROXY_KEEP)
    invitation = open_invitations(mandate).get(pk=pk)
    ProxyInvitation.objects.filter(pk=invitation.pk, over_at=None).update(over_at=timezone.now())


def revoke(account: Account, uscc: str, pk: int) -> None:
    """End a proxy of the enterprise; raises Mandate.DoesNotExist for one that is not."""
    mandate = demand(account, uscc, Action.PROXY_KEEP)
    end(proxies_under([mandate]).get(pk=pk), EndReason.REVOKED, by=account)


def resign(account: Account, uscc: str) -> None:
    """The login acts for the enterprise no longer; raises NoMandate."""
    mandate = mandate_for(account, uscc)
    demand_proof(account)
    end(mandate, EndReason.RESIGNED, by=account)


def _acts_for(account: Account, uscc: str) -> bool:
    try:
        mandate_for(account, uscc)
    except NoMandate:
        return False
    return True
