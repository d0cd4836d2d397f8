"""What the made-up departments send besides licences, penalties and inspections: rows of the packs' own examples, about other
enterprises, on other days, under numbers of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from rongxin.demonstration.authorities import Authority
from rongxin.demonstration.chance import below, bits
from rongxin.policy.examples import Example
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity
from rongxin.primitives.dates import parse_date

HOW_MANY: Final = {Polarity.ADVERSE: 3, Polarity.NEUTRAL: 8, Polarity.BASIC: 8, Polarity.POSITIVE: 14}
"""Rows of a sending, by what its kind says of a subject: adverse facts are few."""

SENDINGS: Final = 2
_ORGANISATION: Final = "法人及非法人组织"
_LAST_DIGITS: Final = re.compile(r"\d{1,4}(?=\D*$)")
_SOONER: Final = timedelta(days=4)
_FIRST_NUMBER: Final = 500
"""Numbers of documents begin here: the examples' own are lower."""


@dataclass(frozen=True)
class Model:
    """A kind and the example whose good rows are told anew."""

    kind: RecordKind
    example: Example

    @property
    def rows(self) -> list[dict[str, str]]:
        """The good rows of the example by field name: those that are shown, or else those that are kept."""
        expected = self.example.expected
        names = {
            head: field.name for field in self.kind.table.fields for head in (field.title, field.credit.code) if head
        }
        chosen = expected.recorded or sorted(map(int, expected.withheld))
        return [{names[head]: value for head, value in self.example.rows[row].items()} for row in chosen]


def models(policy: Policy, examples: Mapping[str, Example]) -> dict[str, Model]:
    """The kinds that have an example, by name; of registers there is none."""
    return {
        name: Model(policy.kinds[name], example)
        for name, example in examples.items()
        if not policy.kinds[name].credit.registers_subjects
    }


def sendings(
    seed: int, authority: Authority, model: Model, known: pl.DataFrame, days: Sequence[date]
) -> Iterator[tuple[date, pl.DataFrame]]:
    """What ``authority`` sends of one kind on SENDINGS of the ``days``: the day, and rows by field name.

    ``known``: the enterprises that acts may be about (``identities``); only organisations are taken.
    """
    parties = organisations(known)
    number, spell = HOW_MANY[model.kind.credit.polarity], len(days) // SENDINGS
    if parties.is_empty() or spell == 0:
        return
    stream = f"{authority.code} {model.kind.name}"
    # Nobody twice, so that no row corrects another of its kind.
    order = np.argsort(bits(seed, f"{stream} party", np.arange(parties.height, dtype=np.int64)), kind="stable")
    chosen = parties.select("name", "uscc")[np.resize(order, SENDINGS * number)].rows()
    first = int(below(seed, f"{stream} day", np.zeros(1, np.int64), spell)[0])
    for turn in range(SENDINGS):
        day, told = days[first + turn * spell], range(turn * number, (turn + 1) * number)
        yield (
            day,
            pl.DataFrame(
                [told_anew(model, authority, day, at, chosen[at], chosen[(at + 1) % len(chosen)]) for at in told]
            ),
        )


def organisations(known: pl.DataFrame) -> pl.DataFrame:
    """Those of ``known`` that are no sole traders."""
    return known.filter(pl.col("uscc").str.starts_with("91"))


def told_anew(
    model: Model, authority: Authority, day: date, at: int, party: tuple[str, str], other: tuple[str, str]
) -> dict[str, str]:
    """A row of the example as ``authority`` sends it on ``day`` about another enterprise (and an ``other`` one, where the kind
    names two), under the number of ``at``.
    """
    credit, rows = model.kind.credit, model.rows
    row, envelope = rows[at % len(rows)], credit.envelope
    assert envelope
    filed = (row[credit.party.name], row.get(credit.party.uscc or ""), row[envelope.authority])
    others = dict(zip(filed, (*party, authority.name), strict=True)) | {
        row.get(envelope.authority_uscc or ""): authority.uscc
    }
    if credit.other_party:
        others |= dict(zip((row[credit.other_party.name], row[credit.other_party.uscc or ""]), other, strict=True))
    told = {name: others.get(value, value) if value else "" for name, value in row.items()}
    for field in model.kind.table.fields:
        written = parse_date(told.get(field.name, "")) if field.type == "date" else None
        if written:
            told[field.name] = _moved(written, model.example.expected.day, day).isoformat()
    if credit.party.category:
        told[credit.party.category] = _ORGANISATION
    if envelope.document_number:
        told[envelope.document_number] = _numbered(told.get(envelope.document_number, ""), _FIRST_NUMBER + at)
    return told


def _moved(written: date, from_day: date, to_day: date) -> date:
    """A date of an example sent on ``from_day``, as if it were sent on ``to_day`` and some days sooner after the decision."""
    moved = written + (to_day - from_day) + _SOONER
    return min(moved, to_day) if written <= from_day else moved


def _numbered(document: str, number: int) -> str:
    """A document number with its last digits, at most four, replaced by as many or more."""
    return _LAST_DIGITS.sub(lambda digits: str(number).zfill(len(digits[0])), document)
