"""``make shots``: every page of a platform with made-up data, on a desk and on a phone, into ``var/shots``, to be looked at."""

from typing import TYPE_CHECKING

import pytest

from rongxin.demonstration.password import PASSWORD
from rongxin.intake.models import Batch, BatchState
from rongxin.records.models import Record
from tests.browser.shots import shoot

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
    }
    for name, path in pages.items():
        shoot(page, address + path, name)


def test_pages_of_the_workbench(page: "Page", address: str) -> None:
    shoot(page, f"{address}/desk/login", "10-login")
    waiting = Batch.objects.filter(state=BatchState.CHECKED).first()
    returned = Batch.objects.filter(rejected__gt=0).first()
    assert waiting is not None
    assert returned is not None
    for username in ("demo-clerk", "demo-reviewer"):
        page.goto(f"{address}/desk/login")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        shoot(page, f"{address}/desk/", f"11-home-{username}")
        shoot(page, f"{address}/desk/batches/{waiting.number}", f"12-waiting-{username}")
        shoot(page, f"{address}/desk/batches/{returned.number}", f"13-returned-{username}")
        if username == "demo-clerk":
            shoot(page, f"{address}/desk/upload", "14-upload")
            shoot(page, f"{address}/desk/batches", "15-batches")
            shoot(page, f"{address}/desk/record?kind=administrative_penalty", "16-record-form")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{address}/desk/")
        page.get_by_role("button", name="退出").click()
