"""Ending mandates: that of a holder takes those of its proxies with it."""

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.subjects.mandates.models import EndReason, Mandate, MandateEnd, ProxyInvitation
from rongxin.subjects.mandates.queries import proxies_under


@transaction.atomic
def end(mandate: Mandate, why: EndReason, *, by: Account) -> None:
    """Nobody acts by this mandate any more, from the next request on; ending twice changes nothing."""
    now = timezone.now()
    ProxyInvitation.objects.filter(given_by=mandate, over_at=None).update(over_at=now)
    for proxy in proxies_under([mandate]):
        MandateEnd.objects.get_or_create(mandate=proxy, defaults={"why": EndReason.FOLLOWED, "by": by, "at": now})
    MandateEnd.objects.get_or_create(mandate=mandate, defaults={"why": why, "by": by, "at": now})
