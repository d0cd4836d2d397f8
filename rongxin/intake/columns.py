"""From the fields of a kind that registers subjects to the columns of the register."""

import polars as pl

from rongxin.policy.pack import Policy
from rongxin.subjects.registration import COLUMNS


def register_columns(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The columns that ``subjects.registration.register`` takes; the region is the division in the code, as it is called now."""
    places = pl.Series("region", [_present(code[2:8], policy) for code in rows["uscc"]], pl.String)
    return rows.with_columns(places).select(name for name in COLUMNS if name in {*rows.columns, "region"})


def _present(division: str, policy: Policy) -> str:
    """The division that stands today for ``division``: an abolished one is followed to its successor."""
    found = policy.divisions.get(division)
    while found is not None and found.valid_to is not None and found.successor:
        found = policy.divisions.get(found.successor)
    return found.code if found else division
