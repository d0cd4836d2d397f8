"""A message in a list, its words and its receipt, the same in every inbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rongxin.accounts.models import Account
from rongxin.notices.channels.channel import Reason
from rongxin.notices.contacts import masked
from rongxin.notices.models import Contact, Notice, Receipt, Sending, SendingState
from rongxin.notices.queries import MarkedNotice, unread
from rongxin.notices.recipients import Recipient
from rongxin.policy.words import Title
from rongxin.ui.labels import label

_TONES = {SendingState.SENT: "good", SendingState.GAVE_UP: "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """``ui/_message_lines.html``: what it is about, without its words. ``to``: who was told."""

    url: str
    title: Title
    to: str
    at: datetime
    is_unread: bool


def message_line(notice: MarkedNotice, *, url: str, to: str) -> MessageLine:
    """A notice of an inbox (notices.queries.inbox) as a line of it."""
    return MessageLine(
        url=url,
        title=notice.title,
        to=to,
        at=notice.at,
        is_unread=notice.is_unread,
    )


def receipt(request: HttpRequest, pk: int, to: Iterable[Recipient], reader: Account) -> HttpResponse:
    """What takes the place of the button that marks a message as read: when it was, and how many are unread still."""
    told = {"own": Receipt.objects.get(notice=pk, account=reader).at, "left": unread(to, reader).count()}
    return render(request, "ui/_message_receipt.html", told)


def paragraphs(notice: Notice) -> tuple[Title, ...]:
    """The body, line by line; a template has as many in both languages, or the last ones stand together."""
    zh, en = notice.body_zh.splitlines(), notice.body_en.splitlines()
    if len(zh) != len(en):
        return (notice.body,)
    return tuple(Title(zh=one, en=other) for one, other in zip(zh, en, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideView:
    """One mail or SMS: how it stands, and why not."""

    words: str
    tone: str
    at: datetime | None
    why: str


def outside_view(sending: Sending) -> OutsideView:
    """A message on its way outside, in words; of the address nothing."""
    state = SendingState(sending.state)
    return OutsideView(
        words=_("%(channel)s%(state)s") % {"channel": sending.get_channel_display(), "state": state.label},
        tone=_TONES.get(state, "plain"),
        at=sending.sent_at,
        why=label(Reason(sending.reason)) if sending.reason else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedContact:
    """``ui/_unused_contacts.html``: an address that is entered and not used. ``url``: where to mend it, empty for others' to do."""

    what: str
    whose: str
    is_set_aside: bool
    url: str


def unused_contact(contact: Contact, *, whose: str, url: str) -> UnusedContact:
    """An address of ``contacts.troubled``, for the hint in the inbox."""
    return UnusedContact(
        what=f"{contact.get_channel_display()} {masked(contact)}".strip(),
        whose=whose,
        is_set_aside=contact.set_aside_at is not None,
        url=url,
    )
