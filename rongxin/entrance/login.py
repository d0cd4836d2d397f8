"""Logging in: the password, then the second factor; and out again."""

from datetime import datetime, timedelta
from typing import Final, cast

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.events import done_by_others_since_last_login
from rongxin.accounts.models import LOGIN_FACES, Account, AccountEvent, EventKind
from rongxin.accounts.second_factor import Means, Refusal, has_second_factor
from rongxin.entrance import sessions
from rongxin.entrance.asking import answered, question
from rongxin.entrance.gate import logged_in
from rongxin.entrance.hosts import belongs_here, inside, login_page

HALF_WAY: Final = "half_way"
HALF_WAY_LASTS: Final = timedelta(minutes=10)


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """Name and password; locked for a while after five failures from one place. Nobody is logged in by it yet.

    The page of staff and that of enterprises differ in words only: whoever comes by the wrong one is let in all the same.
    """

    template_name = "entrance/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to the second factor; an account that does not log in on this host is told what a wrong password is."""
        account = form.get_user()
        if account.held.face not in LOGIN_FACES or not belongs_here(account, self.request):
            form.add_error(None, form.get_invalid_login_error())
            return self.form_invalid(form)
        go_half_way(self.request, account, next_page=self.get_redirect_url())
        return redirect("entrance:code")

    def get_context_data(self, **more: object) -> dict[str, object]:
        """With the reason why a session ended."""
        return super().get_context_data(**more, ended=self.request.GET.get("ended", ""))


def go_half_way(request: HttpRequest, account: Account, *, next_page: str = "") -> None:
    """The first factor was right. The session gets a new key and nobody is logged in."""
    request.session.flush()
    request.session[HALF_WAY] = {"account": account.pk, "at": timezone.now().isoformat(), "next": next_page}


def half_way(request: HttpRequest) -> Account | None:
    """Whose password was right in this session a short while ago."""
    half = request.session.get(HALF_WAY)
    if half is None or timezone.now() - datetime.fromisoformat(half["at"]) > HALF_WAY_LASTS:
        return None
    return Account.objects.select_related("department").filter(pk=half["account"], is_active=True).first()


def enter(request: HttpRequest, account: Account, means: Means) -> str:
    """Log in whoever showed both factors, and tell what others did to the account. Returns the page to go on to."""
    half = request.session.pop(HALF_WAY, {})
    told = [_told(event) for event in done_by_others_since_last_login(account)]
    sessions.begin(request, account, means)
    for words in told:
        messages.warning(request, words)
    place = half.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return place if is_ours else inside(account)


def _told(event: AccountEvent) -> str:
    at = timezone.localtime(event.at)
    return _("%(at)s，%(by)s对您的账号做了：%(what)s。理由：%(reason)s") % {
        "at": f"{at:%Y-%m-%d %H:%M}",
        "by": event.by.display_name if event.by else _("系统维护人员"),
        "what": EventKind(event.kind).label,
        "reason": event.told,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor; whoever has none is led to set it up."""
    account = half_way(request)
    if account is None:
        return redirect("entrance:login")
    if not has_second_factor(account):
        return redirect("entrance:setup")
    refusal = None
    if request.method == "POST":
        outcome = answered(request, account)
        if isinstance(outcome, Means):
            return HttpResponseRedirect(enter(request, account, outcome))
        refusal = outcome
    status = {None: 200, Refusal.WRONG: 422, Refusal.LOCKED: 429}[refusal]
    told = {"asked": question(request, account, refusal), "login_page": login_page(account.held.face)}
    return render(request, "entrance/code.html", told, status=status)


@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """This session is over."""
    place = login_page(request.user.held.face) if request.user.is_authenticated else reverse("entrance:login")
    if request.user.is_authenticated:
        sessions.end(request, "logout")
    request.session.flush()
    return HttpResponseRedirect(place)


@logged_in
@require_safe
def go_inside(request: HttpRequest) -> HttpResponse:
    """To the first page of the role."""
    return HttpResponseRedirect(inside(cast(Account, request.user)))
