"""Shares between organisations, as records of shareholding say: of each a row for the one held and a row for the holder.

The holder is named by its unified code; whose that is, also after a merge, the register says. Of the records only what counts.
"""

from typing import Final

import polars as pl
from django.db.backends.utils import CursorWrapper

from rongxin.engine.risk.layout import (
    HOLDER,
    LINKS,
    LINKS_TABLE,
    PERCENT,
    REPLACED_FILE,
    SHAREHOLDING,
    Schema,
    Snapshot,
    State,
    Through,
    records_table,
)
from rongxin.records.snapshots.writing import Folder, by_bucket
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Category

SHARES: Final = records_table(SHAREHOLDING)
_COLUMNS: Final = ("subject", "record", HOLDER, PERCENT, "decided_on", "valid_to")
_AT_ONCE: Final = 100_000
MEMBERS: Final[Schema] = {"subject": pl.Int64(), "owner": pl.Int64(), "uscc": pl.String()}
"""Organisations that count as ``owner``, with their unified codes."""


def shares(records: pl.LazyFrame) -> pl.DataFrame:
    """Of records of shareholding what links are made of."""
    return records.filter(state=State.COUNTS.value).filter(pl.col(HOLDER).is_not_null()).select(_COLUMNS).collect()


def put_all_links(cursor: CursorWrapper, made: Folder) -> None:
    """Write the links of a base, of the records that were written."""
    files = sorted(path for path in made.files if path.startswith(f"{SHARES}/"))
    if not files:
        return
    held = shares(pl.scan_parquet([made.place / path for path in files]))
    put_links(made, links(held.join(_bearers(cursor, held[HOLDER]), on=HOLDER)))


def put_links(made: Folder, rows: pl.DataFrame) -> None:
    """Write links, bucket by bucket."""
    for bucket, part in by_bucket(rows):
        made.put_links(bucket, part)


def links(held: pl.DataFrame) -> pl.DataFrame:
    """Both rows of each share: ``subject`` is held by ``other``."""
    one = held.filter(pl.col("subject") != pl.col("other"))
    other = one.with_columns(subject="other", other="subject")
    return pl.concat(
        side.with_columns(through=pl.lit(through.value, LINKS["through"])).select(*LINKS)
        for side, through in ((one, Through.HOLDER), (other, Through.HOLDING))
    )


def _bearers(cursor: CursorWrapper, codes: pl.Series) -> pl.DataFrame:
    """The organisations that bear the codes, as which they count: HOLDER, other."""
    found = [_bearers_of(cursor, part) for part in codes.unique().to_frame("code").iter_slices(_AT_ONCE)]
    return pl.concat([pl.DataFrame(schema={HOLDER: pl.String, "other": pl.Int64}), *found])


def _bearers_of(cursor: CursorWrapper, codes: pl.DataFrame) -> pl.DataFrame:
    with staged(codes, "staged_holders"):
        return fetched(
            cursor,
            {HOLDER: pl.String, "other": pl.Int64},
            "SELECT k.uscc, COALESCE(k.merged_into_id, k.id) FROM staged_holders s "
            "JOIN subjects_subject k ON k.uscc = s.code WHERE k.category <> %s",
            [Category.SOLE_TRADER],
        )


def current(snapshot: Snapshot, table: str) -> pl.LazyFrame | None:
    """All rows of a table as the snapshot stands; None where it has none."""
    parts = []
    replaced = pl.LazyFrame(schema={"subject": pl.Int64})
    for number in reversed(range(len(snapshot.parts))):
        folder, manifest = snapshot.folder_of(number), snapshot.parts[number]
        if files := [folder / path for path in manifest.files if path.startswith(f"{table}/")]:
            parts.append(pl.scan_parquet(files).join(replaced, on="subject", how="anti"))
        if REPLACED_FILE in manifest.files:
            replaced = pl.concat([replaced, pl.scan_parquet(folder / REPLACED_FILE)])
    return pl.concat(parts) if parts else None


class LinkChanges:
    """The links of a snapshot and the shares of now, of which those of the subjects of a delta are made.

    ``fresh``: the shares of the ``touched`` subjects, as they are now; those of all others the snapshot tells.
    """

    def __init__(self, snapshot: Snapshot, touched: pl.Series, fresh: pl.DataFrame) -> None:
        old = current(snapshot, SHARES)
        kept = shares(old).filter(~pl.col("subject").is_in(touched.implode())) if old is not None else fresh.clear()
        self.shares = pl.concat([kept, fresh.select(_COLUMNS)])
        self.before = current(snapshot, LINKS_TABLE)

    def of(self, cursor: CursorWrapper, members: pl.DataFrame) -> pl.DataFrame:
        """The links of the owners among ``members`` (MEMBERS), as they are now."""
        owners = members["owner"].unique().implode()
        own = members.select(pl.col("uscc").alias(HOLDER), other="owner")
        as_held = self.shares.filter(pl.col("subject").is_in(owners))
        as_holders = self.shares.join(own, on=HOLDER)
        both = pl.concat([as_held.join(_bearers(cursor, as_held[HOLDER]), on=HOLDER), as_holders]).unique("record")
        return links(both).filter(pl.col("subject").is_in(owners))

    def others(self, touched: pl.Series, now: pl.DataFrame) -> pl.Series:
        """Who is at the other end of a link of a touched subject that is not as it was."""
        if self.before is None:
            return now["other"].unique()
        then = self.before.filter(pl.col("subject").is_in(touched.implode())).collect()
        new = now.join(then, on=list(LINKS), how="anti", nulls_equal=True)
        gone = then.join(now, on=list(LINKS), how="anti", nulls_equal=True)
        return pl.concat([new["other"], gone["other"]]).unique()
