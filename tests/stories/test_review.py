"""A clerk's rows that nobody can tell: answered with the keyboard, taken back, released by a colleague. In a real browser."""

from datetime import date

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from rongxin.intake import jobs
from rongxin.intake.models import Batch, Question, QuestionState
from rongxin.records.models import Record
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries
from rongxin.subjects.registration import register
from tests.factories import the_pack
from tests.intake.conftest import Office, open_office
from tests.intake.questions.conftest import FAR, FAR_NAME, TRADE, TRADE_NAME, one_off, unclear
from tests.intake.tables import CODE, NAME, TEA, TEA_NAME, as_csv, penalty
from tests.stories.keyboard import hit
from tests.stories.test_main_job import log_in, log_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Office:
    queries.forget()
    rulebook.seed(the_pack()[0], {})
    register(
        pl.DataFrame(
            {
                "uscc": [TRADE, FAR, TEA],
                "name": [TRADE_NAME, FAR_NAME, TEA_NAME],
                "former_name": [None, None, "福州示例榕海商贸有限公司"],
                "status": ["存续", "注销", "存续"],
                "address": ["示例区示例路 5 号", "示例区示例镇 2 号", "示例区示例路 18 号"],
                "registration_number": ["110000006000374", None, None],
            }
        ),
        source="市场主体登记（示例）",
        on=date(2026, 1, 5),
    )
    return open_office()


def decided_today(row: dict[str, str]) -> dict[str, str]:
    return row | {"处罚决定日期": date.today().isoformat(), "处罚有效期": f"{date.today().year + 1}-12-31"}


def test_rows_are_told_by_a_person_with_three_keys(page: Page, live_server: object, office: Office) -> None:
    address = str(live_server)
    rows = [
        *(penalty(), unclear(2, **{NAME: TRADE_NAME, CODE: one_off()}), unclear(3)),
        *(unclear(4, **{NAME: "示例无人知晓的公司"}), unclear(5, **{NAME: "厦门示例榕海贸易公司"})),
    ]
    batch = office.send(as_csv([decided_today(row) for row in rows]), name="行政处罚-本周.csv")
    log_in(page, address, "demo-clerk")
    page.goto(f"{address}/desk/batches/{batch.number}")
    page.locator(".rx-eq").get_by_role("link", name="去认定").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这一行说的是哪家企业？")
    expect(page.locator(".rx-cand").first).to_contain_text("代码只差第 13 位")

    filed = page.locator(".rx-reviewgrid .rx-facts").first

    # One key each: the first candidate, another one, none of them.
    hit(page, "1")
    expect(page.locator("main")).to_contain_text(f"第 3 行 已归入 {TRADE_NAME}")
    expect(page.locator("main")).to_contain_text("第 1 条，共 3 条")
    hit(page, "j")
    expect(filed).to_contain_text("示例无人知晓的公司")
    hit(page, "0")
    expect(page.locator("main")).to_contain_text("第 5 行 已退回更正")
    expect(page.locator(".rx-candname").first).to_have_text(FAR_NAME)
    hit(page, "1")
    expect(page.locator("main")).to_contain_text("第 6 行 已归入")

    # A slip is taken back, and the row is asked again.
    hit(page, "u")
    expect(page.locator("main")).to_contain_text("已撤销，第 6 行 回到队列")
    expect(filed).to_contain_text("厦门示例榕海贸易公司")
    assert Question.objects.filter(state=QuestionState.OPEN).count() == 2
    page.get_by_label("用名称或代码另找").fill(TEA)
    page.get_by_role("button", name="查找").click()
    page.get_by_role("button", name=f"就是 {TEA_NAME}").last.click()
    expect(page.locator("main")).to_contain_text(f"第 6 行 已归入 {TEA_NAME}")
    log_out(page)

    # A colleague sees who said so, and releases.
    log_in(page, address, "demo-reviewer")
    page.goto(f"{address}/desk/batches/{batch.number}")
    expect(page.locator("#release")).to_contain_text("归属由录入员甲认定")
    page.locator("summary", has_text="发布").first.click()
    expect(page.locator("#actions")).to_contain_text("发布后 3 条立即入库")
    page.get_by_role("button", name="确认发布").click()
    jobs.record_batch.call_now(batch.number)
    assert Record.objects.count() == 3
    assert Batch.objects.get(pk=batch.pk).in_review == 1
