"""Proving again: a decision or a download whose last proof is old is answered with a question, and the answer carries it on.

The question posts back to the very address, with everything that was posted before: nothing is kept and nothing is lost.
"""

from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from rongxin.accounts.models import Account
from rongxin.accounts.queries import ProofTooOld
from rongxin.accounts.second_factor import Refusal
from rongxin.entrance.asking import CODE, KEY, Asked, answered, question
from rongxin.entrance.sessions import SAFE, prove

METHOD: Final = "proof_for"
_OURS: Final = frozenset({METHOD, CODE, KEY, "csrfmiddlewaretoken"})


class FreshProof:
    """Middleware, after the session is known. Turns ProofTooOld into the question, and its answer into the request itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The question, where a proof was asked for."""
        return _ask(request) if isinstance(exception, ProofTooOld) else None

    def process_view(
        self, request: HttpRequest, view: object, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Take the answer of the question. A right one: the request goes on as it was first meant."""
        if not request.user.is_authenticated or request.content_type != "application/x-www-form-urlencoded":
            return None
        if request.method != "POST" or METHOD not in request.POST:
            return None
        outcome = answered(request, request.user)
        if isinstance(outcome, Refusal):
            return _ask(request, outcome)
        prove(request, outcome)
        if request.POST[METHOD] in SAFE:
            return HttpResponseRedirect(request.get_full_path())
        request.POST = _without_ours(request)
        return None


@never_cache
def _ask(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    account = cast(Account, request.user)
    asked: Asked = question(request, account, refusal)
    method = request.POST.get(METHOD, request.method)
    told = {
        "asked": asked,
        "method": method,
        "address": _page_of_form(request) if request.FILES else request.get_full_path(),
        "fields": [(name, value) for name, values in _without_ours(request).lists() for value in values],
        "has_files": bool(request.FILES),
    }
    return render(request, "entrance/confirm.html", told, status=403)


def _page_of_form(request: HttpRequest) -> str:
    """Where the form stands that sent a file: a file cannot be carried on, so it is chosen again there."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return reverse("entrance:inside")
    parts = urlsplit(page)
    return escape_leading_slashes(urlunsplit(("", "", parts.path, parts.query, "")))


def _without_ours(request: HttpRequest) -> Any:
    posted = request.POST.copy()
    for name in _OURS & set(posted):
        del posted[name]
    return posted
