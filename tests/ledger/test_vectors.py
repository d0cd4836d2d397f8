"""Every vector of ``ledger/1``, section 13."""

import hashlib
import json

import pytest

from rongxin.ledger.bundles import BundleRefused, Opening, Proven, check_proof, proof_bundle
from rongxin.ledger.entries import Entry, NotAnEntry, commitment
from rongxin.ledger.heads import LINE, heads_map, heads_root, line_of, line_path
from rongxin.ledger.notes import Checkpoint, Key, Note, NoteRefused, Signer, cosigned_at
from rongxin.ledger.suites import SHA256, SM3, Suite, SuiteUnavailable, UnknownSuite, named, numbered
from rongxin.ledger.tree.frontier import root_of
from rongxin.ledger.tree.proofs import check_consistency, check_inclusion, consistency_path, inclusion_path
from tests.ledger.vectors import LOG_SEED, ORIGIN, VECTORS, WITNESS_SEED, entries, nodes, salt

SUITES = pytest.mark.parametrize("suite", [SHA256, SM3], ids=lambda suite: suite.name)


@SUITES
def test_entries_and_leaves(suite: Suite) -> None:
    expected = VECTORS[suite.name]
    made = entries(suite)
    if "entry" in expected:
        assert [entry.hex() for entry in made] == expected["entry"]
    if "commit" in expected:
        assert [entry[86:].hex() for entry in made] == expected["commit"]
    assert [suite.leaf(entry).hex() for entry in made] == expected["leaf"]
    assert [Entry.unpacked(entry).packed() for entry in made] == made


@SUITES
def test_roots(suite: Suite) -> None:
    leaves = [suite.leaf(entry) for entry in entries(suite)]
    assert [root_of(suite, leaves[:size]).hex() for size in range(8)] == VECTORS[suite.name]["root"]


@SUITES
def test_proofs(suite: Suite) -> None:
    expected = VECTORS[suite.name]
    leaves = [suite.leaf(entry) for entry in entries(suite)]
    roots = [bytes.fromhex(root) for root in expected["root"]]
    node = nodes(suite, leaves)
    for pair, path in expected["inclusion"].items():
        index, size = map(int, pair.split())
        made = inclusion_path(suite, size, index, node)
        assert [hash_.hex() for hash_ in made] == path
        check_inclusion(suite, leaves[index], index, size, made, roots[size])
    for pair, path in expected["consistency"].items():
        old, new = map(int, pair.split())
        made = consistency_path(suite, old, new, node)
        assert [hash_.hex() for hash_ in made] == path
        check_consistency(suite, old, new, roots[old], roots[new], made)
    assert len(expected["inclusion"]) == len(expected["consistency"]) == 3


@SUITES
def test_heads(suite: Suite) -> None:
    heads = {
        entry[14:46]: (entry[14:46], Entry.unpacked(entry).number + 1, suite.leaf(entry)) for entry in entries(suite)
    }
    lines = heads_map(heads.values())
    assert [line.hex() for line in lines] == VECTORS[suite.name]["heads"]
    root = heads_root(suite, lines)
    assert root.hex() == VECTORS[suite.name]["heads_root"]
    for line in lines:
        stream, _, _ = LINE.unpack(line)
        at = line_of(lines, stream)
        assert at is not None
        check_inclusion(suite, suite.leaf(line), at, len(lines), line_path(suite, lines, at), root)
    assert line_of(lines, bytes(32)) is None


def test_the_checkpoint_and_its_witness() -> None:
    checkpoint = Checkpoint(ORIGIN, 7, bytes.fromhex(VECTORS["sha256"]["root"][7]))
    log, witness = Signer(ORIGIN, LOG_SEED), Signer("witness.example/province", WITNESS_SEED)
    key, of_witness = Key(ORIGIN, log.public), Key.of_witness(witness.name, witness.public)
    assert log.public.hex() == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    assert key.key_id.hex() == "2ddcca1f"
    assert of_witness.key_id.hex() == "99325d9f"
    note = Note(checkpoint.text, (log.sign(checkpoint.text),))
    assert digest(note) == "be0f0c88cdf6ee559dfae21ae0cae997a93c4906f644c5071669843fdf7c4e15"
    both = note.with_signatures([witness.cosign(checkpoint.text, 1767225660)])
    assert digest(both) == "b497ab2aa5b69c2f47da0d21d56bdfd12610ce7ff924ec66734b015bca837334"
    assert str(both) == VECTORS["note"]
    read = Note.parsed(VECTORS["note"])
    assert read == both
    assert Checkpoint.of(read.text) == checkpoint
    assert checkpoint.short == "nSiXfD+gjvsyWbB4"
    key.demand(read)
    assert [cosigned_at(each) for each in of_witness.signed(read)] == [1767225660]
    with pytest.raises(NoteRefused, match="has not signed"):
        of_witness.demand(note)


def digest(note: Note) -> str:
    return hashlib.sha256(str(note).encode()).hexdigest()


@pytest.mark.parametrize("at", range(0, len(VECTORS["note"].encode()), 7))
def test_a_changed_note_is_refused(at: int) -> None:
    changed = bytearray(VECTORS["note"].encode())
    changed[at] ^= 1
    log, witness = Signer(ORIGIN, LOG_SEED), Signer("witness.example/province", WITNESS_SEED)
    with pytest.raises((NoteRefused, UnicodeDecodeError)):
        note = Note.parsed(changed.decode())
        Key(ORIGIN, log.public).demand(note)
        Key.of_witness(witness.name, witness.public).demand(note)


EMPTY = f"{'A' * 43}=\n"


@pytest.mark.parametrize(
    "text",
    [
        "o\n7\n",
        "o\n07\nAA==\n",
        "o\n-1\nAA==\n",
        "o\n7\nAA==\n",
        "\n7\nAA==\n",
        f"o\n7\n{'A' * 43}=\nmore\n",
        f"o\n7\n{'A' * 43}B\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        Checkpoint.of(text)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda entry: entry[:-1], "117 bytes"),
        (lambda entry: b"LGR2" + entry[4:], "LGR1"),
        (lambda entry: entry[:4] + b"\x0b" + entry[5:], "11"),
        (lambda entry: entry[:5] + b"\x03" + entry[6:], "no suite 3"),
    ],
)
def test_what_is_no_entry_is_refused(change, told: str) -> None:
    with pytest.raises(NotAnEntry, match=told):
        Entry.unpacked(change(entries(SHA256)[0]))


def test_suites_by_number_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert numbered(2) is named("sm3") is SM3
    with pytest.raises(UnknownSuite):
        numbered(3)
    monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    with pytest.raises(SuiteUnavailable, match="has no sm3"):
        named("sm3")


def a_bundle(index: int) -> dict:
    leaves = [SHA256.leaf(entry) for entry in entries(SHA256)]
    path = inclusion_path(SHA256, 7, index, nodes(SHA256, leaves))
    shown = Opening(salt(index), VECTORS["events"][index]["payload"]) if index else None
    return proof_bundle(SHA256, Proven(index, entries(SHA256)[index], shown, path), VECTORS["note"])


KEY = Key(ORIGIN, Signer(ORIGIN, LOG_SEED).public)


@pytest.mark.parametrize("index", range(7))
def test_bundles_open_and_an_erased_one_still_proves(index: int) -> None:
    bundle = json.loads(json.dumps(a_bundle(index)))
    assert check_proof(bundle, KEY).packed() == entries(SHA256)[index]
    assert (bundle["payload"] == "erased") == (index == 0)


@pytest.mark.parametrize(
    "change",
    [
        {"suite": 2},
        {"suite": 3},
        {"index": 3},
        {"index": 7},
        {"index": -1},
        {"salt": "erased"},
        {"salt": "00" * 32},
        {"salt": ("41" * 32).upper()},
        {"payload": "{}"},
        {"format": "ledger-proof/2"},
        {"path": []},
        {"entry": "00" * 117},
    ],
    ids=str,
)
def test_a_changed_bundle_is_refused(change: dict) -> None:
    with pytest.raises(BundleRefused):
        check_proof(a_bundle(2) | change, KEY)


def test_bundles_with_a_hash_too_many_or_too_few_are_refused() -> None:
    path = a_bundle(2)["path"]
    for wrong in (path[:-1], [*path, path[0]], path[1:], path[::-1]):
        with pytest.raises(BundleRefused):
            check_proof(a_bundle(2) | {"path": wrong}, KEY)


def test_commitments_to_the_same_words_differ() -> None:
    assert commitment(SHA256, salt(0), b"yes") != commitment(SHA256, salt(1), b"yes")
