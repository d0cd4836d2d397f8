"""Counts of a batch when answered rows come in or go out again, so that its numbers add up at every moment."""

from collections.abc import Iterable

from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.intake.models import Batch, BatchState, Channel
from rongxin.intake.moving import move
from rongxin.intake.questions.rows import WaitingAct
from rongxin.policy.words import Display

_COUNTS = ["rows", "accepted", "withheld", "decided_days", "stopped_by", "finished_at"]


def count_in(carrier: Batch, acts: Iterable[WaitingAct]) -> None:
    """Count rows that a release of ``carrier`` will record."""
    _count(carrier, acts, 1)
    carrier.save(update_fields=_COUNTS)


def count_out(carrier: Batch, acts: Iterable[WaitingAct], by: Account) -> None:
    """Count rows out again. A follow-up that carries nothing more is stopped."""
    _count(carrier, acts, -1)
    if carrier.channel == Channel.QUESTION and carrier.accepted == 0 and carrier.state == BatchState.CHECKED:
        move(carrier, BatchState.STOPPED)
        carrier.stopped_by = by
        carrier.finished_at = timezone.now()
    carrier.save(update_fields=_COUNTS)


def _count(carrier: Batch, acts: Iterable[WaitingAct], step: int) -> None:
    for act in acts:
        carrier.accepted += step
        if carrier.channel == Channel.QUESTION:
            carrier.rows += step
        if act.display == Display.WITHHELD:
            carrier.withheld += step
        if act.decided_on is not None and act.display is not None:
            days = carrier.decided_days.setdefault(act.decided_on.isoformat(), {})
            days[act.display] = max(days.get(act.display, 0) + step, 0)
