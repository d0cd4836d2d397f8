"""Somebody is invited, comes with a security key, decides after a pause, and is ended; in a real browser with a virtual key."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account, SecurityKey
from rongxin.accounts.permissions import Role
from tests import logins
from tests.factories import a_department, the_rules

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a-long-demonstration-password"


@pytest.fixture
def address(live_server: Any, transactional_db: None) -> str:
    the_rules()
    open_account(
        "security", PASSWORD, display_name="示例安全管理员", department=a_department(), role=Role.SECURITY_ADMIN
    )
    return str(live_server)


def plug_in_a_key(page: "Page") -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})


def make_the_proof_old(username: str) -> None:
    """The session's proof, an hour ago: what a long talk at the desk does."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    account = Account.objects.get(username=username)
    for kept in Session.objects.all():
        session = SessionStore(kept.session_key)
        marks = session.get("entrance")
        if marks and marks["word"] == account.live_session:
            session["entrance"] = {**marks, "proved": datetime(2026, 1, 1).astimezone().isoformat()}
            session.save()


# The question before a decision answers 403, which the browser writes down.
@pytest.mark.console_errors
def test_from_the_invitation_to_the_end(page: "Page", address: str) -> None:
    # The administrator invites a clerk and hands the link over.
    logins.log_in(page, address, "security", PASSWORD)
    page.get_by_role("link", name="邀请").first.click()
    page.get_by_label("姓名或工号").fill("李示例")
    page.get_by_label("用户名").fill("li.si")
    page.get_by_label("单位").select_option("demo")
    page.get_by_label("角色").select_option("clerk")
    page.get_by_role("button", name="生成邀请链接").click()
    link = page.locator("#link").inner_text()
    page.get_by_role("link", name="已经交给本人").click()
    expect(page.locator("main")).to_contain_text("已邀请，还没有来")

    # The clerk sets a password and plugs a security key in.
    visitor = page.context.browser.new_context(locale="zh-CN")  # type: ignore[union-attr]
    clerk = visitor.new_page()
    errors: list[str] = []
    clerk.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    plug_in_a_key(clerk)
    clerk.goto(link)
    expect(clerk.locator("main")).to_contain_text("李示例")
    clerk.get_by_label("新密码").fill("示例口令-long-enough")
    clerk.get_by_label("再输一次").fill("示例口令-long-enough")
    clerk.get_by_role("button", name="设置密码").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("设置第二重验证")
    clerk.get_by_label("起个名字").fill("蓝色钥匙")
    clerk.get_by_role("button", name="设置安全密钥").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("请收好恢复码")
    expect(clerk.locator(".rx-recovery li")).to_have_count(10)
    with clerk.expect_download() as download:
        clerk.get_by_role("button", name="下载恢复码").click()
    assert download.value.suggested_filename == "recovery-codes.txt"
    clerk.get_by_role("link", name="已经收好，继续").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("待办")

    # The next login is the password and a touch of the key.
    clerk.get_by_role("button", name="退出").click()
    clerk.get_by_label("用户名").fill("li.si")
    clerk.get_by_label("密码").fill("示例口令-long-enough")
    clerk.get_by_role("button", name="登录").click()
    clerk.get_by_role("button", name="使用安全密钥").click()
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("待办")
    assert SecurityKey.objects.get().uses > 0
    assert errors == []

    # After a long talk the administrator ends the account: the question comes first, and then it is done with the reason given.
    page.reload()
    make_the_proof_old("security")
    act = page.locator("form", has_text="不能再登录")
    act.get_by_label("理由").fill("示例：调离本单位")
    act.get_by_role("button", name="停用").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请再验证一次")
    page.get_by_label("验证码").fill(logins.next_code(Account.objects.get(username="security")))
    page.get_by_role("button", name="验证", exact=True).click()
    expect(page.locator("main")).to_contain_text("已停用")
    expect(page.locator("main")).to_contain_text("示例：调离本单位")
    clerk.goto(f"{address}/desk/batches")
    expect(clerk.get_by_role("heading", level=1)).to_have_text("部门登录")
    visitor.close()
