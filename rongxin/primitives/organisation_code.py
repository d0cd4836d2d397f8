"""Organisation codes (组织机构代码), GB 11714: eight characters and a check character, on old certificates 59467239-9.

The alphabet is 0–9 and A–Z with A = 10 … Z = 35. Inside a unified code the narrower alphabet of GB 32100 applies.
"""

import re

from rongxin.primitives.characters import compact

WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_FIRST_EIGHT = re.compile(r"[0-9A-Z]{8}")
_WHOLE = re.compile(r"[0-9A-Z]{8}[0-9X]")


def normalise(text: str) -> str:
    """The nine characters: half-width, upper case, without blanks and hyphen."""
    return compact(text)


def check_character(first8: str) -> str:
    """The ninth character for eight characters 0–9, A–Z (GB 11714). ValueError for anything else."""
    if not _FIRST_EIGHT.fullmatch(first8):
        raise ValueError(f"an organisation code has eight characters 0-9, A-Z before the check character: {first8!r}")
    remainder = sum(int(character, 36) * weight for character, weight in zip(first8, WEIGHTS, strict=True)) % 11
    return "0X987654321"[remainder]


def is_valid(code: str) -> bool:
    """Whether ``code``, with or without hyphen, has the right shape and check character."""
    normal = normalise(code)
    return bool(_WHOLE.fullmatch(normal)) and normal[8] == check_character(normal[:8])
