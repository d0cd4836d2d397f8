"""Rows made wrong on purpose, few and only in the batches of the department that is shown: what the checks are for."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from rongxin.primitives.uscc import ALPHABET

PERSON: Final = {"party_name": "示例某某", "party_category": "自然人", "party_uscc": None}
_IN_YUAN: Final = {"fine_amount_10k": "8000", "penalty_content": "罚款8000元", "confiscated_amount_10k": None}


def licences(rows: pl.DataFrame) -> pl.DataFrame:
    """Four rows: a day that does not exist, no document number, a wrong check character, a natural person."""
    written = rows.with_columns(pl.col("license_decision_date").dt.to_string("%Y-%m-%d"))
    day, code = rows["license_decision_date"][0], rows["party_uscc"][min(2, rows.height - 1)]
    return _with(
        written,
        [
            {"license_decision_date": f"{day.year}-02-30"},
            {"license_document_no": None},
            {"party_uscc": _wrongly_checked(code)},
            PERSON,
        ],
    )


def penalties(rows: pl.DataFrame) -> pl.DataFrame:
    """Two rows: a fine in yuan under a head that says ten thousands, and one that does not say by code whose it is."""
    return _with(rows, [_IN_YUAN, {"party_uscc": None}])


def corrected(rows: pl.DataFrame) -> pl.DataFrame:
    """The first two rows once more, the facts of the first corrected."""
    facts = rows["violation_facts"][0].removesuffix("。")
    return _with(rows.head(2), [{"violation_facts": f"{facts}（更正：数量已与决定书原件核对）。"}])


def shifted(rows: pl.DataFrame) -> pl.DataFrame:
    """Three rows with a day that is not the one of the document, as its reviewer will notice."""
    day_before = pl.col("license_decision_date").dt.offset_by("-1d")
    first = pl.int_range(pl.len()) < 3
    return rows.with_columns(
        pl.when(first).then(day_before).otherwise("license_decision_date").alias("license_decision_date")
    )


def _with(rows: pl.DataFrame, changes: Sequence[Mapping[str, str | None]]) -> pl.DataFrame:
    """The rows, each of the first with the cells of its change; rows beyond the last change stay as they are."""
    cells = rows.to_dicts()
    changed = [cell | dict(change) for cell, change in zip(cells, changes, strict=False)]
    return pl.DataFrame([*changed, *cells[len(changed) :]], schema=rows.schema)


def _wrongly_checked(code: str) -> str:
    """The code with the next character of the alphabet in place of its check character."""
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]
