"""The tree against the plain definition, and everything that must be refused."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongxin.ledger.suites import SHA256
from rongxin.ledger.tree.frontier import Frontier, root_of
from rongxin.ledger.tree.proofs import (
    ProofRefused,
    check_consistency,
    check_inclusion,
    consistency_path,
    inclusion_path,
)
from rongxin.ledger.tree.tiles import Tile, TiledTree, index_path, perfect_root, tiles_of

MOST = 300
LEAVES = [SHA256.leaf(number.to_bytes(4, "big")) for number in range(70_000)]
PERFECT: dict[tuple[int, int], bytes] = {}


def node(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    known = PERFECT.get((level, index))
    if known is None:
        known = PERFECT[level, index] = SHA256.node(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
    return known


def roots() -> list[bytes]:
    frontier = Frontier(SHA256)
    found = [frontier.root()]
    for leaf in LEAVES[:MOST]:
        frontier.append(leaf)
        found.append(frontier.root())
    return found


ROOTS = roots()

# Inputs and roots of the reference implementation of RFC 6962 (certificate-transparency, merkle_tree_test).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
REFERENCE = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_vectors_of_rfc_6962() -> None:
    leaves = [SHA256.leaf(bytes.fromhex(text)) for text in INPUTS]
    assert [root_of(SHA256, leaves[:size]).hex() for size in range(9)] == REFERENCE


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:middle]) + plain_root(leaves[middle:])).digest()


def test_the_frontier_tells_the_roots_of_the_definition() -> None:
    assert [plain_root(LEAVES[:size]) for size in range(MOST + 1)] == ROOTS


def test_all_pairs_of_sizes_are_consistent() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            path = consistency_path(SHA256, old, new, node)
            check_consistency(SHA256, old, new, ROOTS[old], ROOTS[new], path)


def test_every_leaf_of_every_size_is_included() -> None:
    for size in range(1, MOST + 1, 7):
        for index in range(size):
            check_inclusion(SHA256, LEAVES[index], index, size, inclusion_path(SHA256, size, index, node), ROOTS[size])


def bits(data: bytes) -> list[bytes]:
    """``data`` with each one bit changed."""
    number = int.from_bytes(data, "big")
    return [(number ^ 1 << bit).to_bytes(len(data), "big") for bit in range(8 * len(data))]


pairs = st.integers(1, MOST).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new)))


@given(pairs)
def test_every_changed_bit_of_an_inclusion_is_refused(pair: tuple[int, int]) -> None:
    at, size = pair
    index = at - 1
    path = inclusion_path(SHA256, size, index, node)
    wrong = [(leaf, index, path, ROOTS[size]) for leaf in bits(LEAVES[index])[::17]]
    wrong += [(LEAVES[index], index, path, root) for root in bits(ROOTS[size])]
    wrong += [(LEAVES[index], index ^ 1 << bit, path, ROOTS[size]) for bit in range(12)]
    for place, hash_ in enumerate(path):
        wrong += [
            (LEAVES[index], index, [*path[:place], bad, *path[place + 1 :]], ROOTS[size]) for bad in bits(hash_)[::5]
        ]
        wrong.append((LEAVES[index], index, path[:place] + path[place + 1 :], ROOTS[size]))
    wrong.append((LEAVES[index], index, [*path, LEAVES[0]], ROOTS[size]))
    for leaf, number, hashes, root in wrong:
        with pytest.raises(ProofRefused):
            check_inclusion(SHA256, leaf, number, size, hashes, root)


@given(pairs)
def test_every_changed_bit_of_a_consistency_is_refused(pair: tuple[int, int]) -> None:
    old, new = pair
    path = consistency_path(SHA256, old, new, node)
    wrong = [(old, new, root, ROOTS[new], path) for root in bits(ROOTS[old])]
    wrong += [(old, new, ROOTS[old], root, path) for root in bits(ROOTS[new])]
    for place, hash_ in enumerate(path):
        wrong += [
            (old, new, ROOTS[old], ROOTS[new], [*path[:place], bad, *path[place + 1 :]]) for bad in bits(hash_)[::5]
        ]
        wrong.append((old, new, ROOTS[old], ROOTS[new], path[:place] + path[place + 1 :]))
    wrong += [(old, new, ROOTS[old], ROOTS[new], [*path, LEAVES[0]]), (new + 1, new, ROOTS[old], ROOTS[new], path)]
    for before, after, old_root, new_root, hashes in wrong:
        with pytest.raises(ProofRefused):
            check_consistency(SHA256, before, after, old_root, new_root, hashes)


def test_nothing_is_proved_by_nothing() -> None:
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, 0, 5, LEAVES[0], ROOTS[5], [])
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, 3, 5, ROOTS[3], ROOTS[5], [])
    with pytest.raises(ProofRefused):
        check_consistency(SHA256, 4, 5, ROOTS[4], ROOTS[5], [])
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_path(SHA256, 5, 5, node)
    with pytest.raises(ValueError, match="not the beginning"):
        consistency_path(SHA256, 6, 5, node)


@given(st.lists(st.integers(0, MOST), min_size=1, max_size=6).map(sorted))
def test_a_frontier_that_was_stored_goes_on(sizes: list[int]) -> None:
    frontier = Frontier(SHA256)
    for begin, end in pairwise([0, *sizes]):
        frontier.extend(LEAVES[begin:end])
        assert frontier.root() == ROOTS[end]
        frontier = Frontier.unpacked(SHA256, end, frontier.packed())


@pytest.mark.parametrize(("size", "packed"), [(3, bytes(32)), (1, bytes(33)), (2, bytes(64))])
def test_a_frontier_that_does_not_fit_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"whole hashes|perfect subtrees"):
        Frontier.unpacked(SHA256, size, packed)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "000"),
        (1234067, 256, "x001/x234/067"),
        (1000, 256, "x001/000"),
        (5, 17, "005.p/17"),
        (1005, 1, "x001/005.p/1"),
    ],
)
def test_where_tiles_lie(index: int, width: int, path: str) -> None:
    assert index_path(index, width) == path


def test_the_tiles_of_a_size() -> None:
    assert [tile.path for tile in tiles_of(70_000)][-4:] == ["0/273.p/112", "1/000", "1/001.p/17", "2/000.p/1"]
    assert [tile.path for tile in tiles_of(600, 500)] == ["0/001", "0/002.p/88", "1/000.p/2"]
    assert list(tiles_of(600, 600)) == []
    assert list(tiles_of(0)) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 66_000, 70_000])
def test_proofs_from_tiles_are_proofs_from_leaves(size: int) -> None:
    stored = {}
    for tile in tiles_of(size):
        begin = tile.index * 256
        if tile.level == 0:
            stored[tile] = b"".join(LEAVES[begin : begin + tile.width])
        else:
            below = [stored[Tile(tile.level - 1, index)] for index in range(begin, begin + tile.width)]
            stored[tile] = b"".join(perfect_root(SHA256, hashes) for hashes in below)
    tree = TiledTree(SHA256, size, stored.__getitem__)
    root = root_of(SHA256, LEAVES[:size])
    for index in {0, size // 2, size - 1, size // 256 * 256 - 1} & set(range(size)):
        check_inclusion(SHA256, LEAVES[index], index, size, inclusion_path(SHA256, size, index, tree.node), root)
    for old in {1, size // 3 + 1, size}:
        path = consistency_path(SHA256, old, size, tree.node)
        check_consistency(SHA256, old, size, root_of(SHA256, LEAVES[:old]), root, path)
