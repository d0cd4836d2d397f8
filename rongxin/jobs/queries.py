"""What pages read of the background work."""

from rongxin.jobs.models import Run


def run_state(run_id: int) -> Run | None:
    """The run as it stands now, with ``percent``, ``seconds_left``, ``phase``, ``message`` and ``is_over`` for a page.

    None when there is no such run or it was tidied away 90 days after its end.
    """
    return Run.objects.filter(pk=run_id).first()
