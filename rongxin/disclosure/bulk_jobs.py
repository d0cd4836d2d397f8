"""Keeping the bulk files: made anew each day, and within the hour when something in them ended; else confirmed.

Whether something ended is asked of the signed status lists. Where those are late nothing is confirmed, and after an hour the
files are given out no more: what nobody can vouch for is not shown.
"""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from django.utils import timezone

from rongxin.disclosure.bulk import folder_of, newest
from rongxin.disclosure.bulk_making import PRESENT, make_edition
from rongxin.disclosure.models import BulkEdition, StatusList
from rongxin.disclosure.status_lists import SIZE, shown_by
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.records.changes import has_changed_since
from rongxin.records.display import Moment

PAUSE: Final = timedelta(minutes=19)
"""Between two makings of one day, so that a day of many changes is no day of making files: a little less than two turns of the
schedule, lest seconds make them three.
"""


@job(queue="bulk", title="批量公示文件")
def keep_bulk_files(progress: Progress) -> str:
    """Make, confirm, or wait to make; returns the version that was made, or nothing."""
    edition, present = newest(), Moment.now()
    if edition is not None and edition.day == present.day and (folder_of(edition.version) / PRESENT).is_file():
        progress.phase("核对")
        seen_at = _all_shown_at(edition)
        if seen_at is not None and not has_changed_since(edition.position):
            BulkEdition.objects.filter(pk=edition.pk, confirmed_at__lt=seen_at).update(confirmed_at=seen_at)
            return ""
        if timezone.now() - edition.made_at < PAUSE:
            return ""
    progress.phase("制作")
    return make_edition().version


def _all_shown_at(edition: BulkEdition) -> datetime | None:
    """The instant at which everything in the edition was on display by the signed lists; None where something is not."""
    held = pl.read_parquet(folder_of(edition.version) / PRESENT)["first"].to_numpy()
    signed_at = dict(StatusList.objects.filter(signed_at__isnull=False).values_list("number", "signed_at"))
    numbers = np.unique(held // SIZE).tolist()
    if not numbers:
        return timezone.now()
    for number in numbers:
        here = held[slice(*np.searchsorted(held, [number * SIZE, (number + 1) * SIZE]))]
        if number not in signed_at or not np.isin(here, shown_by(number)).all():
            return None
    return min(at for number, at in signed_at.items() if number in numbers and at is not None)
