"""What auditors ask of a log: recomputing all of it, taking it along, comparing it with a checkpoint that was kept."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.jobs.progress import Progress
from rongxin.ledger import logs
from rongxin.ledger.actions import log as log_event
from rongxin.ledger.bundles import consistency_bundle
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.exporting import export
from rongxin.ledger.models import Audit, Log, Task
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note, NoteRefused
from rongxin.ledger.proving import NotProvable
from rongxin.ledger.publishing import cosigned, tree_of
from rongxin.ledger.tree.proofs import ProofRefused, check_consistency, consistency_path
from rongxin.ledger.verifying import verify

AUDITS: Final = Subject(Of.SYSTEM, "ledger")
KEPT: Final = timedelta(days=7)
"""How long an export lies ready to be fetched."""
MOST_TOLD: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A kept checkpoint beside the newest. ``bundle``: the proof that it holds; None where it does not.

    ``is_longer``: the kept one has more entries, so the end of the log is missing.
    """

    old: Told
    new: Told
    note: str
    bundle: dict[str, Any] | None
    is_longer: bool = False


def begin(log: Log, task: Task, *, by: str, with_contents: bool = False) -> Audit:
    """Write down what is asked, and tell the log of it; inside the transaction in which its job is asked for."""
    log_event(Kind.ADMIN, AUDITS, {"act": f"audit.{task}", "by": by, "contents": with_contents})
    return Audit.objects.create(log=log, task=task, by=by, with_contents=with_contents)


def run_verification(audit: Audit, progress: Progress) -> int:
    """Recompute the whole log; how many things are wrong. Repeating it overwrites what a crash left."""
    cut = logs.latest_cut(audit.log)
    told: list[str] = []
    size, wrong = cut.size if cut else 0, 0
    progress.phase("核对", size * 2)
    for line in verify(audit.log, done=progress.set):
        wrong += 1
        if len(told) < MOST_TOLD:
            told.append(line)
    _end(audit, size, wrong=wrong, told=told)
    return wrong


def run_export(audit: Audit, progress: Progress) -> int:
    """Write the log as one file for an auditor; how many entries. Raises NotProvable where nothing was signed."""
    progress.phase("导出")
    folder = path_of(audit).with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    size = export(audit.log, folder, contents=audit.with_contents)
    progress.phase("压缩")
    shutil.make_archive(str(folder), "zip", folder)
    shutil.rmtree(folder)
    _end(audit, size)
    return size


def path_of(audit: Audit) -> Path:
    """Where an export lies. Restricted: it tells how often each pseudonym is looked at, and with contents everything."""
    return environment.var / "ledger-exports" / f"{audit.pk}.zip"


def remove_old_exports() -> int:
    """Remove exports that were not fetched in time; how many."""
    old = Audit.objects.filter(task=Task.EXPORT, ended_at__lt=timezone.now() - KEPT)
    found = [path for path in map(path_of, old) if path.exists()]
    for path in found:
        path.unlink()
    return len(found)


def compare(text: str) -> Compared:
    """The checkpoint ``text`` that somebody kept, compared with the newest of its log.

    Raises NoteRefused where it is no checkpoint signed by a log of this platform, and NotProvable before the first.
    """
    note = Note.parsed("\n".join(text.strip().splitlines()) + "\n")
    told = Told.of(note.text)
    log = Log.objects.filter(origin=told.origin).first()
    if log is None:
        raise NoteRefused(told.origin)
    logs.key_of(log).demand(note)
    signed = logs.latest_checkpoint(log)
    if signed is None:
        raise NotProvable("nothing was signed yet")
    newest = Told(log.origin, signed.cut.size, bytes(signed.cut.root))
    whole = str(cosigned(signed))
    if told.size > newest.size:
        return Compared(old=told, new=newest, note=whole, bundle=None, is_longer=True)
    suite = log.hashing
    path = consistency_path(suite, told.size, newest.size, tree_of(log, newest.size).node) if told.size else []
    try:
        check_consistency(suite, told.size, newest.size, told.root, newest.root, path)
    except ProofRefused:
        return Compared(old=told, new=newest, note=whole, bundle=None)
    bundle = consistency_bundle(suite, told.size, newest.size, path)
    return Compared(old=told, new=newest, note=whole, bundle=bundle)


def _end(audit: Audit, size: int, *, wrong: int = 0, told: list[str] | None = None) -> None:
    with transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(ended_at=timezone.now(), size=size, wrong=wrong, told=told or [])
