"""What operators, auditors and witnesses run."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from config.environment import environment
from rongxin.cli.ledger import app
from rongxin.ledger import logs
from rongxin.ledger.bundles import check_proof
from rongxin.ledger.completeness import map_heads
from rongxin.ledger.jobs import close_day, sequence_events, sign_checkpoint
from rongxin.ledger.models import Checkpoint, Log
from rongxin.ledger.notes import Note, Signer
from rongxin.ledger.proving import prove
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.ledger.suites import SHA256
from rongxin.ledger.tree.proofs import check_consistency, check_inclusion
from rongxin.ledger.witnessing import is_anchored
from tests.ledger.events import FIRM, logged, signed_log

pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def call(*arguments: object, code: int = 0, **more: str) -> Result:
        told = CliRunner().invoke(app, [str(each) for each in arguments], env=more)
        assert told.exit_code == code, told.output
        return told

    return call


def test_without_a_log_everything_says_so(run: Run) -> None:
    for command in (["verify"], ["checkpoint"], ["prove", "0"]):
        assert "nothing was logged yet" in run(*command, code=1).stderr


def test_verify_says_that_all_is_right(run: Run) -> None:
    signed_log()
    assert "没有发现问题" in run("verify").stdout
    assert json.loads(run("verify", "--json").stdout) == {"log": logs.current().origin, "size": 6, "faults": []}
    assert "no log nobody" in run("verify", "--log", "nobody", code=1).stderr


def test_a_checkpoint_is_sequenced_signed_and_printed(run: Run) -> None:
    logged(FIRM)
    told = run("checkpoint").stdout
    assert told == (logs.folder_of(logs.current()) / "checkpoint").read_text(encoding="utf-8")
    assert run("checkpoint", "--rebuild").stdout == told


def test_one_event_is_proved(run: Run, tmp_path: Path) -> None:
    log = signed_log(300)
    run("prove", 257, "--out", tmp_path / "257.ledger-proof.json")
    bundle = json.loads((tmp_path / "257.ledger-proof.json").read_text(encoding="utf-8"))
    assert check_proof(bundle, logs.key_of(log)).number == 128
    assert "not under the checkpoint" in run("prove", 300, code=1).stderr
    run("prove", code=2)
    run("prove", 1, "--since", 2, code=2)


def test_an_enterprise_gets_everything_and_the_line_that_nothing_is_missing(run: Run) -> None:
    log = signed_log(40)
    map_heads(log)
    sequence_all()
    checkpoint(log)
    bundle = json.loads(run("prove", "--firm", FIRM.identifier).stdout)
    assert bundle["format"] == "ledger-stream/1"
    events = bundle["events"]
    assert [int(event["entry"][92:108], 16) for event in events] == list(range(20))
    for event in events:
        check_proof(
            {**event, "format": "ledger-proof/1", "suite": 1, "checkpoint": bundle["checkpoint"]}, logs.key_of(log)
        )
    heads = bundle["heads"]
    line = bytes.fromhex(heads["line"])
    assert line[:32].hex() == bundle["stream"]
    assert int.from_bytes(line[32:40], "big") == 20
    assert line[40:] == SHA256.leaf(bytes.fromhex(events[-1]["entry"]))
    told = json.loads(heads["event"]["payload"])
    assert (told["act"], told["size"], told["lines"]) == ("heads", heads["size"], heads["count"])
    path = [bytes.fromhex(hash_) for hash_ in heads["path"]]
    check_inclusion(SHA256, SHA256.leaf(line), heads["at"], heads["count"], path, bytes.fromhex(told["root"]))
    assert "no checkpoint covers" in run("prove", "--firm", "91990000MA0000099X", code=1).stderr


def test_two_checkpoints_are_consistent(run: Run) -> None:
    log = signed_log(5)
    logged(*[FIRM] * 300)
    sequence_all()
    checkpoint(log)
    bundle = json.loads(run("prove", "--since", 5).stdout)
    old, new = (bytes(each.cut.root) for each in Checkpoint.objects.select_related("cut").order_by("cut__size"))
    check_consistency(SHA256, 5, 305, old, new, [bytes.fromhex(hash_) for hash_ in bundle["path"]])
    run("prove", "--since", 0, code=1)


def test_an_export_is_the_agreed_folder(run: Run, tmp_path: Path) -> None:
    log = signed_log(300)
    map_heads(log)
    sequence_all()
    checkpoint(log)
    folder = tmp_path / "export"
    run("export", folder, "--contents")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {
        *(
            "checkpoint",
            "checkpoints/300",
            "checkpoints/301",
            "heads/300",
            "heads/300.json",
            "keys.json",
            "payloads.jsonl",
        ),
        *("tile/0/000", "tile/0/001.p/45", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/45"),
    }
    assert (folder / "tile/entries/000").stat().st_size == 256 * 120
    assert len((folder / "payloads.jsonl").read_text(encoding="utf-8").splitlines()) == 301
    assert json.loads((folder / "keys.json").read_text(encoding="utf-8"))["origin"] == log.origin
    assert "not empty" in run("export", folder, code=1).stderr


def a_witness(number: int, tmp_path: Path) -> tuple[Signer, list[object], dict[str, str]]:
    seed = bytes([number]) * 32
    signer = Signer(f"witness.example/{number}", seed)
    log = logs.current()
    arguments = ["witness", logs.folder_of(log), "--log-key", f"{log.origin}={logs.key_of(log).public.hex()}"]
    arguments += [
        "--name",
        signer.name,
        "--remembered",
        tmp_path / f"last-{number}",
        "--out",
        tmp_path / f"note-{number}",
    ]
    return signer, arguments, {"RONGXIN_WITNESS_KEY": seed.hex()}


def test_two_witnesses_anchor_a_checkpoint(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = signed_log(5)
    known = []
    for number in (1, 2):
        signer, arguments, secret = a_witness(number, tmp_path)
        known.append(f"{signer.name}={signer.public.hex()}")
        assert known[-1] in run(*arguments, **secret).stderr
    assert "no witness" in run("cosign", tmp_path / "note-1", code=1).stderr
    monkeypatch.setattr(environment, "ledger_witnesses", ",".join(known))
    for number in (1, 2):
        assert not is_anchored(Checkpoint.objects.get())
        assert f"witness.example/{number}" in run("cosign", tmp_path / f"note-{number}").stdout
        assert "Nothing new" in run("cosign", tmp_path / f"note-{number}").stdout
    assert is_anchored(Checkpoint.objects.get())
    note = Note.parsed((logs.folder_of(log) / "checkpoint").read_text(encoding="utf-8"))
    assert len(note.signatures) == 3
    logged(*[FIRM] * 300)
    sequence_all()
    checkpoint(log)
    run(*arguments, **secret)


def test_a_witness_refuses_another_history(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = signed_log(5)
    _, arguments, secret = a_witness(1, tmp_path)
    run(*arguments, **secret)
    logged(FIRM, FIRM)
    sequence_all()
    checkpoint(log)
    tile = logs.folder_of(log) / "tile" / "0" / "000.p" / "7"
    kept = tile.read_bytes()
    tile.write_bytes(kept[:32] + kept[:32] + kept[64:])
    assert "another" in run(*arguments, code=1, **secret).stderr
    tile.write_bytes(kept)
    run(*arguments, **secret)
    older = (logs.folder_of(log) / "checkpoints" / "5").read_bytes()
    (logs.folder_of(log) / "checkpoint").write_bytes(older)
    assert "7 entries were signed before, now there are 5" in run(*arguments, code=1, **secret).stderr
    assert "RONGXIN_WITNESS_KEY" in run(*arguments, code=1, RONGXIN_WITNESS_KEY="ab").stderr


# ── background work ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_jobs_of_a_log() -> None:
    assert sign_checkpoint.call_now() == 0
    assert close_day.call_now() == {"lines": 0, "log": ""}
    logged(FIRM)
    assert sequence_events.call_now() == 1
    assert sign_checkpoint.call_now() == 1
    told = close_day.call_now()
    assert told["lines"] == 1
    assert Checkpoint.objects.order_by("-cut__size").values_list("cut__size", flat=True)[0] == 2
    # A map of nothing but the map before would follow itself for ever.
    assert close_day.call_now()["lines"] == 0


def test_a_new_year_has_a_new_log_that_names_the_end_of_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    log = signed_log(5)
    monkeypatch.setattr(logs, "year_of", lambda now: "2999")
    told: dict[str, Any] = close_day.call_now()
    assert told["log"] == "localhost/ledger/2999"
    new = Log.objects.order_by("-pk").first()
    assert new is not None
    sign_checkpoint.call_now()
    first = json.loads(prove(new, 0)["payload"])
    last = logs.latest_checkpoint(log)
    assert last is not None
    assert first == {"act": "log.begin", "after": last.note}
    logged(FIRM)
    sequence_all()
    assert os.fspath(logs.folder_of(new)).endswith("2999")


def test_a_clock_a_year_ahead_begins_the_next_log_early_and_the_log_goes_on(run: Run) -> None:
    signed_log(5)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=366), tick=True):
        logged(FIRM)
        sequence_all()
        ahead = close_day.call_now()["log"]
    logged(FIRM)
    sequence_all()
    assert sign_checkpoint.call_now() > 1
    # Back on the right day nothing turns the year again, and both logs stand.
    assert close_day.call_now()["log"] == ahead == f"localhost/ledger/{logs.year_of(now + timedelta(days=366))}"
    assert [bundle_act(log) for log in Log.objects.order_by("pk")] == ["clock.ahead", "clock.back"]
    assert run("verify").exit_code == 0


def bundle_act(log: Log) -> str:
    """What the one event of the log says that tells of a clock."""
    told = [json.loads(prove(log, index)["payload"])["act"] for index in range(logs.latest_cut(log).size)]
    return next(act for act in told if act.startswith("clock."))


def test_sm3_all_the_way(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(environment, "ledger_suite", "sm3")
    monkeypatch.setattr(environment, "ledger_signing_key", SecretStr("77" * 32))
    log = signed_log(20)
    assert log.suite == 2
    run("verify")
    bundle = json.loads(run("prove", 7).stdout)
    assert bundle["suite"] == 2
    check_proof(bundle, logs.key_of(log))
