"""When the display of acts ended and was brought back: every event of them, as a frame, the oldest first."""

from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db.models import QuerySet

from rongxin.policy.pack import Policy
from rongxin.records.changes import of_feed
from rongxin.records.models import ENDS_DISPLAY, UNDONE_BY, Record, RecordEvent

EVENTS: Final[dict[str, Any]] = {
    "act": pl.String,
    "number": pl.String,
    "position": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    "effect": pl.String,
}
"""``at``: when it was recorded, from which moment the feed tells it."""


def events_of_ended(policy: Policy, since: datetime) -> pl.DataFrame:
    """What happened after they were first recorded to all acts of the feed with an end of display since then; two statements."""
    ends = of_feed(policy).filter(effect__in=ENDS_DISPLAY, recorded_at__gte=since, act_key__isnull=False)
    return _frame(RecordEvent.objects.filter(act_key__in=ends.values("act_key")))


def events_of(number: str) -> pl.DataFrame:
    """The same of the act with this public number."""
    return _frame(RecordEvent.objects.filter(act_key__in=Record.objects.filter(number=number).values("act_key")))


def _frame(events: QuerySet[RecordEvent]) -> pl.DataFrame:
    rows = events.order_by("act_key", "position").values_list(
        "act_key", "record__number", "position", "recorded_at", "effect"
    )
    return pl.DataFrame(list(rows), schema=EVENTS, orient="row")


def with_hidden(events: pl.DataFrame) -> pl.DataFrame:
    """``events`` with ``hidden``: whether the act is off display after each of them; each end is undone by its counterpart only."""
    standing = [
        pl.when(pl.col("effect") == end)
        .then(True)
        .when(pl.col("effect") == UNDONE_BY.get(end, ""))
        .then(False)
        .forward_fill()
        .over("act")
        .fill_null(False)
        for end in ENDS_DISPLAY
    ]
    return events.sort("act", "position").with_columns(hidden=pl.any_horizontal(standing))
