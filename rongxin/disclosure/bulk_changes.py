"""What changed since an edition: who holds that one, or any later one, and applies the changes, holds the present one.

Kept as a table of every act that stood in an edition since: ``first`` (key of its first version), ``digest`` of its line in the
base, null once it stood otherwise in any edition since, and whether it was ``in_base``. So a change that was undone is told, too,
and an act that came after the base and went before today is told as gone.
"""

from pathlib import Path
from typing import Final

import polars as pl

SEEN: Final = {"first": pl.Int64, "digest": pl.UInt64, "in_base": pl.Boolean}
ADD: Final = "ADD"
MOD: Final = "MOD"
DEL: Final = "DEL"


def begun(present: pl.DataFrame) -> pl.DataFrame:
    """The table of an edition that is a base itself. ``present``: first and digest of every line in it."""
    whole = present.with_columns(in_base=pl.lit(value=True))
    return whole.select(pl.col(name).cast(kind) for name, kind in SEEN.items())


def followed(seen: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """The table after one more edition."""
    now = present.select("first", now="digest")
    return (
        seen.join(now, on="first", how="full", coalesce=True)
        .with_columns(
            digest=pl.when(pl.col("digest") == pl.col("now")).then("digest"),
            in_base=pl.col("in_base").fill_null(value=False),
        )
        .select(*SEEN)
        .sort("first")
    )


def changed(seen: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Of ``lines`` (with first and digest) those that changed, with ``change``; ``seen`` as it was before this edition."""
    known = lines.join(seen.rename({"digest": "before"}), on="first", how="left", maintain_order="left")
    is_same = pl.col("before").is_not_null() & (pl.col("before") == pl.col("digest"))
    change = pl.when(pl.col("in_base").fill_null(value=False)).then(pl.lit(MOD)).otherwise(pl.lit(ADD))
    return known.filter(~is_same).with_columns(change=change)


def gone(seen: pl.DataFrame, present: pl.DataFrame) -> list[int]:
    """The acts that stood in an edition since the base and stand in none now."""
    return seen.join(present, on="first", how="anti").get_column("first").sort().to_list()


def read(path: Path) -> pl.DataFrame | None:
    """A table that was kept; None where there is none."""
    return pl.read_parquet(path) if path.is_file() else None
