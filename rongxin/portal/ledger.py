"""存证账本: what it is, its checkpoints, and how anybody checks it without this platform."""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from config.environment import ROOT
from rongxin.disclosure.ledger_state import DAYS, LogState, PublicKey, log_names, log_state, witness_keys
from rongxin.disclosure.records import record_view
from rongxin.disclosure.subjects import platform_began_on
from rongxin.ledger.proving import NotProvable
from rongxin.ledger.serving import NEVER_CHANGES, public_file
from rongxin.ledger.witnessing import ENOUGH
from rongxin.portal.answers import public_page, refusal, unlisted
from rongxin.records.display import Moment
from rongxin.records.publication import NotPublished, prove_published
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.ui.parts import Tab

VERIFIER: Final = "verify_ledger.py"
_YEAR: Final = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """``portal/ledger.html``. ``log`` None: nothing was logged yet."""

    log: LogState | None
    tabs: tuple[Tab, ...]
    witnesses: tuple[PublicKey, ...]
    enough: int
    days: int
    address: str
    verifier_digest: str


@public_page
def page(request: HttpRequest) -> HttpResponse:
    """How the log stands, and how to check it."""
    asked, names = request.GET.get("log", ""), log_names()
    log = log_state(asked)
    if asked and log is None:
        raise Http404
    url = reverse("portal:ledger")
    told = LedgerPage(
        log=log,
        tabs=tuple(
            Tab(label=name, url=f"{url}?log={name}", is_current=log is not None and name == log.name) for name in names
        ),
        witnesses=witness_keys(),
        enough=ENOUGH,
        days=DAYS,
        address=request.build_absolute_uri(url),
        verifier_digest=hashlib.sha256(_verifier()).hexdigest(),
    )
    return render(request, "portal/ledger.html", {"page": told})


@public_page
def record_proof(request: HttpRequest, number: str) -> HttpResponse:
    """That a record on display was here for the public when the platform says so, to be checked without it."""
    moment = Moment.now()
    view = record_view(number, rulebook.current(), moment, began_on=platform_began_on(moment.day))
    if view is None:
        raise Http404
    try:
        with asks(PLATFORM):  # the ledger is the platform's; what is given out tells of this record alone
            bundle = prove_published(view.number, view.version)
    except (NotPublished, NotProvable):
        heading = _("还没有证明")
        words = _("新公示的记录一两分钟以后才签进检查点，请过一会儿再下载。")
        return refusal(request, 404, heading, words, "clock")
    response = JsonResponse(bundle, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{view.number}-{view.version}.ledger-record.json"'
    return unlisted(response, view.is_sole_trader)


@public_page
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks proofs and exports, one file."""
    response = HttpResponse(_verifier(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{VERIFIER}"'
    return response


def published(request: HttpRequest, log: str, path: str) -> HttpResponse:
    """A published file of a log, under an address that never changes."""
    data = public_file(log, path)
    if data is None:
        raise Http404
    response = _published(request, data, is_text=not path.startswith(NEVER_CHANGES))
    if path.startswith(NEVER_CHANGES) and response.status_code == 200:
        del response["Cache-Control"]
        patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response


@public_page
def _published(request: HttpRequest, data: bytes, *, is_text: bool) -> HttpResponse:
    return HttpResponse(data, content_type="text/plain; charset=utf-8" if is_text else "application/octet-stream")


@cache
def _verifier() -> bytes:
    return (ROOT / "tools" / VERIFIER).read_bytes()
