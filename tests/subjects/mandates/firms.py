"""A service hall, the credit office, and logins of enterprises that claim one."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import count

from rongxin.accounts.actions import open_account, sign_up
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.departments.models import Department
from rongxin.subjects.mandates import actions, proxies
from rongxin.subjects.mandates.models import Claim, Mandate, Way
from rongxin.subjects.mandates.queries import demand, mandate_for
from rongxin.subjects.models import Subject
from rongxin.workflow.actions import take_step
from tests.documents.papers import written
from tests.factories import a_department, a_subject, the_rules

PASSWORD = "a-long-demonstration-password"
PAPERS = "licence_and_letter"
_LOGINS = count(1)


def a_login(name: str = "") -> Account:
    return sign_up(name or f"qy{next(_LOGINS):08d}", PASSWORD, place=f"10.0.0.{next(_LOGINS)}")


def code_in(content: bytes) -> str:
    """The code on a paper."""
    found = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", written(content))
    assert found
    return found[0]


@dataclass
class Hall:
    """A service hall with two officers at the window, and the city's credit office."""

    office: Department
    window: Account
    second: Account
    lead_office: Department
    lead: Account

    def claim(self, login: Account, firm: Subject, way: Way = Way.COUNTER) -> Claim:
        return actions.open_claim(login, firm.uscc, way=way, office=self.office)

    def code(self, claim: Claim, step: str = "hand_over", by: Account | None = None) -> str:
        papers = PAPERS if step == "hand_over" else ""
        return code_in(actions.issue_code(claim.case.number, step, by=by or self.window, papers=papers).content)

    def entered(self, login: Account, firm: Subject) -> Claim:
        claim = self.claim(login, firm)
        actions.enter_code(login, claim.case.number, self.code(claim))
        claim.case.refresh_from_db()
        return claim

    def held(self, login: Account, firm: Subject) -> Mandate:
        """The login holds the firm, by the whole way of a claim."""
        claim = self.entered(login, firm)
        take_step(claim.case.number, "confirm", by=self.lead)
        return mandate_for(login, firm.uscc)


def a_hall(region: str = "350100") -> Hall:
    the_rules()
    office = a_department("hall", "福州市示例行政服务中心", region=region)
    lead = a_department("lead", "福州市示例信用信息牵头办公室", region=region)
    return Hall(
        office=office,
        window=open_account("window", PASSWORD, display_name="窗口甲", department=office, role=Role.WINDOW),
        second=open_account("second", PASSWORD, display_name="窗口乙", department=office, role=Role.WINDOW),
        lead_office=lead,
        lead=open_account("lead", PASSWORD, display_name="牵头办甲", department=lead, role=Role.CITY_OFFICE),
    )


def a_firm(name: str = "福州示例榕海茶业有限公司", **columns: str) -> Subject:
    return a_subject(name, **{"address": "福州市示例区示例路1号", "region": "350102", **columns})


def a_proxy(holder: Account, firm: Subject, login: Account, *scope: Action, until: date = date(2027, 6, 30)) -> Mandate:
    _, code = proxies.invite(holder, firm.uscc, scope=scope or (Action.FILE_READ,), until=until)
    return proxies.accept(login, code)


def acts(login: Account, firm: Subject, action: Action = Action.FILE_READ) -> bool:
    from django.core.exceptions import PermissionDenied

    from rongxin.subjects.mandates.queries import NoMandate

    try:
        demand(Account.objects.get(pk=login.pk), firm.uscc, action)
    except (NoMandate, PermissionDenied):
        return False
    return True
