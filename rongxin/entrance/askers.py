"""Who asks the database in a request: one place says it for every page, and takes it back when the request is over."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse

from rongxin.accounts.askers import asker_of
from rongxin.accounts.models import Account
from rongxin.storage.askers import ENTRANCE, PORTAL, Asker, asks, become

WAYS_IN: Final = frozenset({"entrance", "enterprise"})
PUBLIC: Final = "portal"


class Askers:
    """Middleware, before sessions. While it is found out who somebody is the entrance asks, which sees accounts alone; from the
    page on it is whoever was recognised. The public pages ask as the public, whoever looks at them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asks(ENTRANCE):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        """From here on it is the page that asks."""
        become(_asker(request))


class Door(ModelBackend):
    """Django's login over our accounts, asked by the entrance wherever it is called from."""

    def authenticate(self, *args: Any, **more: Any) -> Account | None:
        """The account of this name and password."""
        with asks(ENTRANCE):
            found: Account | None = super().authenticate(*args, **more)
            return found

    def get_user(self, user_id: int) -> Account | None:
        """The account that a session names."""
        with asks(ENTRANCE):
            found = Account.objects.select_related("department").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None


def _asker(request: HttpRequest) -> Asker:
    app = request.resolver_match.app_name if request.resolver_match else ""
    if app != PUBLIC and request.user.is_authenticated:
        return asker_of(request.user)
    return ENTRANCE if app in WAYS_IN else PORTAL
