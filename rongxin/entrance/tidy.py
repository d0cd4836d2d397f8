"""Sessions that ran out go; what is to be known of them stands in the log of accounts."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.jobs.tidy import delete


@job(title="清理到期的登录")
def tidy_sessions(progress: Progress) -> dict[str, int]:
    """Remove sessions past their time, those of logins that were begun and left included. Returns how many."""
    old = Session.objects.filter(expire_date__lt=timezone.now())
    progress.phase("清理", old.count())
    return {"sessions": delete(old, progress)}
