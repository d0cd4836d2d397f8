"""Sessions that ran out go, and the places of sign-ups; what is to be known of them stands in the log of accounts."""

from django.contrib.sessions.models import Session
from django.utils import timezone

from rongxin.accounts.actions import A_DAY
from rongxin.accounts.denials import tell_the_rest
from rongxin.accounts.models import SignUp
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.jobs.tidy import delete


@job(title="清理到期的登录")
def tidy_sessions(progress: Progress) -> dict[str, int]:
    """Remove sessions past their time, those of logins that were begun and left included, and places from which somebody
    signed up more than a day ago. Returns how many.
    """
    old = Session.objects.filter(expire_date__lt=timezone.now())
    places = SignUp.objects.filter(at__lt=timezone.now() - A_DAY)
    progress.phase("清理", old.count() + places.count())
    return {"sessions": delete(old, progress), "sign_ups": delete(places, progress)}


@job(title="补记被拒绝的请求")
def tell_denials(progress: Progress) -> int:
    """Tell the ledger of the refused requests of which it heard the first only; returns how many."""
    progress.phase("记账")
    return tell_the_rest()
