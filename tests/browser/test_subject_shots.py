"""``make shots``: the pages about who is who, with something to see on each."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.records.splitting import Portion, split
from rongxin.subjects.merging import Doubt, merge
from rongxin.subjects.models import SuccessionKind
from rongxin.subjects.succession import succeed
from tests.browser.shots import shoot
from tests.factories import LICENCE, a_code, a_department, a_record, a_subject, the_rules
from tests.intake.conftest import PASSWORD
from tests.logins import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHY = "福州市示例市场监督管理局复函〔2026〕15号：同一企业换发代码，旧代码停用"


def test_pages_about_who_is_who(page: "Page", live_server: object) -> None:
    the_rules()
    lead = a_department("lead", "福州市示例信用体系建设领导小组办公室")
    open_account("lead-officer", PASSWORD, display_name="牵头办丙", department=lead, role=Role.CITY_OFFICE)
    kept = a_subject("福州示例榕海茶业有限公司", region="990000", registration_number="350100100000001")
    old = a_subject("福州示例老榕茶庄有限公司", former_name="福州示例榕城茶叶贸易有限公司", status="注销")
    for subject in (kept, old):
        a_record(subject, penalty_document_no="榕示市监罚〔2026〕118号")
        a_record(subject, kind=LICENCE)
    third = a_subject("福州示例闽江国际供应链管理及跨境电子商务综合服务有限公司")
    done = merge(
        third,
        a_subject("福州示例闽江供应链有限公司"),
        by="lead-officer",
        basis=WHY,
        answers=dict.fromkeys(Doubt, "已核实"),
    )
    portion = Portion(numbers=(a_record(third).number,))
    parted = split(third, a_subject("福州示例闽江物流有限公司"), portion, by="lead-officer", provider="lead", basis=WHY)
    after = a_subject("福州示例闽江集团有限公司")
    followed = succeed(
        SuccessionKind.MERGER,
        third,
        after,
        effective_on=date(2026, 3, 1),
        document="示例登记〔2026〕1号",
        by="lead-officer",
    )

    address = str(live_server)
    log_in(page, address, "lead-officer", PASSWORD)
    desk = f"{address}/desk/subjects"
    shoot(page, desk, "30-subjects")
    shoot(page, f"{desk}?one=福州示例&other={kept.uscc}", "31-subjects-which")
    shoot(page, f"{desk}?sort=successions", "32-subjects-successions")
    shoot(page, f"{desk}/compare?keep={kept.uscc}&absorb={old.uscc}", "33-compare")
    shoot(page, f"{desk}/compare?keep={third.uscc}&absorb={after.uscc}", "34-compare-barred")
    shoot(page, f"{desk}/merges/{done.pk}/end", "35-merge-end")
    shoot(page, f"{desk}/split?origin={old.uscc}&other={kept.uscc}", "36-split")
    shoot(page, f"{desk}/splits/{parted.pk}/end", "38-split-end")
    shoot(page, f"{desk}/succeed?before={old.uscc}&after={kept.uscc}", "39-succeed")
    shoot(page, f"{desk}/successions/{followed.pk}/end", "40-succession-end")
    shoot(page, f"{address}/s/{third.uscc}", "41-succeeded")

    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{desk}/split?origin={old.uscc}&other={a_code()}")
    page.get_by_label("新主体的名称").fill("福州示例新立有限公司")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="看看会怎样").click()
    page.get_by_role("heading", name="拆分以后会怎样").wait_for()
    page.screenshot(path="var/shots/37-split-confirm-desktop.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path="var/shots/37-split-confirm-phone.png", full_page=True)
    page.get_by_label("理由和依据").fill(WHY)
    page.get_by_role("button", name="拆分", exact=True).click()
    page.get_by_text("已拆分").wait_for()
