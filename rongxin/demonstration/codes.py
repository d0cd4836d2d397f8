"""Unified codes for many made-up organisations at once, both check characters right (GB 32100-2015, GB 11714)."""

import numpy as np
import numpy.typing as npt
import polars as pl

from rongxin.demonstration.chance import Index
from rongxin.primitives import organisation_code, registration_number, uscc
from rongxin.primitives.divisions import DEMONSTRATION

Characters = npt.NDArray[np.uint8]

# Primes just below 10⁸ and 31⁶ − 31³: multiplying modulo a prime gives every index a number of its own, in no order
# that can be seen.
_OLD_NUMBERS = 99_999_989
_NEW_NUMBERS = 887_473_889
_STEP = 38_710_943
_NEW = "MA"
_RESERVED = 1_000  # the numbers of the famous

_ALPHABET = np.frombuffer(uscc.ALPHABET.encode(), np.uint8)
_VALUE_31 = np.zeros(128, np.int64)
_VALUE_31[_ALPHABET] = np.arange(len(_ALPHABET))
_VALUE_36 = np.array([int(chr(code), 36) if chr(code).isalnum() else 0 for code in range(128)], np.int64)
_CHECK_11 = np.frombuffer(b"0X987654321", np.uint8)


def unified_codes(department: pl.Series, index: Index, *, old: npt.NDArray[np.bool_]) -> pl.Series:
    """A code for every index. ``department`` holds the first two characters; ``old`` ones have a number of digits only.

    Organisations founded before the unified code (2015) kept the digits of their organisation code; later ones begin
    with MA.
    """
    codes = np.empty((len(index), uscc.LENGTH), np.uint8)
    codes[:, :2] = _characters(department, 2)
    codes[:, 2:8] = np.frombuffer(DEMONSTRATION.encode(), np.uint8)
    codes[:, 8:16] = np.where(old[:, None], _digits(index), _letters(index))
    codes[:, 16] = _CHECK_11[(_VALUE_36[codes[:, 8:16]] @ np.array(organisation_code.WEIGHTS)) % 11]
    codes[:, 17] = _ALPHABET[-(_VALUE_31[codes[:, :17]] @ np.array(uscc.WEIGHTS)) % 31]
    return _text(codes)


def registration_numbers(index: Index) -> pl.Series:
    """The number that each index bore before the unified code (GS 15-2006); made one by one."""
    numbers = (f"{DEMONSTRATION}{value:08d}" for value in ((index + 1) * _STEP % _OLD_NUMBERS).tolist())
    return pl.Series([first + registration_number.check_digit(first) for first in numbers], dtype=pl.String)


def numbered_code(department: str, category: str, number: int) -> str:
    """The code of the famous organisation or authority with this number, 1 to 999; ValueError for another.

    91990000MA0000015Q is the first enterprise.
    """
    if not 0 < number < _RESERVED:
        raise ValueError(f"numbers 1 to {_RESERVED - 1} are kept for the famous, not {number}")
    return uscc.make(department, category, DEMONSTRATION, f"{_NEW}{number:06d}")


def _digits(index: Index) -> Characters:
    numbers = 1 + (index + 1) * _STEP % _OLD_NUMBERS
    return (48 + numbers[:, None] // 10 ** np.arange(7, -1, -1) % 10).astype(np.uint8)


def _letters(index: Index) -> Characters:
    # The famous have decimal numbers below 1000, written in six characters: those begin with 000.
    numbers = 31**3 + (index + 1) * _STEP % _NEW_NUMBERS
    letters = np.empty((len(index), 8), np.uint8)
    letters[:, :2] = np.frombuffer(_NEW.encode(), np.uint8)
    letters[:, 2:] = _ALPHABET[numbers[:, None] // 31 ** np.arange(5, -1, -1) % 31]
    return letters


def _characters(texts: pl.Series, width: int) -> Characters:
    return np.frombuffer("".join(texts.to_list()).encode(), np.uint8).reshape(len(texts), width)


def _text(codes: Characters) -> pl.Series:
    return pl.Series(np.ascontiguousarray(codes).view(f"S{codes.shape[1]}").ravel().astype(f"U{codes.shape[1]}"))
