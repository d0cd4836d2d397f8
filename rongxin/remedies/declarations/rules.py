"""What may be declared, how long it stands, and how it stands on a day. Pure: no database, no clock."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from rongxin.policy.declarations import DeclaredField, DeclaredItem, DeclaredKind
from rongxin.policy.words import Title
from rongxin.primitives.canonical import canonical_json
from rongxin.primitives.periods import last_day
from rongxin.primitives.recognisers import NUMBERS, suspects

MOST: Final = 60
_NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,2})?")


class Problem(StrEnum):
    """Why nothing was declared."""

    NO_ITEM = "no_item"
    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_DAY = "not_a_day"
    FUTURE = "future"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHOICE = "not_a_choice"
    NUMBER_OF_A_PERSON = "number_of_a_person"
    MAY_NAME_A_PERSON = "may_name_a_person"
    UNTIL = "until"
    TOO_MANY = "too_many"
    NOT_YOURS = "not_yours"
    NO_OFFICE = "no_office"


class NotDeclared(ValueError):
    """Nothing was kept. ``field``: the field that is wrong, if one is; ``about``: the words that may name somebody, or a limit."""

    def __init__(self, problem: Problem, field: Title | None = None, about: str = "") -> None:
        super().__init__(problem)
        self.problem, self.field, self.about = problem, field, about


class Standing(StrEnum):
    """How a declaration stands on a day, for the enterprise and the offices. Readers learn verified or not, nothing else."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    EXAMINED = "examined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    FALSE = "false"


LIVING: Final = frozenset({Standing.UNVERIFIED, Standing.VERIFIED, Standing.EXAMINED})


@dataclass(frozen=True, slots=True)
class Checked:
    """What was filled in, as it is kept. ``clues``: words that may name somebody; empty where none does."""

    told: dict[str, Any]
    clues: str


def checked(item: DeclaredItem, given: Mapping[str, str], today: date) -> Checked:
    """The fields of ``item`` as filled in. Raises NotDeclared for the first that is wrong, and for numbers of persons."""
    fields, clues = [], list[str]()
    for field in item.fields:
        text = " ".join(given.get(field.name, "").split())
        if not text:
            if field.required:
                raise NotDeclared(Problem.MISSING, field.title)
            continue
        value = _value(field, text, today)
        if field.kind == DeclaredKind.TEXT:
            clues += _clues(field, text)
        fields.append(
            {
                "name": field.name,
                "kind": field.kind.value,
                "title": field.title.model_dump(),
                "value": value,
                "unit": field.unit.model_dump() if field.unit else None,
            }
        )
    return Checked({"title": item.title.model_dump(), "fields": fields}, "、".join(dict.fromkeys(clues)))


def digest_of(item: str, told: Mapping[str, Any], until: date) -> str:
    """Equal for the same content of the same item up to the same day."""
    content = canonical_json([item, told, until.isoformat()])
    return hashlib.sha256(content.encode()).hexdigest()


def longest_until(item: DeclaredItem, today: date) -> date:
    """The last day on which a declaration made today can stand."""
    return last_day(today, months=item.stands_months)


def checked_until(item: DeclaredItem, until: date | None, today: date) -> date:
    """The last day: as chosen, or the longest. Raises NotDeclared for a day that has passed or is later than the longest."""
    longest = longest_until(item, today)
    if until is not None and not today <= until <= longest:
        raise NotDeclared(Problem.UNTIL, about=longest.isoformat())
    return until or longest


def standing(*, ended: str, until: date, is_verified: bool, is_examined: bool, today: date) -> Standing:
    """How it stands on ``today``: an end first, then its last day, then whether it is examined."""
    if ended:
        return Standing(ended)
    if until < today:
        return Standing.EXPIRED
    if is_examined:
        return Standing.EXAMINED
    return Standing.VERIFIED if is_verified else Standing.UNVERIFIED


def is_shown(how: Standing, *, is_public: bool, publishable: bool, needs_look: bool, is_verified: bool) -> bool:
    """Whether everybody may read it: the enterprise chose so, the item allows it, it stands, and no name waits to be looked at."""
    return is_public and publishable and how in LIVING and (is_verified or not needs_look)


def completeness(items: Iterable[str], declared: Iterable[str]) -> tuple[int, int]:
    """How many of the items are declared, and how many there are. Nothing else is made of it."""
    could = set(items)
    return len(could & set(declared)), len(could)


def _value(field: DeclaredField, text: str, today: date) -> Any:
    match field.kind:
        case DeclaredKind.TEXT:
            if len(text) > field.longest:
                raise NotDeclared(Problem.TOO_LONG, field.title, str(field.longest))
            return text
        case DeclaredKind.DAY:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                raise NotDeclared(Problem.NOT_A_DAY, field.title) from None
            if day > today:
                raise NotDeclared(Problem.FUTURE, field.title)
            return day.isoformat()
        case DeclaredKind.NUMBER:
            if not text.isascii() or not _NUMBER.fullmatch(text):
                raise NotDeclared(Problem.NOT_A_NUMBER, field.title)
            return text
    found = next((choice for choice in field.choices if choice.zh == text), None)
    if found is None:
        raise NotDeclared(Problem.NOT_A_CHOICE, field.title)
    return found.model_dump()


def _clues(field: DeclaredField, text: str) -> list[str]:
    found = suspects(text)
    if any(each.sign in NUMBERS for each in found):
        raise NotDeclared(Problem.NUMBER_OF_A_PERSON, field.title)
    return [text[each.start : each.end] for each in found]
