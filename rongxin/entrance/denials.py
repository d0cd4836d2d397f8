"""Whoever is logged in and asks for what is not theirs: the ledger is told. Of strangers nothing is kept."""

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse

from rongxin.accounts.denials import Act, note_denial
from rongxin.accounts.models import Account
from rongxin.accounts.queries import Denied
from rongxin.entrance.askers import PUBLIC
from rongxin.ledger.actions import NotLogged

log = logging.getLogger(__name__)


class DenialsTold:
    """Middleware, after the session is known. Tells of what a page refuses; the answer is what it always is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """403, and 404 of what may be another's."""
        match = request.resolver_match
        # Public pages know nobody, and asking who it is would keep them from caches.
        is_inside = match is not None and match.app_name != PUBLIC
        if is_inside and isinstance(exception, PermissionDenied | Http404) and isinstance(request.user, Account):
            tell_denial(request, request.user, exception)


def tell_denial(request: HttpRequest, account: Account, error: PermissionDenied | Http404) -> None:
    """Tell the ledger that a request of ``account`` was refused. Nothing was shown, so it stays refused where that fails."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    act = Act.DENIED if isinstance(error, PermissionDenied) else Act.NOT_FOUND
    try:
        note_denial(account, act, route=route, action=error.action if isinstance(error, Denied) else "")
    except (Error, OSError, NotLogged):
        log.exception("a refused request could not be logged")
