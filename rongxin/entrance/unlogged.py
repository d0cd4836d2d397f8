"""A look that could not be logged is answered with the reason instead of the page."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from rongxin.ledger.actions import NotLogged

RETRY_SECONDS: Final = 60
log = logging.getLogger(__name__)


class NothingUnlogged:
    """Middleware. Turns NotLogged into a page that needs no database: 503, and when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page, where a look could not be logged."""
        if not isinstance(exception, NotLogged):
            return None
        log.error("a look could not be logged, so nothing was shown", exc_info=exception)
        answer = HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = str(RETRY_SECONDS)
        add_never_cache_headers(answer)
        return answer
