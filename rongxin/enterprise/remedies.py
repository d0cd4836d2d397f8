"""Cards of objections and repairs on the pages of a firm's cases."""

from django.urls import reverse

from rongxin.accounts.access import Access
from rongxin.enterprise.case_panels import Panel, add_panel
from rongxin.policy.words import Title
from rongxin.remedies.objections.workflow import KIND as OBJECTION
from rongxin.remedies.repairs.revoking import KIND as REVOCATION
from rongxin.remedies.repairs.workflow import KIND as REPAIR
from rongxin.ui.remedy_cards import Address, objection_card, repair_card, revocation_card
from rongxin.workflow.models import Case


def add_to_cases() -> None:
    """Have the cards on the pages of these cases."""
    add_panel(OBJECTION, _objection)
    add_panel(REPAIR, _repair)
    add_panel(REVOCATION, _revocation)


def _objection(case: Case, access: Access) -> Panel:
    content = objection_card(case, access, record=_record(case), is_office=False)
    return Panel(title=Title(zh="异议内容", en="The objection"), template="ui/_objection.html", content=content)


def _repair(case: Case, access: Access) -> Panel:
    content = repair_card(case, access, record=_record(case), address=_case(case), revoke_url="", is_office=False)
    return Panel(title=Title(zh="修复申请", en="The application"), template="ui/_repair.html", content=content)


def _revocation(case: Case, access: Access) -> Panel:
    content = revocation_card(case, access, address=_case(case), is_office=False)
    return Panel(title=Title(zh="拟撤销的修复", en="The repair"), template="ui/_revocation.html", content=content)


def _record(case: Case) -> Address:
    return lambda number: reverse("enterprise:record", args=[case.firm, number])


def _case(case: Case) -> Address:
    return lambda number: reverse("enterprise:case", args=[case.firm, number])
