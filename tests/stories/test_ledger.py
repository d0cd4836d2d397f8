"""An officer looks, the firm sees it, asks why and takes the proof along; the auditor and everybody compare checkpoints."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.environment import ROOT, environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.ledger.models import Checkpoint
from rongxin.remedies.inquiries.actions import ask_why
from rongxin.remedies.inquiries.models import About, Inquiry
from tests import logins
from tests.factories import a_department
from tests.ledger.looks import signed
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_hall, a_login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this story publishes lies in a folder of its own."""
    for key in ("signing", "stream", "payload"):
        environment.ledger_key(key)  # type: ignore[arg-type]
    monkeypatch.setattr("rongxin.ledger.logs.published_root", lambda: tmp_path / "ledger")


def verified(file: Path) -> int:
    program = [sys.executable, ROOT / "tools" / "verify_ledger.py", "proof", file]
    return subprocess.run(program, capture_output=True, check=False).returncode


def test_from_a_look_to_its_proof(page: Page, live_server: Any, transactional_db: None, tmp_path: Path) -> None:
    address = str(live_server)
    hall, firm, login = a_hall(), a_firm(), a_login("qy48213067")
    hall.held(login, firm)
    bureau = a_department("own", "福州市示例税务局", region="350100")
    clerk = open_account("tax-0007", PASSWORD, display_name="税务甲", department=bureau, role=Role.CLERK)
    audit = a_department("audit", "福州市示例审计局", region="350100")
    open_account("auditor-1", PASSWORD, display_name="审计甲", department=audit, role=Role.AUDITOR)
    case = ask_why(firm, bureau, About.DECISION, happened_on=timezone.localdate(), by=clerk).case

    # An officer opens a case of the firm: that is a look.
    logins.log_in(page, address, clerk.username, PASSWORD)
    page.goto(f"{address}/desk/cases/{case.number}")
    expect(page.get_by_role("main")).to_contain_text(firm.name)
    page.context.clear_cookies()
    signed()
    old = Checkpoint.objects.latest("pk").note

    # The firm sees who looked, on a phone, asks why, and sees that it asked.
    page.set_viewport_size({"width": 390, "height": 844})
    logins.log_in(page, address, login.username, PASSWORD)
    page.goto(f"{address}/enterprise/firms/{firm.uscc}")
    page.get_by_role("link", name="谁看过").first.click()
    row = page.get_by_role("row").filter(has_text="福州市示例税务局")
    for words in ("录入员", "办理案件", case.number):
        expect(row).to_contain_text(words)
    expect(page.get_by_role("main")).not_to_contain_text(clerk.username)
    row.get_by_role("link", name="问一问").click()
    page.get_by_role("button", name="提出询问").click()
    expect(page.get_by_text("已经向福州市示例税务局提出询问")).to_be_visible()
    inquiry = Inquiry.objects.get(about=About.LOOK)
    assert (inquiry.case.owner, inquiry.case.due_on is not None) == (bureau, True)
    page.goto(f"{address}/enterprise/firms/{firm.uscc}/looks")
    expect(row).to_contain_text("待答复")

    # The proof holds without the platform, and one changed byte is enough to break it.
    with page.expect_download() as started:
        page.get_by_role("link", name="下载全部证明").filter(visible=True).click()
    proof = tmp_path / started.value.suggested_filename
    started.value.save_as(proof)
    assert proof.name.endswith(".ledger-stream.json")
    assert verified(proof) == 0
    proof.write_bytes(proof.read_bytes().replace(b'\\"count\\":1', b'\\"count\\":2', 1))
    assert verified(proof) == 1

    # Everybody sees the newest checkpoint.
    signed()
    newest = Checkpoint.objects.latest("pk")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/ledger")
    expect(page.get_by_role("main")).to_contain_text(newest.note.split("\n")[2][:16])

    # The auditor's kept checkpoint still holds.
    page.context.clear_cookies()
    logins.log_in(page, address, "auditor-1", PASSWORD)
    page.goto(f"{address}/desk/ledger")
    page.get_by_label("粘贴整份检查点").fill(old)
    page.get_by_role("button", name="比较").click()
    expect(page.get_by_text("算数：是同一本账")).to_be_visible()
