"""Which region lies in which, by division codes (GB/T 2260): 35 0000 holds 3501 00, which holds 350102."""

from typing import Final

from rongxin.primitives.divisions import STATE

_NATION: Final = ("", "000000", STATE)


def stem(region: str) -> str:
    """The digits that the codes of ``region`` and of all regions below it begin with; empty for the whole country."""
    if region in _NATION:
        return ""
    while len(region) > 2 and region.endswith("00") and len(region) % 2 == 0:
        region = region[:-2]
    return region


def covers(region: str, other: str) -> bool:
    """Whether ``other`` is ``region`` or lies in it."""
    return other.startswith(stem(region))
