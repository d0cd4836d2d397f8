"""Background work of rules."""

from rongxin.governance.rules import workflow
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job


@job(title="规则生效")
def bring_rules_into_force(progress: Progress) -> dict[str, int]:
    """Rules whose day has come. Returns how many."""
    progress.phase("生效")
    return {"in_force": workflow.bring_into_force()}
