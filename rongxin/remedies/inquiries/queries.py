"""Inquiries for whoever may see the event they ask about."""

from collections.abc import Iterable

from rongxin.remedies.inquiries.models import Inquiry


def of_events(events: Iterable[str]) -> dict[str, Inquiry]:
    """What was asked about each of these events of the ledger (``log/index``), with its case; one query."""
    found = Inquiry.objects.select_related("case__owner").filter(event__in=list(events))
    return {each.event: each for each in found}
