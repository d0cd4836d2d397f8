"""Classes of risk, to try: a run of two months ago that is in use, and one of today that the enterprises are being shown."""

from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.classification.models import Use
from rongxin.classification.running import classify_on
from rongxin.classification.using import propose
from rongxin.demonstration.clock import made_up_time
from rongxin.demonstration.staff import LEAD, SECOND
from rongxin.workflow.actions import take_step
from rongxin.workflow.keeping import keep_clocks

BEFORE: Final = timedelta(days=60)
SHOWN_BEFORE: Final = timedelta(days=25)
"""So long ago the first run was shown: ten working days, also over a week of holidays."""


def show_two_runs() -> None:
    """Once: the days for objecting to the first are over, those of the second begin."""
    if Use.objects.exists():
        return
    today = timezone.localdate()
    with made_up_time() as clock:
        clock.set(timezone.now() - SHOWN_BEFORE)
        _show(today - BEFORE)
    keep_clocks()
    _show(today)


def _show(day: date) -> None:
    use = propose(classify_on(day, in_full=True), by=Account.objects.get(username=LEAD))
    take_step(use.case.number, "approve", by=Account.objects.get(username=SECOND))
