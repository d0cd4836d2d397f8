"""Which subjects a row may mean whose company cannot be told: gathered by code and by blocks of the name, ranked, explained.

Exact first, blocked likeness second; nothing here decides. Sole traders are natural persons in civil law: a full code or
number finds them, a name or a likeness never does.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rongxin.engine import likeness, near_codes
from rongxin.engine.candidate_reasons import REASONS
from rongxin.engine.name_blocks import probes

PARTY_SCHEMA: Final = {
    "at": pl.UInt32,
    "name": pl.String,
    "code": pl.String,
    "registration_number": pl.String,
    "organisation_code": pl.String,
    "region": pl.String,
}
"""A party as filed, everything normalised; ``region`` is the division of the department that files."""

JUDGED_SCHEMA: Final = {
    "name": pl.String,
    "code": pl.String,
    "subject": pl.Int64,
    "uscc": pl.String,
    "verdict": pl.String,
    "own": pl.Boolean,
    "by": pl.String,
    "on": pl.String,
}
"""What persons decided about parties: ``code`` as :func:`party_code` gives it, ``verdict`` same or different, ``own``:
under the department that files now."""

CANDIDATE_SCHEMA: Final = {
    "at": pl.UInt32,
    "rank": pl.UInt32,
    "subject": pl.Int64,
    "score": pl.Float64,
    "reasons": pl.List(likeness.REASON),
}
MOST: Final = 6
SAME, DIFFERENT = "same", "different"

_FAINTEST: Final = 2.0
"""Evidence below which a subject is no candidate."""

_HALF_SURE: Final = 8.0
"""The larger, the more evidence the score can tell apart before it flattens."""

_PAIR: Final = ("at", "subject")


@dataclass(frozen=True, slots=True)
class Pool:
    """The part of the register that may hold the candidates of some parties.

    ``names``: name, subject, current, head_block, tail_block. ``identifiers``: kind, value, subject. ``subjects``: subject,
    uscc, status, region, is_sole_trader. Whoever is touched stands here with all names and identifiers.
    """

    names: pl.DataFrame
    identifiers: pl.DataFrame
    subjects: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look up in a register for some parties: each a column of different values.

    ``identifiers`` of any kind, exactly; ``organisations``: positions 9–17 of a unified code; normalised ``names``, exactly;
    ``heads`` and ``tails``: blocks of names.
    """

    identifiers: pl.Series
    organisations: pl.Series
    names: pl.Series
    heads: pl.Series
    tails: pl.Series


def party_code(*codes: pl.Expr | str) -> pl.Expr:
    """The one code that stands for a party in judgements: the first of unified code, registration number, organisation code
    that is filled and has no character hidden; else empty.
    """
    columns = (pl.col(code) if isinstance(code, str) else code for code in codes)
    whole = (pl.when(~code.str.contains("*", literal=True)).then(code) for code in columns)
    return pl.coalesce(*whole, pl.lit(""))


def wanted(parties: pl.DataFrame) -> Wanted:
    """What a pool for ``parties`` (PARTY_SCHEMA) must hold."""
    filed = _filed_values(parties)
    blocks = probes(parties["name"])

    def different(values: pl.Series) -> pl.Series:
        return values.drop_nulls().unique().sort()

    return Wanted(
        identifiers=different(pl.concat([filed["value"], _meant(parties)["value"]])),
        organisations=different(_organisations(parties)["value"]),
        names=different(parties["name"]),
        heads=different(blocks.filter("head")["block"]),
        tails=different(blocks.filter(~pl.col("head"))["block"]),
    )


def candidates(parties: pl.DataFrame, pool: Pool, judged: pl.DataFrame, *, most: int = MOST) -> pl.DataFrame:
    """At most ``most`` candidates of each of ``parties`` (PARTY_SCHEMA), the likeliest first (CANDIDATE_SCHEMA).

    ``judged`` (JUDGED_SCHEMA): who was judged different is left out, who was judged same by this department stands first.
    ``score`` lies between 0 and 1, rises with the evidence and reaches neither; order is total. ``reasons``: codes of
    :mod:`.candidate_reasons` with their particulars.
    """
    parties = parties.select(pl.col(name).cast(dtype) for name, dtype in PARTY_SCHEMA.items())
    said = _said(parties, judged)
    pairs = _pairs(parties, pool, said)
    registered_region = pl.when(pl.col("region") == "").then(pl.col("uscc").str.slice(2, 6)).otherwise("region")
    subjects = pool.subjects.select("subject", "uscc", "status", registered_region.alias("registered_region"))
    known = pairs.join(parties, on="at").join(subjects, on="subject")
    weighed = known.join(likeness.of_names(known, pool.names), on=_PAIR, how="left").join(
        said.filter((pl.col("verdict") == SAME) & "own").select(*_PAIR, "by", "on").unique(_PAIR), on=_PAIR, how="left"
    )
    weighed = likeness.with_reasons(weighed, pool.identifiers)
    weights = {code: float(reason.weight) for code, reason in REASONS.items()}
    weight = pl.col("reasons").list.eval(
        pl.element().struct.field("code").replace_strict(weights, return_dtype=pl.Float64)
    )
    points = weight.list.sum() + pl.col("name_weight").fill_null(0)
    before = pl.col("by").is_not_null()
    return (
        weighed.with_columns(points=points, before=before)
        .filter((pl.col("points") >= _FAINTEST) | "before")
        .sort("at", "before", "points", "subject", descending=[False, True, True, False])
        .with_columns(
            rank=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("at"),
            score=1 - (-pl.max_horizontal("points", pl.lit(0.1)) / _HALF_SURE).exp(),
        )
        .filter(pl.col("rank") <= most)
        .select(*CANDIDATE_SCHEMA)
    )


def _said(parties: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Judgements about the parties: at, subject, verdict, own, by, on."""
    code = party_code("code", "registration_number", "organisation_code")
    return parties.select("at", "name", code.alias("code")).join(judged, on=["name", "code"]).drop("name", "code")


def _pairs(parties: pl.DataFrame, pool: Pool, said: pl.DataFrame) -> pl.DataFrame:
    """Every subject that may be meant by every party: at, subject, each pair once."""
    identifiers = pool.identifiers.select("value", "subject")
    organisations = pl.concat(
        [
            pool.subjects.select(pl.col("uscc").str.slice(8, 9).alias("value"), "subject"),
            pool.identifiers.filter(pl.col("kind") == "organisation_code").select("value", "subject"),
        ]
    )
    exact = _filed_values(parties).join(identifiers, on="value").select(_PAIR)
    near = pl.concat(
        [
            _meant(parties).join(identifiers, on="value").select(_PAIR),
            _organisations(parties).join(organisations, on="value").select(_PAIR),
            likeness.alike(parties, pool.names).select(_PAIR),
            said.filter((pl.col("verdict") == SAME) & "own").select(_PAIR),
        ]
    )
    public = near.join(pool.subjects.filter("is_sole_trader"), on="subject", how="anti")
    different = said.filter(pl.col("verdict") == DIFFERENT)
    return pl.concat([exact, public]).unique().join(different, on=_PAIR, how="anti")


def _filed_values(parties: pl.DataFrame) -> pl.DataFrame:
    """Every code and number as filed: at, value."""
    columns = ("code", "registration_number", "organisation_code")
    return pl.concat([parties.select("at", pl.col(name).alias("value")) for name in columns]).drop_nulls()


def _meant(parties: pl.DataFrame) -> pl.DataFrame:
    """Unified codes one slip away from those filed: at, value."""
    filed = parties.select("at", "code").drop_nulls()
    near = near_codes.meant(filed["code"])
    return pl.DataFrame({"at": filed["at"].gather(near["at"]), "value": near["code"]})


def _organisations(parties: pl.DataFrame) -> pl.DataFrame:
    """Organisation codes, filed as such or inside a unified code: at, value."""
    inside = parties.filter(pl.col("code").str.len_chars() == 18).select("at", pl.col("code").str.slice(8, 9))
    filed = parties.select("at", pl.col("organisation_code"))
    return pl.concat([part.rename({part.columns[1]: "value"}) for part in (inside, filed)]).drop_nulls()
