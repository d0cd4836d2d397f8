"""Who was told what, when, by which way, and who read it: the card of a case, and the whole of a case or a firm to be printed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import ManyTold, Panel, address, looks_of
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.notices.contacts import masks_of
from rongxin.notices.models import Notice, Sending, Serving, ServingNoteKind, Way
from rongxin.notices.queries import told_about, told_to
from rongxin.notices.serving import is_void, served_on, servings_of, servings_on
from rongxin.policy.words import Title
from rongxin.subjects.queries import by_uscc
from rongxin.ui.inbox import OutsideView, outside_view
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.queries import case_for, visible_to

LATELY = 100
"""So many messages of one firm at most stand on its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One message. ``first_read_by`` empty: nobody opened it yet; ``more`` others did."""

    title: Title
    to: str
    at: datetime
    ways: tuple[OutsideView, ...]
    first_read_by: str
    first_read_at: datetime | None
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCard:
    """``desk/_told.html``. ``many``: whom the case told all at once. ``url``: the whole, to be printed."""

    lines: tuple[ToldLine, ...]
    many: ManyTold | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineLine:
    """One thing that happened: ``way`` says how, ``words`` what, ``whom`` to or by whom. Without ``has_time`` only a day."""

    at: datetime
    has_time: bool
    way: str
    tone: str
    words: str
    whom: str
    note: str = ""

    @property
    def when(self) -> datetime | date:
        """As the page writes it."""
        return self.at if self.has_time else timezone.localdate(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """``desk/told.html``: of a case, or of a firm over all its cases. ``number`` is that of the case, or the code of the firm."""

    title: str
    number: str
    back_url: str
    lines: tuple[TimelineLine, ...]
    is_cut: bool
    today: date


def panel(case: Case, access: Access) -> Panel:
    """The card; it says so where nobody was told."""
    lines = tuple(_line(notice) for notice in reversed(told_about(case, access)))
    content = ToldCard(
        lines=lines, many=looks_of(case).many_told(case), url=reverse("desk:case_told", args=[case.number])
    )
    return Panel(title=Title(zh="告知", en="Who was told"), template="desk/_told.html", content=content)


@officer_only
@require_safe
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that was told and served in one case."""
    officer = officer_of(request)
    demand(officer, Action.CASE_READ, officer.works_for)
    try:
        case = case_for(officer, number)
    except Case.DoesNotExist:
        raise Http404 from None
    access = access_of(request, Purpose.CASE, number)
    page = TimelinePage(
        title=case.title,
        number=case.number,
        back_url=address(case),
        lines=_timeline(told_about(case, access), servings_of(case, access)),
        is_cut=False,
        today=timezone.localdate(),
    )
    return show(request, "desk/told.html", page)


@officer_only
@require_safe
def of_firm(request: HttpRequest, uscc: str) -> HttpResponse:
    """Everything that a firm was told, and was served, in the cases that this officer sees."""
    officer = officer_of(request)
    demand(officer, Action.CASE_READ, officer.works_for)
    firm = by_uscc(uscc)
    if firm is None:
        raise Http404
    access = access_of(request, Purpose.CASE)
    told = list(told_to(uscc, visible_to(officer), access)[: LATELY + 1])
    shown = told[:LATELY]
    cases = {notice.case_id for notice in shown if notice.case_id}
    page = TimelinePage(
        title=firm.name,
        number=uscc,
        back_url=f"{reverse('desk:subjects')}?one={uscc}",
        lines=_timeline(reversed(shown), servings_on(uscc, cases, access)),
        is_cut=len(told) > LATELY,
        today=timezone.localdate(),
    )
    return show(request, "desk/told.html", page)


def _line(notice: Notice) -> ToldLine:
    receipts = list(notice.receipts.all())
    first = receipts[0] if receipts else None
    return ToldLine(
        title=notice.title,
        to=_whom(notice),
        at=notice.at,
        ways=tuple(outside_view(sending) for sending in notice.sendings.all()),
        first_read_by=first.account.display_name if first else "",
        first_read_at=first.at if first else None,
        more=max(0, len(receipts) - 1),
    )


def _timeline(notices: Iterable[Notice], servings: Iterable[Serving]) -> tuple[TimelineLine, ...]:
    told = list(notices)
    masks = masks_of(sending for notice in told for sending in notice.sendings.all())
    lines = [line for notice in told for line in _of_notice(notice, masks)]
    lines += [line for serving in servings for line in _of_serving(serving)]
    return tuple(sorted(lines, key=lambda line: line.at))


def _of_notice(notice: Notice, masks: dict[int, str]) -> Iterator[TimelineLine]:
    title = lang(notice.title)
    yield TimelineLine(at=notice.at, has_time=True, way=_("站内消息"), tone="plain", words=title, whom=_whom(notice))
    for receipt in notice.receipts.all():
        yield TimelineLine(
            at=receipt.at, has_time=True, way=_("已读"), tone="good", words=title, whom=receipt.account.display_name
        )
    for sending in notice.sendings.all():
        view = outside_view(sending)
        yield TimelineLine(
            at=view.at or notice.at,
            has_time=True,
            way=view.words,
            tone=view.tone,
            words=title,
            whom=_whose(sending, masks.get(sending.pk, "")),
            note=view.why,
        )


def _of_serving(serving: Serving) -> Iterator[TimelineLine]:
    counts, notes = served_on(serving), []
    if serving.days:
        notes.append(_("公告 %(days)s 日，期间是本地设定，不是法律规定") % {"days": serving.days})
    if is_void(serving):
        notes.append(_("已作废"))
    elif counts and counts > timezone.localdate():
        notes.append(_("%(on)s 视为送达") % {"on": counts.isoformat()})
    elif counts:
        notes.append(_("%(on)s 送达") % {"on": counts.isoformat()})
    yield TimelineLine(
        at=_midnight(serving.on),
        has_time=False,
        way=str(Way(serving.way).label),
        tone="plain",
        words=serving.document_name,
        whom=f"{serving.department.short_name} {serving.by.display_name}",
        note="；".join(notes),
    )
    for after in serving.notes.all():
        yield TimelineLine(
            at=_midnight(after.on),
            has_time=False,
            way=str(ServingNoteKind(after.kind).label),
            tone="plain",
            words=serving.document_name,
            whom=after.by.display_name,
            note=after.reason,
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _whom(notice: Notice) -> str:
    if notice.account is not None:
        return _login(notice.account)
    return notice.department.short_name if notice.department else notice.uscc


def _whose(sending: Sending, mask: str) -> str:
    if sending.department is not None:
        return sending.department.short_name
    if sending.account is not None:
        return _login(sending.account)
    return _("企业登记的地址 %(mask)s") % {"mask": mask} if mask else _("企业登记的地址，后来已删除或更换")


def _login(account: Account) -> str:
    """Who works here by department and name; the login of an enterprise, which belongs to none, by its name."""
    works_for = account.department
    return f"{works_for.short_name} {account.display_name}" if works_for else account.username
