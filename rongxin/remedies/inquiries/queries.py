"""Reading inquiries."""

from collections.abc import Iterable

from rongxin.accounts.access import Access
from rongxin.remedies.inquiries.models import Inquiry
from rongxin.workflow.models import Case


def inquiry_of(case: Case, access: Access) -> Inquiry:
    """What is asked in a case, and what is answered. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Inquiry.objects.select_related("subject", "case__owner").get(case=case)


def of_events(events: Iterable[str]) -> dict[str, Inquiry]:
    """What was asked about each of these events of the ledger (``log/index``), with its case; one query. For whoever may see
    the events.
    """
    found = Inquiry.objects.select_related("case__owner").filter(event__in=list(events))
    return {each.event: each for each in found}
