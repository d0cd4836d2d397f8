"""Cells of one column at a time: blanks off, missing values out, and the scalar functions of the primitives on what
is left.

A function of :mod:`rongxin.primitives` is called once for every different value that needs it, so that one cell in a
form and a million cells in a file are read alike. The expressions before it only leave out values that it would not
change.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import polars as pl

from rongxin.primitives.characters import BLANKS, HYPHENS, without_blanks
from rongxin.primitives.missing import MISSING, is_missing
from rongxin.primitives.names import has_organisation_word, name_replacements, normalise_name
from rongxin.primitives.organisation_words import NEVER_A_PERSON
from rongxin.primitives.resident_id import HIDDEN, find_all, mask_numbers

_SAMPLE: Final = 1_000
_MOST_DIFFERENT_IN_SAMPLE: Final = 0.3
_MOST_DIFFERENT: Final = 0.25
_DOCUMENT_BRACKETS: Final = str.maketrans("()[]【】", "〔〕〔〕〔〕")
_LAST_FOLDING: Final = 0x30000  # from here on NFKC changes nothing
_LONGEST_MISSING: Final = max(map(len, MISSING))
# Of a few rows the number of questions costs, not their size: what can be asked together is one expression.
_CELL: Final = pl.col("cell")
_HAS_BLANK_ENDS: Final = _CELL.str.head(1).is_in(list(BLANKS)) | _CELL.str.tail(1).is_in(list(BLANKS))


def _character_class(characters: Iterable[str]) -> str:
    """A regular expression for any one of ``characters``."""
    ranges: list[list[int]] = []
    for point in sorted(map(ord, characters)):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "[" + "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in ranges) + "]"


# What :func:`mask_numbers` can take out, as wide as it must be and no wider: codes and document numbers, which are in every
# row, are left out by the birth date of an identity number and by what may stand beside a telephone number.
_GAP: Final = _character_class(BLANKS + HYPHENS) + "{0,3}"
_DATE: Final = rf"(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])"
_PLACE: Final = rf"[0-9](?:{_GAP}[0-9]){{5}}"
_NEW_NUMBER: Final = (
    rf"{_PLACE}{_GAP}(?:1{_GAP}[89]|2{_GAP}0){_GAP}[0-9]{_GAP}[0-9]{_GAP}{_DATE}(?:{_GAP}[0-9]){{3}}{_GAP}[0-9XxＸｘ]"
)
_OLD_NUMBER: Final = (
    rf"(?:^|[^0-9A-Za-z]){_PLACE}{_GAP}[0-9]{_GAP}[0-9]{_GAP}{_DATE}(?:{_GAP}[0-9]){{3}}(?:$|[^0-9A-Za-z])"
)
_PHONE: Final = rf"(?:^|[^0-9]|86)1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?:$|[^0-9])"
_PERHAPS_A_NUMBER: Final = f"{_NEW_NUMBER}|{_OLD_NUMBER}|{_PHONE}"
_SHORTEST_NUMBER: Final = 11
# Everything that NFKC makes a digit of 0-9: full width, raised, lowered, circled, mathematical.
_UNUSUAL_DIGIT: Final = r"[²³¹⁰⁴-⁹₀-₉①-⑨⓪０-９\x{1d7ce}-\x{1d7ff}\x{1fbf0}-\x{1fbf9}]"


def by_value(cells: pl.Series, function: Callable[[Any], object], dtype: pl.DataType) -> pl.Series:
    """``function`` of every cell, called once for each different one; null stays null."""
    different = cells.drop_nulls().unique()
    results = pl.Series("result", [function(value) for value in different], dtype=dtype)
    return look_up(cells, different, results)


def holding(cells: pl.Series, test: Callable[[str], bool]) -> pl.Series:
    """Whether ``test`` says so of a cell, asked once for each different value; false for null."""
    return holding_any(cells, {value for value in cells.drop_nulls().unique() if test(value)})


def holding_any(cells: pl.Series, values: set[str]) -> pl.Series:
    """Whether a cell is one of ``values``; false for null."""
    if not values:
        return pl.Series([False]).new_from_index(0, cells.len())
    return cells.is_in(list(values)).fill_null(False)


def look_up(cells: pl.Series, different: pl.Series, results: pl.Series) -> pl.Series:
    """For every cell the element of ``results`` that stands where the cell stands in ``different``; else null."""
    table = pl.DataFrame({"cell": different, "result": results})
    return cells.alias("cell").to_frame().join(table, on="cell", how="left", maintain_order="left")["result"]


def changed_where(cells: pl.Series, where: pl.Series, function: Callable[[str], str]) -> pl.Series:
    """``cells`` with ``function`` applied where ``where`` is true; the same column where that changes nothing."""
    if not where.any():
        return cells
    before = cells.filter(where)
    after = by_value(before, function, pl.String())
    return cells if after.equals(before) else placed(cells, where.arg_true(), after)


def placed(cells: pl.Series, at: pl.Series, values: pl.Series | bool) -> pl.Series:
    """A column like ``cells`` with ``values`` at the positions ``at``; ``cells`` itself stays."""
    return cells.clone().scatter(at, values)  # scatter works in place


def is_repetitive(cells: pl.Series) -> bool:
    """Whether a long column seems to hold few different values."""
    if cells.len() < _SAMPLE:
        return False
    sample = cells.gather_every(cells.len() // _SAMPLE)
    return sample.n_unique() <= _MOST_DIFFERENT_IN_SAMPLE * sample.len()


def few_different(cells: pl.Series) -> pl.Series | None:
    """The different values of a column (null among them) where they are few enough to judge them instead of the
    cells.
    """
    if not is_repetitive(cells):
        return None
    different = cells.unique()
    return different if different.len() <= _MOST_DIFFERENT * cells.len() else None


def stripped(cells: pl.Series) -> pl.Series:
    """Without blanks and invisible characters around; the same column where there are none."""
    frame = cells.to_frame("cell")
    ends = frame.select(_HAS_BLANK_ENDS).to_series()
    if not ends.any():
        return cells
    return frame.select(pl.when(ends).then(_CELL.str.strip_chars(BLANKS)).otherwise("cell")).to_series()


def without_missing(cells: pl.Series, missing: frozenset[str]) -> pl.Series:
    """Stripped ``cells`` with null for everything that stands for no value: in general, or in this kind
    (``missing``).
    """
    empty = cells.is_in(sorted(MISSING | missing))
    short = cells.filter((cells.str.len_bytes() <= 4 * _LONGEST_MISSING) & ~empty)
    characters = short.str.len_chars()
    folding = short.filter((characters <= _LONGEST_MISSING) & (characters != short.str.len_bytes()))
    unusual = [cell for cell in folding.unique() if is_missing(cell)]
    if unusual:
        empty |= cells.is_in(unusual)
    return cells.set(empty.fill_null(False), None) if empty.any() else cells


def without_numbers(cells: pl.Series, blank: Callable[[str], str] = mask_numbers) -> pl.Series:
    """Identity and mobile numbers, in half- or full-width digits, replaced by the marker of :mod:`.resident_id`."""
    different = few_different(cells)
    if different is not None and not _perhaps_a_number(different).any():
        return cells
    return changed_where(cells, _perhaps_a_number(cells), blank)


def _perhaps_a_number(cells: pl.Series) -> pl.Series:
    if not (cells.str.len_bytes() >= _SHORTEST_NUMBER).any():
        return pl.Series([False]).new_from_index(0, cells.len())
    suspect = _CELL.str.contains(_PERHAPS_A_NUMBER) | _CELL.str.contains(_UNUSUAL_DIGIT)
    return cells.to_frame("cell").select(suspect.fill_null(False)).to_series()


def blank_identity_numbers(text: str) -> str:
    """``text`` with whole identity numbers of 18 characters blanked; other numbers are what the text is there for."""
    for start, end in reversed(find_all(text)):
        if end - start >= 18:
            text = text[:start] + HIDDEN + text[end:]
    return text


def normalised_names(names: pl.Series) -> pl.Series:
    """:func:`rongxin.primitives.names.normalise_name` of every cell."""
    return _normalised(names, _changed_in_names(), {"（": "(", "）": ")"}, normalise_name)


def normalised_documents(numbers: pl.Series) -> pl.Series:
    """:func:`document_key` of every cell."""
    frequent = dict(zip("（）()[]【】", "〔〕〔〕〔〕〔〕", strict=True))
    return _normalised(numbers, folding_or(BLANKS + "()[]【】"), frequent, document_key)


def document_key(number: str) -> str:
    """A document number as it is compared: NFKC, no blanks, every kind of bracket as 〔 〕."""
    return without_blanks(number).translate(_DOCUMENT_BRACKETS)


def _normalised(
    cells: pl.Series, changed: str, frequent: Mapping[str, str], function: Callable[[str], str]
) -> pl.Series:
    """``function`` of every cell: where ``changed`` finds nothing the cell stays, ``frequent`` replacements go
    first.
    """
    other = cells.str.contains(changed).fill_null(False)
    if not other.any():
        return cells
    replaced = cells.filter(other).str.replace_many(list(frequent), list(frequent.values()))
    rest = replaced.str.contains(changed)
    return placed(cells, other.arg_true(), changed_where(replaced, rest, function))


def organisation_words(normalised: pl.Series) -> pl.Series:
    """:func:`rongxin.primitives.names.has_organisation_word` of normalised names; false for null."""
    never_a_person = normalised.str.contains_any(list(NEVER_A_PERSON)) & ~normalised.str.contains("(", literal=True)
    judged = by_value(normalised.set(never_a_person.fill_null(False), None), has_organisation_word, pl.Boolean())
    return never_a_person.fill_null(False) | judged.fill_null(False)


@cache
def folding_or(others: str) -> str:
    """An expression for any character that NFKC changes or composes with its neighbour, or that stands in
    ``others``.
    """
    return _character_class({*others, *_folding()})


@cache
def _folding() -> frozenset[str]:
    points = (chr(point) for point in range(_LAST_FOLDING) if not 0xD800 <= point < 0xE000)
    return frozenset(filter(_folds, points))


@cache
def _changed_in_names() -> str:
    return folding_or("".join(character for character, by in name_replacements().items() if by != character))


def _folds(character: str) -> bool:
    if unicodedata.combining(character) or not unicodedata.is_normalized("NFKC", character):
        return True
    return 0x1161 <= ord(character) <= 0x11C2  # the parts of a Hangul syllable
