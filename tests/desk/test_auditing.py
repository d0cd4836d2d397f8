"""What an auditor does with the ledger: the state, a kept checkpoint, recomputing, an export, the weekly report."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from config.environment import ROOT, environment
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.disclosure.look_report import last_monday, report_looks
from rongxin.ledger import logs
from rongxin.ledger.continuing import turn_year
from rongxin.ledger.jobs import export_log, verify_log
from rongxin.ledger.models import Audit, Checkpoint, Entry, Task
from tests.desk.test_pages import as_officer
from tests.factories import a_department, an_account, at, the_rules
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.looks import a_look, changed, looked_at, signed
from tests.ledger.test_tampering import superuser

pytestmark = pytest.mark.django_db
FIRM, OTHER = "91990000MA0000015Q", "91990000MA0000023K"


@pytest.fixture
def auditor() -> Account:
    the_rules()
    return an_account(Role.AUDITOR, a_department("own", "福州市示例审计局", region="350100"), "auditor-1")


def seen(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    return unescape(answer.content.decode())


def kept() -> str:
    return Checkpoint.objects.order_by("-pk")[0].note


def test_a_kept_checkpoint_holds_and_the_proof_is_checked_without_the_platform(
    auditor: Account, tmp_path: Path
) -> None:
    looked_at(FIRM, a_look(), a_look(), a_look())
    signed()
    old = kept()
    looked_at(FIRM, a_look(), a_look())
    signed()
    client = as_officer(auditor)
    page = unescape(client.post("/desk/ledger", {"note": old.replace("\n", "\r\n")}).content.decode())
    assert "算数：是同一本账" in page
    sent = client.post("/desk/ledger", {"file": io.BytesIO(old.encode())})
    assert "算数：是同一本账" in sent.content.decode()
    proof = client.post("/desk/ledger", {"note": old, "do": "proof"})
    files = [tmp_path / name for name in ("old", "new", "proof.json")]
    for file, content in zip(files, (old.encode(), kept().encode(), proof.content), strict=True):
        file.write_bytes(content)
    program = [sys.executable, ROOT / "tools" / "verify_ledger.py", "consistency", *files]
    assert subprocess.run(program, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", ["", "x", "a\n1\nb\n\n— a b\n"])
def test_what_is_no_checkpoint_of_this_platform_is_refused_with_the_reason(auditor: Account, text: str) -> None:
    looked_at(FIRM, a_look())
    signed()
    answer = as_officer(auditor).post("/desk/ledger", {"note": text})
    assert answer.status_code == 422
    assert "不是本平台账本签署的检查点" in answer.content.decode()


def test_a_checkpoint_of_another_history_or_a_longer_one_does_not_hold(auditor: Account) -> None:
    from rongxin.ledger.notes import Checkpoint as Told
    from rongxin.ledger.notes import Note

    looked_at(FIRM, a_look(), a_look())
    signed()
    log, client = logs.current(), as_officer(auditor)
    for size, words in ((1, "历史被改过"), (9, "账本的末尾不见了")):
        told = Told(log.origin, size, bytes(32))
        note = str(Note(told.text, (logs.signer(log).sign(told.text),)))
        assert words in client.post("/desk/ledger", {"note": note}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_recomputing_everything_names_the_entry_that_is_wrong(auditor: Account) -> None:
    looked_at(FIRM, a_look(), a_look(), a_look())
    signed()
    client = as_officer(auditor)
    assert client.post("/desk/ledger/audits", {"task": "verify"})["Location"].startswith("/desk/ledger/audits/")
    first = Audit.objects.get(task=Task.VERIFY)
    again = client.post("/desk/ledger/audits", {"task": "verify"})["Location"]
    assert again.endswith(f"/{first.pk}"), "one at a time"
    assert "进行中" in seen(client, f"/desk/ledger/audits/{first.pk}")
    assert verify_log.call_now(first.pk) == 0
    assert "全部正确" in seen(client, f"/desk/ledger/audits/{first.pk}")
    with superuser() as past_every_trigger:
        past_every_trigger.execute('UPDATE ledger_entry SET payload = %s WHERE "index" = 1', [b"\x00" * 60])
    client.post("/desk/ledger/audits", {"task": "verify"})
    second = Audit.objects.filter(task=Task.VERIFY).latest("pk")
    assert verify_log.call_now(second.pk) >= 1
    page = seen(client, f"/desk/ledger/audits/{second.pk}")
    assert "从第 1 项查起" in page
    assert "第 1 项的内容被改过，或者密钥不见了" in page


def test_an_export_is_for_whoever_audits_the_whole_platform(auditor: Account, tmp_path: Path) -> None:
    looked_at(FIRM, a_look())
    signed()
    client = as_officer(auditor)
    client.post("/desk/ledger/audits", {"task": "export", "contents": "on"})
    audit = Audit.objects.get(task=Task.EXPORT)
    export_log.call_now(audit.pk)
    content = b"".join(client.get(f"/desk/ledger/audits/{audit.pk}/export.zip").streaming_content)  # type: ignore[attr-defined]
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path / "out")
    program = [sys.executable, ROOT / "tools" / "verify_ledger.py", "export", tmp_path / "out"]
    assert subprocess.run(program, capture_output=True, check=False).returncode == 0
    a_department("far", "厦门市示例局", region="350200")
    assert client.get(f"/desk/ledger/audits/{audit.pk}/export.zip").status_code == 404
    assert client.post("/desk/ledger/audits", {"task": "export"}).status_code == 403
    assert "开始导出" not in seen(client, "/desk/ledger")


def test_the_weekly_report_tells_four_signs_by_account(auditor: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "looks_bulk", 1)
    a_department("far", "厦门市示例局", region="350200")
    wednesday = at("2026-11-18", "10:00")
    with time_machine.travel(wednesday, tick=False):
        changed(FIRM, {"act": "record.create", "batch": "B-1", "count": 1, "records": "00"})
        looked_at(FIRM, a_look(by="a-1"), a_look(by="own", purpose="own", department=""))
        looked_at(OTHER, a_look(by="a-1", case=""))
        looked_at(OTHER, a_look(by="far-1", department="far", case=""))
        signed()
    with time_machine.travel(at("2026-11-19", "02:00"), tick=False):
        looked_at(FIRM, a_look(by="a-2"), a_look(by="machine", key=True))
        signed()
    with time_machine.travel(wednesday + timedelta(days=7), tick=False):
        assert str(last_monday()) == "2026-11-16"
        assert report_looks.call_now() == 5
        assert report_looks.call_now() == 0, "once"
        page = seen(as_officer(auditor), "/desk/ledger/looks")
    told = Audit.objects.get(task=Task.LOOKS).told
    found = {(each["sign"], each["by"], each["looks"], each["firms"]) for each in told["findings"]}
    assert ("no_case", "a-1", 1, 1) in found
    assert ("night", "a-2", 1, 1) in found
    assert ("bulk", "a-1", 2, 2) in found
    assert {by for sign, by, *_ in found if sign == "night"} == {"a-2"}, "machines work at any hour"
    assert "a-1" in page
    assert "far-1" not in page, "departments beyond the region are another auditor's"


def test_the_week_over_new_year_is_read_in_both_logs(auditor: Account) -> None:
    with time_machine.travel(at("2026-12-30", "10:00"), tick=False):
        looked_at(FIRM, a_look())
        signed()
    with time_machine.travel(at("2027-01-01", "10:00"), tick=False):
        turn_year(logs.current(), "localhost/ledger/2027")
        looked_at(FIRM, a_look())
        signed()
    with time_machine.travel(at("2027-01-05", "10:00"), tick=False):
        assert report_looks.call_now() == 2


def test_an_audit_sees_no_contents(auditor: Account) -> None:
    looked_at(FIRM, a_look(case="密-1"))
    signed()
    report_looks.call_now(last_monday().isoformat())
    client = as_officer(auditor)
    for address in ("/desk/ledger", "/desk/ledger/looks", "/desk/ledger/looks.csv"):
        page = seen(client, address)
        assert FIRM not in page
        assert "密-1" not in page
    assert json.dumps(Audit.objects.get(task=Task.LOOKS).told).find(FIRM) == -1
    assert Entry.objects.exists()
