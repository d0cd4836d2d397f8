"""Many keys asked for in parts: a statement takes a bounded number of parameters."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

Key = TypeVar("Key")
ASKED_AT_ONCE: Final = 500


def in_parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """``keys`` in their order, ASKED_AT_ONCE at a time."""
    return (keys[start : start + ASKED_AT_ONCE] for start in range(0, len(keys), ASKED_AT_ONCE))
