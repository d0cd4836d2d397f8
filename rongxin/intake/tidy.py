"""What killed processes left: their files go, and what they had begun is begun again."""

import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.utils import timezone

from config.environment import environment
from rongxin.intake import files, jobs
from rongxin.intake.models import FINISHED, Batch, BatchState
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job

GRACE: Final = timedelta(hours=6)
"""Nothing that is younger is touched: its process may be alive."""


@job(title="清理收件文件")
def tidy_files(progress: Progress) -> dict[str, int]:
    """Remove files that no batch needs any more, and have batches checked that nobody checks. Returns counts.

    A received file may hold what must not be kept: it goes with its batch even where the process that should have removed it died.
    """
    progress.phase("清理")
    removed = sum(_remove(path) for path in [*_left_in_received(), *_left_in_batches()] if _is_old(path))
    waiting = list(Batch.objects.filter(state=BatchState.RECEIVED, run=None, received_at__lt=timezone.now() - GRACE))
    for batch in waiting:
        jobs.ask_for_check(batch)
    return {"removed": removed, "asked": len(waiting)}


def _left_in_received() -> list[Path]:
    """Temporary copies, files never given to a batch, and those of batches that are finished or never were."""
    found = list((environment.var / "received").glob("*"))
    temporary = [path for path in found if path.name.startswith((files.ARRIVING, files.READING))]
    own = {path.name: path for path in found if path not in temporary}
    alive = Batch.objects.exclude(state__in=FINISHED).values_list("number", flat=True)
    return [*temporary, *(own[number] for number in own.keys() - set(alive))]


def _left_in_batches() -> list[Path]:
    """Files half made, and rows that were recorded or never will be."""
    folder = environment.var / "batches"
    accepted = {path.parent.name: path for path in folder.glob("*/accepted.parquet")}
    alive = Batch.objects.exclude(state__in=FINISHED).values_list("number", flat=True)
    return [*folder.glob(f"*/{files.MAKING}*"), *(accepted[number] for number in accepted.keys() - set(alive))]


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - GRACE.total_seconds()
    except FileNotFoundError:
        return False


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return 1
