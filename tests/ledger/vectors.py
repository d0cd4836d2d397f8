"""The test vectors of ``ledger/1``, section 13, as events of a log."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from rongxin.ledger.entries import FIRST, Of, Subject, commitment, pack, stream_id
from rongxin.ledger.suites import Suite
from rongxin.ledger.tree.frontier import root_of
from rongxin.ledger.tree.proofs import Node

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
STREAM_KEY = bytes([0x33]) * 32
ORIGIN = "ledger.example/credit/2026"
LOG_SEED = bytes(range(32))
WITNESS_SEED = bytes(range(32, 64))


def salt(index: int) -> bytes:
    return bytes([0x40 + index]) * 32


def entries(suite: Suite) -> list[bytes]:
    """The seven entries, made of their payloads."""
    heads: dict[bytes, tuple[int, bytes]] = {}
    made = []
    for index, event in enumerate(VECTORS["events"]):
        stream = stream_id(suite, STREAM_KEY, Subject(Of.FIRM, event["firm"]))
        number, previous = heads.get(stream, (0, FIRST))
        assert number == event["number"]
        committed = commitment(suite, salt(index), event["payload"].encode())
        entry = pack(event["kind"], suite.number, 1767225600000 + 1000 * index, stream, number, previous, committed)
        heads[stream] = number + 1, suite.leaf(entry)
        made.append(entry)
    return made


def nodes(suite: Suite, leaves: list[bytes]) -> Node:
    """The perfect subtrees over ``leaves``, by the plain definition."""
    return partial(_node, suite, leaves)


def _node(suite: Suite, leaves: list[bytes], level: int, index: int) -> bytes:
    part = leaves[index << level : (index + 1) << level]
    assert len(part) == 1 << level
    return root_of(suite, part)
