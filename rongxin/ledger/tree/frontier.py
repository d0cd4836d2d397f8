"""The right edge of a growing tree: all that is needed to add leaves and to tell the root."""

from collections.abc import Iterable
from typing import Self

from rongxin.ledger.suites import WIDTH, Suite


class Frontier:
    """The roots of the perfect subtrees of a tree of ``size`` leaves, the largest first: one for each bit of the size."""

    def __init__(self, suite: Suite, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.suite = suite
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees, not {len(self.hashes)}")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        hashes, node, size = self.hashes, self.suite.node, self.size
        while size & 1:
            leaf = node(hashes.pop(), leaf)
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The root hash; of the empty tree the hash of nothing."""
        if not self.hashes:
            return self.suite.hash(b"")
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = self.suite.node(left, root)
        return root

    def packed(self) -> bytes:
        """The hashes one after another."""
        return b"".join(self.hashes)

    @classmethod
    def unpacked(cls, suite: Suite, size: int, packed: bytes) -> Self:
        """What :meth:`packed` gave for a tree of ``size`` leaves. Raises ValueError where that does not fit."""
        if len(packed) % WIDTH:
            raise ValueError(f"{len(packed)} bytes are no whole hashes")
        return cls(suite, size, (packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH)))


def root_of(suite: Suite, leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    frontier = Frontier(suite)
    frontier.extend(leaves)
    return frontier.root()
