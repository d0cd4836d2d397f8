"""From checked rows to the record envelope: which column fills what, the title, and whether it may be displayed."""

from datetime import date, timedelta

import polars as pl

from rongxin.engine.cells import by_value
from rongxin.engine.rules import holds
from rongxin.policy.display import display_rule
from rongxin.policy.kinds import Basis, KindField, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Severity
from rongxin.primitives.money import format_yuan

TITLE_LENGTH = 300
# What an adverse record cannot be displayed without (architecture §2).
_NEEDED_IF_ADVERSE = ("authority", "document_number", "basis")
INCOMPLETE = "缺少认定单位、文号或依据，补齐前不公示"


def envelope(rows: pl.DataFrame, kind: RecordKind, policy: Policy, today: date) -> pl.DataFrame:
    """The columns that ``records.appending.append`` takes, from resolved rows of a kind that makes records."""
    filed = kind.credit.envelope
    if filed is None:
        raise ValueError(f"{kind.name} makes no records")
    party = kind.credit.party
    shaped = rows.with_columns(
        party_name=pl.col(party.name),
        party_code=_column(party.uscc),
        authority=pl.col(filed.authority),
        authority_uscc=_column(filed.authority_uscc),
        document_number=_column(filed.document_number),
        decided_on=pl.col(filed.decided_on),
        valid_from=_column(filed.valid_from, pl.Date),
        valid_to=_valid_to(kind),
        basis=_column(filed.basis),
        amount_fen=pl.sum_horizontal(filed.amount) if filed.amount else pl.lit(None, pl.Int64),
        title=_title(rows, kind),
    )
    return shaped.drop("display", "display_reason", "display_clause", strict=False).pipe(
        _displayed, kind=kind, policy=policy, today=today
    )


def _column(name: str | None, dtype: type[pl.DataType] = pl.String) -> pl.Expr:
    return pl.lit(None, dtype) if name is None else pl.col(name)


def _valid_to(kind: RecordKind) -> pl.Expr:
    """The last day of validity; of a list entry the day before its removal, if that is earlier."""
    listing = kind.credit.listing
    if listing is None:
        return _column(kind.credit.envelope.valid_to if kind.credit.envelope else None, pl.Date)
    before_removal = pl.col(listing.removed_on) - timedelta(days=1)
    return pl.min_horizontal(_column(listing.until, pl.Date), before_removal)


def _title(rows: pl.DataFrame, kind: RecordKind) -> pl.Series:
    """What a person would call the act: the headline fields that are filled, amounts in yuan with their label."""
    fields = kind.fields
    parts = [_spoken(rows[name], fields[name]).alias(str(index)) for index, name in enumerate(kind.credit.headline)]
    if not parts:
        return pl.Series("title", [kind.title.zh] * rows.height, pl.String)
    joined = rows.select(pl.concat_str(parts, separator="，", ignore_nulls=True).str.slice(0, TITLE_LENGTH))
    return joined.to_series().replace("", kind.title.zh).alias("title")


def _spoken(values: pl.Series, field: KindField) -> pl.Series:
    if field.type != "amount":
        return values.cast(pl.String)
    label = field.title.split("（")[0].removesuffix("金额").removesuffix("的")
    return by_value(values, lambda fen: f"{label} {format_yuan(fen)}" if fen else None, pl.String())


def _displayed(rows: pl.DataFrame, *, kind: RecordKind, policy: Policy, today: date) -> pl.DataFrame:
    """Say of each row whether it may be displayed, by its severity, and by which clause. Until when is computed when read."""
    rules = [
        (severity, display_rule(policy, kind, Severity(severity), today)) for severity in rows["severity"].unique()
    ]
    by_severity = pl.DataFrame(
        {
            "severity": [severity for severity, _ in rules],
            "display": [rule.display.value for _, rule in rules],
            "display_reason": [rule.reason.zh if rule.reason else None for _, rule in rules],
            "display_clause": [_cited(rule.clause.basis, policy) if rule.clause else None for _, rule in rules],
        },
        schema={
            "severity": pl.String,
            "display": pl.String,
            "display_reason": pl.String,
            "display_clause": pl.String,
        },
    )
    shown = rows.join(by_severity, on="severity", how="left", maintain_order="left")
    is_adverse = pl.col("severity") != Severity.NONE.value
    is_public = pl.col("display") == Display.PUBLIC.value
    incomplete = (
        is_adverse & is_public & pl.any_horizontal(pl.col(name).fill_null("") == "" for name in _NEEDED_IF_ADVERSE)
    )
    complete = shown.with_columns(
        display=pl.when(incomplete).then(pl.lit(Display.WITHHELD.value)).otherwise("display"),
        display_reason=pl.when(incomplete).then(pl.lit(INCOMPLETE)).otherwise("display_reason"),
    )
    return _withheld_by_content(complete, kind=kind, policy=policy)


def _withheld_by_content(rows: pl.DataFrame, *, kind: RecordKind, policy: Policy) -> pl.DataFrame:
    """Withhold the rows that the kind withholds by what they say, each for the first reason that holds."""
    for clause in reversed(kind.credit.withheld_when):
        held = holds(rows[clause.field], clause.has, only=clause.only) if clause.field else pl.lit(True)
        rows = rows.with_columns(
            display=pl.when(held).then(pl.lit(Display.WITHHELD.value)).otherwise("display"),
            display_reason=pl.when(held).then(pl.lit(clause.reason.zh)).otherwise("display_reason"),
            display_clause=pl.when(held).then(pl.lit(_cited(clause.basis, policy))).otherwise("display_clause"),
        )
    return rows


def as_displayed(rows: pl.DataFrame, kind: RecordKind, day: date) -> pl.DataFrame:
    """The rows with ``display`` as the public would meet it on the day: withheld where the last day of validity is past."""
    if not kind.credit.ends_with_validity:
        return rows
    is_past = (pl.col("valid_to") < day).fill_null(False)
    return rows.with_columns(display=pl.when(is_past).then(pl.lit(Display.WITHHELD.value)).otherwise("display"))


def _cited(basis: Basis, policy: Policy) -> str:
    return f"《{policy.documents[basis.document].title.zh}》{basis.item}"
