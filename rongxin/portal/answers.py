"""How public pages are answered: read only, the same for everybody, short-lived in caches, refusals in plain words."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import parse_http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.portal.pages import RefusalPage
from rongxin.portal.parameters import Unclear

# A repair ends display everywhere; a cache may be late by no more than this.
FRESH_SECONDS: Final = 60

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def public_page(view: View[P]) -> View[P]:
    """A page that any cache may keep for a minute, with an ETag; asked by a logged-in officer it is kept by none."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = _answer(view, request, *args, **kwargs)
        if response.status_code != 200:
            patch_cache_control(response, no_store=True)
            return response
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
        # The cookies of language and appearance change the page; HX-Request asks for a part of it.
        patch_vary_headers(response, ("Cookie", "HX-Request"))
        etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
        response["ETag"] = etag
        changed = parse_http_date(response["Last-Modified"]) if response.has_header("Last-Modified") else None
        return get_conditional_response(request, etag=etag, last_modified=changed, response=response) or response

    return require_safe(answered)


def unkept_page(view: View[P]) -> View[P]:
    """A page that nothing keeps: its address holds somebody's question."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = _answer(view, request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return require_safe(answered)


def refusal(request: HttpRequest, status: int, heading: str, words: str, sign: str) -> HttpResponse:
    """A page that says why there is nothing to show and what to do instead."""
    page = RefusalPage(heading=heading, words=words, sign=sign)
    return render(request, "portal/refusal.html", {"page": page}, status=status)


def unlisted(response: HttpResponse, is_sole_trader: bool) -> HttpResponse:
    """Search engines may not list the page of a sole trader: nobody finds one by name."""
    if is_sole_trader:
        response["X-Robots-Tag"] = "noindex"
    return response


def _answer(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except Unclear as reason:
        return refusal(request, 400, _("这样查不了"), str(reason), "alert-triangle")
