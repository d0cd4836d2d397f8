"""Background work of cases."""

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.workflow import keeping


@job(title="案件期限")
def keep_clocks(progress: Progress) -> dict[str, int]:
    """Last days by the calendar in force, reminders, lateness, escalation and terms that are over. Returns counts."""
    progress.phase("期限")
    return keeping.keep_clocks()
