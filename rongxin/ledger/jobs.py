"""Background work of the log."""

from typing import Any

from django.utils import timezone

from config.environment import environment
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.ledger import auditing, logs
from rongxin.ledger.completeness import map_heads
from rongxin.ledger.continuing import turn_year
from rongxin.ledger.models import Audit, Log
from rongxin.ledger.sequencing import BATCH, sequence
from rongxin.ledger.signing import checkpoint


@job(title="存证账本记账")
def sequence_events(progress: Progress) -> int:
    """Give what waits its place in the log; returns how many events. A crash at any point doubles and loses none."""
    progress.phase("记账")
    told = 0
    while taken := sequence():
        told += taken
        progress.advance(taken)
        if taken < BATCH:
            break
    return told


@job(title="存证账本签署检查点")
def sign_checkpoint(progress: Progress) -> int:
    """Sign and publish what is sequenced; returns its size. Fails, and says why, where the log is not what was signed."""
    progress.phase("签署")
    log = Log.objects.order_by("-pk").first()
    signed = checkpoint(log) if log else None
    return signed.cut.size if signed else 0


@job(title="存证账本每日序列末端表")
def close_day(progress: Progress) -> dict[str, Any]:
    """Commit to where every stream ends, and begin the log of a new year; returns the lines of the map and the log's name."""
    progress.phase("末端表")
    log = Log.objects.order_by("-pk").first()
    if log is None:
        return {"lines": 0, "log": ""}
    heads = map_heads(log)
    sequence_events.call_now()
    signed = checkpoint(log)
    year = logs.year_of(timezone.now())
    if signed is not None and log.origin.rpartition("/")[2] < year:
        log = turn_year(log, f"{environment.ledger_base()}/{year}")
    return {"lines": heads.lines if heads else 0, "log": log.origin}


@job(title="存证账本全账核对")
def verify_log(progress: Progress, audit: int) -> int:
    """Recompute the whole log for an auditor; returns how many things are wrong."""
    return auditing.run_verification(Audit.objects.select_related("log").get(pk=audit), progress)


@job(title="存证账本导出")
def export_log(progress: Progress, audit: int) -> int:
    """Write the log as one file for an auditor; returns how many entries."""
    return auditing.run_export(Audit.objects.select_related("log").get(pk=audit), progress)


@job(title="清理存证账本导出")
def tidy_exports(progress: Progress) -> int:
    """Remove exports that nobody fetched in time; returns how many."""
    progress.phase("清理")
    return auditing.remove_old_exports()
