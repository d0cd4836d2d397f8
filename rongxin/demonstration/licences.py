"""Made-up administrative licences: kinds of licences, and rows of any number."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.demonstration.chance import Index, Lists, one_of, taken
from rongxin.demonstration.tables import rows_of
from rongxin.demonstration.trades import goods_of
from rongxin.primitives.dates import OPEN_END
from rongxin.primitives.divisions import DEMONSTRATION


@dataclass(frozen=True, slots=True)
class Licence:
    """A kind of licence: who grants it, whom it may concern, its category in the standard, its certificate and number.

    ``content`` may hold {matter} and {good}. ``years`` 0: without end. ``goods`` stand in for those of
    the trade.
    """

    bureau: str
    group: str
    name: str
    category: str
    certificate: str
    letters: str
    content: str
    years: int
    matters: tuple[str, ...]
    goods: tuple[str, ...]


def _licence(row: dict[str, str]) -> Licence:
    return Licence(
        bureau=row["bureau"],
        group=row["group"],
        name=row["name"],
        category=row["category"],
        certificate=row["certificate"],
        letters=row["letters"],
        content=row["content"],
        years=int(row["years"]),
        matters=tuple(row["matters"].split()),
        goods=tuple(row["goods"].split()),
    )


LICENCES: Final = tuple(map(_licence, rows_of("licences")))

_MATTERS = Lists([each.matters for each in LICENCES])


def licence_rows(seed: int, number: Index, filed: pl.DataFrame) -> pl.DataFrame:
    """Rows of the kind ``administrative_licence`` by field name, one for every act number and row of ``filed``.

    ``filed`` has the columns of ``acts.filed``; its ``template`` is a position in LICENCES.
    """
    template = filed["template"].to_numpy()
    parts = pl.DataFrame(
        {
            "name": taken([each.name for each in LICENCES], template),
            "letters": taken([each.letters for each in LICENCES], template),
            "content": taken([each.content for each in LICENCES], template),
            "years": taken([f"{each.years}y" for each in LICENCES], template),
            "matter": _MATTERS.one_of(template, seed, "matter", number),
            "good": goods_of(LICENCES, filed, seed, number),
            "number": number,
            "begins": one_of(("0d", "0d", "1d"), seed, "begins", number),
            "decided_on": filed["decided_on"],
        }
    ).with_columns(valid_from=pl.col("decided_on").dt.offset_by(pl.col("begins")))
    return filed.select(
        "party_name",
        "party_category",
        "party_uscc",
        license_document_name=parts.select(pl.format("准予{}（{}）决定书", "name", "matter")).to_series(),
        license_document_no=pl.col("document_number"),
        license_category=taken([each.category for each in LICENCES], template),
        license_certificate_name=taken([each.certificate or None for each in LICENCES], template),
        license_no=parts.select(_licence_number()).to_series(),
        license_content=parts.select(_content()).to_series(),
        license_decision_date=pl.col("decided_on"),
        valid_from=parts["valid_from"],
        valid_to=parts.select(_valid_to()).to_series(),
        license_authority=pl.col("authority"),
        license_authority_uscc=pl.col("authority_uscc"),
        record_status=pl.lit("有效"),
        source_unit=pl.col("authority"),
        source_unit_uscc=pl.col("authority_uscc"),
    )


def _licence_number() -> pl.Expr:
    return pl.format(f"{{}}{DEMONSTRATION}{{}}", "letters", pl.col("number").cast(pl.String).str.zfill(8))


def _content() -> pl.Expr:
    matter = pl.col("content").str.replace("{matter}", pl.col("matter"), literal=True)
    return matter.str.replace("{good}", pl.col("good"), literal=True)


def _valid_to() -> pl.Expr:
    ends = pl.col("valid_from").dt.offset_by(pl.col("years")).dt.offset_by("-1d")
    return pl.when(pl.col("years") == "0y").then(pl.lit(OPEN_END)).otherwise(ends)
