"""Rows put aside: written to a file while something else needs the memory, and read back a part at a time.

A large table and what is judged of it do not stand in memory together with what follows.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from rongxin.engine.sheets import ROW
from rongxin.primitives.room import is_full

WORTH_PUTTING_ASIDE: Final = 100_000
"""Rows from which on it pays: writing and reading them takes half a second for a million."""

_SLICE: Final = 25_000


def put_aside(rows: pl.DataFrame, path: Path) -> pl.LazyFrame:
    """``rows`` as the file at ``path``, which must stay as long as they are asked for. OSError where the disk is full."""
    with full_disk_told(path):
        rows.write_parquet(path, compression="lz4", row_group_size=_SLICE)
    return pl.scan_parquet(path)


def completed(rows: pl.DataFrame, aside: pl.LazyFrame | None) -> pl.DataFrame:
    """``rows`` with the columns that were put aside, if any were."""
    if aside is None:
        return rows
    near = aside.filter(pl.col(ROW).is_between(rows[ROW].min(), rows[ROW].max())).collect()
    return rows.join(near, on=ROW, how="left", maintain_order="left")


def slices(rows: pl.LazyFrame, size: int) -> Iterator[pl.DataFrame]:
    """``rows``, at most ``size`` at a time."""
    for start in range(0, rows.select(pl.len()).collect().item(), size):
        yield rows.slice(start, size).collect()


@contextmanager
def full_disk_told(path: Path) -> Iterator[None]:
    """Make an OSError of what Polars says when the file at ``path`` finds no room; it tells no cause."""
    try:
        yield
    except pl.exceptions.ComputeError as error:
        if is_full(path.parent):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise
