"""What an indicator can look at: the fields of an enterprise and those of the records of a kind, each with its form.

Of what a kind adds to the envelope only days, money and words of a closed list: no free text, and so no person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, Polarity


class Form(StrEnum):
    """What stands in a field."""

    DATE = "a day"
    NUMBER = "a number"
    WORD = "a word"


@dataclass(frozen=True)
class Readable:
    """A field. ``words``: all it ever holds, None for an open list. ``several``: words parted by ；."""

    form: Form
    words: frozenset[str] | None = None
    several: bool = False


_DATE, _NUMBER, _TEXT = Readable(Form.DATE), Readable(Form.NUMBER), Readable(Form.WORD)

CATEGORIES: Final = frozenset({"enterprise", "cooperative", "public_body", "social_organisation", "other"})
"""Of the organisations; sole traders are never classified."""
STATUSES: Final = frozenset({"active", "revoked", "closed", "moved", "unknown"})
SCALES: Final = frozenset({"large", "medium", "small", "micro"})

OF_SUBJECT: Final[Mapping[str, Readable]] = {
    "category": Readable(Form.WORD, CATEGORIES),
    "status": Readable(Form.WORD, STATUSES),
    "legal_form": _TEXT,
    "region": _TEXT,
    "industry": _TEXT,
    "scale": Readable(Form.WORD, SCALES),
    "established_on": _DATE,
}


def of_kind(kind: RecordKind) -> dict[str, Readable]:
    """The fields of the records of a kind; envelope fields that it never fills are not among them."""
    own = {name: read for name, field in kind.fields.items() if (read := own_field(field))}
    return own | _of_envelope(kind)


def of_kinds(kinds: Iterable[RecordKind]) -> dict[str, Readable]:
    """The fields that records of each of the kinds have in the same form; words of all of them."""
    first, *others = [of_kind(kind) for kind in kinds]
    for other in others:
        first = {
            name: _joined(field, other[name])
            for name, field in first.items()
            if name in other and other[name].form == field.form
        }
    return first


def own_field(field: KindField) -> Readable | None:
    """What can be looked at of a field that a kind adds to the envelope; None for free text and for what is personal."""
    if field.credit.field_class in (FieldClass.PERSONAL, FieldClass.DISCARD):
        return None
    match field.type:
        case "date":
            return _DATE
        case "amount":
            return _NUMBER
        case "string" if field.constraints.enum:
            return Readable(Form.WORD, frozenset(field.constraints.enum), field.credit.several)
        case _:
            return None


def _of_envelope(kind: RecordKind) -> dict[str, Readable]:
    envelope, listing = kind.credit.envelope, kind.credit.listing
    if envelope is None:
        return {}
    found = {
        "decided_on": _DATE,
        "polarity": Readable(Form.WORD, frozenset(each.value for each in kind.credit.polarities)),
        "severity": Readable(Form.WORD, frozenset(each.value for each in kind.credit.severities)),
        "authority": _TEXT,
    }
    if envelope.valid_from:
        found["valid_from"] = _DATE
    if envelope.valid_to or listing:
        found["valid_to"] = _DATE
    if envelope.amount:
        found["amount_fen"] = _NUMBER
    return found


def _joined(one: Readable, other: Readable) -> Readable:
    words = None if one.words is None or other.words is None else one.words | other.words
    return Readable(one.form, words, one.several or other.several)


def adverse_rows(kind: RecordKind) -> list[dict[str, str]]:
    """What the envelope may say of adverse records of the kind; empty where it has none."""
    if Polarity.ADVERSE not in kind.credit.polarities:
        return []
    severities = kind.credit.severities - {"none"}
    return [{"polarity": Polarity.ADVERSE.value, "severity": severity.value} for severity in sorted(severities)]
