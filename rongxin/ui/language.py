"""Which language a page speaks: Chinese, unless the reader chose English in the header."""

from collections.abc import Callable
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CHOICES = frozenset(code for code, _ in settings.LANGUAGES)


class ChosenLanguage:
    """Middleware. What the browser would prefer does not count: the interface of a Chinese office speaks Chinese first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in CHOICES else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        patch_vary_headers(response, ("Cookie",))
        return response


def spoken() -> Literal["zh", "en"]:
    """The language of the page being made, as the texts of the rules name it."""
    return "en" if (translation.get_language() or "").startswith("en") else "zh"
