"""Reading inquiries."""

from rongxin.accounts.access import Access
from rongxin.remedies.inquiries.models import Inquiry
from rongxin.workflow.models import Case


def inquiry_of(case: Case, access: Access) -> Inquiry:
    """What is asked in a case, and what is answered. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return Inquiry.objects.select_related("subject").get(case=case)
