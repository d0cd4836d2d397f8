"""Addresses every face needs: the choice of appearance, the health check, the note to crawlers."""

import sys
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from rongxin.primitives.room import is_no_room
from rongxin.ui.appearance import COOKIE, Appearance

YEAR_SECONDS = 365 * 24 * 60 * 60


# The two forms of the header carry no token: it would set a cookie for every reader of a public page and make each copy
# of a page different. All that a forged request can change is how pages look to this reader.
@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and go back to the page the reader came from."""
    return set_language(request)


@csrf_exempt
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep the chosen appearance for a year and go back to the page the reader came from."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        COOKIE,
        Appearance.chosen(request.POST).cookie,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503; for load balancers and supervisors."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse({"database": True})


def failed(request: HttpRequest) -> HttpResponse:
    """Instead of a page that raised an error: 507 where the platform can write no more, else 500. Needs no database."""
    no_room = is_no_room(sys.exc_info()[1])
    if no_room:
        for handler in request.upload_handlers:
            with suppress(
                OSError
            ):  # what could not be written cannot be finished either; then it is removed all the same
                handler.upload_interrupted()
    return HttpResponse(render_to_string("507.html" if no_room else "500.html"), status=507 if no_room else 500)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read public pages, not the workbench and not the search: a search page is somebody's question."""
    lines = ["User-agent: *", f"Disallow: {reverse('desk:home')}", f"Disallow: {reverse('portal:search')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
