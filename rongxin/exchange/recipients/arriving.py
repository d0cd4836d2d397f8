"""When each recipient dropped what is displayed no longer: whole frames, for one act and for a month of them alike.

An act stands in the feed once, at its last event. So an acknowledgement counts for an end of display only when the page it
answers held the act: its position is at or above that of an event of the act, and the page was handed over before the next one.
"""

from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from rongxin.records.endings import with_hidden

INSTANT: Final = pl.Datetime("us", "UTC")
ACKNOWLEDGEMENTS: Final[dict[str, Any]] = {
    "recipient": pl.Int64,
    "up_to": pl.Int64,
    "at": INSTANT,
    "served_at": INSTANT,
}
RECIPIENTS: Final[dict[str, Any]] = {"recipient": pl.Int64, "registered_at": INSTANT, "ended_at": INSTANT}
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


def endings(events: pl.DataFrame) -> pl.DataFrame:
    """Each end of display among ``events`` (records.endings) with what followed until it was brought back: one row for each event
    in which the feed tells it. ``began``, ``began_at``: the position and instant of the end; ``next_at``: when the next event of
    the act moved it on in the feed, null for its last; ``stands``: the act is still off display.
    """
    told = with_hidden(events).with_columns(
        starts=pl.col("hidden") & ~pl.col("hidden").shift(1).over("act").fill_null(False),
        next_at=pl.col("at").shift(-1).over("act"),
        last=pl.col("position").max().over("act"),
    )
    told = told.with_columns(ending=pl.col("starts").cum_sum().over("act")).filter("hidden")
    part = ["act", "ending"]
    return told.select(
        *part,
        "number",
        "position",
        "at",
        "next_at",
        began=pl.col("position").first().over(part),
        began_at=pl.col("at").first().over(part),
        stands=(pl.col("position") == pl.col("last")).any().over(part),
    )


def arrivals(ends: pl.DataFrame, acknowledgements: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """Each end of display (``endings``) by each recipient that was one when it began: ``arrived_at``, null where it was not
    acknowledged.
    """
    owed = ends.join(recipients, how="cross").filter(
        (pl.col("registered_at") <= pl.col("began_at"))
        & (pl.col("ended_at").is_null() | (pl.col("ended_at") > pl.col("began_at")))
    )
    answered = owed.sort("position").join_asof(
        acknowledgements.rename({"at": "said_at"}).sort("up_to"),
        left_on="position",
        right_on="up_to",
        by="recipient",
        strategy="forward",
        check_sortedness=False,
    )
    counts = pl.col("served_at") < pl.col("next_at").fill_null(_NEVER)
    keys = ["recipient", "act", "ending"]
    return (
        answered.group_by(keys)
        .agg(
            pl.col("number").first(),
            pl.col("began").first(),
            pl.col("began_at").first(),
            pl.col("stands").first(),
            pl.col("ended_at").first(),
            arrived_at=pl.col("said_at").filter(counts).min(),
        )
        .sort("began", "recipient")
    )
