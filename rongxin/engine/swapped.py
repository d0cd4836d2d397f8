"""Codes of the party that stand under each other's heads, noticed by what the columns hold.

Layouts number these columns differently (行政相对人代码_2 and _3), and clerks fill them in the order they know. A column
is moved only when nearly all its cells are codes of another kind, and the column of that kind is missing, empty or moved
itself. What is not clear stays where it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.heads import HeadMatch
from rongxin.engine.sheets import FileFinding, Sheet, column_name
from rongxin.policy.kinds import RecordKind
from rongxin.primitives import organisation_code, registration_number, uscc
from rongxin.primitives.characters import compact

SAMPLE: Final = 1_000
SHARE: Final = 0.8
"""Share of the cells of a column that must be codes of one kind."""

FEWEST: Final = 2
"""Cells that must speak for the move, all moved columns together: a single code may fit by chance."""

_IS: Final = {
    "uscc": uscc.is_valid,
    "organisation_code": organisation_code.is_valid,
    "registration_number": registration_number.is_valid,
}


def by_content(sheet: Sheet, match: HeadMatch, kind: RecordKind) -> HeadMatch:
    """``match`` with the code columns where their content belongs, and a finding that names what was moved."""
    party = kind.credit.party
    fields = {
        kind.fields[name].type: name
        for name in (party.uscc, party.registration_number, party.organisation_code)
        if name
    }
    held = {name: _held(sheet, match, name) for name in fields.values()}
    seen = {name: _kind_of(cells) for name, cells in held.items()}
    moves = {name: fields[told] for name, told in seen.items() if told in fields and fields[told] != name}
    moves = {
        name: target
        for name, target in moves.items()
        if (target in moves or held[target].is_empty()) and list(moves.values()).count(target) == 1
    }
    moves = {name: target for name, target in moves.items() if target in moves or held[target].is_empty()}
    if sum(held[name].len() for name in moves) < FEWEST:
        return match
    return _moved(sheet, match, kind, moves)


def _moved(sheet: Sheet, match: HeadMatch, kind: RecordKind, moves: Mapping[str, str]) -> HeadMatch:
    columns = {name: index for name, index in match.columns.items() if name not in {*moves, *moves.values()}}
    columns |= {target: match.columns[name] for name, target in moves.items()}
    told = [(sheet.heads[match.columns[name]], kind.fields[target]) for name, target in moves.items()]
    finding = FileFinding(
        "codes_swapped",
        {
            "moves": "；".join(f"“{head}”列读作“{field.title}”" for head, field in told),
            "moves_en": "; ".join(f"“{head}” read as “{field.credit.label or field.title}”" for head, field in told),
        },
    )
    missing = tuple(
        field.name
        for field in kind.table.fields
        if field.constraints.required and field.name not in columns and field.name in {*match.missing_required, *moves}
    )
    return replace(match, columns=columns, missing_required=missing, findings=(*match.findings, finding))


def _held(sheet: Sheet, match: HeadMatch, name: str) -> pl.Series:
    """The first filled cells of a field's column."""
    if name not in match.columns:
        return pl.Series([], dtype=pl.String)
    cells = cell.stripped(sheet.frame[column_name(match.columns[name])].drop_nulls().head(SAMPLE))
    return cell.without_missing(cells, frozenset()).drop_nulls()


def _kind_of(cells: pl.Series) -> str | None:
    """Of which kind of code nearly all cells are; None where they are of none."""
    codes = [compact(value) for value in cells]
    for kind, fits in _IS.items():
        if codes and sum(map(fits, codes)) >= SHARE * len(codes):
            return kind
    return None
