"""Resident identity numbers (公民身份号码, GB 11643) and mobile numbers, recognised only to refuse or to blank them.

Nothing here is kept, compared or searched: the functions say whether and where a number stands, and take it out.

18 digits: six of place, eight of birth date, three of order, check character ISO 7064 MOD 11-2. The old form of 15
digits has a two-digit year and no check, so only the place and the date can tell it from other numbers.
"""

import re
from collections.abc import Iterator
from datetime import date

from rongxin.primitives import registration_number, uscc
from rongxin.primitives.characters import BLANKS, compact, fold_each

HIDDEN = "〔已隐去〕"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FIRST_YEAR, _LAST_YEAR = 1850, 2099

# First two digits of GB/T 2260: provinces, Taiwan, Hong Kong, Macao, and 83 for residents from Taiwan.
_PROVINCES = frozenset(
    str(number)
    for numbers in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for number in range(numbers[0], numbers[1] + 1)
)

_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_GAP = "[" + re.escape("".join(c for c in BLANKS if c not in _LINE_BREAKS)) + r"\-\u2010-\u2015\u2212]{0,3}"
_NEW_NUMBER = re.compile(rf"(?=([0-9](?:{_GAP}[0-9]){{16}}{_GAP}[0-9Xx]))")
_OLD_NUMBER = re.compile(rf"(?<![0-9A-Za-z])[0-9]{{6}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{3}}(?![0-9A-Za-z])")
# A sum of money is not a telephone number; 元旦 after a number is.
_PHONE = re.compile(
    rf"(?<![0-9])(?<![0-9]\.)1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9]|\.[0-9]|万元|亿元|元(?!旦))"
)
_COUNTRY_PREFIX = re.compile(rf"(?<![0-9])\+?86{_GAP}(1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}})(?![0-9])")


def looks_like(text: str) -> bool:
    """Whether the whole text is an identity number of 18: a real birth date and the right check character."""
    number = compact(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == _CHECKS[total % 11] and _is_birth_date(number[6:14])


def looks_like_old(text: str) -> bool:
    """Whether the whole text is an old identity number: 15 digits, place, birth date, no valid registration number."""
    number = compact(text)
    return (
        bool(re.fullmatch(r"[0-9]{15}", number))
        and number[:2] in _PROVINCES
        and _is_birth_date("19" + number[6:12])
        and not registration_number.is_valid(number)
    )


def find_all(text: str) -> list[tuple[int, int]]:
    """Where identity numbers stand in free text: (start, end) in order, not overlapping.

    Finds them full-width, divided by blanks or hyphens, and glued to other digits. A valid unified code of a market
    entity is left alone: it begins with 9, which no place does.
    """
    folded = fold_each(text)
    new = ((m.start(1), m.end(1)) for m in _NEW_NUMBER.finditer(folded) if _is_number_in_text(folded, m))
    old = (m.span() for m in _OLD_NUMBER.finditer(folded) if looks_like_old(m[0]))
    return _merged([*new, *old])


def find_phones(text: str) -> list[tuple[int, int]]:
    """Where mobile numbers of mainland China stand in free text: (start, end) in order, not overlapping."""
    folded = fold_each(text)
    plain = (m.span() for m in _PHONE.finditer(folded))
    prefixed = (m.span(1) for m in _COUNTRY_PREFIX.finditer(folded))
    return _merged([*plain, *prefixed])


def mask_numbers(text: str) -> str:
    """``text`` with every identity and mobile number replaced by 〔已隐去〕."""
    spans = _merged([*find_all(text), *find_phones(text)])
    return "".join(_pieces(text, spans)) if spans else text


def _pieces(text: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    position = 0
    for start, end in spans:
        yield text[position:start]
        yield HIDDEN
        position = end
    yield text[position:]


def _is_number_in_text(folded: str, match: re.Match[str]) -> bool:
    number = compact(match[1])
    if not looks_like(number):
        return False
    if number[:2] in _PROVINCES:
        return True
    start, end = match.span(1)
    stands_alone = end - start == len(number) and not (folded[start - 1 : start] + folded[end : end + 1]).isdigit()
    return stands_alone and not uscc.is_valid(number)


def _is_birth_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
