"""A department's list of old codes in, the same list with unified codes out; nothing is kept."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from config.environment import environment
from rongxin.engine.codes import normalise_codes
from rongxin.engine.heads import HeadMatch, known_heads, match_heads
from rongxin.engine.reading import read_table
from rongxin.engine.sheets import ROW, Sheet, Unreadable, column_name
from rongxin.primitives.resident_id import mask_numbers
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.conversion import CONVERTED, NAME_DIFFERS, SEVERAL, UNKNOWN, converted

KIND: Final = "registration"
OLD_FIELDS: Final[tuple[str, ...]] = ("registration_number", "organisation_code")
CODE_HEAD, OUTCOME_HEAD = "统一社会信用代码（转换）", "转换结果"
OUTCOMES: Final = {
    CONVERTED: "已转换",
    SEVERAL: "一个旧码对应多个主体，请填写全称后再试，或人工核对",
    NAME_DIFFERS: "登记库里这个旧码的名称不同，请核对",
    UNKNOWN: "登记库没有这个旧码",
}
NOTHING_TO_CONVERT: Final = "没有旧码"


@dataclass(frozen=True)
class Conversion:
    """The list with its unified codes. ``rows``: as lists of cells under ``heads``; ``counts``: rows by outcome."""

    heads: tuple[str, ...]
    rows: list[list[str]]
    counts: dict[str, int]


def convert_file(path: Path) -> Conversion:
    """Convert the old codes in the table at ``path``, found by their heads (工商注册号, 组织机构代码, 名称).

    Raises engine.sheets.Unreadable; ``heads_missing`` where no column of old codes is found.
    """
    kind = rulebook.current().kinds[KIND]
    sheet = read_table(path, row_limit=environment.row_limit, known_heads=known_heads([kind]))
    heads = match_heads(sheet.heads, kind)
    old = [field for field in OLD_FIELDS if field in heads.columns]
    if not old:
        raise Unreadable("heads_missing", fields="、".join(kind.fields[field].title for field in OLD_FIELDS))
    wanted = _wanted(sheet, heads, old)
    found = converted(wanted.drop_nulls("code"))
    outcomes = wanted.select(pl.col(ROW).cast(pl.Int64)).join(
        found.select("row", "uscc", "outcome"), on="row", how="left", maintain_order="left"
    )
    rows = [
        [*map(_cell, cells), uscc or "", OUTCOMES.get(outcome, NOTHING_TO_CONVERT)]
        for cells, (_, uscc, outcome) in zip(sheet.frame.drop(ROW).iter_rows(), outcomes.iter_rows(), strict=True)
    ]
    counts = {str(outcome): int(number) for outcome, number in found["outcome"].value_counts().iter_rows()}
    return Conversion((*sheet.heads, CODE_HEAD, OUTCOME_HEAD), rows, counts)


def write(conversion: Conversion, path: Path) -> None:
    """Write the list as CSV (UTF-8 with mark)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(conversion.heads)
        writer.writerows(conversion.rows)


def _wanted(sheet: Sheet, heads: HeadMatch, old: list[str]) -> pl.DataFrame:
    codes = [normalise_codes(sheet.frame[column_name(heads.columns[field])]).alias(field) for field in old]
    name = pl.lit(None, pl.String)
    if "name" in heads.columns:
        name = pl.col(column_name(heads.columns["name"])).str.strip_chars().replace("", None)
    filled = pl.DataFrame([sheet.frame[ROW], *codes]).with_columns(pl.col(field).replace("", None) for field in old)
    return filled.select(ROW, pl.coalesce(old).alias("code"), sheet.frame.select(name.alias("name")).to_series())


def _cell(value: str | None) -> str:
    """A cell as it came, without numbers of persons."""
    return mask_numbers(value or "")
