"""A made-up snapshot for the measuring of classes: ten kinds of records, forty indicators, ten records for an enterprise."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from rongxin.engine.risk.counting import KindRule
from rongxin.engine.risk.layout import (
    ENVELOPE,
    REPLACED_FILE,
    SHIFT,
    SUBJECTS,
    SUBJECTS_TABLE,
    Count,
    File,
    Manifest,
    Schema,
    Snapshot,
    bucket_file,
    delta_folder,
    new_folder,
    records_table,
    schema_text,
    write_manifest,
    write_table,
)
from rongxin.engine.risk.plans import Plan, Weighed
from rongxin.engine.risk.snapshots import Reader
from rongxin.policy.indicators import Condition, Dimension, Fading, Indicator, Points, Take, Window
from rongxin.policy.kinds import Basis
from rongxin.policy.words import Reading, Title

DAY: Final = date(2026, 11, 20)
KINDS: Final = tuple(f"kind_{number}" for number in range(10))
VALIDITY: Final = KINDS[8:]
"""Kinds whose records count while they are valid; those of the others count for some months."""
MONTHS: Final = {"minor": 12, "general": 36, "serious": 60}
PER_ENTERPRISE: Final = 10
BUCKET: Final = 1 << SHIFT
WORDS: Final = ("甲", "乙", "丙", "丁")
_DAYS: Final = 6 * 365
_RECORDS: Final[Schema] = {**ENVELOPE, "word": pl.Enum(WORDS)}
_TITLE: Final = Title(zh="示例", en="example")
_BASIS: Final = Basis(document="platform-settings", item="bench", reading=Reading.UNCONFIRMED)
_DIMENSIONS: Final = (Dimension.DYNAMICS, Dimension.SUPERVISION, Dimension.EVALUATION)


def window_of(number: int) -> int:
    """The months of the first indicator of a kind."""
    return 12 + 12 * (number % 3)


def made_plan() -> Plan:
    """Forty indicators, four over each kind: a count in a window, one serious record, a count that fades, and one that takes in
    turn the sum, the largest, the latest, a share or different cells.
    """
    return Plan(
        day=DAY,
        policy="",
        kinds={
            kind: KindRule(
                ends_with_validity=kind in VALIDITY, months=dict.fromkeys(MONTHS) if kind in VALIDITY else dict(MONTHS)
            )
            for kind in KINDS
        },
        indicators=tuple(each for number in range(len(KINDS)) for each in _four(number)),
        classes={"b": 20, "c": 60, "d": 110},
        dimensions={dimension.value: 80 for dimension in _DIMENSIONS},
    )


def _four(number: int) -> tuple[Weighed, ...]:
    takes = (
        (Take(sum="amount_fen"), Points(steps={"some": 1_000_000, "much": 3_000_000}), {"some": 3, "much": 8}),
        (Take(largest="amount_fen"), Points(steps={"some": 500_000, "much": 900_000}), {"some": 2, "much": 6}),
        (Take(latest="word"), Points(words={"甲": "bad", "乙": "poor"}), {"bad": 7, "poor": 3}),
        (Take(share=Condition(field="word", equal="甲")), Points(steps={"half": 50}), {"half": 5}),
        (Take(distinct="word"), Points(steps={"two": 2, "three": 3}), {"two": 2, "three": 5}),
    )
    take, points, numbers = takes[number % 5]
    told = (
        ("count", {"window": Window(months=window_of(number)), "points": Points(each=True)}, {"each": 5, "most": 20}),
        (
            "serious",
            {"where": (Condition(field="severity", equal="serious"),), "points": Points(once=True)},
            {"once": 15},
        ),
        (
            "fading",
            {
                "where": (Condition(field="word", one_of=("甲", "乙")),),
                "window": Window(months=36),
                "fading": (Fading(after_months=12, percent=50), Fading(after_months=24, percent=20)),
                "points": Points(each=True),
            },
            {"each": 4, "most": 12},
        ),
        ("taken", {"window": Window(months=36), "take": take, "points": points}, numbers),
    )
    return tuple(
        Weighed(
            indicator=Indicator(
                name=f"{form}_{number}",
                title=_TITLE,
                dimension=_DIMENSIONS[number % len(_DIMENSIONS)],
                records=(KINDS[number],),
                reason=_TITLE,
                basis=_BASIS,
                lowers=form == "taken" and number % 5 == 4,
                **rules,
            ),
            numbers=points_of,
        )
        for form, rules, points_of in told
    )


def make(folder: Path, size: int) -> Snapshot:
    """``size`` records of a tenth as many enterprises, as a base in ``folder``. The keys of records are in the order of arrival,
    which has nothing to do with whose they are.
    """
    enterprises = size // PER_ENTERPRISE
    files: dict[str, File] = {}
    buckets: dict[int, Count] = {}
    with new_folder(folder) as target:
        for bucket in range((enterprises >> SHIFT) + 1):
            keys = np.arange(max(bucket * BUCKET, 1), min((bucket + 1) * BUCKET, enterprises + 1))
            chance = np.random.default_rng([20261129, bucket])
            path = bucket_file(SUBJECTS_TABLE, bucket)
            files[path] = write_table(target, path, _subjects(keys, chance))
            for number, kind in enumerate(KINDS):
                first = bucket * BUCKET * PER_ENTERPRISE + number * len(keys)
                path = bucket_file(records_table(kind), bucket)
                files[path] = write_table(target, path, _records(keys, chance, first, size))
            buckets[bucket] = Count(subjects=len(keys), records=PER_ENTERPRISE * len(keys))
        write_manifest(target, _manifest(files, buckets))
    return Snapshot.at(folder)


def extend(snapshot: Snapshot, part: float) -> tuple[Snapshot, pl.Series]:
    """A delta in which a part of all enterprises have other records: one in three of theirs was ended."""
    reader = Reader(snapshot)
    files: dict[str, File] = {}
    buckets: dict[int, Count] = {}
    changed = []
    with new_folder(delta_folder(snapshot.folder, len(snapshot.parts))) as target:
        for bucket in reader.buckets:
            chance = np.random.default_rng([1, bucket])
            for table in (SUBJECTS_TABLE, *map(records_table, KINDS)):
                rows = reader.table(table, bucket)
                if rows is None:
                    continue
                if table == SUBJECTS_TABLE:
                    picked = rows["subject"].sample(fraction=part, seed=bucket).sort()
                    changed.append(picked)
                its = rows.filter(pl.col("subject").is_in(picked.implode()))
                if table != SUBJECTS_TABLE:
                    ended = pl.Series(chance.integers(0, 3, its.height) == 0)
                    its = its.with_columns(pl.when(ended).then(2).otherwise("state").cast(pl.UInt8).alias("state"))
                path = bucket_file(table, bucket)
                files[path] = write_table(target, path, its)
            buckets[bucket] = Count(subjects=len(picked))
        keys = pl.concat(changed)
        files[REPLACED_FILE] = write_table(target, REPLACED_FILE, pl.DataFrame({"subject": keys}))
        write_manifest(target, _manifest(files, buckets, tuple(part.id for part in snapshot.parts)))
    return Snapshot.at(snapshot.folder), keys


def _manifest(files: dict[str, File], buckets: dict[int, Count], parts: tuple[str, ...] = ()) -> Manifest:
    return Manifest(
        position=len(parts),
        known_at=datetime(2026, 11, 20, tzinfo=UTC),
        policy="",
        rules="",
        kinds={kind: schema_text(_RECORDS) for kind in KINDS},
        files=files,
        buckets=buckets,
        unresolved=0,
        parts=parts,
    )


def _subjects(keys: np.ndarray, chance: np.random.Generator) -> pl.DataFrame:
    days = np.datetime64(DAY) - chance.integers(100, 30 * 365, len(keys)).astype("timedelta64[D]")
    unknown = pl.Series(chance.random(len(keys)) < 0.1)
    return (
        pl.DataFrame({"subject": keys, "established_on": pl.Series(days).cast(pl.Date)})
        .select(
            "subject",
            pl.format("EXAMPLE{}", pl.col("subject")).alias("uscc"),
            category=pl.lit("enterprise"),
            status=pl.lit("active"),
            legal_form=pl.lit("有限责任公司"),
            region=pl.lit("350100"),
            industry=pl.lit("51"),
            scale=pl.lit("小型"),
            established_on=pl.when(unknown).then(None).otherwise(pl.col("established_on")),
        )
        .cast(pl.Schema(SUBJECTS))
    )


def _records(keys: np.ndarray, chance: np.random.Generator, first: int, size: int) -> pl.DataFrame:
    count = len(keys)
    record = (np.arange(first, first + count, dtype=np.int64) * 1_000_000_007) % size
    whose = chance.choice(keys, count)
    back = chance.integers(0, _DAYS, count)
    order = np.lexsort((record, -back, whose))
    decided = np.datetime64(DAY) - back[order].astype("timedelta64[D]")
    ends = decided + chance.integers(200, 2000, count).astype("timedelta64[D]")
    words = pl.Series(WORDS, dtype=pl.Enum(WORDS))
    severities = pl.Series(["minor", "general", "serious", "unknown"], dtype=ENVELOPE["severity"])
    authorities = pl.Series([f"示例市第{number}局" for number in range(40)])
    return pl.DataFrame(
        {
            "subject": whose[order],
            "record": record[order],
            "decided_on": pl.Series(decided).cast(pl.Date),
            "valid_from": pl.Series(decided).cast(pl.Date),
            "valid_to": pl.Series(ends).cast(pl.Date),
            "polarity": pl.repeat("adverse", count, dtype=ENVELOPE["polarity"], eager=True),
            "severity": severities.gather(chance.choice(4, count, p=[0.3, 0.5, 0.15, 0.05])),
            "amount_fen": chance.integers(0, 1_200_000, count),
            "authority": authorities.gather(chance.integers(0, 40, count)),
            "state": chance.choice(3, count, p=[0.93, 0.02, 0.05]).astype(np.uint8),
            "word": words.gather(chance.integers(0, 4, count)),
        },
        schema=dict(_RECORDS),
    ).with_columns(
        pl.when(pl.col("record") % 5 != 0).then("valid_to").alias("valid_to"),
        pl.when(pl.col("record") % 7 != 0).then("amount_fen").alias("amount_fen"),
    )
