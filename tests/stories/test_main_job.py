"""A county clerk sends this week's penalties; a colleague releases them; the public reads them. Whole, in a real browser."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from rongxin.records.models import Record
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries
from rongxin.subjects.registration import register
from tests import logins
from tests.factories import the_pack
from tests.intake.conftest import PASSWORD, Office, open_office
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, TEA_NAME, as_csv, penalties, penalty

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Office:
    queries.forget()
    rulebook.seed(the_pack()[0], {})
    register(
        pl.DataFrame({"uscc": [TEA], "name": [TEA_NAME], "former_name": ["福州示例榕海贸易有限公司"]}),
        source="市场主体登记（示例）",
        on=date(2026, 1, 5),
    )
    return open_office()


@pytest.fixture
def worker(process_environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "rongxin.cli", "worker"], env=process_environment)
    yield process
    process.terminate()
    process.wait(20)


def log_in(page: Page, address: str, username: str) -> None:
    logins.log_in(page, address, username, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("待办")


def log_out(page: Page) -> None:
    page.get_by_role("button", name="退出").click()


def decided_today() -> list[dict[str, str]]:
    today = date.today().isoformat()
    good = [row | {"处罚决定日期": today, "处罚有效期": f"{date.today().year + 1}-12-31"} for row in penalties(3)]
    bad = penalty(**{DOCUMENT: "榕示市监罚〔2026〕9号", "处罚决定日期": "2026-02-31"})
    person = penalty(**{NAME: "王示例", "行政相对人类别": "自然人", CODE: "", DOCUMENT: "榕示市监罚〔2026〕10号"})
    return [*good, bad, person]


def test_from_a_departments_file_to_the_public_record(
    page: Page, live_server: object, office: Office, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    address = str(live_server)
    table = tmp_path / "行政处罚-本周.csv"
    table.write_bytes(as_csv(decided_today(), encoding="gb18030"))

    # The clerk sends the file and sees what becomes of every row.
    log_in(page, address, "demo-clerk")
    page.get_by_role("link", name="报送数据").first.click()
    page.locator("#kind").select_option("administrative_penalty")
    page.set_input_files("input[type=file]", table)
    page.get_by_role("button", name="上传并校验").click()
    release = page.locator("#release")
    expect(release).to_be_visible(timeout=30_000)
    expect(page.locator(".rx-eq")).to_contain_text("可入库")
    assert [value.inner_text() for value in page.locator(".rx-eq .v").all()] == ["5", "3", "1", "1", "0", "0"]
    expect(page.locator("#returned")).to_contain_text("日历上没有这一天")
    expect(page.locator("body")).not_to_contain_text("王示例")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回表").click()
    returned = pl.read_excel(download.value.path(), sheet_id=1)
    assert returned.height == 1
    assert any("日历上没有这一天" in str(cell) for cell in returned.row(0))

    # Nothing shows yet, and the clerk cannot release what the clerk sent.
    batch = page.url
    expect(page.get_by_role("button", name="确认发布")).to_have_count(0)
    page.goto(f"{address}/s/{TEA}")
    expect(page.locator("main")).not_to_contain_text("榕示市监罚")
    page.goto(f"{address}/desk/")
    log_out(page)

    # A second person releases it.
    log_in(page, address, "demo-reviewer")
    page.goto(batch)
    page.locator("summary", has_text="发布").first.click()
    expect(page.locator("#actions")).to_contain_text("发布后 3 条立即入库")
    page.get_by_role("button", name="确认发布").click()
    expect(page.get_by_text("办结：已入库").first).to_be_visible(timeout=30_000)
    log_out(page)

    # The public finds the company under its former name, and the act with source, basis and deadline.
    page.goto(address)
    page.get_by_role("searchbox").fill("榕海贸易")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=TEA_NAME).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TEA_NAME)
    expect(page.locator("main")).to_contain_text("榕示市监罚〔2026〕1号")
    page.get_by_role("link", name="标签标注不符合规定").first.click()
    # The code to scan stands beside the number of the record and leaves it room.
    code = page.locator(".rx-qrrow .rx-qr").bounding_box()
    assert code is not None
    assert code["width"] <= 130
    for shown in ("福州市示例市场监督管理局", "食品安全法", "第一百二十五条", "罚款 8,000"):
        expect(page.locator("main")).to_contain_text(shown)
    expect(page.locator("main")).not_to_contain_text("林示例")
    expect(page.locator(".rx-days")).to_be_visible()

    # Sending it again changes nothing.
    log_in(page, address, "demo-clerk")
    page.goto(f"{address}/desk/upload")
    page.locator("#kind").select_option("administrative_penalty")
    page.set_input_files("input[type=file]", table)
    page.get_by_role("button", name="上传并校验").click()
    expect(page.locator(".rx-eq")).to_be_visible(timeout=30_000)
    assert [value.inner_text() for value in page.locator(".rx-eq .v").all()] == ["5", "0", "1", "1", "0", "3"]
    assert Record.objects.count() == 3
