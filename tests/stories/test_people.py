"""People: one is invited and comes with a key, an officer has a day by keyboard, a firm claims its file; in real browsers."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account, SecurityKey
from rongxin.accounts.one_time_codes import code_at, present_step
from rongxin.accounts.permissions import Role
from rongxin.documents.models import DocumentFile
from rongxin.intake import jobs
from rongxin.intake.models import Batch, BatchState
from rongxin.notices.jobs import make_notices
from rongxin.rulebook import queries as rulebook
from tests import logins
from tests.documents.papers import written
from tests.factories import a_department, a_record, a_subject, the_rules
from tests.intake.conftest import Office, open_office
from tests.intake.tables import TEA, TEA_NAME, as_csv, penalty
from tests.stories.keyboard import press, type_into
from tests.subjects.mandates.firms import PASSWORD, Hall, a_firm, a_hall, code_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server: Any, transactional_db: None) -> str:
    the_rules()
    open_account(
        "security", PASSWORD, display_name="示例安全管理员", department=a_department(), role=Role.SECURITY_ADMIN
    )
    return str(live_server)


def plug_in_a_key(page: Page) -> None:
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
def test_from_the_invitation_to_the_end(page: Page, address: str) -> None:
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


@pytest.fixture
def office(transactional_db: None) -> Office:
    rulebook.forget()
    the_rules()
    a_subject(TEA_NAME, TEA)
    return open_office()


def test_a_day_of_an_officer_by_keyboard(page: Page, live_server: object, office: Office) -> None:
    address, today = str(live_server), date.today()
    row = penalty() | {"处罚决定日期": today.isoformat(), "处罚有效期": f"{today.year + 1}-12-31"}
    batch = office.send(as_csv([row]), name="行政处罚-本周.csv")
    reviewer = Account.objects.get(username="demo-reviewer")
    logins.give_generator(reviewer)

    page.goto(f"{address}/login")
    type_into(page, "username", reviewer.username)
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/**")
    type_into(page, "second_factor_code", logins.next_code(reviewer))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("待办")

    expect(page.locator("main")).to_contain_text("核对后发布，或退回")
    press(page, "案件")
    expect(page.get_by_role("heading", level=1)).to_have_text("案件")
    press(page, "办理")
    expect(page.get_by_role("heading", level=1)).to_have_text("行政处罚-本周.csv")
    press(page, "发布")
    press(page, "确认发布")
    expect(page.locator("main")).to_contain_text("已办理：发布。")

    jobs.record_batch.call_now(batch.number)
    make_notices.call_now()
    press(page, "案件")
    expect(page.locator("main")).to_contain_text("没有等您办理的案件")
    assert Batch.objects.get(pk=batch.pk).state in (BatchState.RECORDED, BatchState.NOTHING_NEW)
    press(page, "消息")
    expect(page.get_by_role("heading", level=1)).to_have_text("消息")
    press(page, "退出")
    expect(page.get_by_role("heading", level=1)).to_have_text("部门登录")


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return a_hall()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A person with a phone; afterwards the pages wrote no error but those of addresses and codes tried in vain."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai")
    errors: list[str] = []
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield context.new_page()
    context.close()
    assert [error for error in errors if "404" not in error and "422" not in error] == []


def no_sideways_scroll(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_signing_up_to_the_file(page: Page, phone: Page, hall: Hall, live_server: Any) -> None:
    address = str(live_server)
    firm, foreign = a_firm(), a_firm("福州示例三坊文旅有限公司")
    record = a_record(firm)
    administrator = open_account(
        "security", PASSWORD, display_name="示例安全管理员", department=hall.lead_office, role=Role.SECURITY_ADMIN
    )

    # A login name is given; the password and the phone are the person's.
    phone.goto(f"{address}/enterprise/login")
    phone.get_by_role("link", name="没有账号，开通一个").click()
    name = phone.get_by_label("您的用户名").input_value()
    phone.get_by_label("新密码").fill("示例口令-long-enough")
    phone.get_by_label("再输一次").fill("示例口令-long-enough")
    phone.get_by_role("button", name="开通").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("设置第二重验证")
    secret = phone.locator(".rx-secret").inner_text().replace(" ", "")
    phone.get_by_label("验证码").fill(code_at(secret, present_step()))
    phone.get_by_role("button", name="设置手机验证器").click()
    phone.get_by_role("link", name="已经收好，继续").click()
    expect(phone.get_by_role("main")).to_contain_text("还没有可以办理的企业")
    no_sideways_scroll(phone)

    # The firm is found by its whole code and claimed.
    phone.get_by_role("main").get_by_role("link", name="认领企业").click()
    phone.get_by_label("统一社会信用代码").fill(firm.uscc)
    phone.get_by_role("button", name="查找").click()
    expect(phone.get_by_role("main")).to_contain_text(firm.name)
    phone.get_by_label("到服务窗口").check()
    phone.get_by_role("button", name="提交认领").click()
    expect(phone.get_by_role("main")).to_contain_text("当面拿验证码")
    no_sideways_scroll(phone)
    number = phone.locator("li b.rx-tn").inner_text()
    assert phone.goto(f"{address}/enterprise/firms/{firm.uscc}").status == 404  # type: ignore[union-attr]

    # At the window the papers are checked and the code is printed.
    logins.log_in(page, address, "window", PASSWORD)
    page.goto(f"{address}/desk/cases")
    page.get_by_role("link", name=number).first.click()
    page.get_by_text("打印并当面交付验证码", exact=True).first.click()
    page.get_by_label("核对的材料").select_option("licence_and_letter")
    page.get_by_role("button", name="确认打印并当面交付验证码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("验证码告知书已经生成")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载告知书").click()
    with open(download.value.path(), "rb") as paper:
        code = code_in(paper.read())
    assert code not in written(bytes(DocumentFile.objects.get().content))
    page.get_by_role("link", name="已经打印交付").click()
    expect(page.get_by_role("main")).to_contain_text("待填验证码")

    # A slip of the pen is told; the right code goes on.
    phone.goto(f"{address}/enterprise/claims/{number}")
    phone.get_by_label("告知书上的验证码").fill("AAAA-BBBB-CCCC-DDDD")
    with phone.expect_response(lambda answer: answer.status == 422):
        phone.get_by_role("button", name="提交验证码").click()
    expect(phone.get_by_role("alert")).to_contain_text("还可以试 4 次")
    phone.get_by_label("告知书上的验证码").fill(code)
    phone.get_by_role("button", name="提交验证码").click()
    expect(phone.get_by_role("main")).to_contain_text("由另一人复核")

    # Who handed the code over cannot confirm; a second officer does.
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("须由另一人办理")
    page.get_by_role("button", name="退出").first.click()
    logins.log_in(page, address, "lead", PASSWORD)
    page.goto(f"{address}/desk/cases/{number}")
    page.locator("summary", has_text="复核通过").click()
    page.get_by_role("button", name="确认复核通过").click()
    expect(page.get_by_role("main")).to_contain_text("办结：已确认")

    # The firm sees its file, and no other's.
    phone.reload()
    phone.get_by_role("link", name="看企业档案").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(firm.name)
    expect(phone.get_by_role("main")).to_contain_text(record.document_number)
    no_sideways_scroll(phone)
    assert phone.goto(f"{address}/enterprise/firms/{foreign.uscc}").status == 404  # type: ignore[union-attr]

    # Nobody who works here opens it, the administrators least of all.
    page.context.clear_cookies()
    logins.log_in(page, address, administrator.username, PASSWORD)
    for place in (f"enterprise/firms/{firm.uscc}", f"enterprise/claims/{number}", f"desk/cases/{number}"):
        assert page.request.get(f"{address}/{place}").status == 403
    page.goto(f"{address}/administration/accounts")
    expect(page.get_by_role("main")).not_to_contain_text(name)
    assert Account.objects.get(username=name).department_id is None
