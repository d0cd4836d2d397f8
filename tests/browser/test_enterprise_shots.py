"""``make shots``: the enterprise's window, with something to see on each page."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.permissions import Action
from rongxin.notices import sending
from rongxin.notices.confirming import ask_code
from rongxin.notices.contacts import set_contact
from rongxin.notices.jobs import make_notices
from rongxin.policy.notices import ChannelName
from rongxin.records.models import Effect
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.models import Mandate, Way
from tests import logins
from tests.browser.shots import shoot
from tests.factories import a_record, note
from tests.notices.conftest import confirmed, gateway, mail  # noqa: F401
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_hall, a_login, a_proxy
from tests.workflow.conftest import on

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("gateway", "mail")
def test_pages_of_enterprises(page: "Page", live_server: object, transactional_db: None) -> None:
    with on("2026-11-23"):
        _shoot_all(page, str(live_server))


def _shoot_all(page: "Page", address: str) -> None:
    hall = a_hall()
    firm, other, third = a_firm(), a_firm("福州示例闽都物业服务有限公司"), a_firm("福州示例江滨物流有限公司")
    login, proxy = a_login("qy48213067"), a_login("qy70312598")
    mandate = hall.held(login, firm)
    hall.held(login, other)
    for _ in range(3):
        a_record(firm)
    note(a_record(firm), Effect.REPAIRED)
    a_proxy(login, firm, proxy, Action.FILE_READ)
    proxies.invite(login, firm.uscc, scope=(Action.FILE_READ, Action.FILE_DOWNLOAD), until=date(2027, 6, 30))
    to_visit, to_send = hall.claim(login, third), hall.claim(proxy, other, Way.LETTER)
    against = hall.entered(proxy, firm)

    shoot(page, f"{address}/enterprise/login", "80-enterprise-login")
    shoot(page, f"{address}/enterprise/sign-up", "81-enterprise-sign-up")
    logins.log_in(page, address, login.username, PASSWORD)
    shoot(page, f"{address}/enterprise/", "82-enterprise-home")
    shoot(page, f"{address}/enterprise/firms/{firm.uscc}", "83-enterprise-firm")
    shoot(page, f"{address}/enterprise/firms/{firm.uscc}/proxies", "84-enterprise-proxies")
    shoot(page, f"{address}/enterprise/claim", "85-enterprise-claiming")
    shoot(page, f"{address}/enterprise/claims/{to_visit.case.number}", "86-enterprise-claim")
    shoot(page, f"{address}/enterprise/claims/{against.case.number}", "87-enterprise-claim-against")
    shoot(page, f"{address}/enterprise/rights", "88-enterprise-rights")
    _shoot_addresses(page, address, mandate, hall.entered(a_login(), firm).case.number)
    page.context.clear_cookies()
    logins.log_in(page, address, "window", PASSWORD)
    shoot(page, f"{address}/desk/cases/{to_send.case.number}", "89-claim-on-the-desk")


def _shoot_addresses(page: "Page", address: str, mandate: Mandate, case: str) -> None:
    """Addresses of a firm: one in use, one that waits for its code; what was sent, and what an officer sees of it."""
    place = f"{address}/enterprise/firms/{mandate.firm.uscc}/contacts"
    confirmed(mandate, ChannelName.EMAIL, "office@tea.example.com", by=mandate.account)
    number = set_contact(mandate, ChannelName.SMS, "13800000000", by=mandate.account)
    assert number is not None
    ask_code(number, by=mandate.account)
    make_notices.call_now()
    sending.send_due()
    shoot(page, place, "90-enterprise-addresses")
    shoot(page, f"{address}/enterprise/messages", "91-enterprise-messages")
    page.set_viewport_size({"width": 1440, "height": 900})
    office = page.context.browser.new_context(locale="zh-CN").new_page()  # type: ignore[union-attr]
    logins.log_in(office, address, "lead", PASSWORD)
    shoot(office, f"{address}/desk/subjects/{mandate.firm.uscc}/told", "92-told-to-a-firm")
    shoot(office, f"{address}/desk/cases/{case}", "93-case-with-told")
    office.goto(f"{address}/desk/subjects/{mandate.firm.uscc}/told")
    office.emulate_media(media="print")
    office.screenshot(path="var/shots/92-told-print.png", full_page=True)
    office.context.close()
