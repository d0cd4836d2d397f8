"""The page of a one-time link: its bearer sets the password, then shows or sets up the second factor."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rongxin.accounts import invitations
from rongxin.accounts.models import Account
from rongxin.entrance.hosts import belongs_here
from rongxin.entrance.login import go_half_way
from rongxin.entrance.security import NewPassword


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, word: str) -> HttpResponse:
    """Opening the link uses nothing up; setting the password does."""
    try:
        account = invitations.invitation(word).account
    except invitations.NoInvitation:
        return _over(request)
    if not belongs_here(account, request):
        return _over(request)
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = _accepted(word, form)
        except invitations.NoInvitation:
            return _over(request)
        if accepted is not None:
            go_half_way(request, accepted)
            return redirect("entrance:code")
    told = {"form": form, "account": account}
    return render(request, "entrance/invitation.html", told, status=422 if form.errors else 200)


def _accepted(word: str, form: NewPassword) -> Account | None:
    try:
        return invitations.accept(word, form.cleaned_data["new"])
    except ValidationError as weak:
        form.add_error("new", weak)
        return None


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "entrance/invitation_over.html", status=410)
