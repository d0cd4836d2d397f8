"""``make shots``: messages, official delivery, contacts and what did not go out."""

from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.permissions import Role
from rongxin.notices import sending
from rongxin.notices.serving import Given, serve
from rongxin.workflow.keeping import keep_clocks
from tests import logins
from tests.browser.shots import shoot
from tests.factories import at
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import an_officer
from tests.notices.conftest import gateway, give_address, tell_all, telling_rules  # noqa: F401
from tests.notices.servers import Gateway
from tests.workflow.conftest import Bureau, in_force, on, open_bureau, toy_is_known  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bureau(transactional_db: None, toy_is_known: None, gateway: Gateway) -> Bureau:  # noqa: F811
    """The bureau with cases that were told of, one late, before Monday, 23 November 2026."""
    with on("2026-11-11"):
        in_force(telling_rules())
        bureau = open_bureau()
        system = an_officer(bureau.department, Role.SYSTEM_ADMIN, "system")
        security = an_officer(bureau.department, Role.SECURITY_ADMIN, "security")
        for officer in (bureau.clerk, bureau.reviewer, bureau.stranger, system, security):
            officer.set_password(PASSWORD)
            officer.save()
        give_address(bureau, mobile="13800000000")
        bureau.open(title="修复：榕示市监罚〔2026〕18号 福州示例闽都物业服务有限公司")
    with on("2026-11-12"):
        case = bureau.open(title="修复：榕示市监罚〔2026〕64号 福州示例三坊文旅发展有限公司")
        bureau.take(case, "accept", reason="材料齐全")
        tell_all()
        sending.send_due()
        day = at("2026-11-12").date()
        serve(case, Given(way="post", on=day, document="榕信通〔2026〕3号", tracking="EMS1234567890"), by=bureau.clerk)
        serve(case, Given(way="public", on=day, document="信用修复受理通知书"), by=bureau.clerk)
        serve(case, Given(way="direct", on=day, document="补正材料通知书", proof=b"%PDF-"), by=bureau.clerk)
    for day_ in ("2026-11-16", "2026-11-17", "2026-11-20"):
        with on(day_):
            gateway.status = 400 if day_ == "2026-11-20" else 200
            keep_clocks()
            tell_all()
            sending.send_due()
    return bureau


def log_in(page: "Page", address: str, username: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.context.clear_cookies()
    logins.log_in(page, address, username, PASSWORD)


@pytest.mark.console_errors  # a form with a fault is answered with 422
def test_pages_of_notices(page: "Page", live_server: object, bureau: Bureau) -> None:
    address = str(live_server)
    with on("2026-11-23"):
        log_in(page, address, "reviewer")
        shoot(page, f"{address}/desk/messages", "70-messages")
        page.get_by_role("link", name="已逾期").first.click()
        page.get_by_text("2026-11-23 10:00").first.wait_for()
        shoot(page, page.url, "71-message")
        shoot(page, f"{address}/desk/messages/failed", "72-messages-failed")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{address}/desk/cases/示例-2026-0002")
        page.locator("summary", has_text="登记送达").click()
        page.locator("summary", has_text="登记签收").click()
        page.screenshot(path="var/shots/73-case-told-desktop.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path="var/shots/73-case-told-phone.png", full_page=True)
        page.get_by_role("button", name="登记送达").click()
        page.get_by_text("处要改").wait_for()
        page.screenshot(path="var/shots/74-serving-phone.png", full_page=True)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.screenshot(path="var/shots/74-serving-desktop.png", full_page=True)
        shoot(page, f"{address}/desk/cases/示例-2026-0002/told", "73-case-timeline")
        shoot(page, f"{address}/account/contacts", "75-contacts")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{address}/desk/messages")
        page.get_by_role("button", name="English").first.click()
        shoot(page, f"{address}/desk/messages", "76-messages-english")
        log_in(page, address, "stranger")
        shoot(page, f"{address}/desk/messages", "77-messages-empty")
        log_in(page, address, "system")
        shoot(page, f"{address}/administration/sendings", "78-sendings")
        log_in(page, address, "security")
        shoot(page, f"{address}/administration/contacts", "79-contacts-of-departments")
        shoot(page, f"{address}/administration/contacts/demo", "79-contact-of-a-department")
