"""The results of inspections that a snapshot knows, as kinds say which of their records are such (policy.kinds.Inspection)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rongxin.engine.risk.comparisons import HasPart
from rongxin.engine.risk.layout import Schema, Snapshot, State, records_table
from rongxin.engine.risk.snapshots import Reader
from rongxin.policy.kinds import Inspection, RecordKind
from rongxin.policy.pack import Policy

INSPECTIONS: Final[Schema] = {
    "subject": pl.Int64(),
    "inspected_on": pl.Date(),
    "failed": pl.Boolean(),
    "random": pl.Boolean(),
}
"""Inspections, by subject and day. ``random``: whether the enterprise was drawn at random or aimed at; null: not known."""

_COUNTING: Final = (State.COUNTS, State.WITHHELD)
"""What is withheld because no rule says how severe it is was found all the same. Without it there would be only those of its kind
that found nothing, and rates would be too low.
"""


@dataclass(frozen=True)
class Inspected:
    """Inspections of a period, both days included. ``rows``: INSPECTIONS, one for each enterprise and day: what was looked at on
    one day is one inspection, which failed if any part of it did; but what was aimed is told apart from what was drawn.

    ``set_aside``: records that do not count, because they are disputed, repaired, withdrawn or have lost what they rest on.
    ``without_result``: records in which no word of the list stands.
    """

    first: date
    last: date
    rows: pl.DataFrame
    set_aside: int = 0
    without_result: int = 0


def inspections(policy: Policy, snapshot: Snapshot, first: date, last: date) -> Inspected:
    """The inspections from ``first`` to ``last`` that stand in ``snapshot``.

    ValueError where it was made under rules that do not know a field; SnapshotDamaged as Reader.
    """
    reader = Reader(snapshot)
    kinds = [
        (kind, kind.credit.inspection)
        for name, kind in sorted(policy.kinds.items())
        if kind.credit.inspection and name in snapshot.last.kinds
    ]
    found = [pl.DataFrame(schema=INSPECTIONS)]
    set_aside = without_result = 0
    for bucket in reader.buckets:
        results = [pl.DataFrame(schema=INSPECTIONS)]
        for kind, told in kinds:
            rows = _in_period(reader, bucket, kind, told, first, last)
            counting = rows.filter("counts")
            known = counting.filter(pl.col("failed").is_not_null())
            set_aside += rows.height - counting.height
            without_result += counting.height - known.height
            results.append(known.select(list(INSPECTIONS)))
        found.append(_by_day(pl.concat(results)))
    return Inspected(first, last, pl.concat(found), set_aside, without_result)


def _in_period(
    reader: Reader, bucket: int, kind: RecordKind, told: Inspection, first: date, last: date
) -> pl.DataFrame:
    """INSPECTIONS of the records of a kind, and whether each ``counts``."""
    columns = sorted({"subject", "state", told.inspected_on, told.result})
    if unknown := {*columns} - {*reader.snapshot.last.kinds[kind.name]}:
        raise ValueError(f"the snapshot has no {sorted(unknown)} of {kind.name}: build it anew under the present rules")
    rows = reader.table(records_table(kind.name), bucket, columns)
    if rows is None:
        return pl.DataFrame(schema={**INSPECTIONS, "counts": pl.Boolean()})
    return rows.filter(pl.col(told.inspected_on).is_between(first, last)).select(
        "subject",
        pl.col(told.inspected_on).alias("inspected_on"),
        _failed(kind, told).alias("failed"),
        pl.lit(told.random, pl.Boolean).alias("random"),
        pl.col("state").is_in([int(state) for state in _COUNTING]).alias("counts"),
    )


def _failed(kind: RecordKind, told: Inspection) -> pl.Expr:
    """Whether a word stands in the result that is not clean; null for none at all."""
    words = kind.fields[told.result].constraints.enum or ()
    bad = HasPart(tuple(word for word in words if word not in told.clean))
    return pl.when(pl.col(told.result).is_not_null()).then(bad.polars(pl.col(told.result), date.max))


def _by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each enterprise, day, and way of choosing it."""
    by = ["subject", "inspected_on", "random"]
    return rows.group_by(by).agg(pl.col("failed").any()).select(list(INSPECTIONS)).sort(by)
