"""``make shots``: the pages of the ledger, for a firm, an auditor and everybody."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import transaction

from config.environment import environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.disclosure.look_report import report_looks
from rongxin.ledger.auditing import begin
from rongxin.ledger.jobs import verify_log
from rongxin.ledger.logs import current
from rongxin.ledger.models import Task
from tests import logins
from tests.browser.shots import shoot
from tests.factories import a_department, at
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.looks import a_look, entered, looked_at, signed
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_hall, a_login

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("published")
def test_pages_of_the_ledger(
    page: "Page", live_server: object, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "looks_bulk", 2)
    address, uscc = str(live_server), _a_file()
    shoot(page, f"{address}/ledger", "94-ledger")
    logins.log_in(page, address, "qy48213067", PASSWORD)
    place = f"{address}/enterprise/firms/{uscc}"
    shoot(page, f"{place}/looks", "95-enterprise-looks")
    shoot(page, f"{place}/changes", "96-enterprise-changes")
    page.goto(f"{place}/looks")
    look = page.locator("tbody th a").first.get_attribute("href")
    shoot(page, f"{address}{look}", "97-enterprise-look")
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, "auditor-1", PASSWORD)
    shoot(page, f"{address}/desk/ledger", "98-auditor-ledger")
    shoot(page, f"{address}/desk/ledger/looks?week=2027-03-01", "99-auditor-looks")
    page.goto(f"{address}/desk/ledger")
    audit = page.locator("a[href*='/desk/ledger/audits/']").first.get_attribute("href")
    shoot(page, f"{address}{audit}", "99-auditor-recomputed")


def _a_file() -> str:
    """The code of a firm with looks and changes of two weeks, a report of the first and a log recomputed."""
    hall, firm, login = a_hall(), a_firm(), a_login("qy48213067")
    hall.held(login, firm)
    a_department("own", "福州市示例税务局", region="350100")
    office = a_department("audit", "福州市示例审计局", region="350100")
    open_account("auditor-1", PASSWORD, display_name="审计甲", department=office, role=Role.AUDITOR)
    monday = at("2027-03-01", "10:00")
    with time_machine.travel(monday, tick=False):
        entered(firm, 3, batch="B-20270301-0001")
        looked_at(firm.uscc, *[a_look(purpose=each) for each in ("case", "audit", "supervision")])
        looked_at(firm.uscc, a_look(by=login.username, purpose="own", department="", role="", case=""))
        signed()
    with time_machine.travel(monday + timedelta(hours=16), tick=False):
        looked_at(firm.uscc, a_look(case=""), a_look(act="export", count=1200), is_sealed=False)
        looked_at(firm.uscc, a_look(), is_sealed=True)
        signed()
    with time_machine.travel(monday + timedelta(days=7), tick=False):
        report_looks.call_now()
        with transaction.atomic():
            audit = begin(current(), Task.VERIFY, by="auditor-1")
        verify_log.call_now(audit.pk)
        signed()
    return firm.uscc
