"""Ending mandates: that of a holder takes those of its proxies with it."""

from collections.abc import Callable, Collection

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.storage.turns import in_turn
from rongxin.subjects.mandates.models import EndReason, Mandate, MandateEnd, ProxyInvitation
from rongxin.subjects.mandates.queries import proxies_under
from rongxin.subjects.mandates.telling import tell
from rongxin.subjects.models import Subject

Ended = Callable[[Collection[Mandate]], None]
_told: list[Ended] = []


def when_ended(act: Ended) -> None:
    """Have ``act`` called with every mandate that ends, in the transaction that ends it."""
    _told.append(act)


def take_turn(subject: Subject) -> None:
    """Nobody else begins or ends a mandate of the enterprise until the open transaction is over. Rows are locked after this."""
    in_turn(f"mandates:{subject.merged_into_id or subject.pk}")


@transaction.atomic
def end(mandate: Mandate, why: EndReason, *, by: Account) -> None:
    """Nobody acts by this mandate any more, from the next request on; ending twice changes nothing."""
    take_turn(mandate.subject)
    now = timezone.now()
    ProxyInvitation.objects.filter(given_by=mandate, over_at=None).update(over_at=now)
    proxies = list(proxies_under([mandate]))
    for each, reason in [*((proxy, EndReason.FOLLOWED) for proxy in proxies), (mandate, why)]:
        _, is_new = MandateEnd.objects.get_or_create(mandate=each, defaults={"why": reason, "by": by, "at": now})
        if is_new:
            tell("mandate.end", each, by=by, why=reason)
    for act in _told:
        act([mandate, *proxies])
