"""One column of a sheet as one field of a record kind: its typed values, and everything wrong with its cells by
themselves.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.codes import (
    INSPECTED_SCHEMA,
    inspect_codes,
    normalise_codes,
    wrong_organisation_codes,
    wrong_registration_numbers,
)
from rongxin.engine.findings import AT, FOUND_SCHEMA, NO_PARAMS, all_found, found, nothing_found, positions
from rongxin.engine.problems import severity_of
from rongxin.engine.sheets import params_text
from rongxin.policy.kinds import KindField, RecordKind
from rongxin.policy.words import FieldClass, StepSeverity
from rongxin.primitives import resident_id, uscc
from rongxin.primitives.characters import without_blanks
from rongxin.primitives.dates import OPEN_END, read_date
from rongxin.primitives.divisions import Divisions
from rongxin.primitives.money import AmountProblem, Unit, read_amount
from rongxin.primitives.names import mask_person

SEPARATOR: Final = "；"
TYPES: Final[Mapping[str, pl.DataType]] = {"date": pl.Date(), "amount": pl.Int64()}
"""Column types by field type; all others are String."""

CODE_TYPES: Final = frozenset({"uscc", "organisation_code", "registration_number", "party_code"})

MALFORMED: Final = frozenset(
    {"uscc_placeholder", "code_lost_digits", "uscc_length", "uscc_alphabet", "uscc_category", "code_hidden"}
)
"""Findings after which a unified code cannot be used to look anything up."""

MOST_FEN: Final = 2**63 - 1
_HIDDEN: Final = r"\*"
_ORGANISATION_CODE: Final = "^[0-9A-Z]{9}$"
_REGISTRATION_NUMBER: Final = "^[0-9]{13}(?:[0-9]{2})?$"
_PLAIN_AMOUNT: Final = r"^[0-9]{1,12}(?:\.[0-9]{1,6})?$"
_MILLIONTHS_PER_FEN: Final = {"yuan": 10_000, "10k_yuan": 1}


@dataclass(frozen=True, slots=True)
class Judging:
    """What judging a cell depends on besides its field.

    ``ladder``: step of the code ladder → what a finding does. ``open_ended``: date fields in which 长期 means "no end".
    ``document_number``: the field in which only whole identity numbers are blanked, because other numbers are its
    content. ``may_be_numbers``: a table programme may have kept codes as numbers.
    """

    missing: frozenset[str]
    divisions: Divisions
    ladder: Mapping[str, StepSeverity]
    open_ended: frozenset[str]
    document_number: str | None
    may_be_numbers: bool

    @classmethod
    def of(
        cls, kind: RecordKind, divisions: Divisions, ladder: Mapping[str, StepSeverity], *, may_be_numbers: bool
    ) -> "Judging":
        """The settings for ``kind``. A term without end is no end for every date but those on which something
        begins.
        """
        begins = {rule.field for rule in kind.credit.rules if rule.rule == "not_after_today"}
        envelope = kind.credit.envelope
        if envelope:
            begins |= {envelope.decided_on, envelope.valid_from or envelope.decided_on}
        dates = {field.name for field in kind.table.fields if field.type == "date"}
        return cls(
            missing=frozenset(kind.table.missing_values),
            divisions=divisions,
            ladder=ladder,
            open_ended=frozenset(dates - begins),
            document_number=envelope.document_number if envelope else None,
            may_be_numbers=may_be_numbers,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """``value``: typed, null where missing or unreadable. ``filled``: whether the cell held anything. ``found``:
    findings.
    """

    value: pl.Series
    filled: pl.Series
    found: pl.DataFrame


def judge(raw: pl.Series, field: KindField, judging: Judging) -> Column:
    """The cells ``raw`` (String) as values of ``field``, with every finding about a cell by itself."""
    if raw.null_count() == raw.len():
        return absent(field, raw.len())
    different = cell.few_different(raw)
    if different is None:
        return _judge_cells(raw, field, judging)
    return _spread(raw, different, _judge_cells(different, field, judging))


def absent(field: KindField, height: int) -> Column:
    """The column of a field in which nothing is filled."""
    nothing = pl.Series(field.name, [None], dtype=TYPES.get(field.type, pl.String()))
    return Column(nothing.new_from_index(0, height), pl.Series([False]).new_from_index(0, height), nothing_found())


def _spread(raw: pl.Series, different: pl.Series, judged: Column) -> Column:
    """What was judged of the different values, for every cell."""
    if judged.found.is_empty() and judged.value.dtype == pl.String and judged.value.equals(different):
        return Column(raw, raw.is_not_null(), judged.found)
    table = pl.DataFrame({"cell": different}).with_row_index("which")
    which = (
        raw.alias("cell")
        .to_frame()
        .join(table, on="cell", how="left", maintain_order="left", nulls_equal=True)["which"]
    )
    concerned = (
        pl.DataFrame({"which": which}).with_row_index("row").filter(pl.col("which").is_in(judged.found[AT].implode()))
    )
    spread = concerned.join(judged.found, left_on="which", right_on=AT).rename({"row": AT}).select(*FOUND_SCHEMA)
    return Column(judged.value.gather(which), judged.filled.gather(which), spread)


def _judge_cells(raw: pl.Series, field: KindField, judging: Judging) -> Column:
    text = cell.without_missing(cell.stripped(raw), judging.missing)
    match field.type:
        case "date":
            value, findings = _dates(text, open_ended=field.name in judging.open_ended)
        case "amount":
            value, findings = _amounts(text, field.credit.unit or "yuan")
        case "uscc":
            value, findings = _unified_codes(text, judging)
        case "organisation_code":
            value, findings = _organisation_codes(text, judging)
        case "registration_number":
            value, findings = _registration_numbers(text)
        case "party_code":
            value, findings = _party_codes(text, judging)
        case _:
            value, findings = _texts(text, field, judging)
    return Column(value.alias(field.name), text.is_not_null(), findings)


_Judged = tuple[pl.Series, pl.DataFrame]


def _dates(text: pl.Series, *, open_ended: bool) -> _Judged:
    read = {value: read_date(value) for value in text.drop_nulls().unique()}
    days = {value: day for value, day in read.items() if isinstance(day, date) and not (open_ended and day == OPEN_END)}
    value = cell.look_up(text, pl.Series(list(days), dtype=pl.String), pl.Series(list(days.values()), dtype=pl.Date))
    return value, _unread(text, {value: code for value, code in read.items() if isinstance(code, str)})


def _amounts(text: pl.Series, unit: Unit) -> _Judged:
    plain = text.str.contains(_PLAIN_AMOUNT).fill_null(False)
    millionths = text.set(~plain, None).str.to_decimal(scale=6).to_physical().cast(pl.Int64)
    fen = millionths // _MILLIONTHS_PER_FEN[unit]
    fen = fen.set((millionths % _MILLIONTHS_PER_FEN[unit] != 0).fill_null(False), None)
    read = {value: _fen(value, unit) for value in text.filter(fen.is_null()).drop_nulls().unique()}
    sums = {value: amount for value, amount in read.items() if isinstance(amount, int)}
    if sums:
        others = cell.look_up(
            text, pl.Series(list(sums), dtype=pl.String), pl.Series(list(sums.values()), dtype=pl.Int64)
        )
        fen = fen.fill_null(others)
    return fen, _unread(text, {value: code for value, code in read.items() if isinstance(code, str)})


def _fen(text: str, unit: Unit) -> int | str:
    amount = read_amount(text, unit)
    return AmountProblem.UNREADABLE if isinstance(amount, int) and amount > MOST_FEN else amount


def _unread(text: pl.Series, codes: Mapping[str, str]) -> pl.DataFrame:
    """One finding for every cell that stands in ``codes`` (cell → finding)."""
    by_code: dict[str, list[str]] = {}
    for value, code in codes.items():
        by_code.setdefault(str(code), []).append(value)
    return all_found([found(positions(text.is_in(values)), code) for code, values in by_code.items()])


def _unified_codes(text: pl.Series, judging: Judging) -> _Judged:
    codes = normalise_codes(text)
    filled = codes.is_not_null().arg_true()
    inspected = inspect_codes(codes.drop_nulls(), judging.divisions)
    if judging.may_be_numbers:
        inspected = _told_as_numbers(inspected, codes.drop_nulls())
    severities = {step: judging.ladder[step].value for step in inspected["step"].unique()}
    always = {code: severity_of(code).value for code in ("code_lost_digits", "uscc_placeholder")}
    findings = inspected.select(
        filled.gather(inspected["at"]).alias(AT),
        "code",
        pl.col("code").replace_strict(always, default=pl.col("step").replace(severities)).alias("severity"),
        "params",
        pl.lit(None, pl.String).alias("suggestion"),
    )
    return codes, findings


def _told_as_numbers(inspected: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    """Codes that fail the check and are exactly a binary floating point number: a workbook kept them as numbers.

    It has lost its last digits even where they do not read 000: 18 digits need 60 bits, and 53 are kept.
    """
    failing = inspected.filter(pl.col("code") == "uscc_check_character")[AT]
    suspects = pl.DataFrame({AT: failing, "uscc": codes.gather(failing)}).filter(
        pl.col("uscc").str.contains("^[0-9]+$")
    )
    lost = [at for at, code in suspects.iter_rows() if int(float(code)) == int(code)]
    told = [(at, "format", "code_lost_digits", NO_PARAMS) for at in lost]
    rest = inspected.filter(~pl.col(AT).is_in(lost))
    return pl.concat([rest, pl.DataFrame(told, schema=INSPECTED_SCHEMA, orient="row")])


def _organisation_codes(text: pl.Series, judging: Judging) -> _Judged:
    codes = normalise_codes(text)
    wrong = wrong_organisation_codes(codes)
    severity = judging.ladder["organisation_code"]
    return codes, _wrong_codes(text, codes, wrong, "organisation_code_invalid", severity)


def _registration_numbers(text: pl.Series) -> _Judged:
    codes = normalise_codes(text)
    wrong = wrong_registration_numbers(codes)
    code = "registration_number_invalid"
    return codes, _wrong_codes(text, codes, wrong, code, severity_of(code))


def _party_codes(text: pl.Series, judging: Judging) -> _Judged:
    """Codes of any kind, each judged as what its form says; those with hidden characters lead to nobody."""
    codes = normalise_codes(text)
    hidden, organisation, registration = (
        codes.str.contains(form).fill_null(False) for form in (_HIDDEN, _ORGANISATION_CODE, _REGISTRATION_NUMBER)
    )
    unified = ~(hidden | organisation | registration)
    findings = [
        found(positions(hidden), "code_hidden"),
        _organisation_codes(text.set(~organisation, None), judging)[1],
        _registration_numbers(text.set(~registration, None))[1],
        _unified_codes(text.set(~unified, None), judging)[1],
    ]
    return codes, all_found(findings)


def _wrong_codes(text: pl.Series, codes: pl.Series, wrong: set[str], code: str, severity: StepSeverity) -> pl.DataFrame:
    suspects = text.filter(codes.is_in(list(wrong))).unique()
    lost = [value for value in suspects if uscc.lost_digits(value)]
    other = [value for value in suspects if not uscc.lost_digits(value)]
    return all_found(
        [
            found(positions(text.is_in(lost)), "code_lost_digits"),
            found(positions(text.is_in(other)), code, severity=severity),
        ]
    )


def _texts(text: pl.Series, field: KindField, judging: Judging) -> _Judged:
    findings = [*_too_long(text, field), *_not_in_pattern(text, field)]
    value = text
    if field.constraints.enum:
        value, unknown = _listed_values(text, field)
        findings.append(unknown)
    return _without_persons(value, field, judging), all_found(findings)


def _too_long(text: pl.Series, field: KindField) -> list[pl.DataFrame]:
    most = field.constraints.max_length
    if most is None:
        return []
    suspects = positions(text.str.len_bytes() > most)
    lengths = text.gather(suspects).str.len_chars()
    at, counted = suspects.filter(lengths > most), lengths.filter(lengths > most)
    params = [params_text({"max": str(most), "found": str(length)}) for length in counted]
    return [found(at, "length_exceeded", params=params)]


def _not_in_pattern(text: pl.Series, field: KindField) -> list[pl.DataFrame]:
    pattern = field.constraints.pattern
    if pattern is None:
        return []
    outside = positions(~text.str.contains(rf"\A(?:{pattern})\z"))
    return [found(outside, "pattern_mismatch", params=params_text({"pattern": pattern}))]


def read_listed(text: str, field: KindField) -> tuple[str, list[str]]:
    """A cell of a field with a list of values: its values in the order of the list, and the parts that are not in it.

    A cell of a field that takes several is split at ；; other spellings (``values``) are replaced. With an unknown
    part the cell stays as it is.
    """
    listed = field.constraints.enum or ()
    spellings = {without_blanks(value): value for value in listed}
    spellings |= {without_blanks(spelling): value for spelling, value in field.credit.values.items()}
    parts = [part for part in re.split("[；;]", text) if part.strip()] if field.credit.several else [text]
    known = {spellings.get(without_blanks(part)) for part in parts}
    unknown = [part.strip() for part in parts if without_blanks(part) not in spellings]
    if unknown or not parts:
        return text, unknown or [text]
    return SEPARATOR.join(value for value in listed if value in known), []


def _listed_values(text: pl.Series, field: KindField) -> _Judged:
    allowed = SEPARATOR.join(field.constraints.enum or ())
    read = {value: read_listed(value, field) for value in text.drop_nulls().unique()}
    unknown = {value: parts for value, (_, parts) in read.items() if parts}
    others = {value: listed for value, (listed, _) in read.items() if listed != value}
    at = positions(text.is_in(list(unknown)))
    params = {
        value: params_text({"found": resident_id.mask_numbers(SEPARATOR.join(parts)), "allowed": allowed})
        for value, parts in unknown.items()
    }
    findings = found(at, "enum_unknown", params=[params[value] for value in text.gather(at)])
    return text.replace(others) if others else text, findings


def _without_persons(text: pl.Series, field: KindField, judging: Judging) -> pl.Series:
    """Names of persons masked, identity and mobile numbers blanked; fields that are not kept are left to be dropped."""
    match field.credit.field_class:
        case FieldClass.DISCARD:
            return text
        case FieldClass.PERSONAL:
            return cell.by_value(text, mask_person, pl.String())
        case _ if field.name == judging.document_number:
            return cell.without_numbers(text, cell.blank_identity_numbers)
        case _:
            return cell.without_numbers(text)
