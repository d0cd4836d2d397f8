"""Somebody who has never seen it takes a broken workbook of a thousand rows to fully released, in a real browser.

The table as a county really sends it: a title, a note, heads in two rows, a column of its own name, dates in five notations, wrong
codes, rows without a code, natural persons, footers. Nothing is lost and nothing has to be typed again.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from rongxin.intake.models import Batch, HeadMapping, Question, QuestionState
from rongxin.records.models import Record
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries
from rongxin.subjects.registration import register
from tests.factories import the_pack
from tests.intake.conftest import Office, open_office
from tests.intake.tables import CODE, DOCUMENT, NAME, TEA, TEA_NAME, penalty
from tests.stories.test_main_job import log_in, log_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = 1000
BAD_DATES, NO_BASIS, WRONG_CODES, NO_CODES, PERSONS = 12, 6, 2, 2, 3
BACK = BAD_DATES + NO_BASIS
ASKED = WRONG_CODES + NO_CODES
GOOD = ROWS - BACK - ASKED - PERSONS
OWN_HEAD = "案由归类口径"
"""What this county calls 违法行为类型; nobody else does."""


@pytest.fixture
def office(transactional_db: None) -> Office:
    queries.forget()
    rulebook.seed(the_pack()[0], {})
    register(pl.DataFrame({"uscc": [TEA], "name": [TEA_NAME]}), source="市场主体登记（示例）", on=date(2026, 1, 5))
    return open_office()


@pytest.fixture
def worker(process_environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "rongxin.cli", "worker"], env=process_environment)
    yield process
    process.terminate()
    process.wait(20)


def the_rows() -> list[dict[str, str]]:
    """A thousand penalties of one week, with what goes wrong in a week."""
    day = date.today() - timedelta(days=2)
    notations = (
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y.%m.%d}",
        f"{day:%Y%m%d}",
    )
    rows = [
        penalty(
            **{
                DOCUMENT: f"榕示市监罚〔2026〕{number}号",
                "处罚决定日期": notations[number % len(notations)],
                "处罚有效期": f"{day.year + 1}-12-31",
            }
        )
        for number in range(1, ROWS + 1)
    ]
    spoilt = iter(rows)
    for _ in range(BAD_DATES):
        next(spoilt)["处罚决定日期"] = "2026-02-31"
    for _ in range(NO_BASIS):
        next(spoilt)["处罚依据"] = ""
    for _ in range(WRONG_CODES):
        next(spoilt)[CODE] = TEA[:17] + ("A" if TEA[17] != "A" else "B")
    for _ in range(NO_CODES):
        next(spoilt)[CODE] = ""
    for _ in range(PERSONS):
        next(spoilt).update({NAME: "王示例", "行政相对人类别": "自然人", CODE: ""})
    return rows


def write_broken(path: Path, rows: list[dict[str, str]]) -> None:
    """The rows as the county's own workbook: title, note, two-row heads, footers."""
    heads = list(rows[0])
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("本周处罚")
        sheet.merge_range(0, 0, 0, len(heads) - 1, "福州市示例区行政处罚信息周报表")
        sheet.write(1, 0, "填报说明：金额以万元为单位；没有的不填。")
        sheet.merge_range(2, 0, 2, 3, "行政相对人")
        sheet.merge_range(2, 4, 2, len(heads) - 1, "行政处罚")
        for column, head in enumerate(heads):
            sheet.write(3, column, OWN_HEAD if head == "违法行为类型" else head)
        for line, row in enumerate(rows, start=4):
            for column, head in enumerate(heads):
                sheet.write(line, column, row[head])
        sheet.write(len(rows) + 4, 0, "合计")
        sheet.write(len(rows) + 5, 0, "填表人：郑示例")


def correct(returned: Path, corrected: Path) -> int:
    """Mend the return workbook as the clerk does: only the marked cells, nothing else; returns how many rows it has."""
    book = openpyxl.load_workbook(returned)
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        decided = sheet.cell(row, heads["处罚决定日期"])
        if decided.value == "2026-02-31":
            decided.value = (date.today() - timedelta(days=2)).isoformat()
        basis = sheet.cell(row, heads["处罚依据"])
        basis.value = basis.value or "《中华人民共和国食品安全法》第一百二十五条第一款第二项"
    book.save(corrected)
    return sheet.max_row - 1


def tally(page: Page) -> list[str]:
    """The figures of the equation: rows = accepted + returned + persons + unresolved (+ followed) + known."""
    return [value.inner_text() for value in page.locator(".rx-eq .v").all()]


def open_questions() -> int:
    return Question.objects.filter(state=QuestionState.OPEN).count()


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def release_here(page: Page, rows: int) -> None:
    page.locator("summary", has_text="发布").first.click()
    expect(page.locator("#actions")).to_contain_text(f"发布后 {rows:,} 条立即入库")
    page.get_by_role("button", name="确认发布").click()
    expect(page.get_by_text("办结：已入库").first).to_be_visible(timeout=60_000)


def test_from_a_broken_workbook_to_fully_released(
    page: Page, live_server: object, office: Office, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    address = str(live_server)
    table = tmp_path / "行政处罚周报.xlsx"
    write_broken(table, the_rows())

    # The clerk sends it. One column has a name of its own: the platform asks once what it is, and remembers.
    log_in(page, address, "demo-clerk")
    page.get_by_role("link", name="报送数据").first.click()
    page.locator("#kind").select_option("administrative_penalty")
    page.set_input_files("input[type=file]", table)
    page.get_by_role("button", name="上传并校验").click()
    page.get_by_role("link", name="去对列").click(timeout=60_000)
    expect(page.get_by_role("row", name=OWN_HEAD)).to_contain_text("标签标注不符合规定")
    page.get_by_label(OWN_HEAD).select_option("violation_type")
    page.get_by_role("button", name="记住并校验").click()
    expect(page.locator(".rx-eq")).to_be_visible(timeout=60_000)
    assert tally(page) == ["1,000", f"{GOOD}", f"{BACK}", f"{PERSONS}", f"{ASKED}", "0"]
    expect(page.locator("body")).not_to_contain_text("王示例")
    assert HeadMapping.objects.get().field == "violation_type"
    first = page.url

    # The return workbook has the failing rows only; mended and sent again it goes on with the same batch.
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回表").first.click()
    mended = tmp_path / "行政处罚周报-退回.xlsx"
    returned = tmp_path / "退回.xlsx"
    download.value.save_as(returned)
    assert correct(returned, mended) >= BACK
    page.get_by_role("link", name="更正重报").first.click()
    page.set_input_files("input[type=file]", mended)
    page.get_by_role("button", name="上传并校验").click()
    expect(page.locator("#rounds")).to_be_visible(timeout=60_000)
    second = page.url
    assert Batch.objects.get(continues__isnull=False).round == 2
    assert Batch.objects.get(round=2).accepted == BACK

    # Whose are the rows with a wrong code or none? The best candidate is explained; one key answers.
    page.get_by_role("link", name="待核归属").first.click()
    while left := open_questions():
        expect(page.locator(".rx-cand.best")).to_contain_text(TEA_NAME)
        page.get_by_role("button", name=f"就是 {TEA_NAME}").first.click()
        wait_until(lambda left=left: open_questions() < left)
        page.goto(f"{address}/desk/questions")  # the next one is sliding in; a second click would meet the old one
    expect(page.get_by_text("没有待核的行")).to_be_visible()

    # A second person releases what the clerk sent, mended and answered.
    page.goto(f"{address}/desk/")
    log_out(page)
    log_in(page, address, "demo-reviewer")
    page.goto(first)
    release_here(page, GOOD)
    page.goto(second)
    release_here(page, BACK + ASKED)
    page.goto(first)
    expect(page.locator("#rounds")).to_contain_text("全部更正完毕")
    assert Record.objects.count() == ROWS - PERSONS

    # Everybody can read all of it.
    page.goto(f"{address}/s/{TEA}")
    expect(page.locator("main")).to_contain_text(f"{ROWS - PERSONS}")
