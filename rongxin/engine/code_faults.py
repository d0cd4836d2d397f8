"""Wrong, doubled and old codes of the parties in a table (重错码; 闽信用〔2019〕7号 item 4): what the ledger of codes takes.

A code that the ladder of the code check finds wrong is a wrong code, unless the register knows it under that very name. The
same code under several names, or the same name with several codes, is a doubled code. A row that gives only an old number
waits for its conversion.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.codes import normalise_codes
from rongxin.engine.columns import CODE_TYPES
from rongxin.engine.heads import HeadMatch
from rongxin.engine.persons import identity_numbers
from rongxin.engine.sheets import ROW, Sheet, column_name
from rongxin.policy.kinds import RecordKind
from rongxin.policy.words import StepSeverity
from rongxin.primitives.uscc import LENGTH

WRONG, PLACEHOLDER, DOUBLED, OLD = "wrong", "placeholder", "doubled", "old"

FAULTS_SCHEMA: Final = {
    ROW: pl.UInt32,
    "field": pl.String,
    "value": pl.String,
    "party_name": pl.String,
    "fault": pl.String,
    "problem": pl.String,
}

_FAULT_OF: Final[Mapping[str, str]] = {
    "uscc_placeholder": PLACEHOLDER,
    "code_lost_digits": WRONG,
    "uscc_length": WRONG,
    "uscc_alphabet": WRONG,
    "uscc_category": WRONG,
    "uscc_check_character": WRONG,
    "uscc_organisation_code": WRONG,
    "organisation_code_invalid": WRONG,
    "registration_number_invalid": WRONG,
    "code_and_name_point_elsewhere": WRONG,
}
CODE_TWO_NAMES: Final = "code_of_several_names"
NAME_TWO_CODES: Final = "name_of_several_codes"
OLD_NUMBER_ONLY: Final = "old_number_only"


def party_codes(kind: RecordKind) -> tuple[str, ...]:
    """The fields that hold codes of the party, the unified code first."""
    party = kind.credit.party
    names = (party.uscc, party.registration_number, party.organisation_code)
    # One column may hold codes of every kind.
    return tuple(dict.fromkeys(name for name in names if name))


def filed_codes(sheet: Sheet, heads: HeadMatch, persons: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """The parties as filed: row, party_name, and each code field (normalised, identity numbers left out, null where empty).

    Rows about natural persons (``persons``: row) are not there.
    """
    missing = frozenset(kind.table.missing_values)
    places = {
        field: heads.columns[field] for field in (kind.credit.party.name, *party_codes(kind)) if field in heads.columns
    }
    cells = sheet.rows.select(ROW, *dict.fromkeys(map(column_name, places.values()))).collect()

    def column(field: str) -> pl.Series:
        if field not in places:
            return pl.Series(field, [None], dtype=pl.String).new_from_index(0, cells.height)
        raw = cell.without_missing(cell.stripped(cells[column_name(places[field])]), missing)
        if kind.fields[field].type not in CODE_TYPES:
            return raw.alias(field)
        codes = normalise_codes(raw)
        numbers = identity_numbers(codes)
        return (codes.set(numbers, None) if numbers.any() else codes).alias(field)

    name = column(kind.credit.party.name).alias("party_name")
    frame = pl.DataFrame([cells[ROW], name, *map(column, party_codes(kind))])
    return frame.join(persons.select(ROW), on=ROW, how="anti", maintain_order="left")


def code_faults(filed: pl.DataFrame, problems: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """The faulty codes of a table (FAULTS_SCHEMA), one line for each row, field and fault, in the order of rows.

    ``filed``: from :func:`filed_codes`. ``problems``: of the resolved table.
    """
    fields = party_codes(kind)
    if not fields:
        return pl.DataFrame(schema=FAULTS_SCHEMA)
    parts = [_wrong(filed, problems, fields), *(_doubled(_of_one_kind(filed, field, kind), field) for field in fields)]
    if kind.credit.party.uscc:
        parts.append(_old(filed, kind.credit.party.uscc, fields[1:]))
    found = pl.concat([part.select(*FAULTS_SCHEMA) for part in parts])
    return found.unique([ROW, "field", "fault"], keep="first", maintain_order=True).sort(ROW, maintain_order=True)


def _wrong(filed: pl.DataFrame, problems: pl.DataFrame, fields: tuple[str, ...]) -> pl.DataFrame:
    told = problems.filter(
        pl.col("code").is_in(list(_FAULT_OF)) & (pl.col("severity") != StepSeverity.WARN.value)
    ).with_columns(pl.col("code").replace_strict(_FAULT_OF, return_dtype=pl.String).alias("fault"))
    # That a code leads elsewhere is told at the name; the fault lies in the code.
    field = pl.when(pl.col("field").is_in(list(fields))).then("field").otherwise(pl.lit(fields[0]))
    concerned = told.filter(pl.col("field").is_in(list(fields)) | (pl.col("code") == "code_and_name_point_elsewhere"))
    codes = filed.unpivot(on=list(fields), index=[ROW, "party_name"], variable_name="field", value_name="value")
    return concerned.select(ROW, field.alias("field"), "fault", pl.col("code").alias("problem")).join(
        codes, on=[ROW, "field"], maintain_order="left"
    )


def _of_one_kind(filed: pl.DataFrame, field: str, kind: RecordKind) -> pl.DataFrame:
    """Of a column that holds codes of every kind the unified codes: an organisation code beside one is no second code."""
    if kind.fields[field].type != "party_code":
        return filed
    return filed.filter(pl.col(field).str.len_chars() == LENGTH)


def _doubled(filed: pl.DataFrame, field: str) -> pl.DataFrame:
    parties = filed.select(ROW, "party_name", pl.col(field).alias("value")).with_columns(
        cell.normalised_names(filed["party_name"]).alias("name")
    )
    complete = parties.drop_nulls(["value", "name"])
    doubled = complete.with_columns(
        names=pl.col("name").n_unique().over("value"), codes=pl.col("value").n_unique().over("name")
    ).filter((pl.col("names") > 1) | (pl.col("codes") > 1))
    return doubled.with_columns(
        field=pl.lit(field),
        fault=pl.lit(DOUBLED),
        problem=pl.when(pl.col("names") > 1).then(pl.lit(CODE_TWO_NAMES)).otherwise(pl.lit(NAME_TWO_CODES)),
    )


def _old(filed: pl.DataFrame, uscc: str, others: tuple[str, ...]) -> pl.DataFrame:
    if not others:
        return pl.DataFrame(schema=FAULTS_SCHEMA)
    lacking = filed.filter(pl.col(uscc).is_null() & pl.any_horizontal(pl.col(others).is_not_null()))
    return lacking.select(
        ROW,
        "party_name",
        field=pl.coalesce(pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in others),
        value=pl.coalesce(others),
        fault=pl.lit(OLD),
        problem=pl.lit(OLD_NUMBER_ONLY),
    )
