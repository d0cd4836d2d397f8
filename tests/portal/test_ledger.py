"""存证账本 for everybody: the page, and the files under addresses that never change."""

from pathlib import Path

import pytest
from django.test import Client

from config.environment import ROOT
from rongxin.ledger import logs
from rongxin.ledger.completeness import map_heads
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.records.models import Effect
from rongxin.records.publication import commit_published
from tests.factories import a_record, note
from tests.ledger.conftest import published  # noqa: F401 - every log of these tests lies in a folder of its own
from tests.ledger.events import signed_log
from tools import verify_ledger

pytestmark = pytest.mark.django_db


def test_before_anything_was_logged_the_page_says_so(client: Client) -> None:
    page = client.get("/ledger").content.decode()
    assert "还没有检查点" in page
    assert "verify_ledger.py" in page


def test_the_page_tells_the_newest_checkpoint_and_the_key(client: Client) -> None:
    log = signed_log(5)
    page = client.get("/ledger").content.decode()
    assert log.origin in page
    assert logs.key_of(log).public.hex() in page
    assert "待见证" in page
    assert client.get("/ledger?log=1999").status_code == 404


def test_checkpoints_and_tiles_are_served_and_nothing_else(client: Client, published: Path) -> None:  # noqa: F811
    log = signed_log(5)
    map_heads(log)
    name = log.origin.rpartition("/")[2]
    assert (published / name / "heads" / "5").exists()
    note = (published / name / "checkpoint").read_bytes()
    for path in ("checkpoint", "checkpoints/5"):
        answer = client.get(f"/ledger/{name}/{path}")
        assert answer.content == note, path
        assert "max-age=60" in answer["Cache-Control"]
    tile = client.get(f"/ledger/{name}/tile/0/000.p/5")
    assert len(tile.content) == 5 * 32
    assert "immutable" in tile["Cache-Control"]
    for path in (
        "heads/5", "tile/entries/000.p/5", "checkpoints/6", ".writing", "checkpoint/", "tile/0/../../heads/5",
        "tile/0/000", "checkpoints/..", "%2e%2e/ledger-signing-key", "tile/0/000.p/05",
    ):  # fmt: skip
        assert client.get(f"/ledger/{name}/{path}").status_code == 404, path
    assert client.get("/ledger/..%2f..%2f/checkpoint").status_code == 404
    assert client.post(f"/ledger/{name}/checkpoint").status_code in (403, 405)


def test_everybody_gets_the_proof_that_a_record_was_published(client: Client, tmp_path: Path) -> None:
    record = a_record()
    address = f"/r/{record.number}.ledger-record.json"
    early = client.get(address)
    assert (early.status_code, "一两分钟以后" in early.content.decode()) == (404, True)
    commit_published.call_now()
    sequence_all()
    checkpoint(logs.current())
    assert f'href="{address}"' in client.get(f"/r/{record.number}").content.decode()
    answer = client.get(address)
    assert "attachment" in answer["Content-Disposition"]
    assert answer.json()["line"].startswith(f"{record.number} 1 ")
    file = tmp_path / "record.json"
    file.write_bytes(answer.content)
    assert verify_ledger.main(["proof", str(file)]) == 0
    note(record, Effect.SUSPENDED)
    assert client.get(address).status_code == 404, "of what is not displayed nobody is told more"


def test_the_verifier_comes_as_it_is(client: Client) -> None:
    answer = client.get("/ledger/verify_ledger.py")
    assert answer.content == (ROOT / "tools" / "verify_ledger.py").read_bytes()
    assert "attachment" in answer["Content-Disposition"]
