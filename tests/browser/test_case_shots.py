"""``make shots``: the pages of a procedure that is one table, with something to see on each."""

from typing import TYPE_CHECKING

import pytest

from rongxin.workflow.actions import take_step
from rongxin.workflow.keeping import keep_clocks
from tests import logins
from tests.browser.shots import shoot
from tests.intake.conftest import PASSWORD
from tests.workflow.conftest import Bureau, in_force, on, open_bureau, rules, toy_is_known  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bureau(transactional_db: None, toy_is_known: None) -> Bureau:  # noqa: F811
    """The bureau with its cases, before Monday, 23 November 2026."""
    with on("2026-11-11"):
        in_force(rules())
        bureau = open_bureau()
        for officer in (bureau.clerk, bureau.reviewer, bureau.stranger):
            officer.set_password(PASSWORD)
            officer.save()
        late = bureau.open(title="修复：榕示市监罚〔2026〕18号 福州示例闽都物业服务有限公司")
    with on("2026-11-12"):
        case = bureau.open(title="修复：榕示市监罚〔2026〕64号 福州示例三坊文旅发展有限公司")
        bureau.take(case, "accept", reason="材料齐全")
    with on("2026-11-16", "17:05"):
        bureau.take(case, "return_once", reason="缺：收费公示现场照片（共 1 项）")
        take_step(late.number, "accept", by=bureau.clerk)
    with on("2026-11-18", "16:20"):
        bureau.take(case, "completed", reason="企业上传收费公示照片 3 张")
        paused = bureau.open(title="修复：榕示市监罚〔2026〕71号 福建示例海丝供应链管理股份有限公司")
        bureau.take(paused, "accept")
        bureau.take(paused, "return_once", reason="缺履行义务的凭证")
    with on("2026-11-20"):
        bureau.open(title="修复：榕示市监罚〔2026〕80号 福州示例海峡建设工程有限公司")
        bureau.take(case, "extend", bureau.reviewer, reason="需要到现场核实", answers={"days": "3"})
        keep_clocks()
    return bureau


def log_in(page: "Page", address: str, username: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, username, PASSWORD)


def test_pages_of_cases(page: "Page", live_server: object, bureau: Bureau) -> None:
    address = str(live_server)
    with on("2026-11-23"):
        log_in(page, address, "reviewer")
        shoot(page, f"{address}/desk/cases", "60-cases")
        shoot(page, f"{address}/desk/cases?tab=overdue", "61-cases-overdue")
        shoot(page, f"{address}/desk/cases/示例-2026-0002", "62-case")
        shoot(page, f"{address}/desk/cases/示例-2026-0003", "63-case-paused")
        shoot(page, f"{address}/desk/", "64-home-with-cases")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{address}/desk/cases/示例-2026-0002")
        page.get_by_text("一次性告知补正", exact=True).first.click()
        page.screenshot(path="var/shots/65-case-action-desktop.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path="var/shots/65-case-action-phone.png", full_page=True)
    with on("2026-12-18"):
        keep_clocks()
        log_in(page, address, "reviewer")  # the session of November is over
        shoot(page, f"{address}/desk/cases/示例-2026-0001", "67-case-late")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name="English").first.click()
        shoot(page, f"{address}/desk/cases/示例-2026-0002", "66-case-english")


def test_the_board_of_who_has_nothing_to_do(page: "Page", live_server: object, bureau: Bureau) -> None:
    address = str(live_server)
    with on("2026-11-23"):
        log_in(page, address, "stranger")
        shoot(page, f"{address}/desk/cases", "68-cases-empty")
