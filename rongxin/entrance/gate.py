"""What every page inside stands behind: both factors, the right role, a password that is not too old; files a fresh proof."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache

from rongxin.accounts.models import LOGIN_FACES
from rongxin.accounts.passwords import is_due
from rongxin.accounts.permissions import Face
from rongxin.accounts.queries import ProofTooOld
from rongxin.entrance.hosts import login_page
from rongxin.entrance.sessions import SAFE, is_proof_fresh

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])


def gate(*faces: Face, takes_old_password: bool = False) -> Callable[[View[P]], View[P]]:
    """A page for people whose role works in one of ``faces``; never kept by a cache.

    What it gives away as a file asks for a fresh second factor, unless the view says by :func:`holds_nothing_kept` that the file
    tells nothing.
    """

    def guarded(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request, *faces)
            account = request.user
            if account.held.face not in faces:
                raise PermissionDenied("the role works elsewhere")
            if is_due(account) and not takes_old_password:
                return HttpResponseRedirect(reverse("entrance:password"))
            if getattr(view, "gives_file", False) and not is_proof_fresh(request):
                raise ProofTooOld
            response = view(request, *args, **kwargs)
            if _is_file(response) and not getattr(view, "holds_nothing_kept", False) and not is_proof_fresh(request):
                if isinstance(response, FileResponse) and response.file_to_stream is not None:
                    response.file_to_stream.close()
                raise ProofTooOld
            return response

        return never_cache(checked)

    return guarded


logged_in = gate(*LOGIN_FACES)
"""For whoever has logged in, wherever the role works."""


def holds_nothing_kept(view: AnyView) -> AnyView:
    """The file that the view gives tells nothing that the platform keeps: an empty form."""
    view.holds_nothing_kept = True  # type: ignore[attr-defined]
    return view


def gives_file(view: AnyView) -> AnyView:
    """The file that the view gives is a look that is logged: the proof is asked for before anything is read."""
    view.gives_file = True  # type: ignore[attr-defined]
    return view


def to_login(request: HttpRequest, *faces: Face) -> HttpResponse:
    """The way to the login of these faces, with the reason why a session ended and the page that was asked for."""
    told = {"ended": getattr(request, "session_ended", "")}
    if request.method in SAFE and not request.headers.get("HX-Request"):
        told["next"] = request.get_full_path()
    asked = urlencode({name: value for name, value in told.items() if value})
    place = f"{login_page(*faces)}?{asked}".rstrip("?")
    if request.headers.get("HX-Request"):
        # A part of a page must not be filled with the login; the whole page goes there.
        return HttpResponse(headers={"HX-Redirect": place})
    return HttpResponseRedirect(place)


def _is_file(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Disposition", "").startswith("attachment")
