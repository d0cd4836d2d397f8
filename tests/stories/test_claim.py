"""A person signs up, claims a firm, gets the code at the window, and sees the firm's file; in real browsers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import code_at, present_step
from rongxin.accounts.permissions import Role
from rongxin.documents.models import DocumentFile
from tests import logins
from tests.documents.papers import written
from tests.factories import a_record
from tests.subjects.mandates.firms import PASSWORD, Hall, a_firm, a_hall, code_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    return a_hall()


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    """A person with a phone; afterwards the pages wrote no error but those of addresses and codes tried in vain."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai")
    errors: list[str] = []
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield context.new_page()
    context.close()
    assert [error for error in errors if "404" not in error and "422" not in error] == []


def no_sideways_scroll(page: "Page") -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_signing_up_to_the_file(page: "Page", phone: "Page", hall: Hall, live_server: Any) -> None:
    address = str(live_server)
    firm, foreign = a_firm(), a_firm("福州示例三坊文旅有限公司")
    record = a_record(firm)
    administrator = open_account(
        "security", PASSWORD, display_name="示例安全管理员", department=hall.lead_office, role=Role.SECURITY_ADMIN
    )

    # A login name is given; the password and the phone are the person's.
    phone.goto(f"{address}/enterprise/login")
    phone.get_by_role("link", name="没有账号，开通一个").click()
    name = phone.get_by_label("您的登录名").input_value()
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
