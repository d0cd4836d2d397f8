"""Classes of risk, to try: a run of two months ago, for some weeks in use, and one of today that enterprises are being shown."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.classification.measuring import measure_hits
from rongxin.classification.models import Use
from rongxin.classification.running import classify_on
from rongxin.classification.using import propose
from rongxin.demonstration.clock import made_up_time
from rongxin.demonstration.staff import LEAD, SECOND
from rongxin.workflow.actions import take_step
from rongxin.workflow.keeping import keep_clocks

SHOWN_BEFORE: Final = timedelta(days=60)
IN_USE_BEFORE: Final = timedelta(days=35)
"""So long ago the first run came into use: ten working days after it was shown are over then, also over a week of holidays."""


def show_two_runs() -> None:
    """Once: the days for objecting to the first are over, those of the second begin; what inspections found since is held against
    the first.
    """
    if Use.objects.exists():
        return
    with made_up_time() as clock:
        now = timezone.now()
        clock.set(now - SHOWN_BEFORE)
        _show()
        clock.set(now - IN_USE_BEFORE)
        keep_clocks()
    _show()
    measure_hits.call_now()


def _show() -> None:
    use = propose(classify_on(timezone.localdate(), in_full=True), by=Account.objects.get(username=LEAD))
    take_step(use.case.number, "approve", by=Account.objects.get(username=SECOND))
