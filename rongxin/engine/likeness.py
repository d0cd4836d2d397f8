"""How a party as filed agrees with a subject of the register: in code, old number, name, region and status.

Columns throughout; only the comparison of names pair by pair is rapidfuzz's, on the pairs that share a block.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from rongxin.engine import near_codes
from rongxin.engine.candidate_reasons import NAME_LIKENESS
from rongxin.engine.name_blocks import parts, probes

REASON: Final = pl.Struct({"code": pl.String, "position": pl.Int32, "filed": pl.String, "registered": pl.String})

_ALIKE: Final = 0.55
"""Likeness below which names in one block have nothing to do with each other."""

_NAMES_KEPT: Final = 8
"""Likest names that are looked at more closely for each party."""

BLOCK_LIMIT: Final = 500
"""A block that more names share tells nothing apart; what has nothing else in common is not a candidate."""

_SLIPS: Final = 1
"""Characters that one name may have and the other not, besides what was left out."""

_SCATTER: Final = np.uint32(0x9E3779B1)
"""Spreads neighbouring characters over all bits (the golden ratio times 2**32)."""

_SHORT: Final = 3
"""Characters that a short form must have for a longer name that holds it to be looked at."""

_PAIR: Final = ("at", "subject")


def alike(parties: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The subjects whose names are equal or share a block and are alike: at, subject, likeness (0 to 1), each pair once.

    Of each party at most the _NAMES_KEPT likest.
    """
    filed = parties.select("at", "name").filter(pl.col("name").str.len_chars() > 0)
    equal = filed.join(names.select("name", "subject"), on="name").select(*_PAIR, likeness=pl.lit(1.0))
    blocks, rows = probes(filed["name"]), names.with_row_index("which")
    pairs = pl.concat(
        [
            _sharing(blocks.filter("head"), rows.select("which", block="head_block")),
            _sharing(blocks.filter(~pl.col("head")), rows.select("which", block="tail_block")),
        ]
    )
    own = parts(filed["name"]).select(pl.col("core") + pl.col("trade")).to_series()
    pairs = _sharing_characters(pairs, filed["name"], own, names).unique()
    left, right = filed["name"].gather(pairs["at"]), names["name"].gather(pairs["which"])
    near = pairs.with_columns(
        _ratio(left, right).alias("likeness"), own.gather(pairs["at"]).alias("own"), right.alias("held")
    )
    # What is left out of a short form makes it unlike the whole name, but the name holds it.
    holds = pl.col("held").str.contains(pl.col("own"), literal=True) & (pl.col("own").str.len_chars() >= _SHORT)
    likest = (
        near.filter((pl.col("likeness") >= _ALIKE) | holds)
        .sort("at", "likeness", "which", descending=[False, True, False])
        .group_by("at", maintain_order=True)
        .head(_NAMES_KEPT)
    )
    found = likest.select(
        filed["at"].gather(likest["at"]), names["subject"].gather(likest["which"]), pl.col("likeness")
    )
    return pl.concat([equal, found]).group_by(_PAIR, maintain_order=True).agg(pl.col("likeness").max())


def _sharing(wanted: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a filed name and a registered one under one block: at, which."""
    shared = kept.drop_nulls().join(wanted, on="block", how="semi")
    small = shared.filter(pl.len().over("block") <= BLOCK_LIMIT)
    return wanted.join(small, on="block").select("at", "which")


def _sharing_characters(
    pairs: pl.DataFrame, filed: pl.Series, filed_own: pl.Series, registered: pl.DataFrame
) -> pl.DataFrame:
    """The pairs (positions in both) whose own parts differ by one character, or of which one holds the other.

    Cheap, and leaves few to compare. The characters of a name are a set of 64 bits; where two fall on one bit a pair too
    many stays. The blocks stand for the registered own part.
    """
    at, which = pairs["at"].to_numpy(), pairs["which"].to_numpy()
    met = np.zeros(registered.height, dtype=np.bool_)
    met[which] = True
    blocks = registered.filter(pl.Series(met)).select(pl.concat_str("head_block", "tail_block", ignore_nulls=True))
    own = _characters(blocks.to_series())[(np.cumsum(met) - 1)[which]]
    lacking = np.bitwise_count(_characters(filed_own)[at] & ~own)
    surplus = np.bitwise_count(own & ~_characters(filed)[at])
    return pairs.filter(pl.Series((np.maximum(lacking, surplus) <= _SLIPS) | (lacking == 0) | (surplus == 0)))


def _characters(names: pl.Series) -> npt.NDArray[np.uint64]:
    """The characters of each name as a set of 64 bits."""
    sets = np.zeros(names.len(), dtype=np.uint64)
    points = np.frombuffer("".join(names.to_list()).encode("utf-32-le"), dtype=np.uint32)
    if len(points):
        bits = np.uint64(1) << (points * _SCATTER >> np.uint32(26)).astype(np.uint64)
        lengths = names.str.len_chars().to_numpy().astype(np.int64)
        filled = lengths > 0
        sets[filled] = np.bitwise_or.reduceat(bits, (np.cumsum(lengths) - lengths)[filled])
    return sets


def _ratio(left: pl.Series, right: pl.Series) -> pl.Series:
    """Likeness of each pair of texts, 0 to 1."""
    if left.is_empty():
        return pl.Series([], dtype=pl.Float64)
    return pl.Series(cpdist(left.to_list(), right.to_list(), scorer=fuzz.ratio, workers=-1), dtype=pl.Float64) / 100


def of_names(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """The name of each subject that is likest to the one filed, and how it agrees: at, subject, registered_name, former,
    name_reason, name_weight, core, and the places in both names (name_place, registered_place).
    """
    both = (
        pairs.select(*_PAIR, "name")
        .drop_nulls("name")
        .join(
            names.group_by("subject", pl.col("name").alias("registered_name")).agg(pl.col("current").any()),
            on="subject",
        )
    )
    ratio = _ratio(both["name"], both["registered_name"])
    likest = (
        both.with_columns(ratio.alias("likeness"))
        .sort(*_PAIR, "likeness", "current", "registered_name", descending=[False, False, True, True, False])
        .unique(_PAIR, keep="first", maintain_order=True)
    )
    former = (~pl.col("current")).alias("former")
    told = ("registered_name", "name_reason", "name_weight", "core", "name_place", "registered_place")
    return _compared(likest).select(*_PAIR, *told, former)


def _compared(likest: pl.DataFrame) -> pl.DataFrame:
    """In which way each pair of names agrees."""
    filed, registered = (_parts_of(likest[name]) for name in ("name", "registered_name"))
    slips = pl.Series([], dtype=pl.Int64)
    if likest.height:
        pair = (likest["name"].to_list(), likest["registered_name"].to_list())
        slips = pl.Series(cpdist(*pair, scorer=Levenshtein.distance, score_cutoff=1, workers=-1), dtype=pl.Int64)
    table = likest.with_columns(
        slips.alias("slips"),
        *(filed[name].alias(f"filed_{name}") for name in ("core", "trade")),
        *registered.select("core", "trade"),
        filed["region"].alias("name_place"),
        registered["region"].alias("registered_place"),
    )
    own = pl.col("filed_core") + pl.col("filed_trade")
    same_core = (pl.col("filed_core") == pl.col("core")) & (pl.col("core").str.len_chars() >= 2)
    is_shorter = pl.col("name").str.len_chars() < pl.col("registered_name").str.len_chars()
    held = pl.col("registered_name").str.contains(own, literal=True) & (own.str.len_chars() >= 2)
    reason = (
        pl.when(pl.col("slips") == 0)
        .then(pl.lit("name_equal"))
        .when(pl.col("slips") == 1)
        .then(pl.lit("name_one_off"))
        .when(same_core & (pl.col("filed_trade") == pl.col("trade")))
        .then(pl.lit("name_parts_equal"))
        .when(is_shorter & held)
        .then(pl.lit("name_shortened"))
        .when(same_core)
        .then(pl.lit("name_core_equal"))
        .when(pl.col("likeness") >= _ALIKE)
        .then(pl.lit("name_near"))
        .otherwise(pl.lit("name_unlike"))
    )
    own_weight = pl.col("name_reason").is_in(["name_near", "name_unlike"])
    weight = pl.when(own_weight).then(NAME_LIKENESS * pl.col("likeness") ** 2).otherwise(pl.col("likeness") * 0.5)
    return table.with_columns(name_reason=reason).with_columns(name_weight=weight)


def _parts_of(names: pl.Series) -> pl.DataFrame:
    """The parts of each name, found once for each different one."""
    different = names.unique()
    table = parts(different).with_columns(different.alias("name"))
    return names.alias("name").to_frame().join(table, on="name", how="left", maintain_order="left").drop("name")


def with_reasons(pairs: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """``pairs`` with ``reasons`` (list of REASON): judged, code, number, name, region, status.

    Expects what candidates.candidates puts together of party, subject, name and judgement.
    """
    differs = near_codes.differences(pairs["code"], pairs["uscc"])
    told = pairs.hstack(differs.rename({"filed": "code_filed", "registered": "code_registered"}))
    told = _with_former_codes(_with_numbers(told, identifiers), identifiers)
    return told.with_columns(reasons=pl.concat_list(*_reasons()).list.drop_nulls())


def _reasons() -> tuple[pl.Expr, ...]:
    code, former, name = pl.col("code"), pl.col("former"), pl.col("name_reason")
    judged = pl.col("by").is_not_null()
    by_difference = {
        near_codes.EQUAL: "code_equal",
        near_codes.ONE_OFF: "code_one_off",
        near_codes.SWAPPED: "code_swapped",
        near_codes.SAME_SUBJECT_PART: "code_organisation",
    }
    code_reason = (
        pl.when(code.is_null())
        .then(pl.lit("code_not_filed"))
        .when("code_is_former")
        .then(pl.lit("code_former"))
        .otherwise(pl.col("difference").replace_strict(by_difference, default="code_unlike", return_dtype=pl.String))
    )
    fits = pl.col("fits").fill_null(False) & code_reason.is_in(["code_one_off", "code_swapped", "code_organisation"])
    return (
        _reason(pl.when(judged).then(pl.lit("judged_before")), filed="on", registered="by"),
        _reason(code_reason, position="position", filed="code_filed", registered="code_registered"),
        _reason(pl.when(fits).then(pl.lit("check_fits"))),
        _reason(pl.col("number_reason"), filed="number_filed", registered="number_registered"),
        _reason(name, registered="core"),
        _reason(pl.when(former & (name != "name_unlike")).then(pl.lit("former_name")), registered="registered_name"),
        _reason(
            pl.when(_other_place()).then(pl.lit("name_place_unlike")), filed="name_place", registered="registered_place"
        ),
        _reason(_region_reason()),
        _reason(pl.lit("status_") + pl.col("status")),
    )


def _other_place() -> pl.Expr:
    """Whether both names begin with a place and neither place holds the other (福建省福州市 holds 福州)."""
    filed, registered = (pl.col(name).str.strip_suffix("市") for name in ("name_place", "registered_place"))
    holds = filed.str.contains(registered, literal=True) | registered.str.contains(filed, literal=True)
    return (filed != "") & (registered != "") & ~holds


def _reason(code: pl.Expr, *, position: str = "", filed: str = "", registered: str = "") -> pl.Expr:
    """A reason with its particulars; null where ``code`` is."""

    def told(column: str, dtype: type[pl.DataType]) -> pl.Expr:
        return pl.col(column).cast(dtype) if column else pl.lit(None, dtype)

    particulars = (
        code.alias("code"),
        told(position, pl.Int32).alias("position"),
        told(filed, pl.String).alias("filed"),
        told(registered, pl.String).alias("registered"),
    )
    return pl.when(code.is_not_null()).then(pl.struct(*particulars))


def _region_reason() -> pl.Expr:
    """The registered region against the department's: inside it, in the same prefecture, elsewhere (GB/T 2260)."""
    own, registered = pl.col("region"), pl.col("registered_region")
    inside = registered.str.starts_with(own.str.strip_suffix("00").str.strip_suffix("00"))
    return (
        pl.when((own == "") | own.is_null() | (registered == ""))
        .then(pl.lit("region_unknown"))
        .when(inside)
        .then(pl.lit("region_equal"))
        .when(own.str.head(4) == registered.str.head(4))
        .then(pl.lit("region_near"))
        .otherwise(pl.lit("region_unlike"))
    )


def _with_former_codes(pairs: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Whether the code as filed is one that the subject bears beside its present one."""
    borne = identifiers.select("subject", pl.col("value").alias("code"), code_is_borne=pl.lit(True)).unique()
    is_other = pl.col("code_is_borne").fill_null(False) & (pl.col("code") != pl.col("uscc"))
    return pairs.join(borne, on=["subject", "code"], how="left", maintain_order="left").with_columns(
        code_is_former=is_other
    )


def _with_numbers(pairs: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """How the old numbers as filed agree with those registered: number_reason, number_filed, number_registered.

    Every unified code holds an organisation code (GB 32100-2015, positions 9-17), so that one can always be compared.
    """
    kinds = ["registration_number", "organisation_code"]
    inside = pairs.select(
        "subject", pl.lit("organisation_code").alias("kind"), pl.col("uscc").str.slice(8, 9).alias("value")
    )
    registered = pl.concat(
        [identifiers.filter(pl.col("kind").is_in(kinds)).select("subject", "kind", "value"), inside]
    ).unique()
    both = (
        pairs.select(*_PAIR, *kinds)
        .unpivot(kinds, index=_PAIR, variable_name="kind", value_name="filed")
        .drop_nulls("filed")
        .join(registered, on=["subject", "kind"], how="left", maintain_order="left")
    )
    slips = pl.Series([], dtype=pl.Int64)
    if both.height:
        values = (both["filed"].to_list(), both["value"].fill_null("").to_list())
        slips = pl.Series(cpdist(*values, scorer=OSA.distance, score_cutoff=1), dtype=pl.Int64)
    grade = pl.when(pl.col("value").is_null()).then(3).otherwise(slips)
    reasons = {0: "number_equal", 1: "number_one_off", 2: "number_unlike", 3: "number_not_registered"}
    best = (
        both.with_columns(grade=grade)
        .sort(*_PAIR, "grade", "value")
        .unique(_PAIR, keep="first", maintain_order=True)
        .select(
            *_PAIR,
            pl.col("grade").replace_strict(reasons, return_dtype=pl.String).alias("number_reason"),
            pl.col("filed").alias("number_filed"),
            pl.col("value").alias("number_registered"),
        )
    )
    told = pairs.join(best, on=_PAIR, how="left", maintain_order="left")
    return told.with_columns(pl.col("number_reason").fill_null("number_not_filed"))
