"""How far a run is. A job tells it here; the heartbeat writes it down."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from rongxin.jobs.lease import Lease

PHASE_LENGTH = 40


class Progress:
    """What a job is handed first. Every call is cheap, touches no database of the job's own and may be made anywhere.

    Every call raises :class:`~rongxin.jobs.errors.Cancelled` when someone asked the run to stop and
    :class:`~rongxin.jobs.errors.LeaseLost` when another worker has the run; let both pass through. Without a lease
    (``Job.call_now``) the calls only count.
    """

    def __init__(self, lease: Lease | None = None) -> None:
        self.lease = lease
        self.name = ""
        self.done = 0
        self.total: int | None = None
        self.phase_at: datetime | None = None
        self.is_untold = False

    def phase(self, name: str, total: int | None = None) -> None:
        """Begin the next phase (a few words), with ``total`` steps if that is known. The count starts again at 0."""
        self.name, self.done, self.total = name[:PHASE_LENGTH], 0, total
        self.phase_at = timezone.now()
        self.changed()

    def advance(self, n: int = 1) -> None:
        """``n`` more steps are done."""
        self.set(self.done + n)

    def set(self, done: int) -> None:
        """``done`` steps of this phase are done in all."""
        self.done = done
        self.changed()

    def changed(self) -> None:
        self.is_untold = True
        if self.lease is not None:
            self.lease.check()

    def tell(self) -> dict[str, Any]:
        """The columns of the run that hold the progress; from now on they count as told."""
        self.is_untold = False
        return {
            "phase": self.name,
            "phase_at": self.phase_at,
            "progress_done": self.done,
            "progress_total": self.total,
        }
