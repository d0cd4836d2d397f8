"""Old registration numbers and organisation codes to unified codes (闽信用〔2019〕7号 item 4)."""

import polars as pl
from django.db import transaction

from rongxin.primitives.names import normalise_name
from rongxin.storage.frames import fetched
from rongxin.storage.staging import staged

CONVERTED, SEVERAL, NAME_DIFFERS, UNKNOWN = "converted", "several", "name_differs", "unknown"
"""What came of an old code: converted; borne by several; borne under another name; not on the register."""


@transaction.atomic
def converted(old: pl.DataFrame) -> pl.DataFrame:
    """The unified codes of old ones: ``old`` (row, code, name: null where not given) with ``uscc`` and ``outcome``.

    A code that one subject bears is converted; where a name is given it must be one the subject bears or bore. Two statements,
    however many rows. Sole traders are found too: by their number, never by name.
    """
    wanted = old.select(
        pl.col("row").cast(pl.Int64),
        "code",
        pl.col("name").map_elements(normalise_name, return_dtype=pl.String).alias("name"),
    )
    with staged(wanted, "wanted_old_codes") as cursor:
        found = fetched(
            cursor,
            {"row": pl.Int64, "uscc": pl.String, "agrees": pl.Boolean},
            "SELECT DISTINCT w.row, s.uscc, (w.name IS NULL OR EXISTS (SELECT 1 FROM subjects_subjectname n "
            "WHERE n.subject_id IN (s.id, b.id) AND n.normalised = w.name)) FROM wanted_old_codes w "
            "JOIN subjects_identifier i ON i.value = w.code JOIN subjects_subject b ON b.id = i.subject_id "
            "JOIN subjects_subject s ON s.id = COALESCE(b.merged_into_id, b.id)",
        )
    bearers = found.group_by("row").agg(
        pl.col("uscc").n_unique().alias("bearers"),
        pl.col("uscc").filter("agrees").n_unique().alias("agreeing"),
        pl.col("uscc").filter("agrees").first().alias("agreed"),
    )
    judged = old.with_columns(pl.col("row").cast(pl.Int64)).join(bearers, on="row", how="left", maintain_order="left")
    outcome = (
        pl.when(pl.col("bearers").is_null())
        .then(pl.lit(UNKNOWN))
        .when(pl.col("agreeing") == 1)
        .then(pl.lit(CONVERTED))
        .when(pl.col("agreeing") > 1)
        .then(pl.lit(SEVERAL))
        .otherwise(pl.lit(NAME_DIFFERS))
    )
    return judged.select(
        "row", "code", "name", pl.when(pl.col("agreeing") == 1).then("agreed").alias("uscc"), outcome.alias("outcome")
    )
