"""Dirty names against a register: exact join, then blocks and likeness, against a bare exact join and against splink.

The register holds what ours holds: the normalised name and its two blocks, made when it was taken in. The bare join of DuckDB
normalises both sides in its query; what it costs when it, too, finds them normalised stands in the notes.
"""

import random
import resource
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

import duckdb
import polars as pl

from bench.measure import Benchmark, Goal, median_seconds
from rongxin.engine import cells
from rongxin.engine.candidates import JUDGED_SCHEMA, PARTY_SCHEMA, Pool, candidates, wanted
from rongxin.engine.likeness import alike
from rongxin.engine.name_blocks import blocks
from rongxin.primitives.organisation_words import COMMON_SURNAMES, TRADES

REGISTER = 20  # registered names for each dirty one: 100,000 against two millions
EXPLAINED = 2_000
_PLACES = ("福州", "闽侯", "连江", "福清", "长乐", "罗源", "永泰", "闽清", "厦门", "泉州", "漳州", "莆田")
_OWN = sorted(COMMON_SURNAMES)  # as good as any other few hundred characters that names are made of
_WEIGHTS = [1 / (rank + 20) for rank in range(len(_OWN))]
_CHUNK = 100_000
_FILED = "SELECT regexp_replace(translate(raw, '（）', '()'), '[\\s　]', '', 'g') AS k FROM filed"
_NORMALISED = "SELECT regexp_replace(translate(name, '（）', '()'), '[\\s　]', '', 'g') AS k FROM register"
_STORED = "SELECT name AS k FROM register"


@dataclass(frozen=True)
class Names:
    """``dirty``: at, filed. ``truth``: for each the position in ``register`` (null: absent) and the dirt."""

    register: pl.DataFrame
    dirty: pl.Series
    truth: pl.DataFrame


def _name(chance: random.Random) -> str:
    own = "".join(chance.choices(_OWN, _WEIGHTS, k=chance.choice((2, 2, 3, 3, 4))))
    return f"{chance.choice(_PLACES)}{chance.choice(('', '市'))}{own}{chance.choice(TRADES)}(示例)有限公司"


def _soiled(name: str, chance: random.Random) -> tuple[str, str]:
    """60 % other brackets and blanks, 20 % one wrong character, 10 % shortened, 10 % absent from the register."""
    share = chance.random()
    if share < 0.6:
        return "form", chance.choice((name.replace("(", "（").replace(")", "）"), f" {name[:4]}　{name[4:]}"))
    if share < 0.8:
        place = chance.choice([index for index, character in enumerate(name) if character not in "(示例)"])
        return "wrong", name[:place] + chance.choice([own for own in _OWN if own != name[place]]) + name[place + 1 :]
    if share < 0.9:
        without_place = name[3:] if name[2] == "市" else name[2:]
        short = (name.replace("有限公司", "公司"), name.replace("(示例)有限公司", ""), without_place)
        return "short", chance.choice(short)
    return "absent", _name(chance).replace("(示例)", "缺(示例)")


def made_up(size: int) -> Names:
    """``size`` dirty names and a register REGISTER times as long, normalised and with blocks."""
    chance = random.Random(20261122)
    registered = [_name(chance) for _ in range(size * REGISTER)]
    chosen = chance.sample(range(len(registered)), size)
    soiled = [_soiled(registered[place], chance) for place in chosen]
    names = pl.Series("name", registered)
    parts = pl.concat([blocks(names.slice(start, _CHUNK)) for start in range(0, names.len(), _CHUNK)])
    register = pl.DataFrame(
        {"name": names, "subject": pl.int_range(names.len(), dtype=pl.Int64, eager=True)}
    ).with_columns(current=pl.lit(True))
    return Names(
        register=register.hstack(parts),
        dirty=pl.Series("filed", [filed for _, filed in soiled]),
        truth=pl.DataFrame(
            {
                "at": pl.int_range(size, dtype=pl.UInt32, eager=True),
                "dirt": [dirt for dirt, _ in soiled],
                "subject": [
                    None if dirt == "absent" else place for place, (dirt, _) in zip(chosen, soiled, strict=True)
                ],
            },
            schema_overrides={"subject": pl.Int64},
        ),
    )


def resolved(names: Names) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the names lead to exactly, and for the others whom they are like (at, subject, likeness): never taken for sure."""
    filed = pl.DataFrame({"name": cells.normalised_names(names.dirty)}).with_row_index("at")
    exact = filed.join(names.register.select("name", "subject"), on="name")
    left = filed.join(exact, on="at", how="anti")
    return exact.select("at", "subject"), alike(left, names.register)


def run(size: int) -> Benchmark:
    """Seconds for ``size`` dirty names against REGISTER times as many; precision and recall of what is found."""
    names = made_up(size)
    seconds, (exact, near) = median_seconds(lambda: resolved(names))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    explaining = _explained(names, near)
    raw, matched = median_seconds(partial(_bare_join, names, _NORMALISED))
    stored, _ = median_seconds(partial(_bare_join, names, _STORED))
    if matched < names.truth.filter(pl.col("dirt") == "form").height:
        raise RuntimeError("the bare join misses names that are equal once they are normalised")
    splink, splink_pairs = _splink(names)
    return Benchmark(
        name="resolve",
        size=size,
        seconds=round(seconds, 3),
        peers={
            "DuckDB, exact join, names normalised in the query": round(raw, 3),
            "splink, three blocks, u estimated only": round(splink, 3),
        },
        goals=(
            Goal("times a bare exact join", seconds / raw, 2, "lower"),
            Goal("times as fast as splink", splink / seconds, 3),
        ),
        notes={
            **_quality(names, exact, near),
            "register": names.register.height,
            "own_peak_mb": peak_mb,
            "duckdb_join_of_stored_normalised_names": round(stored, 3),
            f"explaining_{EXPLAINED}_questions": round(explaining, 3),
            "splink_pairs": splink_pairs,
        },
    )


def _quality(names: Names, exact: pl.DataFrame, near: pl.DataFrame) -> dict[str, object]:
    """Precision of exact hits; how often the right subject is the first proposal, and among those proposed, by dirt."""
    sure = exact.unique("at", keep="none").join(names.truth.select("at", "dirt", right="subject"), on="at")
    ranked = near.sort("at", "likeness", "subject", descending=[False, True, False]).join(
        names.truth.select("at", "dirt", right="subject"), on="at"
    )
    first = ranked.unique("at", keep="first", maintain_order=True)
    asked = names.truth.join(exact, on="at", how="anti")
    counts = Counter(asked["dirt"])

    def share(found: pl.DataFrame, dirt: str) -> float:
        hits = found.filter((pl.col("dirt") == dirt) & (pl.col("subject") == pl.col("right")))["at"].n_unique()
        return round(hits / max(counts[dirt], 1), 4)

    right = first.filter(pl.col("subject") == pl.col("right")).height
    return {
        "exact": sure.height,
        "exact_precision": round(sure.filter(pl.col("subject") == pl.col("right")).height / max(sure.height, 1), 6),
        "asked": asked.height,
        "first_proposal_precision": round(right / max(first.height, 1), 4),
        "recall_first": {dirt: share(first, dirt) for dirt in ("wrong", "short")},
        "recall_any": {dirt: share(ranked, dirt) for dirt in ("wrong", "short")},
        "absent_with_a_proposal": round(first.filter(pl.col("dirt") == "absent").height / max(counts["absent"], 1), 4),
    }


def _explained(names: Names, near: pl.DataFrame) -> float:
    """Seconds for ranked and explained candidates of some questions, their part of the register gathered."""
    some = near.select("at").unique(maintain_order=True).head(EXPLAINED)
    normalised = cells.normalised_names(names.dirty)
    parties = some.select("at", normalised.gather(some["at"]).alias("name"), region=pl.lit("350100"))
    parties = parties.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in PARTY_SCHEMA.items() if name not in parties.columns
    )
    asked = wanted(parties)
    shared = pl.col("head_block").is_in(asked.heads.implode()) | pl.col("tail_block").is_in(asked.tails.implode())
    gathered = names.register.filter(shared)
    subjects = gathered.select("subject").with_columns(
        uscc=pl.lit("91990000MA0000015Q"), status=pl.lit("active"), region=pl.lit(""), is_sole_trader=pl.lit(False)
    )
    none = pl.DataFrame(schema={"kind": pl.String, "value": pl.String, "subject": pl.Int64})
    pool = Pool(names=gathered, identifiers=none, subjects=subjects)
    seconds, _ = median_seconds(lambda: candidates(parties, pool, pl.DataFrame(schema=JUDGED_SCHEMA)), runs=1)
    return seconds


def _bare_join(names: Names, register: str) -> int:
    """DuckDB's exact join; ``register``: the query of the register's side. Returns how many names it matches."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.register("filed", pl.DataFrame({"raw": names.dirty}).to_arrow())
        connection.register("register", names.register.select("name").to_arrow())
        filed, registered = connection.sql(_FILED), connection.sql(register)
        row = filed.set_alias("f").join(registered.set_alias("r"), "f.k = r.k").count("*").fetchone()
    return int(row[0]) if row else 0


def _splink(names: Names) -> tuple[float, int]:
    """splink's prediction on the same names, normalised and with our blocks made beforehand; and how many pairs it keeps."""
    import splink.comparison_library as compare
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    def table(text: pl.Series) -> pl.DataFrame:
        return pl.DataFrame({"name": text}).hstack(blocks(text)).with_row_index("unique_id")

    filed, register = table(cells.normalised_names(names.dirty)), table(names.register["name"])
    began = time.perf_counter()
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[compare.JaroWinklerAtThresholds("name", [0.95, 0.88])],
        blocking_rules_to_generate_predictions=[block_on(name) for name in ("name", "head_block", "tail_block")],
        retain_matching_columns=False,
    )
    linker = Linker([api.register(filed.to_arrow()), api.register(register.to_arrow())], settings, log_level=50)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    count = pairs.as_duckdbpyrelation().count("*").fetchone()
    return time.perf_counter() - began, int(count[0]) if count else 0
