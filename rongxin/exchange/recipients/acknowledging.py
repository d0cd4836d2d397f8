"""Handing over pages of the feed, and keeping what a recipient says it has carried out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.disclosure.feed import Feed, feed
from rongxin.exchange.recipients.models import Acknowledgement, Page, Recipient
from rongxin.exchange.recipients.registry import STREAM
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind
from rongxin.policy.pack import Policy
from rongxin.records.changes import last_position

MOST: Final = 500
"""The most entries of one page."""


class Refusal(StrEnum):
    """Why an acknowledgement is not taken."""

    BEYOND_NEWEST = "beyond_newest"
    NOT_SERVED = "not_served"
    GOES_BACK = "goes_back"
    ENDED = "ended"


class NotAcknowledged(ValueError):
    """Nothing was kept. ``served`` and ``acknowledged``: how far the recipient has come."""

    def __init__(self, refusal: Refusal, recipient: Recipient) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.served, self.acknowledged = recipient.served, recipient.acknowledged


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What was kept, now or when it was said first."""

    up_to: int
    at: datetime
    newest: int


def hand_over(recipient: Recipient, policy: Policy, *, after: int, limit: int) -> Feed:
    """The page of the feed after a position. What was handed over without a gap is what may be acknowledged; the first page
    says where the recipient begins (0, or the position of a bulk file). A page after a gap is given and counts for nothing.
    """
    page = feed(policy, after=after, limit=min(limit, MOST))
    # What is committed later has a higher position, so nothing can appear inside the page after it was read.
    if page.last > after or recipient.served is None:
        _keep(recipient.pk, after, page.last)
    return page


@transaction.atomic
def _keep(recipient: int, after: int, up_to: int) -> None:
    held = Recipient.objects.select_for_update().get(pk=recipient)
    if held.served is None:
        held.start, held.served = after, up_to
    elif after <= held.served < up_to:
        held.served = up_to
    held.save(update_fields=["start", "served"])
    if up_to > after:
        Page.objects.create(recipient=held, after=after, up_to=up_to, at=timezone.now())


@transaction.atomic
def acknowledge(recipient: Recipient, up_to: int) -> Acknowledged:
    """Keep that the recipient has carried out everything up to a position. The same again is the same answer; it never goes back,
    and never beyond what was handed over. Raises NotAcknowledged.
    """
    held = Recipient.objects.select_for_update().get(pk=recipient.pk)
    newest, _ = last_position()
    if known := Acknowledgement.objects.filter(recipient=held, up_to=up_to).first():
        return Acknowledged(up_to, known.at, newest)
    for is_wrong, refusal in (
        (not held.is_registered, Refusal.ENDED),
        (up_to > newest, Refusal.BEYOND_NEWEST),
        (held.served is None or up_to > held.served, Refusal.NOT_SERVED),
        (up_to < max(held.acknowledged or 0, held.start or 0), Refusal.GOES_BACK),
    ):
        if is_wrong:
            raise NotAcknowledged(refusal, held)
    now = timezone.now()
    # The last time that it was handed over: what a later copy of the page no longer held is not taken for dropped.
    pages = Page.objects.filter(recipient=held, after__lt=up_to, up_to__gte=up_to).order_by("-at")
    served_at = pages.values_list("at", flat=True).first() or now
    Acknowledgement.objects.create(recipient=held, up_to=up_to, served_at=served_at, at=now)
    held.acknowledged = up_to
    held.save(update_fields=["acknowledged"])
    log(Kind.EXCHANGE, STREAM, {"act": "recipient.acknowledge", "recipient": held.uscc, "up_to": up_to})
    return Acknowledged(up_to, now, newest)
