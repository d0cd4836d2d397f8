"""Where snapshots and the results of runs lie, and which of them may go.

Results of a run that was ever in use, or that a decision names, are evidence and stay. A snapshot can be made anew at any time; it
stays while a run that somebody may ask about was made on it, so that explanations show the run's own numbers.
"""

import secrets
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from config.environment import environment
from rongxin.classification.models import Adjustment, DecidedWith, Run, Use
from rongxin.storage.turns import in_turn

TURN: Final = "classification: folders"


def snapshots_folder() -> Path:
    """The folder of all snapshots."""
    return environment.var / "risk" / "snapshots"


def runs_folder() -> Path:
    """The folder of all runs."""
    return environment.var / "risk" / "runs"


def trials_folder() -> Path:
    """Where drafts of rules are tried; nothing stays in it."""
    return environment.var / "risk" / "trials"


def folder_of(run: Run) -> Path:
    """Where the results of a run lie."""
    return runs_folder() / run.name


def snapshot_folder_of(run: Run) -> Path:
    """Where the snapshot lies that a run was made on."""
    return snapshots_folder() / run.snapshot_folder


def new_name(at: datetime) -> str:
    """A name for a run."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def newest_snapshot_folder() -> Path | None:
    """The folder of the last snapshot; None where there is none."""
    return max(_whole(snapshots_folder()), key=lambda path: path.name, default=None)


def next_snapshot_folder() -> Path:
    """Where the next snapshot goes: they are numbered, and no number is given again that a run may name."""
    known = {path.name for path in _whole(snapshots_folder())} | set(
        Run.objects.values_list("snapshot_folder", flat=True)
    )
    return snapshots_folder() / f"{max(map(int, known), default=0) + 1:08d}"


def prune() -> int:
    """Remove what nobody may ask about any more; returns how many folders went."""
    with transaction.atomic():
        in_turn(TURN)
        finished = list(Run.objects.exclude(finished_at=None).order_by("-pk")[:1])
        named = {
            key
            for model in (Use, Adjustment, DecidedWith)
            for key in model.objects.values_list("run", flat=True).distinct()
            if key is not None
        }
        kept = _with_bases({*named, *(run.pk for run in finished)})
        # The newest first: none goes before what builds on it.
        for run in Run.objects.exclude(pk__in=kept).exclude(finished_at=None).order_by("-pk"):
            run.delete()
        runs = set(Run.objects.values_list("name", flat=True))
        standing = Use.objects.filter(until=None, case__is_open=True) | Use.objects.filter(is_current=True)
        asked = Run.objects.filter(pk__in=_with_bases(set(standing.values_list("run", flat=True))))
        snapshots = {*asked.values_list("snapshot_folder", flat=True), *(run.snapshot_folder for run in finished)}
    if newest := newest_snapshot_folder():
        snapshots.add(newest.name)
    return _remove(runs_folder(), runs) + _remove(snapshots_folder(), snapshots)


def _with_bases(keys: set[int]) -> set[int]:
    """These runs and all on whose results they build."""
    before = dict(Run.objects.values_list("pk", "before"))
    kept, following = set[int](), set(keys)
    while following:
        kept |= following
        following = {on for key in following if (on := before.get(key)) is not None} - kept
    return kept


def _remove(folder: Path, names: Iterable[str]) -> int:
    """Remove what lies there but for ``names`` and their deltas, and what is being written."""
    gone = [path for path in _whole(folder) if path.name not in names]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _whole(folder: Path) -> list[Path]:
    """The folders in ``folder`` but for those that are being written."""
    return [path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."] if folder.is_dir() else []
