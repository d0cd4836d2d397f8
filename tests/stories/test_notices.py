"""A firm enters an address, confirms it, hears of a claim by mail without a word of what it is, and takes the address back."""

import email
import email.policy
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from config.environment import environment
from rongxin.notices import sending
from rongxin.notices.confirming import send_code
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import Contact
from tests import logins
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_hall, a_login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "bangongshi@tea.example.com"


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Path:
    """Mails are laid down as files here."""
    monkeypatch.setattr(environment, "var", tmp_path)
    monkeypatch.setattr(environment, "mail_url", SecretStr("file:"))
    monkeypatch.setattr(environment, "mail_from", "platform@credit.example.gov.cn")
    for name, value in environment.mail().items():
        setattr(settings, name, value)
    return environment.outbox()


def letters(outbox: Path) -> list[Any]:
    found = sorted(outbox.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def text_of(letter: Any) -> str:
    """Everything that left: heads and body."""
    return f"{letter.items()}\n{letter.get_content()}"


@pytest.mark.console_errors  # a wrong code is answered with 422
def test_a_firm_hears_by_mail_that_there_is_a_message(
    page: Page, live_server: Any, transactional_db: None, outbox: Path
) -> None:
    address = str(live_server)
    hall, firm, login = a_hall(), a_firm(), a_login("qy48213067")
    hall.held(login, firm)
    make_notices.call_now()

    # The address is entered; the page shows it masked and waits for the code.
    page.set_viewport_size({"width": 390, "height": 844})
    logins.log_in(page, address, login.username, PASSWORD)
    page.goto(f"{address}/enterprise/firms/{firm.uscc}")
    page.get_by_role("link", name="提醒地址").click()
    expect(page.get_by_role("main")).to_contain_text("不是个人档案")
    expect(page.get_by_label("手机号码")).to_be_disabled()
    page.get_by_label("电子邮箱").fill(ADDRESS)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("main")).to_contain_text("b***@tea.example.com")
    expect(page.get_by_role("main")).not_to_contain_text(ADDRESS)
    expect(page.get_by_role("main")).to_contain_text("待确认")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{address}/enterprise/messages")
    expect(page.get_by_role("main")).to_contain_text("还没有确认，现在不发提醒")

    # The test message: the code stands in its body alone.
    assert send_code.call_now(Contact.objects.get().pk) == "sent"
    [letter] = letters(outbox)
    code = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", letter.get_content())[0]
    assert code not in f"{letter.items()}"
    page.get_by_role("link", name="去核对").click()
    page.get_by_label("收到的验证码").fill("AAAA-BBBB-CCCC-DDDD")
    page.get_by_role("button", name="确认这个地址").click()
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    page.get_by_label("收到的验证码").fill(code)
    page.get_by_role("button", name="确认这个地址").click()
    expect(page.get_by_role("main")).to_contain_text("使用中")
    assert code not in page.url

    # Somebody else claims the firm: the inbox says what, the mail only that there is something.
    claim = hall.entered(a_login("qy70312598"), firm)
    make_notices.call_now()
    sending.send_due()
    page.goto(f"{address}/enterprise/messages")
    expect(page.get_by_role("main")).to_contain_text("申请更换经办账号")
    mail = text_of(letters(outbox)[-1])
    assert f"{environment.site()}/enterprise/login" in mail
    for inside in (claim.case.number, firm.name, firm.uscc, "更换", "认领", login.username):
        assert inside not in mail
    assert len(letters(outbox)) == 2
    sending.send_due()
    assert len(letters(outbox)) == 2

    # The officer sees the whole in one order; of the address so much that it is known again.
    officer = page.context.browser.new_context(locale="zh-CN").new_page()  # type: ignore[union-attr]
    logins.log_in(officer, address, "lead", PASSWORD)
    officer.goto(f"{address}/desk/subjects/{firm.uscc}/told")
    expect(officer.get_by_role("main")).to_contain_text("邮件已发出")
    expect(officer.get_by_role("main")).to_contain_text("企业登记的地址 b***@tea.example.com")
    officer.context.close()

    # The firm takes its address back: it is gone at once, and nothing goes out any more.
    page.goto(f"{address}/enterprise/firms/{firm.uscc}/contacts")
    expect(page.get_by_role("main")).to_contain_text("邮件已发出")
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_role("main")).to_contain_text("已经删除，马上不再使用")
    expect(page.get_by_role("main")).not_to_contain_text("b***@")
    assert not Contact.objects.exists()
    hall.entered(a_login("qy70312599"), firm)
    make_notices.call_now()
    sending.send_due()
    assert len(letters(outbox)) == 2
