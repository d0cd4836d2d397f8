"""Dates as departments write them. The order is always year, month, day; what would need a guess is refused."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from rongxin.primitives.characters import BLANKS, fold_width, without_blanks

OPEN_END: Final = date(2099, 12, 31)
"""What the national publication forms write for a term without end (长期); not a day on which anything ends."""


class DateProblem(StrEnum):
    """Why a text is no date."""

    UNREADABLE = "date_unreadable"
    IMPOSSIBLE = "date_impossible"


_OPEN_END_WORDS = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限"})

_TIME = r"(?:[ T][0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:\+08:00)?)?"
_WRITTEN = re.compile(rf"([0-9]{{4}}) *[-/.年] *([0-9]{{1,2}}) *[-/.月] *([0-9]{{1,2}}) *[日号]?{_TIME}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 80_000
_SERIAL_ORIGIN = date(1899, 12, 30)  # the 1900 system, shifted by its 29 February 1900 that never was

_NUMERALS = {numeral: str(value) for value, numeral in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○◯", "0")
_NUMERAL_DATE = re.compile(
    rf"([{''.join(_NUMERALS)}]{{4}})年(元|十?[一二三四五六七八九]|十)月((?:[二三]?十)?[一二三四五六七八九]|[二三]?十)[日号]"
)


def read_date(text: str) -> date | str:
    """The date that ``text`` names, or a :class:`DateProblem`: ``date_unreadable``, ``date_impossible`` (31 February).

    Reads 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, 二〇二六年一月五日, the same with a time of day, and
    spreadsheet serials 20000–80000 of the 1900 system; any width, blanks around. A term without end gives
    :data:`OPEN_END`.
    """
    cell = fold_width(text).strip(BLANKS)
    if without_blanks(cell) in _OPEN_END_WORDS:
        return OPEN_END
    serial = _SERIAL.fullmatch(cell)
    if serial and _FIRST_SERIAL <= int(serial[1]) <= _LAST_SERIAL:
        return _SERIAL_ORIGIN + timedelta(int(serial[1]))
    written = _WRITTEN.fullmatch(cell) or _COMPACT.fullmatch(cell)
    if written:
        return _real(*map(int, written.groups()))
    numerals = _NUMERAL_DATE.fullmatch(without_blanks(cell))
    if numerals:
        year = int("".join(_NUMERALS[numeral] for numeral in numerals[1]))
        return _real(year, _up_to_ninety_nine(numerals[2]), _up_to_ninety_nine(numerals[3]))
    return DateProblem.UNREADABLE


def parse_date(text: str) -> date | None:
    """The date that ``text`` names, or None. See :func:`read_date` for the reason."""
    found = read_date(text)
    return None if isinstance(found, str) else found


def is_open_end(text: str) -> bool:
    """Whether ``text`` says that a term has no end: 2099-12-31 in any notation, 长期, 永久, 无固定期限."""
    return read_date(text) == OPEN_END


def _real(year: int, month: int, day: int) -> date | str:
    try:
        return date(year, month, day)
    except ValueError:
        return DateProblem.IMPOSSIBLE


def _up_to_ninety_nine(numeral: str) -> int:
    if numeral == "元":
        return 1
    tens, ten, ones = numeral.rpartition("十")
    return (int(_NUMERALS.get(tens, "1")) * 10 if ten else 0) + int(_NUMERALS.get(ones, "0"))
