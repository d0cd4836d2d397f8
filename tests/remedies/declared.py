"""A firm with its login, and what it declares: certificates of a made-up kind of wares."""

from dataclasses import dataclass
from typing import Any

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.declarations.models import Declaration
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.mandates.queries import demand
from rongxin.subjects.models import Subject
from tests.subjects.mandates.firms import PASSWORD, Hall, a_firm, a_login

CERTIFICATION = {
    "system": "质量管理体系",
    "standard": "GB/T 19001-2016",
    "certificate_number": "示例-Q-2026-0001",
    "issued_by": "示例认证有限公司",
    "issued_on": "2026-03-01",
}
PDF = b"%PDF-1.4\n%%EOF"
TAXES = {"year": "2025", "taxes": "120.5", "in_time": "是"}
PRODUCTS = {"products": "茶叶加工、包装和销售"}


@dataclass
class Party:
    """Everybody who has to do with it: the firm's login, two officers of the credit office, a stranger."""

    hall: Hall
    firm: Subject
    login: Account
    first: Account
    second: Account
    stranger: Account

    @property
    def mandate(self) -> Mandate:
        return demand(Account.objects.get(pk=self.login.pk), self.firm.uscc, Action.DECLARATION_MAKE)

    def declares(self, item: str = "certification", given: dict[str, str] | None = None, **more: Any) -> Declaration:
        return declare(self.mandate, item, CERTIFICATION if given is None else given, **more)


def a_party(hall: Hall) -> Party:
    login, firm = a_login(), a_firm()
    hall.held(login, firm)
    second = open_account(
        "lead2", PASSWORD, display_name="牵头办乙", department=hall.lead_office, role=Role.CITY_OFFICE
    )
    return Party(hall, firm, login, hall.lead, second, hall.window)
