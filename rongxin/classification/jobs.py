"""Background work of the classes."""

from django.utils import timezone

from rongxin.classification.deciding import keep_classes
from rongxin.classification.running import classify_on, is_classified_by
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.rulebook import queries as rulebook


@job(queue="bulk", title="风险分类（完整）")
def classify_in_full(progress: Progress) -> str:
    """Classify all as of today; returns the name of the run. Whether it comes into use two people decide."""
    return _classified(progress, in_full=True)


@job(title="留存决定时的类别")
def keep_decided(progress: Progress) -> int:
    """The class at the time, with every decision about an enterprise; returns how many events of cases were read."""
    progress.phase("留存")
    return keep_classes()


@job(queue="bulk", title="风险分类（变动部分）")
def classify_changed(progress: Progress) -> str:
    """Classify anew whom anything came to, so that what was repaired or withdrawn counts no longer."""
    return _classified(progress, in_full=False)


def _classified(progress: Progress, *, in_full: bool) -> str:
    """The name of the run; nothing where the rules in force make no classes, as those released before there were any."""
    today = timezone.localdate()
    if not is_classified_by(rulebook.current(), today):
        return ""
    return classify_on(today, in_full=in_full, progress=progress).name
