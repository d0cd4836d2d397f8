"""Weights set anew with the keyboard alone: what was changed is listed, undone, filtered, corrected and saved as a draft."""

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.governance.rules.models import RuleDraft
from rongxin.rulebook import queries
from tests import logins
from tests.factories import a_department, the_rules
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import an_officer
from tests.stories.keyboard import focused, press, type_into

pytestmark = [pytest.mark.browser, pytest.mark.console_errors, pytest.mark.django_db(transaction=True)]
EACH, MOST = "risk/points/penalties_general.each", "risk/points/penalties_general.most"


@pytest.fixture
def weights(page: Page, live_server: object, transactional_db: None) -> Page:
    queries.forget()
    the_rules()
    officer = an_officer(a_department("lead", "福州市示例信用信息牵头办公室"), Role.CITY_OFFICE, "drafter")
    Account.objects.filter(pk=officer.pk).update(password=make_password(PASSWORD))
    logins.log_in(page, str(live_server), "drafter", PASSWORD)
    page.goto(f"{live_server}/desk/rules/weights")
    return page


def replace(page: Page, field: str, text: str) -> None:
    focused(page, lambda words, name: name == field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_weight_is_changed_and_saved_by_keyboard(weights: Page) -> None:
    page = weights
    page.set_viewport_size({"width": 1320, "height": 900})
    page.locator("#find").focus()
    page.keyboard.type("一般的行政处罚")
    expect(page.locator("[data-weight]:visible")).to_have_count(1)
    expect(page.locator("#announce")).to_have_text("找到的指标数 1")

    replace(page, EACH, "acht")
    replace(page, MOST, "40")
    changes = page.locator("[data-changes] li")
    expect(changes).to_have_count(2)
    expect(changes.first).to_contain_text("一般的行政处罚 · 每一项")
    expect(changes.last).to_contain_text("32 → 40")
    expect(page.locator("#save [data-count]")).to_have_text("改了 2 处")
    focused(page, lambda words, name: words == "撤销")
    focused(page, lambda words, name: words == "撤销")
    page.keyboard.press("Enter")
    expect(changes).to_have_count(1)
    assert page.evaluate("document.activeElement.name") == MOST
    assert page.input_value(f"[name='{MOST}']") == "32"

    type_into(page, "reason", "按抽查结果校准")
    press(page, "保存为草案")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.locator("#errors")).to_contain_text("请填 0 或者正整数")
    press(page, "一般的行政处罚 · 每一项")
    assert page.evaluate("document.activeElement.name") == EACH
    page.keyboard.press("Control+a")
    page.keyboard.type("10")
    press(page, "保存为草案")
    expect(page.locator("main")).to_contain_text("已保存为草案", timeout=60_000)
    expect(page.locator(".rx-numberchanges li").first).to_contain_text("每一项 8 → 10")
    assert RuleDraft.objects.get().note.endswith("按抽查结果校准")


def test_the_scale_follows_the_thresholds(weights: Page) -> None:
    page = weights
    page.set_viewport_size({"width": 390, "height": 844})
    band = page.locator(".rx-classscale rect.a")
    expect(band).to_have_attribute("width", "10%")
    replace(page, "risk/classes.b", "20")
    expect(band).to_have_attribute("width", "20%")
    expect(page.locator(".rx-weightbar")).to_contain_text("改了 1 处")
    replace(page, "risk/classes.d", "180")
    expect(page.locator(".rx-classscale .last")).to_have_text("200+")
    page.locator("#risk-classes-c").fill("19")  # no order of classes: the scale stays as it was
    expect(band).to_have_attribute("width", "10%")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
