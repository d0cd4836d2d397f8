"""Made-up enterprises and acts of any number as CSV files, a hundred thousand rows at a time."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from rongxin.demonstration.acts import LICENCE, PENALTY, acts
from rongxin.demonstration.authorities import SHOWN
from rongxin.demonstration.chance import Index
from rongxin.demonstration.enterprises import register_rows
from rongxin.policy.kinds import RecordKind

PART: Final = 100_000
REGISTRATION: Final = "registration"
KINDS: Final = (REGISTRATION, PENALTY, LICENCE)

_PENALTIES = 0.3


def sizes(subjects: int, records: int) -> dict[str, int]:
    """How many rows of each kind there will be: three of ten records are penalties."""
    penalties = round(records * _PENALTIES)
    return {REGISTRATION: subjects, PENALTY: penalties, LICENCE: records - penalties}


def write_parts(
    folder: Path,
    kinds: Mapping[str, RecordKind],
    *,
    subjects: int,
    records: int,
    seed: int,
    part: int = PART,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[str, Path]]:
    """Write ``subjects`` rows of the register and ``records`` acts upon them below ``folder``; yields kind and file.

    Memory is that of one part, whatever the numbers. The columns are headed as ``kinds`` titles them. ValueError for
    acts without enterprises.
    """
    if records and not subjects:
        raise ValueError("acts need enterprises")
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in sizes(subjects, records).items():
        for count, first in enumerate(range(0, size, part), start=1):
            index = np.arange(first, min(first + part, size), dtype=np.int64)
            path = folder / f"{name}-{count:05d}.csv"
            headed(_rows(name, seed, index, subjects), kinds[name]).write_csv(path)
            advance(len(index))
            yield name, path


def headed(rows: pl.DataFrame, kind: RecordKind) -> pl.DataFrame:
    """The rows under the titles of the kind's columns, as a department files them."""
    return rows.rename({name: kind.fields[name].title for name in rows.columns})


def _rows(name: str, seed: int, index: Index, subjects: int) -> pl.DataFrame:
    if name == REGISTRATION:
        return register_rows(seed, index)
    # One department sends the file, whoever decided.
    sender = (pl.lit(SHOWN.name).alias("source_unit"), pl.lit(SHOWN.uscc).alias("source_unit_uscc"))
    return acts(seed, name, index, subjects).with_columns(*sender)
