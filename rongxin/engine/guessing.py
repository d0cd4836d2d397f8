"""What an unknown column may be: a ranked suggestion for a person to confirm, by the words of its head and by its cells.

The cells shown beside it hold nothing about persons.
"""

import re
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from rongxin.engine import cells as cell
from rongxin.engine.columns import CODE_TYPES, read_listed
from rongxin.engine.heads import HeadMatch, head_keys, normalise_head
from rongxin.engine.sheets import Sheet, column_name
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass
from rongxin.primitives import organisation_code, registration_number, uscc
from rongxin.primitives.characters import compact
from rongxin.primitives.dates import read_date
from rongxin.primitives.money import read_amount
from rongxin.primitives.names import has_organisation_word, mask_person
from rongxin.primitives.organisation_words import COMMON_SURNAMES, COMPOUND_SURNAMES
from rongxin.primitives.resident_id import HIDDEN, find_all, looks_like_old, mask_numbers

SAMPLES: Final = 3
SAMPLE_LENGTH: Final = 60
_LOOKED_AT: Final = 50
_LEAST: Final = 0.45
"""Below this likeness nothing is suggested."""

_HEAD_WEIGHT: Final = 0.7
_NEUTRAL: Final = 0.5
_UNLIKELY: Final = 0.1
"""How well days, sums and codes fit a field of plain text."""

_TELLS_ALONE: Final = 0.8
_DOCUMENT: Final = re.compile(r"[〔\[(（【][0-9]{4}[〕\])）】]|[0-9]号$")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of a file. ``key``: what it is remembered by. ``samples``: cells with persons hidden. ``field``: what it is
    taken for now, empty where nothing is known. ``likely``: fields it may be, the likeliest first.
    """

    index: int
    head: str
    key: str
    samples: tuple[str, ...]
    field: str
    likely: tuple[str, ...]


def guesses(sheet: Sheet, match: HeadMatch, kind: RecordKind) -> list[Guess]:
    """Every column of the file with a head, in its order."""
    known = match.fields_by_column()
    found = []
    for index, (head, key) in enumerate(zip(sheet.heads, head_keys(sheet.heads), strict=True)):
        if not head.strip():
            continue
        cells = _filled(sheet, index)
        likely = _likely(head, cells, kind)
        means = known.get(index, "")
        shown_as = kind.fields.get(means or (likely[0] if likely else ""))
        found.append(Guess(index, head, key, _samples(cells, shown_as), means, likely))
    return found


def _filled(sheet: Sheet, index: int) -> list[str]:
    cells = cell.stripped(sheet.frame[column_name(index)].drop_nulls().head(_LOOKED_AT))
    return cell.without_missing(cells, frozenset()).drop_nulls().to_list()


def _likely(head: str, cells: list[str], kind: RecordKind) -> tuple[str, ...]:
    scored = [(_score(head, cells, field, kind), field.name) for field in kind.table.fields]
    ranked = sorted(
        (pair for pair in scored if pair[0] >= _LEAST), key=lambda pair: (-pair[0], list(kind.fields).index(pair[1]))
    )
    return tuple(name for _, name in ranked)


def _score(head: str, cells: list[str], field: KindField, kind: RecordKind) -> float:
    """How likely the column is the field: by its head above all, but the form of a code or document number tells alone."""
    document = kind.credit.envelope.document_number if kind.credit.envelope else None
    like, fit = _likeness(head, field), _fit(cells, field, document)
    told = _LEAST + like / 10 if fit >= _TELLS_ALONE and (field.type in CODE_TYPES or field.name == document) else 0.0
    return max(_HEAD_WEIGHT * like + (1 - _HEAD_WEIGHT) * fit, told)


def _likeness(head: str, field: KindField) -> float:
    """How like the head is to the nearest name of the field: 0 to 1."""
    own = normalise_head(head)
    names = {
        normalise_head(name) for name in (field.title, field.name, field.credit.code, *field.credit.aliases) if name
    }
    return max((fuzz.ratio(own, name) for name in names), default=0.0) / 100


def _fit(cells: list[str], field: KindField, document: str | None) -> float:
    """Which share of the cells could stand in the field; a half where any text could. ``document``: the field of the
    document number.
    """
    if not cells:
        return _NEUTRAL
    match field.type:
        case "date":
            fits = [not isinstance(read_date(value), str) for value in cells]
        case "amount":
            fits = [isinstance(read_amount(value, field.credit.unit or "yuan"), int) for value in cells]
        case "uscc":
            fits = [uscc.is_valid(compact(value)) for value in cells]
        case "organisation_code":
            fits = [organisation_code.is_valid(value) for value in cells]
        case "registration_number":
            fits = [registration_number.is_valid(value) for value in cells]
        case "party_code":
            fits = [_is_code(value) for value in cells]
        case _ if field.constraints.enum:
            fits = [not read_listed(value, field)[1] for value in cells]
        case _ if field.name == document:
            fits = [bool(_DOCUMENT.search(value)) for value in cells]
        case _:
            return _UNLIKELY if all(map(_is_no_text, cells)) else _NEUTRAL
    return sum(fits) / len(fits)


def _is_no_text(value: str) -> bool:
    """Whether a cell is a day, a sum or a code."""
    if not isinstance(read_date(value), str) or isinstance(read_amount(value, "yuan"), int):
        return True
    return _is_code(value)


def _is_code(value: str) -> bool:
    return uscc.is_valid(compact(value)) or organisation_code.is_valid(value) or registration_number.is_valid(value)


def _samples(cells: list[str], field: KindField | None) -> tuple[str, ...]:
    """The first different cells, persons hidden."""
    different = list(dict.fromkeys(cells))[:SAMPLES]
    if field and field.credit.field_class == FieldClass.DISCARD:
        return (HIDDEN,) * len(different)
    masked = [_masked(value, field) for value in different]
    return tuple(value[:SAMPLE_LENGTH] for value in masked)


def _masked(value: str, field: KindField | None) -> str:
    if (field and field.credit.field_class == FieldClass.PERSONAL) or _may_be_a_person(value):
        return mask_person(value)
    if find_all(value) or looks_like_old(compact(value)):
        return HIDDEN
    return mask_numbers(value)


def _may_be_a_person(value: str) -> bool:
    """Whether a short cell reads like a person's name: in doubt it does."""
    if not 2 <= len(value) <= 4 or has_organisation_word(value):
        return False
    return value[0] in COMMON_SURNAMES or value[:2] in COMPOUND_SURNAMES
