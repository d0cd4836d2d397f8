"""我的登录安全: what stands between the account and others, and what happened to it; changing the password."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.events import history
from rongxin.accounts.models import LOGIN_FACES, Account, CodeGenerator, RecoveryCode, SecurityKey
from rongxin.accounts.passwords import is_due, set_password
from rongxin.accounts.queries import demand_proof
from rongxin.accounts.second_factor import LastFactor, new_recovery_codes, remove_security_key
from rongxin.entrance import sessions
from rongxin.entrance.gate import gate, logged_in
from rongxin.entrance.hosts import inside, login_page
from rongxin.entrance.setting_up import offer, show_codes, taken, wrong

LATELY = 15
_NEW = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class NewPassword(forms.Form):
    """A password, twice; what is wrong with it stands at the first."""

    new = forms.CharField(
        label=gettext_lazy("新密码"),
        strip=False,
        widget=_NEW,
        help_text=gettext_lazy("至少 12 位，不能是常见密码、全数字，也不能与最近 5 次相同。"),
    )
    again = forms.CharField(label=gettext_lazy("再输一次"), strip=False, widget=_NEW)

    def clean(self) -> dict[str, str]:
        """Both are the same."""
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两次输入不一样。"))
        return given


class ChangedPassword(NewPassword):
    """The same, after the present one."""

    present = forms.CharField(
        label=gettext_lazy("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["present", "new", "again"]


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


@logged_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The factors of the account, its password and the last events."""
    account = _account(request)
    told = {
        "generator": CodeGenerator.objects.filter(account=account).first(),
        "keys": list(SecurityKey.objects.filter(account=account).order_by("pk")),
        "codes_left": RecoveryCode.objects.filter(account=account, used_at=None).count(),
        "events": history(account)[:LATELY],
        "back": inside(account),
    }
    return render(request, "entrance/security.html", told)


@gate(*LOGIN_FACES, takes_old_password=True)
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; other sessions of the account are over already, this one goes on."""
    account = _account(request)
    form = ChangedPassword(request.POST or None)
    if request.method == "POST":
        demand_proof(account)
        if form.is_valid() and not account.check_password(form.cleaned_data["present"]):
            form.add_error("present", _("现在的密码不对。"))
        if form.is_valid() and chosen(form, account):
            update_session_auth_hash(request, account)
            messages.success(request, _("密码已经修改。"))
            return redirect("entrance:security")
    told = {"form": form, "is_due": is_due(account), "rules": password_validators_help_texts()}
    return render(request, "entrance/password.html", told, status=422 if form.errors else 200)


def chosen(form: NewPassword, account: Account) -> bool:
    """Set the password of the form; False when it is weak, which then stands at the field."""
    try:
        set_password(account, form.cleaned_data["new"])
    except ValidationError as weak:
        form.add_error("new", weak)
        return False
    return True


@logged_in
@require_http_methods(["GET", "HEAD", "POST"])
def another_factor(request: HttpRequest) -> HttpResponse:
    """A new phone in place of the old one, or one more security key."""
    account = _account(request)
    if request.method != "POST":
        return offer(request, account, first=False)
    demand_proof(account)
    if taken(request, account) is None:
        return offer(request, account, error=wrong(request), first=False)
    messages.success(request, _("已经设置好，下次登录起使用。"))
    return redirect("entrance:security")


@logged_in
@require_POST
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a security key up."""
    demand_proof(_account(request))
    try:
        remove_security_key(_account(request), pk)
    except SecurityKey.DoesNotExist:
        raise Http404 from None
    except LastFactor:
        messages.error(request, _("这是唯一的第二重验证，不能移除。请先设置另一种。"))
    return redirect("entrance:security")


@logged_in
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; those before are void."""
    account = _account(request)
    demand_proof(account)
    return show_codes(request, new_recovery_codes(account), reverse("entrance:security"))


@logged_in
@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """Out, wherever the account is logged in."""
    place = login_page(_account(request).held.face)
    sessions.end(request, "everywhere")
    return HttpResponseRedirect(place)
