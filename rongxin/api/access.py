"""Who asks: the key in ``Authorization: Bearer``, how often it may ask, and what the account behind it may do."""

from typing import Final, Protocol, TypeVar, cast

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from config.environment import environment
from rongxin.accounts.askers import asker_of
from rongxin.accounts.keys import account_of
from rongxin.accounts.models import Account
from rongxin.api.problems import Refused
from rongxin.storage.askers import ENTRANCE, asks, become

MINUTE: Final = 60
Who = TypeVar("Who")


class Asking(Protocol[Who]):
    """A request that came with a key: Ninja keeps in ``auth`` whose ``authenticate`` found it to be."""

    auth: Who


class Key(HttpBearer):
    """A key of an account in use; each may ask ``api_requests_per_minute`` times a minute and process."""

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        """The account, or None; raises Refused (429 with Retry-After) beyond the quota."""
        with asks(ENTRANCE):
            account = account_of(token)
        if account is not None:
            become(asker_of(account))
            count(token.partition(".")[0])
        return account


def account_asking(request: HttpRequest) -> Account:
    """The account whose key came with the request."""
    return cast(Asking[Account], request).auth


def count(prefix: str) -> None:
    """One request more of the key; raises Refused (429 with Retry-After) beyond the quota of the minute."""
    now = int(timezone.now().timestamp())
    window = now // MINUTE
    name = f"api/{prefix}/{window}"
    cache.add(name, 0, 2 * MINUTE)
    if cache.incr(name) > environment.api_requests_per_minute:
        wait = (window + 1) * MINUTE - now
        raise Refused(
            429,
            "too_many_requests",
            f"每分钟最多 {environment.api_requests_per_minute} 次请求，请 {wait} 秒后再试",
            headers={"Retry-After": str(wait)},
        )
