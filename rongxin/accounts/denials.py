"""Refused requests, told to the ledger: one event an hour for each account and page, however often it asks."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rongxin.accounts.events import SECURITY, who
from rongxin.accounts.models import Account, Denial
from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind

TOLD_EVERY: Final = timedelta(hours=1)


class Act(StrEnum):
    """How a request was refused. ``not_found``: what is not there or not within reach of the account; nobody is told which."""

    DENIED = "denied"
    NOT_FOUND = "not_found"


@transaction.atomic
def note_denial(account: Account, act: Act, *, route: str, action: str = "") -> None:
    """Tell the ledger that a request of ``account`` was refused, or count it where it was told of one within the hour.

    ``route``: the name of the address, which holds no data; ``action``: what the matrix does not give.
    """
    now = timezone.now()
    asked = {"account": account, "route": route, "act": act.value, "action": action}
    known, is_first = Denial.objects.select_for_update(of=("self",)).get_or_create(**asked, defaults={"told_at": now})
    if not is_first and now < known.told_at + TOLD_EVERY:
        Denial.objects.filter(pk=known.pk).update(untold=F("untold") + 1)
        return
    log_many(Kind.SECURITY, [Event(SECURITY, _payload(known, account, known.untold + 1))])
    Denial.objects.filter(pk=known.pk).update(told_at=now, untold=0)


@transaction.atomic
def tell_the_rest() -> int:
    """Tell of what came within the hour after an event, once that is over; how many refused requests."""
    over = Denial.objects.select_for_update(of=("self",)).filter(told_at__lte=timezone.now() - TOLD_EVERY)
    found = list(over.select_related("account__department").order_by("pk"))
    rest = [each for each in found if each.untold]
    log_many(Kind.SECURITY, (Event(SECURITY, _payload(each, each.account, each.untold)) for each in rest))
    Denial.objects.filter(pk__in=[each.pk for each in found]).delete()
    return sum(each.untold for each in rest)


def _payload(denial: Denial, account: Account, count: int) -> dict[str, Any]:
    return {
        "act": denial.act,
        **who(account),
        "action": denial.action,
        "route": denial.route,
        "count": count,
    }
