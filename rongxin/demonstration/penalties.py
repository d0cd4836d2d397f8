"""Made-up administrative penalties: kinds of violations with the clause that punishes them, and rows of any number."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.demonstration.chance import Index, Lists, below, chance, taken
from rongxin.demonstration.tables import rows_of
from rongxin.demonstration.trades import goods_of

WARNING: Final = "警告、通报批评"
FINE: Final = "罚款、没收违法所得、没收非法财物"
LICENCE: Final = "暂扣许可证件、降低资质等级、吊销许可证件"
CLOSURE: Final = "限制开展生产经营活动、责令停产停业、责令关闭、限制从业"


@dataclass(frozen=True, slots=True)
class Penalty:
    """A kind of violation: who punishes it, whom it may concern, what happened, the clause, usual fines in yuan.

    ``facts`` may hold {when}, {count} and {good}. ``gains``: illegal gains are confiscated, too; ``besides`` is
    imposed, too. ``goods`` stand in for those of the trade.
    """

    bureau: str
    group: str
    violation: str
    facts: str
    basis: str
    categories: tuple[str, ...]
    fines: tuple[int, ...]
    gains: bool
    besides: str
    goods: tuple[str, ...]


CATEGORIES: Final = {"warning": WARNING, "fine": FINE, "licence": LICENCE, "closure": CLOSURE}


def _penalty(row: dict[str, str]) -> Penalty:
    return Penalty(
        bureau=row["bureau"],
        group=row["group"],
        violation=row["violation"],
        facts=row["facts"],
        basis=row["basis"],
        categories=tuple(CATEGORIES[name] for name in row["categories"].split()),
        fines=tuple(map(int, row["fines"].split())),
        gains=row["gains"] == "yes",
        besides=row["besides"],
        goods=tuple(row["goods"].split()),
    )


PENALTIES: Final = tuple(map(_penalty, rows_of("penalties")))
_FINES = Lists([each.fines or (0,) for each in PENALTIES])


def penalty_rows(seed: int, number: Index, filed: pl.DataFrame) -> pl.DataFrame:
    """Rows of the kind ``administrative_penalty`` by field name, one for every act number and row of ``filed``.

    ``filed`` has the columns of ``acts.filed``; its ``template`` is a position in PENALTIES.
    """
    template = filed["template"].to_numpy()
    fine = _FINES.one_of(template, seed, "fine", number)
    has_gains = taken([each.gains for each in PENALTIES], template)
    gains = pl.Series(120 + 10 * below(seed, "gains", number, 400))
    parts = pl.DataFrame(
        {
            "facts": taken([each.facts for each in PENALTIES], template),
            "good": goods_of(PENALTIES, filed, seed, number),
            "count": pl.Series(2 + below(seed, "count", number, 7)).cast(pl.String),
            "fine": fine,
            "gains": gains,
            "besides": taken([each.besides for each in PENALTIES], template),
            "is_warned": taken([WARNING in each.categories for each in PENALTIES], template),
            "is_in_10k": pl.Series(chance(seed, "wording", number) < 0.25),
            "found_on": filed["decided_on"].dt.offset_by("-1mo"),
        }
    ).with_columns(gains=pl.when(pl.Series(has_gains)).then("gains").otherwise(0))
    return filed.select(
        "party_name",
        "party_category",
        "party_uscc",
        penalty_document_no=pl.col("document_number"),
        violation_type=taken([each.violation for each in PENALTIES], template),
        violation_facts=parts.select(_facts()).to_series(),
        penalty_basis=taken([each.basis for each in PENALTIES], template),
        penalty_category=taken(["；".join(each.categories) for each in PENALTIES], template),
        penalty_content=parts.select(_content()).to_series(),
        fine_amount_10k=parts.select(_in_10k("fine")).to_series(),
        confiscated_amount_10k=parts.select(_in_10k("gains")).to_series(),
        penalty_decision_date=pl.col("decided_on"),
        penalty_valid_to=pl.col("decided_on").dt.offset_by("1y"),
        penalty_authority=pl.col("authority"),
        penalty_authority_uscc=pl.col("authority_uscc"),
        source_unit=pl.col("authority"),
        source_unit_uscc=pl.col("authority_uscc"),
    )


def _facts() -> pl.Expr:
    when = pl.col("found_on").dt.strftime("%Y年%-m月")
    facts = pl.col("facts").str.replace("{when}", when, literal=True)
    return facts.str.replace("{count}", pl.col("count"), literal=True).str.replace(
        "{good}", pl.col("good"), literal=True
    )


def _in_10k(yuan: str) -> pl.Expr:
    """Ten thousands as a department writes them, 8000 yuan as 0.8; null for no sum."""
    rest = (pl.col(yuan) % 10_000).cast(pl.String).str.zfill(4)
    text = pl.format("{}.{}", pl.col(yuan) // 10_000, rest).str.strip_chars_end("0").str.strip_suffix(".")
    return pl.when(pl.col(yuan) > 0).then(text)


def _content() -> pl.Expr:
    """The penalty in words; the sums are those of the columns, now and then written in ten thousands."""
    fine = pl.when("is_in_10k").then(_in_10k("fine") + "万元").otherwise(pl.col("fine").cast(pl.String) + "元")
    said = (
        pl.when("is_warned").then(pl.lit("警告")),
        pl.when(pl.col("gains") > 0).then(pl.lit("没收违法所得") + pl.col("gains").cast(pl.String) + "元"),
        pl.when(pl.col("fine") > 0).then(pl.lit("罚款") + fine),
        pl.when(pl.col("besides") != "").then("besides"),
    )
    return pl.concat_str(said, separator="，", ignore_nulls=True)
