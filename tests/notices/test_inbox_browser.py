"""The inbox in a real browser, under the real content security policy, by the keyboard alone."""

from typing import TYPE_CHECKING

import pytest

from rongxin.notices.models import Receipt, Serving
from tests import logins
from tests.desk.test_case_browser import tab_to
from tests.intake.conftest import PASSWORD
from tests.notices.conftest import tell_all, telling_rules
from tests.workflow.conftest import Bureau, in_force, open_bureau

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("toy_is_known")]


def told_bureau() -> Bureau:
    in_force(telling_rules())
    bureau = open_bureau()
    bureau.reviewer.set_password(PASSWORD)
    bureau.reviewer.save()
    bureau.take(bureau.open(), "accept")
    tell_all()
    return bureau


def test_opening_a_message_is_its_receipt(page: "Page", live_server: "LiveServer") -> None:
    bureau = told_bureau()
    logins.log_in(page, live_server.url, "reviewer", PASSWORD)
    page.goto(f"{live_server.url}/desk/messages")
    page.get_by_text("1 条未读").wait_for()
    assert {told.text_content() for told in page.locator("[data-unread]").all()} == {"1"}
    page.get_by_role("link", name="已受理").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/messages/*")
    page.get_by_role("button", name="标为已读").wait_for(state="detached")
    page.locator("[data-unread]").first.wait_for(state="detached")
    assert Receipt.objects.get().account == bureau.reviewer
    tab_to(page, "返回消息")
    page.keyboard.press("Enter")
    page.get_by_text("没有未读的消息。").wait_for()


def test_a_delivery_is_recorded_on_the_page_of_the_case(page: "Page", live_server: "LiveServer") -> None:
    told_bureau()
    logins.log_in(page, live_server.url, "reviewer", PASSWORD)
    page.goto(f"{live_server.url}/desk/messages")
    page.get_by_role("link", name="已受理").click()
    page.get_by_role("link", name="打开案件").click()
    page.locator("summary", has_text="登记送达").click()
    page.get_by_label("送达方式").select_option("direct")
    page.get_by_label("文书的文号或名称").fill("受理通知书")
    page.get_by_role("button", name="登记送达").click()
    page.get_by_text("已登记送达，送达日期").wait_for()
    assert Serving.objects.get().document_name == "受理通知书"
