"""How tests run the independent verifier of the ledger."""

from pathlib import Path
from typing import Any

import pytest

from tests.tools.ledger_building import ORIGIN, WITNESS, Log, compact, stream_id
from tests.tools.ledger_vectors import LOG_KEY, WITNESS_KEY, events
from tools import verify_ledger

PROGRAM = Path(verify_ledger.__file__)
TRUST = ["--key", f"{ORIGIN}={LOG_KEY[1]}"]
TRUST_WITNESS = ["--key", f"{WITNESS}={WITNESS_KEY[1]}"]
SUITES = pytest.mark.parametrize("suite", [1, 2])


def vector_log(suite: int) -> Log:
    log = Log(suite)
    for at, (kind, firm, _, payload) in enumerate(events()):
        log.add(kind, stream_id(suite, firm), payload, 1767225600000 + 1000 * at, bytes([0x40 + at]) * 32)
    return log


def run(*arguments: Any) -> int:
    return verify_ledger.main([str(argument) for argument in arguments])


def saved(folder: Path, found: dict[str, Any]) -> Path:
    path = folder / "bundle.json"
    path.write_text(compact(found), encoding="utf-8")
    return path


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def note_of_another_log(log: Log, size: int) -> str:
    other = Log(log.suite, "ledger.example/other", leaves=log.leaves)
    return other.note(size)
