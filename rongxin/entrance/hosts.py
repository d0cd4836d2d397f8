"""Which part of the site answers on which host name. The administrators' pages have one of their own, with its own cookie."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import reverse

from config.environment import environment
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Face

ADMINISTRATION_URLS: Final = "config.administration_urls"
PUBLIC_URLS: Final = "config.public_urls"
_FIRST_PAGE: Final = {
    Face.ADMINISTRATION: "administration:home",
    Face.DESK: "desk:home",
    Face.ENTERPRISE: "enterprise:home",
}
ADMINISTRATION_COOKIE: Final = f"{settings.COOKIE_PREFIX}rongxin_administration"


class Hosts:
    """Middleware, before sessions: on the administrators' host their pages alone, elsewhere all others; and never the cookie of
    one for the other. Without such a host every host serves everything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not environment.admin_host:
            return self.get_response(request)
        if not is_administration(request):
            request.urlconf = PUBLIC_URLS
            return self.get_response(request)
        request.urlconf = ADMINISTRATION_URLS
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if ADMINISTRATION_COOKIE in request.COOKIES:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = request.COOKIES[ADMINISTRATION_COOKIE]
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in response.cookies:
            cookie = response.cookies.pop(settings.SESSION_COOKIE_NAME)
            response.cookies[ADMINISTRATION_COOKIE] = cookie.value
            response.cookies[ADMINISTRATION_COOKIE].update({name: part for name, part in cookie.items() if part})
        return response


def host_of(request: HttpRequest) -> str:
    """The host name asked, in small letters, without its port."""
    return split_domain_port(request.get_host())[0].rstrip(".")


def is_administration(request: HttpRequest) -> bool:
    """Whether the administrators' own host was asked."""
    return bool(environment.admin_host) and host_of(request) == environment.admin_host


def belongs_here(account: Account, request: HttpRequest) -> bool:
    """Whether somebody of this role logs in on this host."""
    return not environment.admin_host or is_administration(request) == (account.held.face == Face.ADMINISTRATION)


def inside(account: Account) -> str:
    """The first page of whoever is logged in."""
    return reverse(_FIRST_PAGE[account.held.face])


def login_page(*faces: Face) -> str:
    """Where people of these faces log in: enterprises on a page in their own words."""
    return reverse("enterprise:login" if faces == (Face.ENTERPRISE,) else "entrance:login")


def link_for(account: Account, word: str, request: HttpRequest | None = None) -> str:
    """The whole address of a one-time link, on the host where the account logs in. ``request``: who asks, for the port."""
    path = f"/invitation/{word}"
    scheme = "https" if environment.https else "http"
    if request is not None and belongs_here(account, request):
        return f"{scheme}://{request.get_host()}{path}"
    of_administration = account.held.face == Face.ADMINISTRATION and environment.admin_host
    host = environment.admin_host if of_administration else environment.host_names()[0]
    port = request.get_port() if request is not None else ""
    return f"{scheme}://{host}{f':{port}' if port not in ('', '80', '443') else ''}{path}"
