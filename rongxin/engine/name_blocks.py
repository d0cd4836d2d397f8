"""The parts of many names at once, and the blocks by which alike names are gathered before they are compared.

A block is a piece of the name that a slip elsewhere leaves whole. The register keeps two of each name: the beginning of
its own part, and the end of it with the trade. A name to be found is looked up by every beginning and end that could be
such a block, so that one wrong character, a region or trade left out, brackets or another legal form do not hide it.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

import polars as pl
from stdnum import numdb

from rongxin.primitives.names import LEGAL_FORMS, normalise_name
from rongxin.primitives.organisation_words import PROVINCES, TRADES

LONGEST: Final = 8
"""Characters that a block may have."""

SHORTEST: Final = 2
LONGEST_HEAD: Final = 4
PARTS_SCHEMA: Final = {"region": pl.String, "core": pl.String, "trade": pl.String, "form": pl.String}

_PROVINCE_ENDINGS: Final = "省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区"
_BRACKETED: Final = r"\([^()]*\)?"


def parts(names: pl.Series) -> pl.DataFrame:
    """Region, own part (core), trade and legal form of normalised names, what stands in brackets left out; null stays.

    A part that is not found is empty. A name that would be nothing but region, trade and form keeps its region in the
    core.
    """
    outside = names.str.replace_all(_BRACKETED, "")
    table = pl.DataFrame({"whole": outside.set((outside == "").fill_null(False), None).fill_null(names)})
    place, short = _leading_places()
    region = pl.col("whole").str.extract(place, 1).replace("", None).fill_null(pl.col("whole").str.extract(short, 1))
    split = table.with_columns(region=region.fill_null(""), form=_found(LEGAL_FORMS, "whole", after=1)).with_columns(
        own=pl.col("whole").str.strip_prefix(pl.col("region")).str.strip_suffix(pl.col("form"))
    )
    bare = pl.col("own").str.strip_suffix(_found(TRADES, "own", after=0)).str.len_chars() < SHORTEST
    split = split.with_columns(
        region=pl.when(bare).then(pl.lit("")).otherwise("region"),
        own=pl.when(bare).then(pl.col("whole").str.strip_suffix(pl.col("form"))).otherwise("own"),
    ).with_columns(trade=_found(TRADES, "own", after=SHORTEST))
    core = pl.col("own").str.strip_suffix(pl.col("trade"))
    known = pl.col("whole").is_not_null()
    return split.select(pl.when(known).then(column) for column in ("region", core.alias("core"), "trade", "form"))


def blocks(names: pl.Series) -> pl.DataFrame:
    """The two blocks under which each normalised name is kept: head_block, tail_block; null where there is too little.

    Head: the first half of the own part, two to four characters. Tail: the rest of the own part and the trade, at most
    LONGEST characters; of a short own part some of it stands in both.
    """
    found = parts(names).with_columns(
        length=pl.col("core").str.len_chars().cast(pl.Int64),
        whole=(pl.col("core") + pl.col("trade")).str.len_chars().cast(pl.Int64),
    )
    half = ((pl.col("length") + 1) // 2).clip(SHORTEST, LONGEST_HEAD)
    rest = pl.min_horizontal(half, pl.col("length") - 1, pl.col("whole") - SHORTEST).clip(0)
    head = pl.col("core").str.slice(0, half)
    tail = (pl.col("core").str.slice(rest) + pl.col("trade")).str.tail(LONGEST)
    return found.select(_long_enough(head).alias("head_block"), _long_enough(tail).alias("tail_block"))


def probes(names: pl.Series) -> pl.DataFrame:
    """Every block under which a name like these may be kept: at (position in ``names``), head, block.

    ``head`` tells whether it is a head or a tail block. What looks like a region may be the beginning of the own part
    (金华), so heads are taken with it and without.
    """
    own = pl.col("core") + pl.col("trade")
    table = parts(names).select("region", own=own).with_row_index("at").drop_nulls()
    placed = table.filter(pl.col("region") != "").with_columns(own=pl.col("region") + pl.col("own"))
    heads = [
        _probes(part, length, head=True) for part in (table, placed) for length in range(SHORTEST, LONGEST_HEAD + 1)
    ]
    tails = [_probes(table, length, head=False) for length in range(SHORTEST, LONGEST + 1)]
    return pl.concat([*heads, *tails])


def _probes(table: pl.DataFrame, length: int, *, head: bool) -> pl.DataFrame:
    own = pl.col("own")
    piece = own.str.head(length) if head else own.str.tail(length)
    return table.filter(own.str.len_chars() >= length).select("at", pl.lit(head).alias("head"), piece.alias("block"))


def _long_enough(block: pl.Expr) -> pl.Expr:
    return pl.when(block.str.len_chars() >= SHORTEST).then(block)


def _found(words: Iterable[str], column: str, *, after: int) -> pl.Expr:
    """The longest of ``words`` at the end of a column's texts; empty without ``after`` characters before it."""
    found = pl.col(column).str.extract(_at_the_end(tuple(words)), 1)
    return pl.when(pl.col(column).str.len_chars() >= found.str.len_chars() + after).then(found).otherwise(pl.lit(""))


@cache
def _at_the_end(words: tuple[str, ...]) -> str:
    return rf"({_any_of(map(normalise_name, words))})$"


@cache
def _leading_places() -> tuple[str, str]:
    """Expressions for the places that lead a name: province, prefecture and county; or a county without 市 or 县.

    The latter only where the name begins: behind a province 万源 is somebody's own name.
    """
    prefectures = {place for code, place in _places() if code.endswith("00")}
    counties = {place for code, place in _places() if not code.endswith("00")}
    provinces = rf"(?:(?:{_any_of(PROVINCES)})(?:{_PROVINCE_ENDINGS})?)?"
    place = rf"^({provinces}(?:{_any_of(prefectures | _short(prefectures))})?(?:{_any_of(counties)})?)"
    return place, rf"^({_any_of(_short(counties) - _short(prefectures))})"


def _short(places: Iterable[str]) -> set[str]:
    """Places without 市 or 县, as people write them."""
    without = {place[:-1] for place in places if place[-1:] in "市县" and not place.endswith("自治县")}
    return {name for name in without if len(name) >= SHORTEST}


@cache
def _places() -> tuple[tuple[str, str], ...]:
    """Four-digit code below the province and name of every division that GB/T 2260 has known since 1980."""
    found = [
        (code, place)
        for *_, provinces in numdb.get("cn/loc").prefixes
        for _, code, _, names, _ in provinces
        for place in re.findall(r"(?:\[[0-9-]*\])?([^\[\],]+)", names["county"])
        if len(place) > SHORTEST and code != "0000" and place not in ("市辖区", "省直辖县级行政单位")
    ]
    return tuple(found)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))
