"""Background work of unwinding."""

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.records.consuming import deliver
from rongxin.remedies.unwinding import finding
from rongxin.remedies.unwinding.consuming import CONSUMER, consume
from rongxin.remedies.unwinding.queries import waiting
from rongxin.remedies.unwinding.rules import WANTED


def wake() -> None:
    """An event was noted: have it looked at at once, not at the next time of the schedule."""
    follow_records.enqueue(key="noted")


@job(title="消除影响：跟进记录变动")
def follow_records(progress: Progress) -> int:
    """Cases for what happened to records since the last time, and checklists that were broken off; returns how many events."""
    progress.phase("记录变动")
    followed = deliver(CONSUMER, consume, only=WANTED)
    for number in waiting():
        find_affected.enqueue(number, key=number)
    return followed


@job(title="消除影响：查找受影响的")
def find_affected(progress: Progress, number: str) -> int:
    """Make the checklist of one case, and tell the offices, once however often this begins; returns how many items."""
    progress.phase("查找")
    return finding.find(number)
