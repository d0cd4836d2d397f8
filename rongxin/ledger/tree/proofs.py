"""Inclusion and consistency: made (RFC 6962, 2.1.1 and 2.1.2) and checked (RFC 9162, 2.1.3.2 and 2.1.4.2).

Checking refuses whatever is not exactly right: sizes out of order, missing or surplus hashes, a size not consumed to the end.
"""

from collections.abc import Callable, Sequence

from rongxin.ledger.suites import Suite

Node = Callable[[int, int], bytes]
"""``node(level, index)``: the root of the ``index``-th perfect subtree of 2**level leaves."""


class ProofRefused(ValueError):
    """The proof does not show what it should."""


def inclusion_path(suite: Suite, size: int, index: int, node: Node) -> list[bytes]:
    """From leaf ``index`` up to the root of the tree of ``size`` leaves, the lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left_part(end - begin)
        if index < middle:
            path.append(_root_between(suite, middle, end, node))
            end = middle
        else:
            path.append(_root_between(suite, begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_path(suite: Suite, old: int, new: int, node: Node) -> list[bytes]:
    """That the tree of ``old`` leaves is the beginning of the tree of ``new``; nothing to show from 0 and between equals."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is not the beginning of one of {new}")
    if old in {0, new}:
        return []
    path: list[bytes] = []
    begin, end = 0, new
    while old != end:
        middle = begin + _left_part(end - begin)
        if old <= middle:
            path.append(_root_between(suite, middle, end, node))
            end = middle
        else:
            path.append(_root_between(suite, begin, middle, node))
            begin = middle
    if begin:
        path.append(_root_between(suite, begin, end, node))
    return path[::-1]


def check_inclusion(suite: Suite, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofRefused unless ``path`` leads from ``leaf`` at ``index`` to ``root`` of the tree of ``size``."""
    if not 0 <= index < size:
        raise ProofRefused(f"index {index} is not below the size {size}")
    at, last, reached = index, size - 1, leaf
    for hash_ in path:
        if last == 0:
            raise ProofRefused("surplus hashes in the path")
        if at & 1 or at == last:
            reached = suite.node(hash_, reached)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = suite.node(reached, hash_)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofRefused("hashes are missing in the path")
    if reached != root:
        raise ProofRefused("the path leads to another root")


def check_consistency(
    suite: Suite, old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raise ProofRefused unless ``path`` shows that the tree of ``new`` leaves begins with the tree of ``old``."""
    if not 0 <= old <= new:
        raise ProofRefused(f"the size {new} does not follow {old}")
    if old in {0, new}:
        _check_plain(old_root, new_root if old else suite.hash(b""), path)
        return
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not hashes:
        raise ProofRefused("hashes are missing in the path")
    first, second = _both_roots(suite, old, new, hashes)
    if first != old_root:
        raise ProofRefused("the path leads to another old root")
    if second != new_root:
        raise ProofRefused("the path leads to another new root")


def _check_plain(old_root: bytes, expected: bytes, path: Sequence[bytes]) -> None:
    """From nothing, and between equals, there is nothing to prove."""
    if path:
        raise ProofRefused("surplus hashes in the path")
    if old_root != expected:
        raise ProofRefused("the old root is another")


def _both_roots(suite: Suite, old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both sizes to which ``hashes`` lead."""
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = hashes[0]
    for hash_ in hashes[1:]:
        if last == 0:
            raise ProofRefused("surplus hashes in the path")
        if at & 1 or at == last:
            first, second = suite.node(hash_, first), suite.node(hash_, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = suite.node(second, hash_)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofRefused("hashes are missing in the path")
    return first, second


def _left_part(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def _root_between(suite: Suite, begin: int, end: int, node: Node) -> bytes:
    """The root over the leaves from ``begin`` to before ``end``, put together from perfect subtrees."""
    parts = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        parts.append(node(level, begin >> level))
        begin += 1 << level
    root = parts.pop()
    while parts:
        root = suite.node(parts.pop(), root)
    return root
