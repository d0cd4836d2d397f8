"""Key figures of the platform, counted at most once a minute in each process."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from rongxin.departments.queries import providers
from rongxin.disclosure.punctuality import month_of_units
from rongxin.disclosure.subjects import counts_in_order, platform_began_on
from rongxin.disclosure.views import Count, PunctualityMonth
from rongxin.policy.pack import Policy
from rongxin.records import queries as records
from rongxin.records.display import Moment
from rongxin.subjects.queries import number_of_subjects

KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """``displayed`` counts records by kind; ``punctuality`` is of the last full month, or this one when new."""

    subjects: int
    displayed: tuple[Count, ...]
    units: int
    punctuality: PunctualityMonth
    began_on: date
    as_of: datetime

    @property
    def records(self) -> int:
        """How many records are displayed."""
        return sum(count.number for count in self.displayed)


def figures(policy: Policy, moment: Moment) -> Figures:
    """The figures of the day, at most a minute old."""
    key = f"disclosure/figures/{policy.digest}/{moment.day}"
    known: Figures | None = cache.get(key)
    if known is None:
        known = _counted(policy, moment)
        cache.set(key, known, KEPT_SECONDS)
    return known


def _counted(policy: Policy, moment: Moment) -> Figures:
    units = providers()
    began_on = platform_began_on(moment.day)
    month = month_to_show(moment.day, began_on)
    return Figures(
        subjects=number_of_subjects(),
        displayed=counts_in_order(records.displayed_count(policy, moment), policy),
        units=len(units),
        punctuality=month_of_units(policy, month, units, today=moment.day, began_on=began_on),
        began_on=began_on,
        as_of=timezone.now(),
    )


def month_to_show(today: date, began_on: date) -> date:
    """The first day of the last full month, or of the present one while the platform is younger than that."""
    this_month = today.replace(day=1)
    return this_month if began_on >= this_month else (this_month - timedelta(days=1)).replace(day=1)
