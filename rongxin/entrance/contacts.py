"""Where oneself hears that a message waits: optional, sealed, removed when asked."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from rongxin.accounts.models import STAFF_FACES, Account
from rongxin.entrance.gate import gate
from rongxin.ui.contact_form import answer, contacts_view


@gate(*STAFF_FACES)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What is entered, and when something was changed."""
    account = cast(Account, request.user)
    if request.method != "POST":
        return render(request, "entrance/contacts.html", {"view": contacts_view(account)})
    answered = answer(account, account, request.POST)
    if answered.said:
        messages.success(request, answered.said)
        return redirect("entrance:contacts")
    return render(request, "entrance/contacts.html", {"view": answered.view}, status=422)
