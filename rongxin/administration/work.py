"""Where an administrator begins; and what the background work is doing, for the system administrator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, may, show
from rongxin.disclosure.status import standing
from rongxin.jobs.queries import unfinished, wanting_room

MOST = 100
_FIRST = {
    Action.ACCOUNT_KEEP: "administration:accounts",
    Action.ACCOUNT_LOG_READ: "administration:log",
    Action.JOB_WATCH: "administration:work",
}


@administrators_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """On to the page of what the role may do."""
    administrator = administrator_of(request)
    place = next((name for action, name in _FIRST.items() if may(administrator, action)), "entrance:security")
    return redirect(place)


@administrators_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, works or gave up, and how the signed status lists stand. Names of jobs and errors only; nothing of what they
    work on.
    """
    administrator = administrator_of(request)
    demand(administrator, Action.JOB_WATCH, administrator.works_for)
    page = {"runs": list(unfinished()[:MOST]), "wanting_room": wanting_room(), "lists": standing()}
    return show(request, "administration/work.html", page)
