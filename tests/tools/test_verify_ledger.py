"""The independent verifier agrees with the vectors of the specification (ledger/1, §13)."""

from pathlib import Path

import pytest

from tests.tools.ledger_building import ORIGIN, WITNESS
from tests.tools.ledger_running import SUITES, TRUST, run, saved, vector_log
from tests.tools.ledger_vectors import LOG_KEY, NOTE, WITNESS_KEY, Vectors, events
from tools import verify_ledger
from tools.verify_ledger import check_consistency, check_inclusion, suite_hash


@SUITES
def test_vectors_entries_leaves_and_roots(suite: int) -> None:
    log, vectors, hashed = vector_log(suite), Vectors(suite), suite_hash(suite)
    assert [number for _, _, number, _ in events()] == [
        verify_ledger.read_entry(e.entry, suite, 0).number for e in log.events
    ]
    for at, event in enumerate(log.events):
        if suite == 1:
            assert event.entry.hex() == vectors.named(f"entry {at}")
        else:
            assert verify_ledger.commitment(hashed, event.salt, event.payload.encode()).hex() == vectors.named(
                f"commit {at}"
            )
        assert verify_ledger.leaf_hash(hashed, event.entry).hex() == vectors.named(f"leaf  {at}")
        verify_ledger.demand_commitment(hashed, event.salt, event.payload, event.entry[86:], at)
    for size in range(8):
        assert verify_ledger.Tree(hashed).root(log.leaves[:size]).hex() == vectors.named(f"root at size {size}")


@SUITES
def test_vectors_proofs(suite: int) -> None:
    log, vectors, hashed = vector_log(suite), Vectors(suite), suite_hash(suite)
    for index in (0, 2, 6):
        path = [bytes.fromhex(node) for node in vectors.block(f"inclusion of index {index} in size 7")]
        check_inclusion(hashed, log.leaves[index], index, 7, path, log.root(7))
    for old in (3, 4, 6):
        path = [bytes.fromhex(node) for node in vectors.block(f"consistency {old} -> 7")]
        check_consistency(hashed, old, 7, path, log.root(old), log.root(7))


@SUITES
def test_vectors_heads_map(suite: int, capsys: pytest.CaptureFixture[str]) -> None:
    log, vectors, hashed = vector_log(suite), Vectors(suite), suite_hash(suite)
    streams = verify_ledger.Streams(hashed, suite, verify_ledger.Report())
    streams.follow([event.entry for event in log.events], 0)
    lines = list(streams.lines())
    assert [line.hex() for line in lines] == vectors.block("heads map at size 7")
    tree = verify_ledger.Tree(hashed)
    assert tree.root([verify_ledger.leaf_hash(hashed, line) for line in lines]).hex() == vectors.named("heads root")
    assert capsys.readouterr().out == ""


def test_vectors_signed_note() -> None:
    note = verify_ledger.read_checkpoint(NOTE.encode(), "vector")
    keys = [
        verify_ledger.Key(ORIGIN, bytes.fromhex(LOG_KEY[1])),
        verify_ledger.Key(WITNESS, bytes.fromhex(WITNESS_KEY[1])),
    ]
    assert keys[0].id(b"\x01").hex() == "2ddcca1f"
    assert keys[1].id(b"\x04").hex() == "99325d9f"
    assert (note.size, note.root.hex()) == (7, Vectors(1).named("root at size 7"))
    verify_ledger.Signers(keys).check(note, "vector")
    assert vector_log(1).note(7, ((WITNESS, WITNESS_KEY[0]),)) == NOTE


@SUITES
def test_vectors_after_erasure(suite: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = vector_log(suite)
    before = log.proof(0, 7)
    log.events[0].state = "erased"
    after = log.proof(0, 7)
    assert {key: after[key] for key in ("entry", "path", "checkpoint")} == {
        key: before[key] for key in ("entry", "path", "checkpoint")
    }
    assert run("proof", saved(tmp_path, after), *TRUST) == 0
    assert "已依法销毁" in capsys.readouterr().out
    assert run("proof", saved(tmp_path, log.proof(6, 7)), *TRUST) == 0
    assert run("export", log.export(tmp_path / "export"), *TRUST) == 0
    assert "没有找到写明其序号的销毁事件" not in capsys.readouterr().out


def test_rfc_6962_trees_of_sizes_0_to_8() -> None:
    """Leaves and roots of the reference implementation of Certificate Transparency."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
    hashed = suite_hash(1)
    hashes = [verify_ledger.leaf_hash(hashed, bytes.fromhex(leaf)) for leaf in leaves]
    assert tuple(verify_ledger.Tree(hashed).root(hashes[:size]).hex() for size in range(9)) == roots
