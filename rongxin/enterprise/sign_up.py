"""Signing up: the platform gives the login name, the person a password; then the second factor. Nothing else is asked."""

from datetime import timedelta
from typing import Final

from axes.helpers import get_client_ip_address
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rongxin.accounts.actions import TooManySignUps, new_login_name, sign_up
from rongxin.accounts.models import Account
from rongxin.entrance.login import go_half_way
from rongxin.entrance.security import NewPassword

GIVEN: Final = "given_name"
GIVEN_FOR: Final = timedelta(hours=1)
_SIGNER: Final = TimestampSigner(salt="enterprise login name")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The name goes with the form under the platform's signature: nobody chooses one, and nobody learns by trying which exist."""
    if request.user.is_authenticated:
        return redirect("entrance:inside")
    name = _given(request)
    form = NewPassword(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            account = _signed_up(request, form, name) if name else None
        except TooManySignUps:
            form.add_error(None, _("这个网络今天开通的账号太多了，请明天再来，或者换一个网络。"))
            status = 429
        else:
            if account is not None:
                go_half_way(request, account)
                return redirect("entrance:setup")
            if not form.errors:
                # Shown too long ago, or one in a hundred million: somebody got the name meanwhile.
                form.add_error(None, _("用户名已经换了一个，请再提交一次。"))
                name = ""
    if form.errors and status == 200:
        status = 422
    shown = name or new_login_name()
    told = {"form": form, "login_name": shown, "given": _SIGNER.sign(shown)}
    return render(request, "enterprise/sign_up.html", told, status=status)


def _given(request: HttpRequest) -> str:
    """The name that the platform gave with the page; empty without one."""
    try:
        return _SIGNER.unsign(request.POST.get(GIVEN, ""), max_age=GIVEN_FOR)
    except BadSignature:
        return ""


def _signed_up(request: HttpRequest, form: NewPassword, name: str) -> Account | None:
    """None for a weak password, which then stands at the field, and for a name that is taken."""
    try:
        return sign_up(name, form.cleaned_data["new"], place=get_client_ip_address(request) or "")
    except ValidationError as weak:
        form.add_error("new", weak)
    except IntegrityError:
        pass
    return None
