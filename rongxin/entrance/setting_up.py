"""Setting up the second factor after the first login, or another one later; recovery codes, shown once."""

from typing import Any, Final

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rongxin.accounts import one_time_codes, security_keys
from rongxin.accounts.models import Account
from rongxin.accounts.sealing import seal, unseal
from rongxin.accounts.second_factor import (
    Means,
    has_second_factor,
    new_recovery_codes,
    set_code_generator,
    set_security_key,
)
from rongxin.entrance.asking import CODE, KEY, STATE
from rongxin.entrance.gate import holds_nothing_kept, logged_in
from rongxin.entrance.hosts import host_of
from rongxin.entrance.login import enter, half_way

SECRET: Final = "setup_secret"  # noqa: S105 - the name of a place in the session
_GROUP: Final = 4


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first factor of this kind, before any other page: the phone, or a security key."""
    account = half_way(request)
    if account is None or has_second_factor(account):
        return redirect("entrance:code")
    if request.method != "POST":
        return offer(request, account)
    means = taken(request, account)
    if means is None:
        return offer(request, account, error=wrong(request))
    codes = new_recovery_codes(account)
    return show_codes(request, codes, enter(request, account, means))


def offer(request: HttpRequest, account: Account, *, error: str = "", first: bool = True) -> HttpResponse:
    """The picture for the phone and the question for the key; both are kept in the session until the answer."""
    if SECRET not in request.session:
        request.session[SECRET] = seal(one_time_codes.new_secret())
    secret = unseal(request.session[SECRET])
    options, state = security_keys.ask_to_set_up(account, host_of(request))
    request.session[STATE] = state
    told: dict[str, Any] = {
        "picture": picture(one_time_codes.setup_address(account, secret)),
        "secret": " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)),
        "key_options": options,
        "error": error,
        "first": first,
    }
    return render(request, "entrance/setup.html", told, status=422 if error else 200)


def taken(request: HttpRequest, account: Account) -> Means | None:
    """What was set up by the answer; None when it was wrong."""
    if request.POST.get(KEY):
        label = request.POST.get("label", "").strip()[:40] or _("安全密钥")
        state = request.session.pop(STATE, None)
        key = set_security_key(account, host_of(request), state, request.POST[KEY], label)
        return None if key is None else Means.KEY
    sealed = request.session.get(SECRET)
    if sealed is None or not set_code_generator(account, unseal(sealed), request.POST.get(CODE, "")):
        return None
    del request.session[SECRET]
    return Means.CODE


def wrong(request: HttpRequest) -> str:
    """What to say of an answer that set nothing up."""
    if request.POST.get(KEY):
        return _("没有收到安全密钥的有效回应，请再试一次；一个账号最多 5 把。")
    return _("验证码不对。请看手机上的时间是否准确，再填最新的六位数字。")


def show_codes(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    """The recovery codes, for the only time."""
    return render(request, "entrance/recovery_codes.html", {"codes": codes, "onward": onward})


@logged_in
@require_POST
@holds_nothing_kept  # shown a moment ago to whoever had just proved themselves
def codes_file(request: HttpRequest) -> HttpResponse:
    """The recovery codes that were just shown, to be kept apart from the phone."""
    codes = request.POST.getlist("code")
    account = request.user
    if not isinstance(account, Account) or not one_time_codes.are_recovery_codes(account, codes):
        return HttpResponseBadRequest()
    response = HttpResponse("\r\n".join(codes) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


def picture(text: str) -> SafeString:
    """``text`` as a QR code, drawn with attributes only, as the content security policy demands."""
    drawn = segno.make(text, error="m").svg_inline(
        border=4, omitsize=True, light="#fff", svgclass="rx-qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made of modules, not of the text
