"""The unified-code ladder over a column, against python-stdnum called once a row."""

import random
from pathlib import Path

import polars as pl
from stdnum.cn import uscc as stdnum_uscc

from bench.measure import Benchmark, Goal, median_seconds
from config.environment import environment
from rongxin.engine.codes import inspect_codes
from rongxin.policy.loader import load_pack
from rongxin.primitives.uscc import ALPHABET, make

DIFFERENT = 50_000
STDNUM_ROWS = 50_000


def _codes(size: int) -> pl.Series:
    """Codes of Fuzhou, one in twenty with a wrong last character."""
    chance = random.Random(20261122)
    places = ("350102", "350103", "350104", "350121", "350181", "350182", "110108", "440305")
    good = [make("9", "1", chance.choice(places), f"MA{index:06d}") for index in range(min(size, DIFFERENT))]
    codes = [code[:17] + chance.choice(ALPHABET) if chance.random() < 0.05 else code for code in good]
    return pl.Series("code", codes * (size // len(codes) + 1)).head(size)


def run(size: int) -> Benchmark:
    """Seconds for ``size`` codes; final check characters must agree wherever eight digits lead."""
    codes = _codes(size)
    divisions = load_pack(Path(environment.policies), environment.pack).divisions
    seconds, findings = median_seconds(lambda: inspect_codes(codes, divisions))
    sample = codes.head(STDNUM_ROWS).to_list()
    peer, theirs = median_seconds(lambda: [_stdnum_accepts(code) for code in sample])
    wrong = set(findings.filter(pl.col("code") == "uscc_check_character")["at"].to_list())
    agree = sum((index not in wrong) == accepted for index, accepted in enumerate(theirs)) / len(theirs)
    per_code, their_per_code = seconds / size, peer / len(sample)
    return Benchmark(
        name="codes",
        size=size,
        seconds=round(seconds, 4),
        peers={f"python-stdnum, {len(sample):,} codes": round(peer, 4)},
        goals=(
            Goal("times python-stdnum, code by code", their_per_code / per_code, 100),
            Goal("part of final check characters that agree", agree, 1.0),
        ),
    )


def _stdnum_accepts(code: str) -> bool:
    return bool(stdnum_uscc.is_valid(code))
