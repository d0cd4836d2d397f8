"""消息: what the officer and the department were told; opening one is its receipt. And what did not go out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.notices import queries, reading, sending
from rongxin.notices.contacts import troubled
from rongxin.notices.models import Notice, Receipt
from rongxin.policy.words import Title
from rongxin.ui.failed_sendings import FailedLine, failed_line
from rongxin.ui.inbox import MessageLine, UnusedContact, message_line, paragraphs, receipt, unused_contact
from rongxin.ui.parts import Tab
from rongxin.workflow.queries import visible_to

PAGE_SIZE: Final = 20
LONGEST_QUESTION: Final = 100
UNREAD: Final = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """``desk/messages.html``: the tab, filtered by ``q``, part of a case number or of a title."""

    lines: Page[MessageLine]
    tabs: tuple[Tab, ...]
    tab: str
    q: str
    unread: int
    failed: int
    unused: tuple[UnusedContact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView:
    """Who read it and when."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """``desk/message.html``. ``case_url`` empty: it is about no case, or one that this officer does not see.

    ``own``: when this officer read it; None until the page was shown.
    """

    title: Title
    paragraphs: tuple[Title, ...]
    to: str
    at: datetime
    case_number: str
    case_url: str
    read_url: str
    own: datetime | None
    others: tuple[ReceiptView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPage:
    """``desk/messages_failed.html``."""

    lines: Page[FailedLine]


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The inbox: the unread first."""
    officer = officer_of(request)
    tab = UNREAD if request.GET.get("tab") == UNREAD else ""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = queries.inbox(queries.recipients_of(officer), officer, only_unread=bool(tab))
    if question:
        found = found.filter(
            Q(case__number__icontains=question) | Q(title_zh__icontains=question) | Q(title_en__icontains=question)
        )
    numbered = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    unread = queries.unread(queries.recipients_of(officer), officer).count()
    page = MessagesPage(
        lines=Page([_line(notice) for notice in numbered], numbered.number, _lines_of(numbered)),
        tabs=(
            Tab(label=_("全部"), url="?", is_current=not tab),
            Tab(label=_("未读"), url=f"?tab={UNREAD}", is_current=bool(tab), number=unread),
        ),
        tab=tab,
        q=question,
        unread=unread,
        failed=queries.given_up_within_reach(officer).count() if _may_act(officer) else 0,
        unused=_unused(officer),
    )
    return show(request, "desk/messages.html", page)


@officer_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One message. The page that is shown sends its receipt itself: a browser that only looks ahead has read nothing."""
    officer = officer_of(request)
    notice = queries.message_for(queries.recipients_of(officer), access_of(request, Purpose.CASE), pk)
    if notice is None:
        raise Http404
    others = Receipt.objects.filter(notice=notice).exclude(account=officer).select_related("account").order_by("at")
    case = notice.case
    page = MessagePage(
        title=notice.title,
        paragraphs=paragraphs(notice),
        to=_to(notice),
        at=notice.at,
        case_number=case.number if case else "",
        case_url=reverse("desk:case", args=[case.number])
        if case and visible_to(officer).filter(pk=case.pk).exists()
        else "",
        read_url=reverse("desk:message_read", args=[pk]),
        own=notice.read_at,
        others=tuple(ReceiptView(who=each.account.display_name, at=each.at) for each in others),
    )
    return show(request, "desk/message.html", page)


@officer_only
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt of one message."""
    officer = officer_of(request)
    try:
        reading.mark_read(pk, queries.recipients_of(officer), officer)
    except Notice.DoesNotExist:
        raise Http404 from None
    if not request.headers.get("HX-Request"):
        return redirect("desk:message", pk=pk)
    return receipt(request, pk, queries.recipients_of(officer), officer)


@officer_only
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """A receipt for every message that is unread."""
    officer = officer_of(request)
    done = reading.mark_all_read(queries.recipients_of(officer), officer)
    messages.success(request, ngettext("%(n)s 条消息标为已读。", "%(n)s 条消息标为已读。", done) % {"n": done})
    return redirect("desk:messages")


@officer_only
@require_safe
def failed(request: HttpRequest) -> HttpResponse:
    """Mails and SMS about the cases of the officer's reach that were given up, with the reason and what to do."""
    officer = _acting(request)
    numbered = Paginator(queries.given_up_within_reach(officer), PAGE_SIZE).get_page(request.GET.get("page"))
    found = [
        failed_line(each, again_url=reverse("desk:message_again", args=[each.pk]), tells=True) for each in numbered
    ]
    lines = Page(found, numbered.number, cast("Paginator[FailedLine]", numbered.paginator))
    return show(request, "desk/messages_failed.html", FailedPage(lines=lines))


@officer_only
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try anew what was given up."""
    officer = _acting(request)
    found = queries.given_up_within_reach(officer).filter(pk=pk).first()
    if found is None:
        # Somebody else had it sent, or it is none of theirs: neither is told apart.
        raise Http404
    try:
        sending.send_again(found, by=officer)
    except sending.NotGivenUp:
        messages.info(request, _("已经在发送，没有重复办理。"))
    else:
        messages.success(request, _("已经排上，几分钟内再发；结果写在案件的“告知”里。"))
    return redirect("desk:messages_failed")


def _acting(request: HttpRequest) -> Account:
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    return officer


def _unused(officer: Account) -> tuple[UnusedContact, ...]:
    own = reverse("entrance:contacts")
    return tuple(
        unused_contact(contact, whose=_("本人"), url=own)
        if contact.account_id
        else unused_contact(contact, whose=officer.works_for.short_name, url="")
        for contact in troubled([officer, officer.works_for])
    )


def _may_act(officer: Account) -> bool:
    return officer.may(Action.CASE_ACT, officer.works_for)


def _lines_of(page: Page[queries.MarkedNotice]) -> "Paginator[MessageLine]":
    return cast("Paginator[MessageLine]", page.paginator)


def _line(notice: queries.MarkedNotice) -> MessageLine:
    return message_line(notice, url=reverse("desk:message", args=[notice.pk]), to=_to(notice))


def _to(notice: Notice) -> str:
    return notice.department.short_name if notice.department else _("本人")
