"""A mail or SMS that was given up, the same in the workbench and in the administration."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from rongxin.notices.channels.channel import Reason
from rongxin.notices.queries import EndedSending
from rongxin.policy.words import Title
from rongxin.ui.labels import label


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedLine:
    """``ui/_failed_sendings.html``. ``title`` and the case: what it tells of, only for who may see that."""

    channel: str
    to: str
    attempts: int
    ended_at: datetime
    why: str
    again_url: str
    title: Title | None = None
    case_number: str = ""
    case_url: str = ""


def failed_line(each: EndedSending, *, again_url: str, tells: bool) -> FailedLine:
    """A sending of ``notices.queries.given_up`` as a line. ``tells``: what the message is about and to whom by name, for officers
    who see its case.
    """
    case = each.notice.case if tells else None
    if each.department is not None:
        to = each.department.short_name
    elif each.mandate_id is not None:
        to = _("企业登记的地址")
    else:
        to = each.account.display_name if tells and each.account else _("工作人员本人登记的地址")
    return FailedLine(
        channel=each.get_channel_display(),
        to=to,
        attempts=each.attempts,
        ended_at=each.ended_at or each.due_at,
        why=label(Reason(each.reason)),
        again_url=again_url,
        title=each.notice.title if tells else None,
        case_number=case.number if case else "",
        case_url=reverse("desk:case", args=[case.number]) if case else "",
    )
