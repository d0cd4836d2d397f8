"""Name search against a plain scan with LIKE, on a register of made-up names."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl
from django.db import connection

from bench.measure import Benchmark, Goal
from rongxin.primitives.uscc import make
from rongxin.storage.warming import warm
from rongxin.subjects.registration import register
from rongxin.subjects.search import find_names

CHUNK = 1_000_000  # rows of a file
QUERIES = 200
SCANS = 5
_PLACES = ("福州", "闽侯", "连江", "福清", "长乐", "罗源", "永泰", "闽清")
_TRADES = ("贸易", "建材", "茶业", "物流", "电子", "环保科技", "食品", "机械", "纺织", "文化传播", "供应链管理", "水产")
_CORES = "榕海江山金玉华盛恒通达兴隆泰安和顺福瑞祥云天宇创新嘉美德诚信永昌明远东方大成利丰源泉"


def _names(size: int, chance: random.Random) -> list[str]:
    return [
        f"{chance.choice(_PLACES)}示例{''.join(chance.choices(_CORES, k=chance.randint(2, 4)))}"
        f"{chance.choice(_TRADES)}有限公司"
        for _ in range(size)
    ]


def _parts_of(names: list[str], chance: random.Random) -> list[str]:
    """Two to six characters of each name."""
    parts = []
    for name in names:
        length = chance.randint(2, 6)
        begin = chance.randint(0, len(name) - length)
        parts.append(name[begin : begin + length])
    return parts


def run(size: int) -> Benchmark:
    """p95 of queries of two to six characters taken from names, former names included, over ``size`` subjects."""
    chance = random.Random(20261122)
    sample: list[str] = []
    registering = 0.0
    for start in range(0, size, CHUNK):
        count = min(CHUNK, size - start)
        names = _names(count, chance)
        codes = [make("9", "1", "990000", f"{start + index:08d}") for index in range(count)]
        former = [name.replace("有限公司", "商行") if index % 10 == 0 else None for index, name in enumerate(names)]
        rows = pl.DataFrame({"uscc": codes, "name": names, "former_name": former})
        registering += _timed(partial(register, rows, source="bench", on=date(2026, 1, 5)))
        sample += chance.sample(names, min(QUERIES, count))
    # The register is in use already: the platform read its file when it started, and others have asked for other names.
    warm()
    for query in _parts_of(chance.sample(sample, min(QUERIES, len(sample))), chance):
        find_names(query)
    queries = _parts_of(chance.sample(sample, min(QUERIES, len(sample))), chance)
    ours = [_timed(partial(find_names, query)) for query in queries]
    scans = [_timed(partial(_scan, query)) for query in queries[:SCANS]]
    p95 = statistics.quantiles(ours, n=20)[-1]
    scan = statistics.median(scans)
    return Benchmark(
        name="search",
        size=size,
        seconds=round(p95, 5),
        peers={"LIKE scan": round(scan, 5)},
        goals=(
            Goal("p95 in milliseconds", 1000 * p95, 50, "lower"),
            Goal("p95 as a part of a LIKE scan", p95 / scan, 1 / 20, "lower"),
        ),
        notes={
            "median_ms": round(1000 * statistics.median(ours), 2),
            "registering_seconds": round(registering, 1),
            "database": connection.vendor,
        },
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _scan(query: str) -> None:
    """The same answer by a scan: the nearest of all names that hold the query. Without the order it would end at the hundredth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM subjects_subjectname WHERE normalised LIKE %s "
            "ORDER BY valid_to IS NOT NULL, length(normalised), normalised LIMIT 100",
            [f"%{query}%"],
        )
        cursor.fetchall()
