"""Findings about cells while a table is judged: which position, which code, which particulars, how grave."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from rongxin.engine.problems import severity_of
from rongxin.policy.words import StepSeverity

AT: Final = "at"
FOUND_SCHEMA: Final = {
    AT: pl.UInt32,
    "code": pl.String,
    "severity": pl.String,
    "params": pl.String,
    "suggestion": pl.String,
}
NO_PARAMS: Final = "{}"


def found(
    at: pl.Series | Sequence[int],
    code: str,
    *,
    params: pl.Series | Sequence[str] | str = NO_PARAMS,
    suggestion: pl.Series | Sequence[str | None] | None = None,
    severity: StepSeverity | None = None,
) -> pl.DataFrame:
    """Findings of one code at the positions ``at``. ``params`` (JSON) and ``suggestion`` are one for all or one for
    each.
    """
    positions, grave = pl.Series(AT, at, dtype=pl.UInt32), severity or severity_of(code)
    if positions.is_empty():
        return nothing_found()  # as most checks of most columns end
    return pl.DataFrame({AT: positions}).with_columns(
        pl.lit(code).alias("code"),
        pl.lit(grave.value).alias("severity"),
        (pl.lit(params) if isinstance(params, str) else pl.Series(params, dtype=pl.String)).alias("params"),
        (pl.lit(None) if suggestion is None else pl.Series(suggestion, dtype=pl.String))
        .cast(pl.String)
        .alias("suggestion"),
    )


def nothing_found() -> pl.DataFrame:
    """No finding."""
    return pl.DataFrame(schema=FOUND_SCHEMA)


def all_found(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The findings of several checks together."""
    return pl.concat(parts) if parts else nothing_found()


def positions(mask: pl.Series) -> pl.Series:
    """Where a Boolean column is true; null counts as false."""
    return mask.fill_null(False).arg_true()
