"""``make shots``: every page of a platform with made-up data, on a desk and on a phone, into ``var/shots``, to be looked at."""

from typing import TYPE_CHECKING

import pytest

from rongxin.accounts.models import Account
from rongxin.demonstration.password import PASSWORD
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.receiving import receive
from rongxin.records import clearing
from rongxin.records.models import Record
from rongxin.rulebook import queries as rulebook
from tests import logins
from tests.browser.shots import FOLDER, shoot

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEA = "91990000MA0000015Q"


@pytest.fixture
def address(live_server: object, settings: object) -> str:
    """A platform with the demonstration in it."""
    from config.environment import environment
    from rongxin.cli.demonstration import prepare

    environment.demo = True
    prepare(subjects=600)
    return str(live_server)


def test_pages_of_the_portal(page: "Page", address: str) -> None:
    record = Record.objects.filter(document_number="榕示市监罚〔2026〕118号").latest("version")
    pages = {
        "01-home": "/",
        "02-search": "/search?q=榕海贸易",
        "02b-search-empty": "/search?q=没有这家示例",
        "03-company": f"/s/{TEA}",
        "04-record": f"/r/{record.number}",
        "05-newest": "/newest",
        "06-rules": "/rules",
        "07-rules-kind": "/rules/administrative_penalty",
        "08-catalogue": "/catalogue",
        "09-punctuality": "/punctuality",
    }
    for name, path in pages.items():
        shoot(page, address + path, name)


def log_in(page: "Page", address: str, username: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    logins.log_in(page, address, username, PASSWORD)


def log_out(page: "Page", address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/desk/")
    page.get_by_role("button", name="退出").click()


def test_pages_of_the_workbench(page: "Page", address: str) -> None:
    shoot(page, f"{address}/login", "10-login")
    waiting = Batch.objects.filter(state=BatchState.CHECKED).first()
    returned = Batch.objects.filter(rejected__gt=0).first()
    assert waiting is not None
    assert returned is not None
    record = Record.objects.filter(document_number="榕示市监罚〔2026〕118号").latest("version")
    pages = {
        "demo-clerk": {
            "14-upload": "upload",
            "15-batches": "batches",
            "16-record-form": "record?kind=administrative_penalty",
            "17-questions": "questions",
            "18-mappings": "mappings",
            "19-codes": "codes",
            "20-clocks": "clocks",
            "21-coverage": "coverage",
            "22-series": "coverage/series",
            "23-duties": "duties",
        },
        "demo-reviewer": {
            "24-texts": "texts",
            "25-texts-together": "texts/together",
            "26-records": f"records?q={record.number}",
            "27-record": f"records/{record.number}",
        },
        "demo-lead": {"28-duties-lead": "duties", "29-codes-lead": "codes"},
    }
    for username, places in pages.items():
        log_in(page, address, username)
        shoot(page, f"{address}/desk/", f"11-home-{username}")
        shoot(page, f"{address}/desk/batches/{waiting.number}", f"12-waiting-{username}")
        shoot(page, f"{address}/desk/batches/{returned.number}", f"13-returned-{username}")
        for name, place in places.items():
            shoot(page, f"{address}/desk/{place}", name)
        log_out(page, address)


def test_a_text_and_columns_that_a_person_must_tell(page: "Page", address: str) -> None:
    lead_officer = Account.objects.get(username="demo-lead")
    text = next(each for each in clearing.queue(lead_officer, rulebook.current()) if each.suspected)
    clerk = Account.objects.get(username="demo-clerk")
    table = "甲,乙,丙\n福州示例榕海茶业有限公司,91990000MA0000015Q,罚款\n".encode()
    kind = "administrative_penalty"
    batch = receive(
        [table], file_name="列名不明.csv", kind=kind, provider=clerk.department, by=clerk, check_now=True
    ).batch
    log_in(page, address, "demo-lead")
    shoot(page, f"{address}/desk/texts/{text.record.number}/{text.field}", "50-text")
    log_out(page, address)
    log_in(page, address, "demo-clerk")
    shoot(page, f"{address}/desk/batches/{batch.number}/columns", "51-columns")


def test_pictures_of_the_readme(page: "Page", address: str) -> None:
    """What README shows, as a reader sees it at first: the top of the page."""
    record = Record.objects.filter(document_number="榕示市监罚〔2026〕118号").latest("version")
    returned = Batch.objects.filter(rejected__gt=0).order_by("-received_at").first()
    assert returned is not None
    log_in(page, address, "demo-clerk")
    places = {
        "home": "/",
        "record": f"/r/{record.number}",
        "punctuality": "/punctuality",
        "batch": f"/desk/batches/{returned.number}",
        "question": "/desk/questions",
    }
    for name, place in places.items():
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(address + place)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / "readme" / f"{name}.png")
