"""Sums of money as departments write them, kept as whole fen (分, a hundredth of a yuan).

Everything is exact: a sum that does not come out in whole fen is refused, never rounded.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from math import prod
from typing import Literal

from rongxin.primitives.characters import without_blanks
from rongxin.primitives.missing import is_missing

Unit = Literal["yuan", "10k_yuan"]


class AmountProblem(StrEnum):
    """Why a text is no sum of money."""

    UNREADABLE = "amount_unreadable"
    NEGATIVE = "amount_negative"
    TOO_FINE = "amount_too_fine"


CURRENCIES: dict[str, str] = {
    "人民币": "CNY",
    "美元": "USD",
    "港币": "HKD",
    "港元": "HKD",
    "日元": "JPY",
    "日币": "JPY",
    "欧元": "EUR",
    "英镑": "GBP",
    "加拿大元": "CAD",
    "加元": "CAD",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "新加坡元": "SGD",
    "新台币": "TWD",
    "台币": "TWD",
    "澳门元": "MOP",
    "韩元": "KRW",
    "瑞士法郎": "CHF",
    "德国马克": "DEM",
}
"""Currencies of registered capital by the name that registers print, with the ISO 4217 code."""

_UNIT_YUAN = {"yuan": 1, "10k_yuan": 10_000}
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGIT_ROWS = ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {character: value for value, row in enumerate(_DIGIT_ROWS) for character in row}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_SAME_CHARACTER = str.maketrans("圓圆塊貳參陸萬億", "元元元贰叁陆万亿")

_FIGURE = r"(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
_STEP = r"(?:[十百千]?(?:万亿|万|亿)|[十百千])"
_FIGURES = rf"(?:(?:{_FIGURE}{_STEP})+{_FIGURE}?|{_FIGURE})"
_NUMERAL = "".join(_DIGITS) + "".join(_TENS) + "万亿"
_PREFIX = r"(?:人民币|RMB|CNY|¥)"
_YUAN = r"(?:元人民币|人民币元?|元)"
_SMALL = rf"(?:(?P<jiao>[{_NUMERAL}])角)?零?(?:(?P<fen>[{_NUMERAL}])分)?"
_FIGURE_STEP = re.compile(rf"({_FIGURE})({_STEP}?)")
_FIGURE_CELL = re.compile(rf"{_PREFIX}?(?P<sign>[-−]?){_PREFIX}?(?P<figures>{_FIGURES})(?P<unit>{_YUAN}?)[整正]?")
_NUMERAL_CELL = re.compile(rf"{_PREFIX}?(?P<whole>[{_NUMERAL}]*)(?P<unit>{_YUAN}?){_SMALL}[整正]?")

# 元 that begins another word (元旦, 元素, 元件, 一元化) is no unit; 数千元 and 8000余元 name no sum.
_IN_PROSE = re.compile(
    rf"(?:(?P<prefix>{_PREFIX})|(?<![0-9])(?<![0-9][.,]))(?!\.)(?P<figures>{_FIGURES})"
    rf"(?P<unit>{_YUAN}(?![旦素件])|(?![0-9余多美港日欧]|[.,][0-9]))"
    rf"|(?<![数几0-9.])(?P<numerals>[{_NUMERAL}]+元(?![旦素件化])(?:[{_NUMERAL}]角)?零?(?:[{_NUMERAL}]分)?)"
)


def read_amount(text: str, unit: Unit) -> int | str:
    """The sum in fen, or an :class:`AmountProblem`: ``amount_unreadable``, ``amount_negative``, ``amount_too_fine``.

    ``unit`` is the column's: yuan or ten thousand yuan; a unit written in the cell prevails. Reads 8,000.00, 0.8万元,
    人民币8000元, ¥8000, 1亿2000万元, 捌仟元整; any width, blanks anywhere. Other currencies are unreadable.
    """
    cell = _prepared(text)
    figures = _FIGURE_CELL.fullmatch(cell)
    if figures:
        yuan = _in_yuan(_figures(figures["figures"]), figures["figures"], figures["unit"], unit)
        if yuan and figures["sign"]:
            return AmountProblem.NEGATIVE
    else:
        yuan = _numeral_yuan(cell, unit)
    return AmountProblem.UNREADABLE if yuan is None else _fen(yuan)


def amounts_in(text: str) -> list[int]:
    """Every sum of yuan that prose names, in fen and in order: 罚款人民币0.8万元 gives [800000].

    A number counts only with 元 behind it or 人民币 or ¥ before it; a sum given in figures and in numerals comes
    twice.
    """
    return list(_sums(_prepared(text)))


def format_yuan(fen: int) -> str:
    """A sum for readers: 8,000 元; 3 万元 from 10,000 yuan on if two decimals of 万 say it all; fen only if any."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    yuan, rest = divmod(fen, 100)
    if rest:
        return f"{sign}{yuan:,}.{rest:02d} 元"
    if yuan >= 10_000 and yuan % 100 == 0:
        return f"{sign}{Decimal(yuan // 100).scaleb(-2).normalize():,f} 万元"
    return f"{sign}{yuan:,} 元"


def read_capital(text: str) -> tuple[int | None, str] | str:
    """Registered capital: hundredths of its currency and the ISO 4217 code, or an :class:`AmountProblem`.

    Reads 3,000(万元人民币), 31.7万人民币, 200(万美元). No currency named means yuan, as registers print it; a missing
    cell gives ``(None, "")``. Sums of other currencies are not converted.
    """
    if is_missing(text):
        return None, ""
    cell = _prepared(text).replace("(", "").replace(")", "")
    name = next((name for name in sorted(CURRENCIES, key=len, reverse=True) if name in cell), "人民币")
    amount = read_amount(cell.replace(name, "", 1), "yuan")
    return amount if isinstance(amount, str) else (amount, CURRENCIES[name])


def _prepared(text: str) -> str:
    return without_blanks(text).upper().translate(_SAME_CHARACTER)


def _in_yuan(value: Decimal | None, written: str, cell_unit: str, column: Unit) -> Decimal | None:
    """``value`` in yuan by the unit in the cell, else the column's; None for 8千 in a column of 万元."""
    if value is None or cell_unit or written[-1] in "万亿":
        return value
    if written[-1] in _TENS and column != "yuan":
        return None
    return value * _UNIT_YUAN[column]


def _fen(yuan: Decimal) -> int | str:
    fen = yuan * 100
    return int(fen) if fen == fen.to_integral_value() else AmountProblem.TOO_FINE


def _figures(figures: str) -> Decimal | None:
    """The value of figures with steps, 1亿2000万; None unless each step is whole and smaller than the one before."""
    total, last = Decimal(0), None
    for figure, steps in _FIGURE_STEP.findall(figures):
        multiplier = prod(_MULTIPLIERS[step] for step in steps)
        value = Decimal(figure.replace(",", "")) * multiplier
        if last is not None and (value >= last or total % last):
            return None
        total, last = total + value, multiplier
    return total


def _numeral_yuan(cell: str, column: Unit) -> Decimal | None:
    """The value of a sum in Chinese numerals, 捌仟元伍角; None where it is none."""
    found = _NUMERAL_CELL.fullmatch(cell)
    if not found:
        return None
    whole, jiao, fen = (_numeral(found[part] or "") for part in ("whole", "jiao", "fen"))
    named = bool(found["whole"]), bool(found["unit"]), bool(found["jiao"] or found["fen"])
    if whole is None or jiao is None or fen is None or max(jiao, fen) > 9 or named not in _NUMERAL_SHAPES:
        return None
    yuan = _in_yuan(Decimal(whole), found["whole"], found["unit"], column) if found["whole"] else Decimal(0)
    return None if yuan is None else yuan + Decimal(jiao * 10 + fen) / 100


# Which of the whole number, 元 and 角 or 分 may stand together.
_NUMERAL_SHAPES = {(True, False, False), (True, True, False), (True, True, True), (False, False, True)}


def _numeral(numeral: str) -> int | None:
    """The whole number of a Chinese numeral, 壹万贰仟; None where its order makes no sense or 一万二 leaves it open."""
    for mark in "亿万":
        above, found, below = numeral.rpartition(mark)
        if found:
            high, low = _numeral(above), _numeral(below)
            value = _MULTIPLIERS[mark]
            spoken = len(below) == 1 and below not in "零〇"
            return None if not high or low is None or low >= value or spoken else high * value + low
    return _below_ten_thousand(numeral)


def _below_ten_thousand(numeral: str) -> int | None:
    total, digit, last, after_zero = 0, None, 10_000, False
    for character in numeral:
        if character in _DIGITS:
            if digit:
                return None
            digit, after_zero = _DIGITS[character], digit == 0
            continue
        step = _TENS[character]
        if step >= last or (total and not digit) or digit == 0:
            return None
        total, digit, last = total + (digit or 1) * step, None, step
    spoken = bool(digit) and total > 0 and last > 10 and not after_zero
    return None if spoken else total + (digit or 0)


def _sums(prose: str) -> Iterator[int]:
    for found in _IN_PROSE.finditer(prose):
        if found["numerals"]:
            amount = read_amount(found["numerals"], "yuan")
        elif found["figures"] and (found["prefix"] or found["unit"]):
            amount = read_amount(found["figures"] + "元", "yuan")
        else:
            continue
        if isinstance(amount, int):
            yield amount
