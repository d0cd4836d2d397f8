"""Registration numbers used before the unified code (工商注册号), GS 15-2006: fifteen digits, check digit mod 11,10.

Six digits of the first registering authority, eight of order, one check digit.
"""

import re

from rongxin.primitives.characters import compact

_FIRST_FOURTEEN = re.compile(r"[0-9]{14}")
_WHOLE = re.compile(r"[0-9]{15}")


def check_digit(first14: str) -> str:
    """The fifteenth digit for fourteen digits (GS 15-2006, recursive modulo 11,10). ValueError for anything else."""
    if not _FIRST_FOURTEEN.fullmatch(first14):
        raise ValueError(f"a registration number has fourteen digits before the check digit: {first14!r}")
    product = 10
    for digit in first14:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def is_valid(number: str) -> bool:
    """Whether ``number`` has fifteen digits and the right check digit. Blanks and width do not count."""
    normal = compact(number)
    return bool(_WHOLE.fullmatch(normal)) and normal[14] == check_digit(normal[:14])
