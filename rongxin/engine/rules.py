"""The rules between the columns of a kind, each as findings over the whole table."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

import polars as pl

from rongxin.engine import cells as cell
from rongxin.engine.columns import SEPARATOR, Column
from rongxin.engine.findings import found, positions
from rongxin.engine.sheets import params_text
from rongxin.policy.kinds import (
    KindField,
    NotAfterToday,
    NotBefore,
    OneOfRequired,
    RecordKind,
    RequiredWhen,
    Rule,
    UnitConfusion,
)
from rongxin.primitives.money import amounts_in, format_yuan

SOLE_TRADER: Final = "92"
"""How unified codes of sole traders begin (GB 32100-2015, table 1)."""

FEN_IN_UNIT: Final = {"yuan": 100, "10k_yuan": 1_000_000}
CONFUSED_BY: Final = 10_000
"""Yuan and ten thousand yuan (万元), the two units that are taken for each other."""

# Every sum that amounts_in finds has one of these characters.
_MARKS_OF_A_SUM: Final = list("元圆圓塊¥￥币RrＲｒCcＣｃ")
# A sum in plain figures between characters that cannot belong to a number, and how many decimals make it whole fen.
_PLAIN_SUM: Final = {
    "10k_yuan": (r"[款币处额为计共]([0-9]{1,9}(?:\.[0-9]{1,6})?)万元(?:$|[，。；、整的并）])", 6),
    "yuan": (r"[款币处额为计共]([0-9]{1,12}(?:\.[0-9]{1,2})?)元(?:$|[，。；、整的并）])", 2),
}

Findings = Iterator[tuple[str | None, pl.DataFrame]]


def required(columns: Mapping[str, Column], kind: RecordKind) -> Findings:
    """Required fields that are empty: (field, findings)."""
    for field in kind.table.fields:
        if field.constraints.required:
            yield field.name, found(positions(~columns[field.name].filled), "required_missing")


def between(columns: Mapping[str, Column], kind: RecordKind, *, today: date) -> Findings:
    """Everything that the rules of ``kind`` find: (field or None for the whole row, findings)."""
    for rule in kind.credit.rules:
        yield _apply(rule, columns, kind.fields, today)


def sole_traders(columns: Mapping[str, Column], kind: RecordKind) -> Findings:
    """Other parties that their code shows to be sole traders, where only organisations are: (field, findings)."""
    other = kind.credit.other_party
    if other and other.uscc and kind.credit.organisations_only:
        codes = columns[other.uscc].value
        yield other.uscc, found(positions(codes.str.starts_with(SOLE_TRADER)), "sole_trader_refused")


def _apply(
    rule: Rule, columns: Mapping[str, Column], fields: Mapping[str, KindField], today: date
) -> tuple[str | None, pl.DataFrame]:
    match rule:
        case RequiredWhen():
            return rule.field, _required_when(rule, columns, fields)
        case OneOfRequired():
            return None, _one_of_required(rule, columns, fields)
        case NotAfterToday():
            late = positions(columns[rule.field].value > today)
            return rule.field, found(late, "date_in_future", params=params_text({"today": today.isoformat()}))
        case NotBefore():
            return rule.field, _not_before(rule, columns, fields)
        case UnitConfusion():
            return rule.field, _unit_confusion(rule, columns, fields)
        case _:
            assert_never(rule)


def holds(values: pl.Series, has: tuple[str, ...], *, only: bool = False) -> pl.Series:
    """Whether a cell holds one of ``has`` among its parts; with ``only`` and nothing else. Null does not. Empty
    ``has``: always.
    """
    if not has:
        return pl.Series([True]).new_from_index(0, values.len())
    wanted = set(has)

    def test(text: str) -> bool:
        parts = set(text.split(SEPARATOR))
        return bool(parts) and parts <= wanted if only else not parts.isdisjoint(wanted)

    return cell.holding(values, test)


def _required_when(rule: RequiredWhen, columns: Mapping[str, Column], fields: Mapping[str, KindField]) -> pl.DataFrame:
    when = fields[rule.when]
    params = params_text({"when": when.title, "when_en": _english(when), "has": SEPARATOR.join(rule.has)})
    missing = ~columns[rule.field].filled & holds(columns[rule.when].value, rule.has)
    return found(positions(missing), "required_when_missing", params=params)


def _one_of_required(
    rule: OneOfRequired, columns: Mapping[str, Column], fields: Mapping[str, KindField]
) -> pl.DataFrame:
    chosen = [fields[name] for name in rule.fields]
    params = {"fields": "、".join(field.title for field in chosen), "fields_en": ", ".join(map(_english, chosen))}
    empty = pl.select(pl.all_horizontal(~columns[name].filled.alias(name) for name in rule.fields)).to_series()
    return found(positions(empty), "one_of_required_missing", params=params_text(params))


def _not_before(rule: NotBefore, columns: Mapping[str, Column], fields: Mapping[str, KindField]) -> pl.DataFrame:
    other = fields[rule.other]
    early = positions(columns[rule.field].value < columns[rule.other].value)
    params = [
        params_text({"other": other.title, "other_en": _english(other), "other_value": day.isoformat()})
        for day in columns[rule.other].value.gather(early)
    ]
    return found(early, "date_before_other", params=params)


def _unit_confusion(
    rule: UnitConfusion, columns: Mapping[str, Column], fields: Mapping[str, KindField]
) -> pl.DataFrame:
    """Amounts that the text does not name, while it names one ten thousand times as large or as small."""
    amount, text = fields[rule.field], fields[rule.text]
    unit = amount.credit.unit or "yuan"
    pairs = pl.DataFrame({"fen": columns[rule.field].value, "text": columns[rule.text].value}).with_row_index("at")
    suspects = _perhaps_confused(pairs.filter((pl.col("fen") > 0) & pl.col("text").is_not_null()), unit)
    named = {pair: _named_in_other_unit(*pair) for pair in suspects.select("fen", "text").unique().iter_rows()}
    confused = [(at, fen, other) for at, fen, prose in suspects.iter_rows() if (other := named[fen, prose])]
    return found(
        [at for at, _, _ in confused],
        "unit_confusion",
        params=[
            params_text(
                {
                    "read": format_yuan(fen),
                    "named": format_yuan(other),
                    "text": text.title,
                    "text_en": _english(text),
                    "proposed": in_unit(other, unit),
                }
            )
            for _, fen, other in confused
        ],
        suggestion=[in_unit(other, unit) for _, _, other in confused],
    )


def _named_in_other_unit(fen: int, prose: str) -> int | None:
    """The sum in ``prose`` that is ``fen`` in the other unit, unless ``fen`` itself is named."""
    named = set(amounts_in(prose))
    if fen in named:
        return None
    others = [fen * CONFUSED_BY, *([fen // CONFUSED_BY] if fen % CONFUSED_BY == 0 else [])]
    return next((other for other in others if other in named), None)


def _perhaps_confused(pairs: pl.DataFrame, unit: str) -> pl.DataFrame:
    """The pairs whose text must be read: it names some sum, and not plainly ``fen`` in one of the two units."""
    for each in sorted(_PLAIN_SUM, key=lambda each: each != unit):
        pattern, decimals = _PLAIN_SUM[each]
        named = pairs["text"].str.extract(pattern).str.to_decimal(scale=decimals).to_physical().cast(pl.Int64)
        pairs = pairs.filter((named != pairs["fen"]).fill_null(True))
    return pairs.filter(pl.col("text").str.contains_any(_MARKS_OF_A_SUM))


def in_unit(fen: int, unit: str) -> str:
    """A sum as one would type it in a column of ``unit``: 0.8 for 8,000 yuan in ten thousands."""
    number = Decimal(fen) / FEN_IN_UNIT[unit]
    return f"{number.normalize():f}"


def _english(field: KindField) -> str:
    return field.credit.label or field.title
