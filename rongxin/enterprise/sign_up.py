"""Signing up: the platform gives the login name, the person a password; then the second factor. Nothing else is asked."""

from typing import Final

from axes.helpers import get_client_ip_address
from django.core.exceptions import ValidationError
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

NAME: Final = "new_login_name"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The name waits in the session until the password is right; nobody learns by trying which names exist."""
    if request.user.is_authenticated:
        return redirect("entrance:inside")
    name = request.session.setdefault(NAME, new_login_name())
    form = NewPassword(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            account = _signed_up(request, form, name)
        except TooManySignUps:
            form.add_error(None, _("这个网络今天开通的账号太多了，请明天再来，或者换一个网络。"))
            status = 429
        else:
            if account is not None:
                go_half_way(request, account)
                return redirect("entrance:setup")
    if form.errors and status == 200:
        status = 422
    told = {"form": form, "login_name": request.session[NAME]}
    return render(request, "enterprise/sign_up.html", told, status=status)


def _signed_up(request: HttpRequest, form: NewPassword, name: str) -> Account | None:
    try:
        return sign_up(name, form.cleaned_data["new"], place=get_client_ip_address(request) or "")
    except ValidationError as weak:
        form.add_error("new", weak)
    except IntegrityError:
        # One in a hundred million: somebody got the name meanwhile.
        request.session[NAME] = new_login_name()
        form.add_error(None, _("登录名已经换了一个，请再提交一次。"))
    return None
