"""Entries that were taken off their list (移出): which rows say nothing but that, and which acts are past it.

An entry ends by a new version of its act whose last day of validity has passed. That lightens a burden, so it waits for
nobody (docs/decisions/0006-removal-waits-for-nobody.md).
"""

import json
from datetime import date

import polars as pl

from rongxin.departments.models import Department
from rongxin.policy.kinds import RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Record, RecordContent
from rongxin.storage.parts import in_parts


def over(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Of the rows of a list kind (schema appending.SCHEMA) the adverse ones that are past their last day."""
    return rows.filter((pl.col("polarity") == Polarity.ADVERSE.value) & (pl.col("valid_to") < day))


def removals(rows: pl.DataFrame, provider: Department, policy: Policy, moment: Moment) -> pl.DataFrame:
    """Of rows that are :func:`over` those that only end the display of an act that the same ``provider`` had recorded.

    A removal of an act that is unknown, not displayed, or another department's is none of these.
    """
    ended = {
        key
        for part in in_parts(_acts(rows))
        for key in displayed(policy, moment)
        .filter(act_key__in=part, provider=provider)
        .values_list("act_key", flat=True)
    }
    return rows.filter(pl.col("act_key").is_in(sorted(ended)))


def without_entry(rows: pl.DataFrame) -> pl.DataFrame:
    """Of rows that are :func:`over` those whose act was never recorded: nothing ends by them."""
    known = {
        key
        for part in in_parts(_acts(rows))
        for key in Record.objects.filter(act_key__in=part, version=1).values_list("act_key", flat=True)
    }
    return rows.filter(~pl.col("act_key").is_in(sorted(known)))


def was_removed(record: Record, kind: RecordKind, day: date) -> bool:
    """Whether the record says that its entry had been taken off the list by ``day``."""
    listing = kind.credit.listing
    if listing is None or record.valid_to is None or record.valid_to >= day:
        return False
    content = json.loads(RecordContent.objects.values_list("text", flat=True).get(pk=record.pk))
    return bool(content.get(listing.removed_on)) and content[listing.removed_on] <= day.isoformat()


def _acts(rows: pl.DataFrame) -> list[str]:
    return rows["act_key"].unique(maintain_order=True).to_list()
