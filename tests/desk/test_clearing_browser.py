"""Clearing in a real browser, under the real content security policy: by mouse, by key, and without a script."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.records.models import Clearing, Record
from tests.factories import a_department, a_record, a_subject, the_rules
from tests.logins import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The third character is one that JavaScript counts twice.
FACTS = "经𠮷查，示例公司销售的茶叶未标注生产日期，经办人张某某在场，\n店内林小示例签收。"
PASSWORD = "a-long-demonstration-password"


@pytest.fixture
def record(transactional_db: None) -> Record:
    the_rules()
    department = a_department()
    open_account("reviewer", PASSWORD, display_name="审核员乙", department=department, role=Role.REVIEWER)
    return a_record(
        a_subject("福州示例榕海茶业有限公司"),
        department=department,
        decided_on=date(2026, 11, 10),
        penalty_document_no="榕示市监罚〔2026〕118号",
        violation_facts=FACTS,
        penalty_content="罚款8000元",
    )


def open_text(page: "Page", server: "LiveServer", record: Record) -> None:
    log_in(page, server.url, "reviewer", PASSWORD)
    page.goto(f"{server.url}/desk/texts/{record.number}/violation_facts")
    page.wait_for_load_state()


def select(page: "Page", words: str) -> None:
    """Select ``words`` in the text, as a mouse would."""
    page.evaluate(
        """words => {
            const box = document.querySelector("[data-words]");
            for (const node of box.childNodes) {
                const at = node.textContent.indexOf(words);
                if (at < 0 || node.nodeType !== Node.TEXT_NODE) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }
        }""",
        words,
    )


def test_a_mark_is_added_by_selecting_and_one_key_decides_and_goes_on(
    page: "Page", live_server: "LiveServer", record: Record
) -> None:
    open_text(page, live_server, record)
    assert page.locator("mark").all_text_contents() == ["张某某"]

    select(page, "林小示例")
    page.keyboard.press("m")
    assert page.locator("mark").all_text_contents() == ["张某某", "林小示例"]
    select(page, "示例公司")
    page.locator("[data-add]").click()
    assert page.locator("[data-marks] input:checked").count() == 3

    page.locator("mark").first.click()
    assert page.locator("mark.is-off").all_text_contents() == ["示例公司"]
    page.locator("mark").first.press("Enter")
    assert page.locator("mark.is-off").count() == 0
    page.locator("mark").first.press(" ")

    page.keyboard.press("1")
    page.wait_for_url("**/penalty_content")
    shown = FACTS.replace("张某某", "〔已隐去〕").replace("林小示例", "〔已隐去〕")
    assert Clearing.objects.get().text == shown


def test_without_a_script_the_boxes_and_the_written_words_do_it(
    page: "Page", live_server: "LiveServer", record: Record
) -> None:
    page.route("**/clearing.js", lambda route: route.fulfill(body=""))
    open_text(page, live_server, record)
    assert page.locator("[data-add]").is_hidden()

    page.get_by_text("还有没标出的").click()
    page.locator("#words").fill("林小示例")
    page.get_by_role("button", name="隐去所标后公开").click()

    page.wait_for_url("**/penalty_content")
    assert Clearing.objects.get().text.count("〔已隐去〕") == 2


def test_typing_in_a_field_decides_nothing(page: "Page", live_server: "LiveServer", record: Record) -> None:
    open_text(page, live_server, record)
    page.get_by_text("还有没标出的").click()
    page.locator("#words").press_sequentially("123mj")
    assert page.locator("#words").input_value() == "123mj"
    assert Clearing.objects.count() == 0


def test_the_time_limit_of_a_withdrawal_appears_with_the_day_of_the_new_decision(
    page: "Page", live_server: "LiveServer", record: Record
) -> None:
    open_text(page, live_server, record)
    page.goto(f"{live_server.url}/desk/records/{record.number}")
    page.locator("#decided_on").fill("2026-11-20")
    page.locator("#decided_on").dispatch_event("change")
    page.wait_for_selector("#withdraw-clock .rx-days")
    assert "2026-11-25" in page.locator("#withdraw-clock").inner_text()
