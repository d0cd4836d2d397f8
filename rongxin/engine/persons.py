"""Rows about natural persons: refused at intake, nothing of them kept but the row number and the reason (architecture
§2).

A row is about a person when its category says so, when its code is a valid resident identity number and no registered
subject bears it, or when it has no usable code of any kind and no organisation word in the name. A placeholder or a
code that lost its digits is no usable code, and neither is an identity number.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.columns import MALFORMED, Column
from rongxin.engine.findings import AT, positions
from rongxin.policy.kinds import Party
from rongxin.primitives import resident_id
from rongxin.primitives.characters import without_blanks
from rongxin.primitives.uscc import LENGTH

CATEGORY_PERSON: Final = "category_person"
CODE_IS_RESIDENT_ID: Final = "code_is_resident_id"
NO_CODE_NO_ORGANISATION_WORD: Final = "no_code_no_organisation_word"

_PERHAPS_AN_ID: Final = r"^[0-9]{6}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X]$"
_OLD_NUMBER_SHAPE: Final = r"^[0-9]{13}(?:[0-9]{2})?$"
_ORGANISATION_CODE_SHAPE: Final = r"^[0-9A-Z]{8}[0-9X]$"


def usable_codes(code: Column) -> pl.Series:
    """Whether the unified code of each row can be used to look a subject up: eighteen characters of the right form."""
    malformed = code.found.filter(pl.col("code").is_in(MALFORMED))[AT]
    return cell.placed(code.filled, malformed, False) & (code.value.str.len_bytes() == LENGTH).fill_null(False)


def identity_numbers(codes: pl.Series) -> pl.Series:
    """Whether each normalised code is a resident identity number of 18 characters."""
    different = cell.few_different(codes)
    judged = codes if different is None else different
    perhaps = judged.filter(judged.str.contains(_PERHAPS_AN_ID).fill_null(False))
    return cell.holding_any(
        codes, {code for code in perhaps.unique() if resident_id.find_all(code) == [(0, len(code))]}
    )


def suspects(columns: Mapping[str, Column], party: Party, usable: pl.Series) -> pl.Series:
    """Whether each row's code is an identity number: in the unified code, or elsewhere where that is of no use."""
    elsewhere = nowhere = pl.Series([False]).new_from_index(0, usable.len())
    for field in (party.registration_number, party.organisation_code):
        if field:
            elsewhere |= identity_numbers(columns[field].value)
    code = identity_numbers(columns[party.uscc].value) if party.uscc else nowhere
    return code | (elsewhere & ~usable)


def about(columns: Mapping[str, Column], party: Party) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Of each row the party's name, normalised; whether its unified code is usable; whether a code is an identity number."""
    names = cell.normalised_names(columns[party.name].value)
    usable = usable_codes(columns[party.uscc]) if party.uscc else ~names.is_null() & False
    return names, usable, suspects(columns, party, usable)


def other_persons(columns: Mapping[str, Column], party: Party) -> pl.DataFrame:
    """Where the other party of a row is a person: at, reason. No register is asked: an identity number is a person's."""
    names, usable, suspect = about(columns, party)
    by_code = pl.DataFrame({AT: positions(suspect)}).select(AT, reason=pl.lit(CODE_IS_RESIDENT_ID))
    return pl.concat([persons(columns, party, names, usable, suspect), by_code]).unique(AT, keep="first").sort(AT)


def persons(
    columns: Mapping[str, Column], party: Party, names: pl.Series, usable: pl.Series, suspect: pl.Series
) -> pl.DataFrame:
    """Where rows are surely about persons, each with its first reason: at, reason.

    ``names``: the party's name, normalised. ``usable``: as :func:`usable_codes`. ``suspect``: as :func:`suspects`;
    they wait.
    """
    has_code = usable | suspect
    for field, shape in (
        (party.registration_number, _OLD_NUMBER_SHAPE),
        (party.organisation_code, _ORGANISATION_CODE_SHAPE),
    ):
        if field:
            has_code |= _is_number_of_an_organisation(columns[field].value, shape)
    nothing_tells = ~has_code & names.is_not_null()
    if nothing_tells.any():
        nothing_tells &= ~cell.organisation_words(names.set(~nothing_tells, None))
    reasons = pl.select(
        reason=pl.when(_category_says_person(columns, party))
        .then(pl.lit(CATEGORY_PERSON))
        .when(nothing_tells)
        .then(pl.lit(NO_CODE_NO_ORGANISATION_WORD))
    )
    return reasons.with_row_index(AT).drop_nulls()


def _category_says_person(columns: Mapping[str, Column], party: Party) -> pl.Series:
    if not party.category:
        return pl.Series([False]).new_from_index(0, columns[party.name].filled.len())
    words = tuple(map(without_blanks, party.person_words))
    return cell.holding(columns[party.category].value, lambda text: without_blanks(text).startswith(words))


def _is_number_of_an_organisation(codes: pl.Series, shape: str) -> pl.Series:
    """Whether a code has the shape of its kind and is no identity number of 15 digits."""
    fits = codes.str.contains(shape).fill_null(False)
    fifteen = codes.filter(fits & (codes.str.len_bytes() == 15)).unique()
    return fits & ~cell.holding_any(codes, {code for code in fifteen if resident_id.looks_like_old(code)})
