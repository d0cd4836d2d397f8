"""Whether classes hit: inspections of the last two years held against the class that was in use before each."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from rongxin.classification import models
from rongxin.classification.running import on_snapshot, results_of
from rongxin.engine.risk.hits import HitRates, Use, hit_rates
from rongxin.engine.risk.inspections import inspections
from rongxin.engine.risk.layout import Snapshot
from rongxin.engine.risk.results import Results, ResultsDamaged
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.primitives.periods import add_months
from rongxin.rulebook import queries as rulebook

MONTHS: Final = 24
"""So many months before today inspections are looked at."""


def measured(today: date, progress: Progress | None = None) -> HitRates:
    """The rates of the MONTHS before ``today``, by what is known now. Without a run in use nothing is held against a class.

    FileNotFoundError and ResultsDamaged where the results of a run that was in use are gone or damaged.
    """
    progress, policy = progress or Progress(), rulebook.current()

    def read(snapshot: Snapshot) -> HitRates:
        progress.phase("检验分类")
        found = inspections(policy, snapshot, add_months(today, -MONTHS), today)
        return hit_rates(found, uses())

    return on_snapshot(policy, progress, read)


def uses() -> Iterator[Use]:
    """From which day to which, in Shanghai, the results of which run were in use; the one that is now, to no end.

    On the day on which another took its place the new one counts; one that was in use for a part of a day alone is left out,
    and one whose results are gone from the disk.
    """
    for use in models.Use.objects.select_related("run").exclude(since=None).order_by("since"):
        assert use.since is not None
        begins = timezone.localdate(use.since)
        ends = timezone.localdate(use.until) - timedelta(days=1) if use.until else date.max
        results = _kept(use.run) if begins <= ends else None
        if results is not None:
            yield begins, ends, results


def _kept(run: models.Run) -> Results | None:
    try:
        return results_of(run)
    except (FileNotFoundError, ResultsDamaged):
        return None


def newest_report() -> models.HitReport | None:
    """The report made last."""
    return models.HitReport.objects.order_by("-day").first()


@job(queue="bulk", title="检验风险分类")
def measure_hits(progress: Progress) -> str:
    """Keep the report of today; made again on the same day it takes the place of the one before. Returns the day."""
    today = timezone.localdate()
    found = measured(today, progress)
    models.HitReport.objects.update_or_create(day=today, defaults={"report": found.json(), "made_at": timezone.now()})
    return today.isoformat()
