"""What the platform gives out is accepted by the verifier that was written without it, and refused once it is changed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from rongxin.cli.ledger import app
from rongxin.ledger import logs
from rongxin.ledger.completeness import map_heads
from rongxin.ledger.erasing import erase
from rongxin.ledger.models import Log
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from tests.ledger.events import FIRM, logged, signed_log
from tools import verify_ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log() -> Log:
    """Three hundred events, one of them erased, under two checkpoints and a heads map, and some that came later."""
    log = signed_log(300)
    erase(log, 0, FIRM, basis="示例依据", by="示例甲", approved_by="示例乙")
    sequence_all()
    map_heads(log)
    sequence_all()
    logged(FIRM)
    sequence_all()
    checkpoint(log)
    return log


def given(path: Path, *arguments: object) -> Path:
    """``path`` as the command writes it."""
    told = CliRunner().invoke(app, list(map(str, arguments)))
    assert told.exit_code == 0, told.output
    return path


def verified(*arguments: object) -> int:
    key = logs.key_of(logs.current())
    return verify_ledger.main([*map(str, arguments), "--key", f"{key.name}={key.public.hex()}"])


def test_an_export_is_accepted_and_one_changed_bit_is_not(log: Log, tmp_path: Path) -> None:
    export = given(tmp_path / "export", "export", tmp_path / "export", "--contents")
    assert verified("export", export) == 0
    entries = export / "tile" / "entries" / "000"
    changed = bytearray(entries.read_bytes())
    changed[1_000] ^= 1
    entries.write_bytes(changed)
    assert verified("export", export) == 1


@pytest.mark.parametrize("index", [0, 1, 299])
def test_a_proof_of_one_event_is_accepted_also_of_one_that_was_erased(log: Log, tmp_path: Path, index: int) -> None:
    proof = given(tmp_path / "proof.json", "prove", index, "--out", tmp_path / "proof.json")
    assert verified("proof", proof) == 0


def test_what_a_firm_downloads_is_accepted_and_refused_when_it_says_something_else(log: Log, tmp_path: Path) -> None:
    stream = given(tmp_path / "stream.json", "prove", "--firm", FIRM.identifier, "--out", tmp_path / "stream.json")
    assert verified("proof", stream) == 0
    told = stream.read_text(encoding="utf-8")
    stream.write_text(told.replace("示例", "另例"), encoding="utf-8")
    assert verified("proof", stream) == 1


def test_two_checkpoints_are_of_one_history(log: Log, tmp_path: Path) -> None:
    export = given(tmp_path / "export", "export", tmp_path / "export")
    proof = given(tmp_path / "since.json", "prove", "--since", 300, "--out", tmp_path / "since.json")
    notes = export / "checkpoints" / "300", export / "checkpoint"
    assert verified("consistency", *notes, proof) == 0
    assert verified("consistency", *reversed(notes), proof) == 1
