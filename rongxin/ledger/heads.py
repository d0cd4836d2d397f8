"""The heads map: for every stream how many events it has and the last leaf, so that nobody leaves out an end (``ledger/1``, 6)."""

import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from rongxin.ledger.suites import Suite
from rongxin.ledger.tree.frontier import root_of
from rongxin.ledger.tree.proofs import inclusion_path

LINE: Final = struct.Struct(">32sQ32s")
"""Stream id, number of events, leaf hash of the last event."""


def heads_map(streams: Iterable[tuple[bytes, int, bytes]]) -> list[bytes]:
    """The lines of ``(stream id, count, last leaf)``, in order of stream ids."""
    return sorted(LINE.pack(*stream) for stream in streams)


def heads_root(suite: Suite, lines: Iterable[bytes]) -> bytes:
    """The root over the lines."""
    return root_of(suite, (suite.leaf(line) for line in lines))


def line_of(lines: Sequence[bytes], stream: bytes) -> int | None:
    """Which line is the stream's; None where the map has none."""
    at = bisect_left(lines, stream)
    return at if at < len(lines) and lines[at].startswith(stream) else None


def line_path(suite: Suite, lines: Sequence[bytes], at: int) -> list[bytes]:
    """The inclusion path of line ``at``."""

    def node(level: int, index: int) -> bytes:
        part = lines[index << level : (index + 1) << level]
        return root_of(suite, (suite.leaf(line) for line in part))

    return inclusion_path(suite, len(lines), at, node)
