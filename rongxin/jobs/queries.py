"""What pages read of the background work."""

from django.db.models import Q, QuerySet

from rongxin.jobs.errors import NO_ROOM
from rongxin.jobs.models import Run, State


def run_state(run_id: int) -> Run | None:
    """The run as it stands now, with ``percent``, ``seconds_left``, ``phase``, ``message`` and ``is_over`` for a page.

    None when there is no such run or it was tidied away 90 days after its end.
    """
    return Run.objects.filter(pk=run_id).first()


def ended_without_answer(run: Run | None) -> bool:
    """Whether a run of ``run_state``, whose work is not there, will not bring it any more."""
    return run is None or run.state in (State.FAILED, State.CANCELLED)


def unfinished() -> QuerySet[Run]:
    """Runs that wait, work or gave up, the newest first."""
    return Run.objects.filter(Q(state=State.FAILED) | Q(pk__in=Run.objects.live()))


def wanting_room() -> int:
    """How many runs wait until there is room on the disk or in the database."""
    return Run.objects.filter(state=State.WAITING, message=NO_ROOM).count()
