"""Columns that a table lacks because they would say the same in every row: a person says it once, for the whole table."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from rongxin.engine.heads import HeadMatch
from rongxin.engine.layouts import values_offered
from rongxin.engine.sheets import FileFinding, Sheet, column_name
from rongxin.engine.units import SOURCE_UNIT, SOURCE_UNIT_USCC
from rongxin.policy.kinds import RecordKind
from rongxin.policy.layouts import Layout
from rongxin.policy.words import FieldClass


def units_of(kind: RecordKind) -> dict[str, bool]:
    """Fields that name who decided or sends, and whether by its unified code."""
    found = {SOURCE_UNIT: False, SOURCE_UNIT_USCC: True}
    if kind.credit.envelope:
        found[kind.credit.envelope.authority] = False
        if kind.credit.envelope.authority_uscc:
            found[kind.credit.envelope.authority_uscc] = True
    return {name: is_code for name, is_code in found.items() if name in kind.fields}


def may_be_filled(name: str, kind: RecordKind) -> bool:
    """Whether one value can stand for a whole table: who decided or sends, or a choice from a list on which nothing hangs. Never
    what was decided, when, or about whom.
    """
    field, credit = kind.fields[name], kind.credit
    clauses = (*credit.polarity_when, *credit.severity, *credit.withheld_when)
    decides = {*(clause.field for clause in clauses), *credit.headline, *credit.identified_by}
    is_choice = bool(field.constraints.enum) and field.credit.field_class == FieldClass.PUBLIC
    return name in units_of(kind) or (is_choice and name not in decides)


def values_of(name: str, kind: RecordKind, layout: Layout | None) -> tuple[str, ...]:
    """The list of values to choose from, as the layout of the file writes them, without those that mean a natural person; empty
    where there is none.
    """
    known = values_offered(kind.fields[name], layout)
    return tuple(value for value in known if value not in kind.credit.party.person_words)


def filled(sheet: Sheet, heads: HeadMatch, values: Mapping[str, str], kind: RecordKind) -> tuple[Sheet, HeadMatch]:
    """The table with a column more for each field of ``values`` that its heads lack, the same in every row; said as a finding."""
    names = [name for name in heads.missing_required if values.get(name) and may_be_filled(name, kind)]
    if not names:
        return sheet, heads
    places = {name: len(sheet.heads) + place for place, name in enumerate(names)}
    titles = {name: kind.fields[name].title for name in names}
    told = "、".join(f"{titles[name]}“{values[name]}”" for name in names)
    return (
        replace(
            sheet,
            frame=sheet.frame.with_columns(pl.lit(values[name]).alias(column_name(at)) for name, at in places.items()),
            heads=(*sheet.heads, *titles.values()),
        ),
        replace(
            heads,
            columns={**heads.columns, **places},
            missing_required=tuple(name for name in heads.missing_required if name not in places),
            findings=(*heads.findings, FileFinding("filled_for_all", {"fields": told})),
        ),
    )
