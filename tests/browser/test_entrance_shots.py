"""Pictures of the way in and of the administrators' pages."""

from typing import TYPE_CHECKING

import pytest

from rongxin.accounts import keeping
from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.demonstration.password import PASSWORD
from tests import logins
from tests.browser.shots import FOLDER, SIZES, shoot
from tests.browser.test_shots import address, log_in, log_out  # noqa: F401
from tests.stories.test_people import make_the_proof_old

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def here(page: "Page", name: str) -> None:
    """The page as it stands, which cannot be asked for again."""
    page.wait_for_load_state("networkidle")
    for form, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{name} is {width} px wide on a {form}"
        page.screenshot(path=FOLDER / f"{name}-{form}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.console_errors  # a wrong code answers 422
def test_pages_of_the_way_in(page: "Page", address: str) -> None:  # noqa: F811
    lead = Account.objects.get(username="demo-lead")
    new = open_account("new-clerk", PASSWORD, display_name="示例新人", department=lead.department, role=Role.CLERK)
    _, word = keeping.invite(None, "li.si", display_name="李示例", department=lead.department, role=Role.CLERK)
    shoot(page, f"{address}/login?ended=elsewhere", "60-login-ended")
    shoot(page, f"{address}/invitation/{word}", "61-invitation")
    shoot(page, f"{address}/invitation/x", "62-invitation-over")
    page.goto(f"{address}/login")
    page.get_by_label("用户名").fill(new.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    here(page, "63-setup")
    secret = page.locator(".rx-secret").inner_text().replace(" ", "")
    from rongxin.accounts.one_time_codes import code_at, present_step

    page.get_by_label("验证码").fill(code_at(secret, present_step()))
    page.get_by_role("button", name="设置手机验证器").click()
    here(page, "64-recovery-codes")
    shoot(page, f"{address}/account", "65-security")
    shoot(page, f"{address}/account/password", "66-password")
    shoot(page, f"{address}/account/factor", "67-factor")
    log_out(page, address)
    page.goto(f"{address}/login")
    page.get_by_label("用户名").fill("demo-clerk")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    here(page, "68-code")
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="验证", exact=True).click()
    here(page, "69-code-wrong")


@pytest.mark.console_errors
def test_pages_of_the_administration(page: "Page", address: str) -> None:  # noqa: F811
    clerk = Account.objects.get(username="demo-clerk")
    keeping.invite(None, "li.si", display_name="李示例", department=clerk.department, role=Role.CLERK)
    log_in(page, address, "demo-security")
    shoot(page, f"{address}/administration/accounts", "70-accounts")
    shoot(page, f"{address}/administration/accounts/{clerk.pk}", "71-account")
    shoot(page, f"{address}/administration/accounts/invite", "72-invite")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label("姓名或工号").fill("王示例")
    page.get_by_label("用户名").fill("wang.wu")
    page.get_by_label("单位").select_option("demo-lead")
    page.get_by_label("角色").select_option("clerk")
    make_the_proof_old("demo-security")
    page.get_by_role("button", name="生成邀请链接").click()
    here(page, "73-confirm")
    page.get_by_label("验证码").fill(logins.next_code(Account.objects.get(username="demo-security")))
    page.get_by_role("button", name="验证", exact=True).click()
    here(page, "74-link")
    page.goto(f"{address}/administration/accounts")
    page.get_by_role("button", name="退出").first.click()
    log_in(page, address, "demo-audit")
    shoot(page, f"{address}/administration/log", "75-log")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="退出").first.click()
    log_in(page, address, "demo-system")
    shoot(page, f"{address}/administration/work", "76-work")
