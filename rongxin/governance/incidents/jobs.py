"""Background work of incidents."""

from rongxin.governance.incidents import clocks, searching, telling
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.workflow.models import Case


@job(title="信息安全事件报告时限")
def keep_incident_hours(progress: Progress) -> int:
    """Warnings and word that the hours are over; firms whose telling was broken off. Returns how many messages were written."""
    progress.phase("时限")
    told = clocks.keep_hours()
    progress.phase("告知")
    return told + sum(telling.tell_all(case, progress) for case in telling.cases_to_tell())


@job(title="告知受影响企业")
def tell_affected(progress: Progress, number: str) -> int:
    """Tell the firms of one incident, each once however often this begins; returns how many were told now."""
    progress.phase("告知")
    case = Case.objects.get(number=number)
    return telling.tell_all(case, progress) if case.state == "telling" else 0


@job(title="从账本查找受影响企业")
def search_ledger(progress: Progress, search: int) -> int:
    """Answer one search; returns how many firms were found."""
    progress.phase("查找")
    return searching.answer(search, progress)
