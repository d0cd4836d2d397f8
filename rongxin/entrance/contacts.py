"""Where oneself hears that a message waits: optional, sealed, removed when asked."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rongxin.accounts.models import STAFF_FACES, Account
from rongxin.accounts.queries import demand_proof
from rongxin.entrance.gate import gate
from rongxin.notices.contacts import changes_of
from rongxin.ui.contact_form import ContactForm

LATELY = 10


@gate(*STAFF_FACES)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form, and when something was changed."""
    account = cast(Account, request.user)
    form = ContactForm(account, request.POST or None)
    if request.method == "POST":
        demand_proof(account)
        if form.is_valid() and form.keep(account):
            messages.success(request, _("联系方式已经保存。"))
            return redirect("entrance:contacts")
    told = {"form": form, "changes": changes_of(account)[:LATELY]}
    return render(request, "entrance/contacts.html", told, status=422 if form.errors else 200)
