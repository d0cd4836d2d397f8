"""提醒地址: where a login hears, for one firm, that a message waits; and what went there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from rongxin.accounts.permissions import Action
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.notices.queries import sent_for
from rongxin.policy.words import Title
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui.contact_form import ContactsView, answer, contacts_view
from rongxin.ui.inbox import OutsideView, outside_view

LATELY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    """A message that went outside, or did not."""

    title: Title
    url: str
    told_at: datetime
    way: OutsideView


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsPage:
    """``enterprise/contacts.html``."""

    name: str
    uscc: str
    view: ContactsView
    sent: tuple[SentLine, ...]


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, uscc: str) -> HttpResponse:
    """The addresses of this login for the firm; entering one asks for the second factor anew, removing one does not."""
    mandate = demanded(request, uscc, Action.CONTACT_KEEP)
    if request.method != "POST":
        return _shown(request, mandate, contacts_view(mandate))
    answered = answer(mandate, login_of(request), request.POST)
    if answered.said:
        messages.success(request, answered.said)
        return redirect("enterprise:contacts", uscc=uscc)
    return _shown(request, mandate, answered.view, status=422)


def _shown(request: HttpRequest, mandate: Mandate, view: ContactsView, status: int = 200) -> HttpResponse:
    sent = tuple(
        SentLine(
            title=sending.notice.title,
            url=reverse("enterprise:message", args=[sending.notice_id]),
            told_at=sending.notice.at,
            way=outside_view(sending),
        )
        for sending in sent_for(mandate, access_of(request))[:LATELY]
    )
    firm = mandate.firm
    listed = ContactsPage(name=firm.name, uscc=firm.uscc, view=view, sent=sent)
    return show(request, "enterprise/contacts.html", listed, firm=firm.uscc, status=status)
