"""Whom an office may invite to declare: found in the results and the snapshot of a run, bucket by bucket.

Only organisations are in a snapshot, so no sole trader is ever invited. Who declares something already, and who was invited of
late, is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db.models import Q

from rongxin.classification.models import Run
from rongxin.classification.reading import held
from rongxin.classification.running import results_of, snapshot_of
from rongxin.classification.using import current
from rongxin.engine.risk.layout import SHIFT, SUBJECTS_TABLE, records_table
from rongxin.engine.risk.plans import GRADES
from rongxin.engine.risk.results import Results
from rongxin.engine.risk.snapshots import Reader
from rongxin.policy.declarations import InvitedGroup
from rongxin.remedies.declarations.models import Declaration, Invited
from rongxin.subjects.models import Status

_COLUMNS = ["subject", "region", "scale", "status"]


def to_invite(
    groups: Sequence[InvitedGroup], run: Run, region: str, today: date, invited_after: datetime
) -> Iterator[pl.DataFrame]:
    """Bucket by bucket ``subject`` and ``group`` of the enterprises in business whose region begins with ``region``: each once, in
    the first of ``groups`` that it belongs to; without those invited after ``invited_after``.

    FileNotFoundError, ResultsDamaged and SnapshotDamaged where what the run read or wrote is gone or damaged.
    """
    results, reader = results_of(run), Reader(snapshot_of(run))
    use = current()
    in_use = results_of(use.run) if use else None
    for number in reader.buckets:
        bucket = _Bucket(number, today, results, in_use, reader)
        told = reader.table(SUBJECTS_TABLE, number, _COLUMNS)
        if told is None:
            continue
        its = told.filter(
            pl.col("status") == Status.ACTIVE.value, pl.col("region").fill_null("").str.starts_with(region)
        )
        left = its.join(_left_out(number, today, invited_after), on="subject", how="anti")
        found = []
        for group in groups:
            chosen = left.join(bucket.of_group(group, left), on="subject", how="semi")
            found.append(chosen.select("subject", group=pl.lit(group.name)))
            left = left.join(chosen, on="subject", how="anti")
        yield pl.concat(found).sort("subject")


@dataclass(frozen=True)
class _Bucket:
    """What is known of the enterprises of a bucket. ``in_use``: the results whose classes hold."""

    number: int
    today: date
    results: Results
    in_use: Results | None
    reader: Reader

    def of_group(self, group: InvitedGroup, left: pl.DataFrame) -> pl.DataFrame:
        """``subject`` of those of ``left`` that belong to the group."""
        if group.scales:
            left = left.filter(pl.col("scale").is_in(list(group.scales)))
        keys = left.select("subject")
        found = [keys.clear()]
        if group.classes:
            found.append(keys.filter(pl.col("subject").is_in(self._of_class(group, keys))))
        if group.indicators:
            places = [place for name, place in self.results.plan.places.items() if name in group.indicators]
            factors = self.results.factors(self.number)
            factors = factors.filter(pl.col("indicator").is_in(places), pl.col("points") != 0)
            found.append(keys.join(factors, on="subject", how="semi"))
        if group.records_at_most is not None:
            many = self._records().filter(pl.col("records") > group.records_at_most)
            found.append(keys.join(many, on="subject", how="anti"))
        return pl.concat(found).unique()

    def _of_class(self, group: InvitedGroup, keys: pl.DataFrame) -> list[int]:
        """Those whose class that holds today is one of the group's: whatever made it better since the run counts for them."""
        if self.in_use is None:
            return []
        places = [GRADES.index(grade) for grade in group.classes]
        classes = self.in_use.classes(self.number, ["subject", "class"]).filter(pl.col("class").is_in(places))
        holding = held(keys.join(classes, on="subject", how="semi")["subject"].to_list(), self.today)
        return [key for key, each in holding.items() if each.grade in group.classes]

    def _records(self) -> pl.DataFrame:
        """How many ``records`` are known of each enterprise that has some."""
        kinds = sorted(self.reader.snapshot.last.kinds)
        tables = (self.reader.table(records_table(kind), self.number, ["subject"]) for kind in kinds)
        told = [rows for rows in tables if rows is not None]
        if not told:
            return pl.DataFrame(schema={"subject": pl.Int64, "records": pl.UInt32})
        return pl.concat(told).group_by("subject").agg(pl.len().alias("records"))


def _left_out(bucket: int, today: date, invited_after: datetime) -> pl.DataFrame:
    """``subject`` of those of a bucket that declare something, or were invited of late."""
    of_bucket = (bucket << SHIFT, ((bucket + 1) << SHIFT) - 1)
    standing = Declaration.objects.filter(ended="", until__gte=today).filter(
        Q(subject__pk__range=of_bucket) | Q(subject__merged_into__pk__range=of_bucket)
    )
    keys = {merged or key for key, merged in standing.values_list("subject", "subject__merged_into")}
    asked = Invited.objects.filter(subject__pk__range=of_bucket, list__sent_at__gt=invited_after)
    keys |= set(asked.values_list("subject", flat=True))
    return pl.DataFrame({"subject": sorted(keys)}, schema={"subject": pl.Int64})
