"""Where departments hear that a message waits: kept by the security administrator, shown masked only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, show
from rongxin.departments.models import Department
from rongxin.notices.models import Contact
from rongxin.policy.notices import ChannelName
from rongxin.ui.contact_form import answer, contacts_view

PAGE_SIZE = 50


def _keeper(request: HttpRequest) -> Account:
    administrator = administrator_of(request)
    demand(administrator, Action.ACCOUNT_KEEP, administrator.works_for)
    return administrator


@administrators_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The departments, and whether each has an address."""
    _keeper(request)
    words = request.GET.get("q", "").strip()
    has = {
        f"has_{channel}": Exists(Contact.objects.filter(department=OuterRef("pk"), channel=channel))
        for channel in ChannelName
    }
    found = Department.objects.annotate(**has)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code__icontains=words))
    numbered = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return show(request, "administration/contacts.html", {"departments": numbered, "q": words})


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """The addresses of one department."""
    administrator = _keeper(request)
    department = Department.objects.filter(code=code).first()
    if department is None:
        raise Http404
    view, said, status = contacts_view(department), "", 200
    if request.method == "POST":
        answered = answer(department, administrator, request.POST)
        view, said, status = answered.view, answered.said, 422
    if said:
        messages.success(request, said)
        return redirect("administration:contact", code=code)
    return show(request, "administration/contact.html", {"department": department, "view": view}, status=status)
