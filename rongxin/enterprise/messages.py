"""消息: what the login and its firms were told. A message of a firm is there for whoever may read its file now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.classification.telling import NOTICE as CLASS_SHOWN
from rongxin.enterprise.frame import access_of, enterprise_only, login_of, recipients_of, show
from rongxin.notices import queries, reading
from rongxin.notices.contacts import troubled
from rongxin.notices.models import Notice
from rongxin.policy.words import Title
from rongxin.remedies.declarations.inviting import NOTICE as INVITED
from rongxin.subjects.mandates.models import Claim, Mandate
from rongxin.subjects.mandates.queries import claim_for, mandates_of
from rongxin.subjects.queries import codes_of
from rongxin.ui.inbox import MessageLine, UnusedContact, message_line, paragraphs, receipt, unused_contact
from rongxin.workflow.queries import of_firm

PAGE_SIZE: Final = 20
PAGES: Final = {
    CLASS_SHOWN: ("enterprise:class", Action.CLASS_OBJECT, gettext_lazy("看类别和全部理由")),
    INVITED: ("enterprise:declarations", Action.DECLARATION_MAKE, gettext_lazy("去自主申报")),
}
"""Where messages about no case are dealt with: the page of the enterprise, what one must be allowed there, what it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """``enterprise/messages.html``."""

    lines: Page[MessageLine]
    unused: tuple[UnusedContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """``enterprise/message.html``. ``url``: where it is dealt with, called ``deal``; empty: nowhere. ``own``: when it was read."""

    title: Title
    paragraphs: tuple[Title, ...]
    to: str
    at: datetime
    url: str
    deal: str
    read_url: str
    own: datetime | None


@enterprise_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The inbox: the unread first."""
    login, mandates = _reader(request)
    found = queries.inbox(recipients_of(login, mandates), login)
    numbered = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        message_line(notice, url=reverse("enterprise:message", args=[notice.pk]), to=_to(notice, mandates))
        for notice in numbered
    ]
    page = MessagesPage(
        lines=Page(lines, numbered.number, cast("Paginator[MessageLine]", numbered.paginator)), unused=_unused(mandates)
    )
    return show(request, "enterprise/messages.html", page)


@enterprise_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One message. The page that is shown sends its receipt itself: a browser that only looks ahead has read nothing."""
    login, mandates = _reader(request)
    notice = queries.message_for(recipients_of(login, mandates), access_of(request), pk)
    if notice is None:
        raise Http404
    url, deal = _dealt_with(notice, login, mandates)
    page = MessagePage(
        title=notice.title,
        paragraphs=paragraphs(notice),
        to=_to(notice, mandates),
        at=notice.at,
        url=url,
        deal=deal,
        read_url=reverse("enterprise:message_read", args=[pk]),
        own=notice.read_at,
    )
    return show(request, "enterprise/message.html", page)


@enterprise_only
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of one message."""
    login, mandates = _reader(request)
    try:
        reading.mark_read(pk, recipients_of(login, mandates), login)
    except Notice.DoesNotExist:
        raise Http404 from None
    if not request.headers.get("HX-Request"):
        return redirect("enterprise:message", pk=pk)
    return receipt(request, pk, recipients_of(login, mandates), login)


@enterprise_only
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """A receipt for every message that is unread."""
    login, mandates = _reader(request)
    done = reading.mark_all_read(recipients_of(login, mandates), login)
    messages.success(request, ngettext("%(n)s 条消息标为已读。", "%(n)s 条消息标为已读。", done) % {"n": done})
    return redirect("enterprise:messages")


def _reader(request: HttpRequest) -> tuple[Account, list[Mandate]]:
    login = login_of(request)
    return login, mandates_of(login)


def _unused(mandates: list[Mandate]) -> tuple[UnusedContact, ...]:
    firms = {mandate.pk: mandate.firm for mandate in mandates}
    found = ((contact, firms[contact.mandate_id]) for contact in troubled(mandates) if contact.mandate_id)
    return tuple(
        unused_contact(contact, whose=firm.name, url=reverse("enterprise:contacts", args=[firm.uscc]))
        for contact, firm in found
    )


def _to(notice: Notice, mandates: list[Mandate]) -> str:
    mandate = _mandate(notice, mandates)
    return mandate.firm.name if mandate else _("本账号")


def _mandate(notice: Notice, mandates: list[Mandate]) -> Mandate | None:
    return next((each for each in mandates if each.firm.uscc == notice.uscc), None)


def _dealt_with(notice: Notice, login: Account, mandates: list[Mandate]) -> tuple[str, str]:
    """The page on which the login deals with it, and what that is called; both empty where it may not, or there is none."""
    mandate = _mandate(notice, mandates)
    if notice.case is not None:
        number = notice.case.number
        if _is_own_claim(login, number):
            return reverse("enterprise:claim", args=[number]), _("查看这件认领")
        if mandate and of_firm(codes_of(mandate.firm)).filter(number=number).exists():
            return reverse("enterprise:case", args=[mandate.firm.uscc, number]), _("查看这件办件")
    elif mandate and notice.name in PAGES:
        name, action, deal = PAGES[notice.name]
        if mandate.may(action):
            return reverse(name, args=[mandate.firm.uscc]), str(deal)
    return "", ""


def _is_own_claim(login: Account, number: str) -> bool:
    try:
        claim_for(login, number)
    except Claim.DoesNotExist:
        return False
    return True
