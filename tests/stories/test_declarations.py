"""An office invites those of which little is known; one of them reads why, declares a thing and shows it; the public reads that
nobody checked it, until an office did; and the office sees that somebody answered. In a real browser.
"""

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.classification.running import classify_on
from rongxin.remedies.declarations.inviting import draft_invitations, send_invitations
from rongxin.remedies.declarations.models import Declaration, InvitationList
from rongxin.rulebook import queries as rulebook
from tests import logins
from tests.factories import a_subject
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import an_officer
from tests.stories.keyboard import press, type_into
from tests.stories.test_main_job import log_out
from tests.subjects.mandates.firms import Hall, a_hall, a_login

pytestmark = [pytest.mark.browser, pytest.mark.console_errors, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    rulebook.forget()
    return a_hall()


def test_invited_declared_shown_and_verified(page: Page, live_server: object, hall: Hall) -> None:
    address, holder = str(live_server), a_login()
    an_officer(hall.lead_office, Role.CITY_OFFICE, "lead-of-invitations")
    firm = a_subject("福州示例新设商贸有限公司", region="350103", status="active", scale="micro", address="示例路1号")
    Account.objects.filter(username__in=[holder.username, "lead-of-invitations"]).update(
        password=make_password(PASSWORD)
    )
    hall.held(holder, firm)
    classify_on(timezone.localdate(), in_full=True)

    # The office drafts a list, looks at it, and sends it.
    logins.log_in(page, address, "lead-of-invitations", PASSWORD)
    page.goto(f"{address}/desk/")
    press(page, "邀请申报")
    expect(page.get_by_role("heading", name="还没有邀请过")).to_be_visible()
    press(page, "拟名单")
    expect(page.locator("progress.rx-progress")).to_be_visible()
    made = InvitationList.objects.get()
    draft_invitations.call_now(made.pk)
    expect(page.locator("main")).to_contain_text("发出，邀请 1 户", timeout=30_000)
    expect(page.locator("main")).to_contain_text(firm.name)
    press(page, "发出，邀请 1 户")
    expect(page.locator("main")).to_contain_text("填不填由企业决定")
    send_invitations.call_now(made.pk)
    log_out(page)

    # The enterprise reads why, declares what is proposed first, and shows it.
    logins.log_in(page, address, holder.username, PASSWORD)
    page.goto(f"{address}/enterprise/messages")
    expect(page.locator("main")).to_contain_text("邀请填报信用信息（自愿）")
    page.goto(f"{address}/enterprise/firms/{firm.uscc}/declarations")
    expect(page.get_by_label("邀请", exact=True)).to_contain_text("记录少不是不好，也不影响类别")
    press(page, "主要产品与经营范围")
    expect(page.get_by_role("heading", name="主要产品与经营范围")).to_be_visible()
    type_into(page, "products", "茶叶加工、包装和销售")
    press(page, "提交申报")
    expect(page.locator("main")).to_contain_text("没有核实以前只作“自主申报 · 未核实”")
    page.goto(f"{address}/enterprise/firms/{firm.uscc}/declarations")
    expect(page.get_by_label("邀请", exact=True)).to_have_count(0)
    press(page, "公开")
    expect(page.locator("main")).to_contain_text("已办理：公开")
    log_out(page)
    page.goto(f"{address}/s/{firm.uscc}")
    expect(page.locator("main")).to_contain_text("自主申报 · 未核实")

    # The office sees that somebody answered, and checks what it says.
    logins.log_in(page, address, "lead-of-invitations", PASSWORD)
    page.goto(f"{address}/desk/invitations/{made.pk}")
    expect(page.locator("main .rx-figs")).to_contain_text("100")
    page.goto(f"{address}/desk/cases/{Declaration.objects.get().number}")
    press(page, "核实")
    page.locator("#verify-how").select_option("original")
    press(page, "确认核实")
    expect(page.locator("main")).to_contain_text("已核实")
    page.goto(f"{address}/s/{firm.uscc}")
    expect(page.locator("main")).to_contain_text("自主申报 · 已核实")
    expect(page.locator("main")).to_contain_text("茶叶加工、包装和销售")
