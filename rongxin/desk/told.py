"""Of a case: who was told what, when, by which way, and who read it when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rongxin.accounts.models import Account
from rongxin.desk.case_panels import Panel
from rongxin.notices.channels.channel import Reason
from rongxin.notices.models import Notice, Sending, SendingState
from rongxin.notices.queries import told_about
from rongxin.policy.words import Title
from rongxin.ui.labels import label
from rongxin.workflow.models import Case

TONES = {SendingState.SENT: "good", SendingState.GAVE_UP: "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """One mail or SMS: to whom, how it stands, and why not."""

    words: str
    tone: str
    at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One message. ``first_read_by`` empty: nobody opened it yet; ``more`` others did."""

    title: Title
    to: str
    at: datetime
    ways: tuple[WayView, ...]
    first_read_by: str
    first_read_at: datetime | None
    more: int


def panel(case: Case, officer: Account) -> Panel:
    """The card; it says so where nobody was told."""
    lines = tuple(_line(notice) for notice in reversed(told_about(case)))
    return Panel(title=Title(zh="告知", en="Who was told"), template="desk/_told.html", content=lines)


def _line(notice: Notice) -> ToldLine:
    receipts = list(notice.receipts.all())
    first = receipts[0] if receipts else None
    return ToldLine(
        title=notice.title,
        to=_whom(notice),
        at=notice.at,
        ways=tuple(_way(sending) for sending in notice.sendings.all()),
        first_read_by=first.account.display_name if first else "",
        first_read_at=first.at if first else None,
        more=max(0, len(receipts) - 1),
    )


def _whom(notice: Notice) -> str:
    if notice.account is not None:
        works_for = notice.account.department
        return f"{works_for.short_name} {notice.account.display_name}" if works_for else notice.account.username
    return notice.department.short_name if notice.department else notice.uscc


def _way(sending: Sending) -> WayView:
    state = SendingState(sending.state)
    return WayView(
        words=_("%(channel)s%(state)s") % {"channel": sending.get_channel_display(), "state": state.label},
        tone=TONES.get(state, "plain"),
        at=sending.sent_at,
        why=label(Reason(sending.reason)) if sending.reason else "",
    )
