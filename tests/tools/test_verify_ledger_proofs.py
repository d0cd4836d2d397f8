"""Proofs of inclusion and consistency: right ones pass, anything else is refused (ledger/1, §10, §12)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.ledger_building import Log, compact, random_log
from tests.tools.ledger_running import SUITES, TRUST, flipped, note_of_another_log, run, vector_log
from tools.verify_ledger import Wrong, check_consistency, check_inclusion, suite_hash


class Leaves(Log):
    """A log of bare leaves, for what is about trees alone."""

    def __init__(self, count: int, suite: int = 1) -> None:
        super().__init__(suite)
        self.leaves = [self.hashed(b"\x00%d" % at) for at in range(count)]


FOREST = Leaves(300)
SHA256 = suite_hash(1)


def test_all_pairs_of_sizes_up_to_300_are_consistent() -> None:
    for new in range(301):
        for old in range(new + 1):
            check_consistency(SHA256, old, new, FOREST.consistency(old, new), FOREST.root(old), FOREST.root(new))


def test_every_leaf_of_every_tree_up_to_100_is_included() -> None:
    for size in range(1, 101):
        for index in range(size):
            check_inclusion(SHA256, FOREST.leaves[index], index, size, FOREST.inclusion(index, size), FOREST.root(size))


def included(index: int, size: int, path: list[bytes], leaf: bytes, root: bytes) -> bool:
    try:
        check_inclusion(SHA256, leaf, index, size, path, root)
    except Wrong:
        return False
    return True


def consistent(old: int, new: int, path: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    try:
        check_consistency(SHA256, old, new, path, old_root, new_root)
    except Wrong:
        return False
    return True


@given(st.data())
def test_an_inclusion_proof_with_anything_changed_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    path, leaf, root = FOREST.inclusion(index, size), FOREST.leaves[index], FOREST.root(size)
    bit = data.draw(st.integers(0, 255))
    assert included(index, size, path, leaf, root)
    assert not included(index, size, path, flipped(leaf, bit), root)
    assert not included(index, size, path, leaf, flipped(root, bit))
    assert not included(index, size, [*path, leaf], leaf, root)
    assert not included(index, size, [leaf, *path], leaf, root)
    assert not included(index ^ 1 << bit % 9, size, path, leaf, root)
    for index_beyond in (size, size + 1, 2 * size):
        assert not included(index_beyond, size, path, leaf, root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not included(index, size, [*path[:at], flipped(path[at], bit), *path[at + 1 :]], leaf, root)
        assert not included(index, size, path[:at] + path[at + 1 :], leaf, root)


@given(st.data())
def test_a_consistency_proof_with_anything_changed_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 300))
    old = data.draw(st.integers(1, new - 1))
    path, old_root, new_root = FOREST.consistency(old, new), FOREST.root(old), FOREST.root(new)
    bit, at = data.draw(st.integers(0, 255)), data.draw(st.integers(0, len(path) - 1))
    assert consistent(old, new, path, old_root, new_root)
    assert not consistent(old, new, path, flipped(old_root, bit), new_root)
    assert not consistent(old, new, path, old_root, flipped(new_root, bit))
    assert not consistent(old, new, [*path, new_root], old_root, new_root)
    assert not consistent(old, new, path[:at] + path[at + 1 :], old_root, new_root)
    assert not consistent(old, new, [*path[:at], flipped(path[at], bit), *path[at + 1 :]], old_root, new_root)
    assert not consistent(old, old, path, old_root, new_root)
    assert not consistent(new, old, path, new_root, old_root)


def test_a_consistency_proof_must_reach_the_end_of_the_new_tree() -> None:
    """A proof for a smaller second size passes both roots only if the second size is not looked at."""
    path = FOREST.consistency(3, 7)
    with pytest.raises(Wrong, match="does not reach the end"):
        check_consistency(SHA256, 3, 15, path, FOREST.root(3), FOREST.root(7))


def test_a_refused_consistency_proof_says_why() -> None:
    path, old_root, new_root = FOREST.consistency(3, 7), FOREST.root(3), FOREST.root(7)
    with pytest.raises(Wrong, match="is larger than the new one"):
        check_consistency(SHA256, 7, 3, path, new_root, old_root)
    for old in (3, 4):
        with pytest.raises(Wrong, match="the consistency proof is empty"):
            check_consistency(SHA256, old, 7, [], FOREST.root(old), new_root)
    with pytest.raises(Wrong, match="surplus nodes"):
        check_consistency(SHA256, 3, 7, [*path, new_root], old_root, new_root)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (5, 5)])
def test_the_ends_of_consistency_take_an_empty_proof_only(old: int, new: int) -> None:
    assert consistent(old, new, [], FOREST.root(old), FOREST.root(new))
    assert not consistent(old, new, [FOREST.root(1)], FOREST.root(old), FOREST.root(new))
    assert not consistent(old, new, [], FOREST.root(3), FOREST.root(new))


# ---------------------------------------------------------------- consistency


def consistency_files(folder: Path, log: Log, old: int, new: int) -> list[Path]:
    proof = {"format": "ledger-consistency/1", "suite": log.suite, "old": old, "new": new}
    proof["path"] = [node.hex() for node in log.consistency(old, new)]
    paths = [folder / "old", folder / "new", folder / "proof.json"]
    for path, text in zip(paths, (log.note(old), log.note(new), compact(proof)), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@SUITES
def test_two_checkpoints_of_one_history(suite: int, tmp_path: Path) -> None:
    log = vector_log(suite)
    for old in range(8):
        for new in range(old, 8):
            assert run("consistency", *consistency_files(tmp_path, log, old, new), *TRUST) == 0


def test_two_checkpoints_of_two_histories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, other = random_log(1, 50), random_log(1, 20, firms=3)
    old, new, proof = consistency_files(tmp_path, log, 20, 50)
    old.write_text(other.note(20))
    assert run("consistency", old, new, proof, *TRUST) == 1
    assert "root of the old checkpoint" in capsys.readouterr().out
    old.write_text(log.note(21))
    assert run("consistency", old, new, proof, *TRUST) == 1
    old.write_text(note_of_another_log(log, 20))
    assert run("consistency", old, new, proof) == 1
    assert run("consistency", new, new, proof) == 1
    assert run("consistency", old, new, old) == 2
