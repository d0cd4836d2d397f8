"""状态清单: the signed lists, and one page that explains them and says how they stand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from rongxin.disclosure.status import Standing, standing, token_of
from rongxin.disclosure.status_lists import ENTRY_TYPE, MEDIA_TYPE, PURPOSE, SIZE, TTL, VALID, list_address
from rongxin.ledger.tokens import ALGORITHM, key_name, public_jwk
from rongxin.portal import parameters
from rongxin.portal.answers import public_page

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """``portal/status.html``. ``address``: of the lists, before the number; ``valid_minutes``: how long a list holds."""

    standing: Standing
    size: int
    valid_minutes: int
    ttl_minutes: int
    address: str
    key: str
    first_url: str
    json_url: str


@public_page
def page(request: HttpRequest) -> HttpResponse:
    """What the lists are and how they stand; as JSON for programs."""
    found = standing()
    if parameters.wants_json(request):
        return JsonResponse(_told(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    told = StatusPage(
        standing=found,
        size=SIZE,
        valid_minutes=VALID // _MINUTE,
        ttl_minutes=TTL // _MINUTE,
        address=list_address(0).removesuffix("0"),
        key=key_name(),
        first_url=reverse("portal:status_list", args=[0]) if found.newest_at else "",
        json_url=f"{reverse('portal:status')}?format=json",
    )
    return render(request, "portal/status.html", {"page": told})


@public_page
def signed_list(request: HttpRequest, number: int) -> HttpResponse:
    """The newest signed version of a list. An old one says itself until when it held."""
    found = token_of(number)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'inline; filename="status-list-{number}.jwt"'
    return response


def _told(found: Standing) -> dict[str, Any]:
    return {
        "lists": found.lists,
        "size": SIZE,
        "statusPurpose": PURPOSE,
        "entry": ENTRY_TYPE,
        "values": {"1": "may be displayed", "0": "must not be displayed"},
        "statusListCredential": list_address(0).removesuffix("0") + "{number}",
        "validity_seconds": VALID // timedelta(seconds=1),
        "ttl_seconds": TTL // timedelta(seconds=1),
        "oldest_signed_at": found.oldest_at.isoformat(timespec="seconds") if found.oldest_at else None,
        "valid_until": found.valid_until.isoformat(timespec="seconds") if found.valid_until else None,
        "state": "expired" if found.is_expired else "late" if found.is_late else "current",
        "algorithm": ALGORITHM,
        "key": public_jwk(),
    }
