"""An officer reports misuse, the office assesses and reports it within the hours, finds the firms in the ledger and tells them, a
second person closes it, and the firm reads its message; in a real browser.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.governance.incidents.jobs import search_ledger, tell_affected
from rongxin.governance.incidents.models import Affected, Incident, Search
from rongxin.jobs.models import Run, State
from rongxin.ledger.actions import Event, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.models import Pending
from rongxin.notices.jobs import make_notices
from tests import logins
from tests.factories import a_department, a_subject
from tests.ledger.conftest import published  # noqa: F401
from tests.stories.keyboard import press
from tests.stories.test_main_job import log_out
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_hall, a_login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shoot(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=f"var/shots/{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path=f"var/shots/{name}-desktop.png", full_page=True)


def test_misuse_is_reported_within_the_hours_and_told_to_the_firms(
    page: Page, live_server: object, transactional_db: None
) -> None:
    address = str(live_server)
    hall, firm, login = a_hall(), a_firm(), a_login("qy48213067")
    hall.held(login, firm)
    other, untouched = a_subject("福州示例纸业有限公司"), a_subject("福州示例石材有限公司")
    bureau = a_department("bureau", "福州市示例市场监督管理局", region="350100")
    open_account("bureau-1", PASSWORD, display_name="示例审核员", department=bureau, role=Role.REVIEWER)
    open_account("lead-2", PASSWORD, display_name="牵头办乙", department=hall.lead_office, role=Role.CITY_OFFICE)
    said = {"act": "read", "by": "tax-0007", "department": "tax", "role": "clerk", "purpose": "supervision", "case": ""}
    with transaction.atomic():
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, each.uscc), said) for each in (firm, other)])
        log_many(Kind.ACCESS, [Event(Subject(Of.FIRM, untouched.uscc), said | {"by": "tax-0008"})])

    # An officer reports it; of the case they see no more than that it is handled.
    logins.log_in(page, address, "bureau-1", PASSWORD)
    page.goto(f"{address}/desk/incidents")
    expect(page.get_by_role("main")).to_contain_text("您还没有登记过事件")
    shoot(page, "80-incidents-empty")
    page.get_by_role("link", name="登记事件").click()
    page.get_by_label("类型").select_option("misuse")
    page.get_by_label("什么时候发现的").fill(f"{timezone.localtime() - timedelta(hours=13):%Y-%m-%dT%H:%M}")
    page.get_by_label("怎么发现的").select_option("staff")
    page.get_by_label("涉及系统").select_option("platform")
    page.get_by_label("依法不公示的记录").check()
    page.get_by_label("经过").fill("某账号在没有办理事项的情况下成批查看企业未公示的记录。")
    shoot(page, "81-incident-register")
    press(page, "登记")
    expect(page.get_by_role("main")).to_contain_text("已登记：事件-")
    expect(page.get_by_role("main")).to_contain_text("福州市示例信用信息牵头办公室办理中")
    log_out(page)

    # The office: thirteen hours are gone, so it is warned; it assesses, and prints the report.
    logins.log_in(page, address, "lead", PASSWORD)
    page.goto(f"{address}/desk/")
    expect(page.get_by_role("main")).to_contain_text("1 起信息安全事件的报告时限正在按小时计")
    shoot(page, "82-incident-home")
    page.goto(f"{address}/desk/incidents")
    expect(page.get_by_role("main")).to_contain_text("还剩 10 小时")
    shoot(page, "82-incidents")
    page.goto(f"{address}/desk/cases")
    expect(page.get_by_role("main")).to_contain_text("报告时限剩 10 小时")
    press(page, "办理")
    shoot(page, "83-incident-case")
    press(page, "研判：涉及国家安全或者公共利益，须报告")
    page.locator("#assess_grave-grade").select_option("serious")
    page.locator("#assess_grave-reason").fill("涉及多家企业未公示的记录。")
    press(page, "确认研判：涉及国家安全或者公共利益，须报告")
    expect(page.get_by_role("main")).to_contain_text("已办理：研判")
    shoot(page, "83b-incident-to-report")
    press(page, "报告主管部门")
    page.locator("#report-to").select_option("cyberspace")
    press(page, "确认报告主管部门")
    expect(page.get_by_role("main")).to_contain_text("信安〔")
    expect(page.get_by_role("main")).to_contain_text("按时报告")
    with page.expect_download() as paper:
        page.get_by_role("link", name="PDF").click()
    assert paper.value.path().read_bytes().startswith(b"%PDF-")
    paper.value.save_as("var/shots/83c-incident-report.pdf")
    shoot(page, "83c-incident-reported")
    page.get_by_role("link", name="关于信息安全事件的报告").click()
    expect(page.get_by_role("main")).to_contain_text("信安〔")
    page.wait_for_load_state("networkidle")
    shoot(page, "83d-incident-report")
    page.go_back()

    # Out of the ledger: exactly the firms that the account looked at.
    page.get_by_label("哪个账号的查询").fill("tax-0007")
    today = timezone.localdate().isoformat()
    page.get_by_label("从", exact=True).fill(today)
    page.get_by_label("到（含当日）").fill(today)
    press(page, "查找查询过的企业")
    expect(page.locator("#searches")).to_contain_text("正在查找")
    Run.objects.filter(job=search_ledger.name).update(progress_done=200_000, progress_total=1_250_000)
    # The page looks again by itself.
    expect(page.locator("#searches")).to_contain_text("正在查找，看过 200,000 / 1,250,000 项账目", timeout=15_000)
    shoot(page, "84a-incident-searching")
    search_ledger.call_now(Search.objects.get().pk)
    expect(page.locator("#searches")).to_contain_text("查到 2 家企业", timeout=15_000)
    expect(page.locator("#firms")).to_contain_text(other.name)
    searching = Run.objects.filter(job=search_ledger.name)
    searching.update(state=State.SUCCEEDED, finished_at=timezone.now())
    page.get_by_role("link", name="显示查询次数").click()
    expect(page.locator("#firms")).to_contain_text("1 次")
    assert Pending.objects.filter(kind=Kind.ACCESS, identifier=other.uscc, payload__contains="事件-").count() == 1
    shoot(page, "84b-incident-found")
    assert set(Affected.objects.values_list("uscc", flat=True)) == {firm.uscc, other.uscc}
    press(page, "登记一项处置")
    page.locator("#measure-measure").select_option("access")
    page.locator("#measure-result").select_option("done")
    press(page, "确认登记一项处置")
    expect(page.get_by_role("main")).to_contain_text("已办理：登记一项处置")
    press(page, "告知受影响企业")
    page.locator("#tell-reason").fill("有账号违规查看了你单位未公示的记录。该账号已停用，没有发现外传。")
    press(page, "确认告知受影响企业")
    expect(page.get_by_role("main")).to_contain_text("已办理：告知受影响企业")
    shoot(page, "84c-incident-telling")
    make_notices.call_now()
    tell_affected.call_now(Incident.objects.get().case.number)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("已告知 2 家")
    expect(page.get_by_role("main")).to_contain_text("须由另一人办理")
    shoot(page, "84d-incident-told")
    log_out(page)

    # A second person closes it.
    logins.log_in(page, address, "lead-2", PASSWORD)
    page.goto(f"{address}/desk/cases")
    press(page, "办理")
    expect(page.get_by_role("main")).to_contain_text("您可以")
    press(page, "复核办结")
    page.locator("#close-reason").fill("处置完毕。")
    press(page, "确认复核办结")
    expect(page.get_by_role("main")).to_contain_text("办结：已办结")
    shoot(page, "84e-incident-closed")
    page.goto(f"{address}/desk/incidents")
    shoot(page, "84f-incidents-over")
    log_out(page)

    # The firm reads its message in its own window.
    make_notices.call_now()
    logins.log_in(page, address, login.username, PASSWORD)
    page.goto(f"{address}/enterprise/messages")
    page.get_by_role("link", name="与你单位有关的信息安全事件").click()
    for words in ("违规使用信用信息", "依法不公示的记录", "该账号已停用", "向福州市示例信用信息牵头办公室询问"):
        expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_role("main")).not_to_contain_text("tax-0007")
    shoot(page, "85-incident-message")
