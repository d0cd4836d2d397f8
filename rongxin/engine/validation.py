"""Judging a whole table: every rule on every row, every problem of every row, and no content of rows about natural
persons.

Rules are evaluated on columns; nothing stops at the first problem. What is wrong with a row decides only whether it
is accepted, rejected or put before a person.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from rongxin.engine import acts, persons, rules
from rongxin.engine import cells as cell
from rongxin.engine.acts import NAME, POLARITY, SEVERITY, USABLE
from rongxin.engine.aside import put_aside
from rongxin.engine.columns import CODE_TYPES, Column, Judging, absent, judge
from rongxin.engine.findings import AT, found, positions
from rongxin.engine.heads import HeadMatch
from rongxin.engine.problems import severity_of
from rongxin.engine.sheets import ROW, Sheet, column_name
from rongxin.engine.units import ProviderFacts, of_others
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, Severity, StepSeverity
from rongxin.primitives.divisions import Divisions
from rongxin.primitives.resident_id import HIDDEN, mask_numbers

VERDICT: Final = "verdict"
ACCEPTED, REVIEW, REJECTED, DUPLICATE = "accepted", "review", "rejected", "duplicate"
OWN_COLUMNS: Final = (ROW, POLARITY, SEVERITY, VERDICT, NAME, USABLE)
VALUE_LENGTH: Final = 200
_CODE_SHAPE: Final = "^[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}$"
# Below this many rows starting threads, each with a cache of regular expressions of its own, costs more than it saves.
WORTH_THREADS: Final = 5_000

PROBLEMS_SCHEMA: Final = {
    ROW: pl.UInt32,
    "field": pl.String,
    "column": pl.Int32,
    "code": pl.String,
    "severity": pl.String,
    "value": pl.String,
    "params": pl.String,
    "suggestion": pl.String,
}
PERSONS_SCHEMA: Final = {ROW: pl.UInt32, "reason": pl.String}


@dataclass(frozen=True, slots=True)
class Checked:
    """A judged table.

    ``rows``: every row that is not surely about a person: ``row``, one typed column per stored field (String, Date,
    Int64 fen), ``polarity``, ``severity``, ``verdict`` (accepted, review, rejected, duplicate), ``party_name_normalised``,
    ``uscc_usable``. ``problems``: row, field (null: the whole row), column (index in the sheet), code, severity,
    value (as filed, persons hidden), params (JSON), suggestion (a value to put in the cell), ordered by row, field
    and code. ``persons``: row and reason of the refused person rows. ``suspects``: rows whose code is an identity
    number; whether a registered subject bears it is for :func:`.resolution.resolve` to see. ``repetitions``: whether
    each row only repeats an earlier one. ``columns``: field → column of the sheet. ``aside``: the columns of ``rows``
    that were put aside.
    """

    kind: RecordKind
    rows: pl.DataFrame
    problems: pl.DataFrame
    persons: pl.DataFrame
    suspects: pl.Series
    repetitions: pl.Series
    columns: Mapping[str, int]
    aside: pl.LazyFrame | None = None

    def put_aside(self, path: Path) -> "Checked":
        """The same with the fields at ``path`` that nobody needs to find the subjects of the rows."""
        party = self.kind.credit.party
        needed = {*OWN_COLUMNS, party.name, party.uscc, party.registration_number, party.organisation_code}
        others = [name for name in self.rows.columns if name not in needed]
        return replace(self, rows=self.rows.drop(others), aside=put_aside(self.rows.select(ROW, *others), path))

    def codes(self) -> pl.Series:
        """Every code of any kind that may lead to a subject."""
        party = self.kind.credit.party
        parts = [self.rows.filter(USABLE)[party.uscc]] if party.uscc else []
        parts += [self.rows[name] for name in (party.registration_number, party.organisation_code) if name]
        return pl.concat([part.alias("code") for part in parts]).drop_nulls().unique() if parts else _NO_CODES

    def names(self) -> pl.Series:
        """Every normalised name that may lead to a subject."""
        return self.rows[NAME].drop_nulls().unique()


_NO_CODES: Final = pl.Series("code", [], dtype=pl.String)


def validate(
    sheet: Sheet,
    heads: HeadMatch,
    kind: RecordKind,
    *,
    today: date,
    divisions: Divisions,
    ladder: Mapping[str, StepSeverity],
    provider: ProviderFacts | None = None,
) -> Checked:
    """Judge every row of ``sheet`` by the rules of ``kind`` on the day ``today``.

    ``heads``: from :func:`.heads.require_heads`. ``provider``: who sends, where rows of others are to be refused.
    ``ladder``: what a finding of each step of the code check does (format, alphabet, check_character,
    organisation_code, division); a step that is missing is an error.
    """
    judging = Judging.of(kind, divisions, ladder, may_be_numbers=sheet.may_hold_numbers)
    columns = _columns(sheet, heads, kind, judging)
    party = kind.credit.party
    names, usable, suspect = persons.about(columns, party)
    refused = persons.persons(columns, party, names, usable, suspect)
    if other := kind.credit.other_party:
        refused = pl.concat([refused, persons.other_persons(columns, other)]).unique(AT, keep="first").sort(AT)
    keep = cell.placed(pl.Series([True]).new_from_index(0, sheet.frame.height), refused[AT], False)
    rows = _rows(sheet, columns, kind).with_columns(names.alias(NAME), usable.alias(USABLE))
    suspects = rows.filter(suspect & keep)[ROW]
    if refused.height:
        rows = rows.filter(keep)
    cells = _named(
        _of_cells(columns, kind, today, provider), sheet, heads, kind, numbers=sheet.frame[ROW], hidden=~keep
    )
    twice, repeats = acts.repeated(rows, kind)
    whole = _named(_of_rows(rows, twice, kind), sheet, heads, kind, numbers=rows[ROW])
    problems = in_order(pl.concat([*cells, *whole, _of_reading(sheet, rows)]), kind)
    return Checked(
        kind=kind,
        rows=rows.with_columns(verdicts(rows, problems, repeats)),
        problems=problems,
        persons=refused.select(sheet.frame[ROW].gather(refused[AT]), "reason"),
        suspects=suspects,
        repetitions=repeats,
        columns=heads.columns,
    )


def verdicts(rows: pl.DataFrame, problems: pl.DataFrame, repeats: pl.Series) -> pl.Series:
    """Rejected where a problem refuses the row, else review where a person must look, else duplicate where it only
    repeats another, else accepted.
    """

    def has(severity: StepSeverity) -> pl.Series:
        return rows[ROW].is_in(problems.filter(pl.col(SEVERITY) == severity.value)[ROW].unique().implode())

    return pl.select(
        pl.when(has(StepSeverity.REFUSE))
        .then(pl.lit(REJECTED))
        .when(has(StepSeverity.REVIEW))
        .then(pl.lit(REVIEW))
        .when(repeats)
        .then(pl.lit(DUPLICATE))
        .otherwise(pl.lit(ACCEPTED))
        .alias(VERDICT)
    ).to_series()


def _columns(sheet: Sheet, heads: HeadMatch, kind: RecordKind, judging: Judging) -> dict[str, Column]:
    def column(field: KindField) -> Column:
        if field.name not in heads.columns:
            return absent(field, sheet.frame.height)
        return judge(sheet.frame[column_name(heads.columns[field.name])], field, judging)

    if sheet.frame.height < WORTH_THREADS:
        return {field.name: column(field) for field in kind.table.fields}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return dict(zip(kind.fields, threads.map(column, kind.table.fields), strict=True))


def _rows(sheet: Sheet, columns: Mapping[str, Column], kind: RecordKind) -> pl.DataFrame:
    values = [_kept(columns[name].value, kind.fields[name], kind).alias(name) for name in acts.stored_fields(kind)]
    rows = pl.DataFrame([sheet.frame[ROW], *values])
    return rows.hstack(acts.judgements(rows, kind))


def _kept(values: pl.Series, field: KindField, kind: RecordKind) -> pl.Series:
    """Values without identity numbers that stand where a code belongs; the party's own code is judged with its row."""
    if field.type not in CODE_TYPES or field.name == kind.credit.party.uscc:
        return values
    numbers = persons.identity_numbers(values)
    return values.set(numbers, None) if numbers.any() else values


_Findings = Iterator[tuple[str | None, pl.DataFrame]]


def _of_cells(
    columns: Mapping[str, Column], kind: RecordKind, today: date, provider: ProviderFacts | None
) -> _Findings:
    """What is wrong with cells by themselves and between the columns of a row."""
    yield from ((name, column.found) for name, column in columns.items())
    yield from rules.required(columns, kind)
    yield from rules.between(columns, kind, today=today)
    yield from rules.sole_traders(columns, kind)
    if provider:
        yield from of_others(columns, provider)


def _of_rows(rows: pl.DataFrame, twice: pl.DataFrame, kind: RecordKind) -> _Findings:
    """What is wrong with rows as acts."""
    yield None, twice
    yield None, found(positions(rows[SEVERITY] == Severity.UNKNOWN.value), "severity_unknown")


def _named(
    findings: _Findings,
    sheet: Sheet,
    heads: HeadMatch,
    kind: RecordKind,
    *,
    numbers: pl.Series,
    hidden: pl.Series | None = None,
) -> Iterator[pl.DataFrame]:
    """Findings as problems: with row number, column and the value as filed. ``hidden``: positions of which nothing
    is said.
    """
    for field, frame in findings:
        if frame.is_empty():
            continue
        told = frame.filter(pl.col(SEVERITY) != StepSeverity.IGNORE.value)
        if hidden is not None:
            told = told.filter(~hidden.gather(told[AT]))
        column = heads.columns.get(field) if field else None
        values = pl.lit(None, pl.String)
        if field and column is not None:
            values = pl.lit(shown(sheet.frame[column_name(column)].gather(told[AT]), kind.fields[field]))
        yield told.select(
            pl.lit(numbers.gather(told[AT])).alias(ROW),
            pl.lit(field, pl.String).alias("field"),
            pl.lit(column, pl.Int32).alias("column"),
            "code",
            SEVERITY,
            values.alias("value"),
            "params",
            "suggestion",
        )


def shown(values: pl.Series, field: KindField) -> pl.Series:
    """Cells as they were filed, short, with nothing about a person in them."""
    if field.credit.field_class in (FieldClass.DISCARD, FieldClass.PERSONAL):
        return values.set(values.is_not_null(), HIDDEN)
    if field.type in CODE_TYPES:
        # What has the form of a code is one or an identity number; searching it for numbers would take long.
        shaped = values.str.contains(_CODE_SHAPE).fill_null(False)
        hidden = values.set(persons.identity_numbers(values.set(~shaped, None)), HIDDEN)
        return cell.changed_where(hidden, ~shaped, mask_numbers).str.slice(0, VALUE_LENGTH)
    return cell.without_numbers(values).str.slice(0, VALUE_LENGTH)


def _of_reading(sheet: Sheet, rows: pl.DataFrame) -> pl.DataFrame:
    """What reading found wrong with whole rows."""
    severities = {code: severity_of(code).value for code in sheet.row_findings["code"].unique()}
    known = sheet.row_findings.join(rows.select(ROW), on=ROW, how="semi")
    nothing = {"field": pl.String, "column": pl.Int32, "value": pl.String, "suggestion": pl.String}
    return known.with_columns(
        pl.col("code").replace_strict(severities, return_dtype=pl.String).alias(SEVERITY),
        *(pl.lit(None, dtype).alias(name) for name, dtype in nothing.items()),
    ).select(*PROBLEMS_SCHEMA)


def in_order(problems: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """Problems by row, by field in the order of the kind (those of whole rows last), by code."""
    order = {name: index for index, name in enumerate(kind.fields)}
    place = pl.col("field").replace_strict(order, default=len(order), return_dtype=pl.Int32)
    return problems.sort(ROW, place, "code", maintain_order=True)
