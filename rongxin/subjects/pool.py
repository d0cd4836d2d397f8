"""The part of the register that may hold whom some parties mean: gathered for thousands of parties in a handful of statements."""

from typing import Final

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rongxin.engine.candidates import Pool, Wanted
from rongxin.engine.likeness import BLOCK_LIMIT
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged
from rongxin.subjects.models import Category

_IDENTIFIERS: Final = (
    "SELECT i.subject_id AS id FROM wanted w JOIN subjects_identifier i ON i.value = w.value "
    "WHERE w.what = 'identifier'"
)
_NAMES: Final = (
    "SELECT n.subject_id FROM wanted w JOIN subjects_subjectname n ON n.normalised = w.value "
    "JOIN subjects_subject b ON b.id = n.subject_id AND b.category <> %s WHERE w.what = 'name'"
)


@transaction.atomic
def pool_for(wanted: Wanted) -> Pool:
    """The subjects that ``wanted`` leads to, with all their names and identifiers.

    What was merged into another counts as that one. No sole trader is found by a name or a block (architecture §2).
    """
    with staged(_as_table(wanted), "wanted") as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE touched AS SELECT COALESCE(k.merged_into_id, k.id) AS subject FROM ("
            f"{_IDENTIFIERS} UNION {_organisations()} UNION {_NAMES} UNION {_sharing('head')} UNION {_sharing('tail')}) met "
            "JOIN subjects_subject k ON k.id = met.id GROUP BY COALESCE(k.merged_into_id, k.id)",
            [Category.SOLE_TRADER],
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE members AS SELECT t.subject AS id, t.subject FROM touched t UNION ALL "
            "SELECT k.id, t.subject FROM touched t JOIN subjects_subject k ON k.merged_into_id = t.subject"
        )
        pool = _fetched(cursor)
        cursor.execute("DROP TABLE members")
        cursor.execute("DROP TABLE touched")
    return pool


def _as_table(wanted: Wanted) -> pl.DataFrame:
    columns = {
        "identifier": wanted.identifiers,
        "organisation": wanted.organisations,
        "name": wanted.names,
        "head": wanted.heads,
        "tail": wanted.tails,
    }
    return pl.concat(
        [
            values.cast(pl.String).alias("value").to_frame().with_columns(what=pl.lit(what))
            for what, values in columns.items()
        ]
    )


def _organisations() -> str:
    """Whose unified code holds one of the wanted organisation codes, in the words of the index subjects_organisation_part."""
    part = "SUBSTRING" if connection.vendor == "postgresql" else "SUBSTR"
    # CROSS JOIN and the empty text, which takes the column's affinity away, let SQLite use the index.
    return (
        "SELECT o.id FROM wanted w CROSS JOIN subjects_subject o "
        f"WHERE w.what = 'organisation' AND {part}(o.uscc, 9, 9) = w.value || ''"
    )


def _sharing(end: str) -> str:
    """Whose names are kept under one of the wanted blocks; blocks that too many share are left out."""
    return (
        f"SELECT n.subject_id FROM (SELECT w.value FROM wanted w JOIN subjects_subjectname c ON c.{end}_block = w.value "
        f"WHERE w.what = '{end}' GROUP BY w.value HAVING count(*) <= {BLOCK_LIMIT}) small "
        f"JOIN subjects_subjectname n ON n.{end}_block = small.value"
    )


def _fetched(cursor: CursorWrapper) -> Pool:
    return Pool(
        names=fetched(
            cursor,
            {
                "name": pl.String,
                "subject": pl.Int64,
                "current": pl.Boolean,
                "head_block": pl.String,
                "tail_block": pl.String,
            },
            "SELECT n.normalised, m.subject, n.valid_to IS NULL AND m.id = m.subject, n.head_block, n.tail_block "
            "FROM members m JOIN subjects_subjectname n ON n.subject_id = m.id",
        ),
        identifiers=fetched(
            cursor,
            {"kind": pl.String, "value": pl.String, "subject": pl.Int64},
            "SELECT i.kind, i.value, m.subject FROM members m JOIN subjects_identifier i ON i.subject_id = m.id",
        ),
        subjects=fetched(
            cursor,
            {
                "subject": pl.Int64,
                "uscc": pl.String,
                "status": pl.String,
                "region": pl.String,
                "is_sole_trader": pl.Boolean,
            },
            "SELECT k.id, k.uscc, k.status, k.region, k.category = %s FROM touched t JOIN subjects_subject k ON k.id = t.subject",
            [Category.SOLE_TRADER],
        ),
    )
