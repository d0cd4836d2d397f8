"""Characters that carry no meaning in a code, a number or a name: blanks, invisible characters, hyphens.

The constants are plain strings so that a column expression can strip or replace exactly the same characters.
"""

import unicodedata

_INVISIBLE_RANGES = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200F),  # zero width space, joiners, direction marks
    (0x202A, 0x202E),  # direction embeddings, copied along from web pages
    (0x2060, 0x2064),  # word joiner and invisible operators
    (0x2066, 0x2069),  # direction isolates
    (0x2800, 0x2800),  # Braille blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFEFF, 0xFEFF),  # byte order mark
)

INVISIBLE = "".join(chr(point) for low, high in _INVISIBLE_RANGES for point in range(low, high + 1))
BLANKS = "".join(chr(point) for point in range(0x3001) if chr(point).isspace()) + INVISIBLE
HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"

_NO_BLANKS = dict.fromkeys(map(ord, BLANKS))
_NO_BLANKS_NO_HYPHENS = dict.fromkeys(map(ord, BLANKS + HYPHENS))


def fold_width(text: str) -> str:
    """``text`` in Unicode form NFKC: full-width letters, digits and punctuation become half-width."""
    return unicodedata.normalize("NFKC", text)


def fold_each(text: str) -> str:
    """Like :func:`fold_width`, but one character for one character, so that positions stay those of ``text``."""
    if text.isascii():
        return text
    return "".join(_fold_one(character) for character in text)


def _fold_one(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def without_blanks(text: str) -> str:
    """``text`` in NFKC without any blank or invisible character, inside or around."""
    return fold_width(text).translate(_NO_BLANKS)


def compact(text: str) -> str:
    """``text`` in NFKC, upper case, without blanks, invisible characters and hyphens: the way a code is compared."""
    return fold_width(text).translate(_NO_BLANKS_NO_HYPHENS).upper()
