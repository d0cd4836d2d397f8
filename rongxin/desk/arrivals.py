"""谁已经撤下 on the workbench: the checklist of a record, its papers, and spot checks of those who said that they dropped it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.entrance.gate import gives_file
from rongxin.exchange.recipients import own, spotting
from rongxin.exchange.recipients.models import SpotCheck, SpotFile
from rongxin.exchange.recipients.own import Ended
from rongxin.exchange.recipients.queries import Arrivals
from rongxin.exchange.recipients.spotting import NotSpotted
from rongxin.records import withdrawing
from rongxin.ui.downloads import file_download
from rongxin.ui.labels import label
from rongxin.workflow.evidence import LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotLine:
    """A spot check. ``retracted``: why it counts no longer; ``url`` empty: this officer does not see the screenshot."""

    pk: int
    name: str
    seen_at: datetime
    page: str
    sha256: str
    url: str
    retracted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalsPage:
    """``desk/arrivals.html``. ``told`` None: the display of the record did not end by an event. ``whom``: who acknowledged."""

    number: str
    document_number: str
    authority: str
    told: Arrivals | None
    spots: tuple[SpotLine, ...]
    whom: tuple[tuple[int, str], ...]
    may_spot: bool


@officer_only
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The checklist of a record that the officer sees."""
    officer, record = officer_of(request), _record(request, number)
    ended = own.of_record(record)
    may = officer.may(Action.RECIPIENT_KEEP, officer.works_for)
    shown = ArrivalsPage(
        number=number,
        document_number=record.document_number,
        authority=record.authority,
        told=ended.told if ended else None,
        spots=tuple(_spots(number, may=may)),
        whom=tuple((line.recipient, line.name) for line in ended.told.lines if line.acknowledged_at) if ended else (),
        may_spot=may,
    )
    return show(request, "desk/arrivals.html", shown)


@officer_only
@require_safe
@gives_file
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """同步证明, as of now."""
    document, content = own.certificate(_ended(request, number), access_of(request, Purpose.WITHDRAWAL))
    return _file(document.number, content)


@officer_only
@require_safe
@gives_file
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """停止公示告知书."""
    document, content = own.notice(_ended(request, number), access_of(request, Purpose.WITHDRAWAL))
    return _file(document.number, content)


@officer_only
@require_POST
def spot(request: HttpRequest, number: str) -> HttpResponse:
    """Keep that a recipient still shows the record."""
    officer = officer_of(request)
    demand(officer, Action.RECIPIENT_KEEP, officer.works_for)
    _record(request, number)
    file = request.FILES.get("screenshot")
    given = request.POST.get("recipient", "")
    try:
        spotting.spot(
            number,
            int(given) if given.isdecimal() else 0,
            seen_at=_instant(request.POST.get("seen_at", "")),
            url=request.POST.get("url", ""),
            content=file.read(LARGEST + 1) if file else b"",
            by=officer,
        )
        messages.success(request, _("已登记，记入同步证明和公开的统计。"))
    except NotSpotted as refused:
        messages.error(request, label(refused.fault))
    return redirect("desk:arrivals", number=number)


@officer_only
@require_POST
def retract(request: HttpRequest, pk: int) -> HttpResponse:
    """A spot check was wrong."""
    officer = officer_of(request)
    demand(officer, Action.RECIPIENT_KEEP, officer.works_for)
    kept = SpotCheck.objects.filter(pk=pk).first()
    if kept is None:
        raise Http404
    try:
        spotting.retract(pk, request.POST.get("reason", ""), officer)
        messages.success(request, _("已撤销，不再计入；登记和截图保留。"))
    except NotSpotted as refused:
        messages.error(request, label(refused.fault))
    return redirect("desk:arrivals", number=kept.number)


@officer_only
@require_safe
@gives_file
def screenshot(request: HttpRequest, pk: int) -> HttpResponse:
    """The screenshot of a spot check."""
    kept = SpotCheck.objects.filter(pk=pk).first()
    if kept is None:
        raise Http404
    record = _record(request, kept.number)
    access_of(request, Purpose.WITHDRAWAL).look([own.firm(record)], "document", act="export")
    try:
        media_type, content = spotting.content_of(pk, officer_of(request))
    except SpotFile.DoesNotExist:
        raise Http404 from None
    return file_download(f"spot-{pk}", content, media_type)


def _record(request: HttpRequest, number: str) -> withdrawing.Envelope:
    officer = officer_of(request)
    demand(officer, Action.BATCH_READ, officer.works_for)
    record = withdrawing.own(officer, number)
    if record is None:
        raise Http404
    return record


def _ended(request: HttpRequest, number: str) -> Ended:
    ended = own.of_record(_record(request, number))
    if ended is None:
        raise Http404
    return ended


def _spots(number: str, *, may: bool) -> Iterator[SpotLine]:
    for each in spotting.spots_of(number):
        retraction = getattr(each, "retraction", None)
        yield SpotLine(
            pk=each.pk,
            name=each.recipient.name,
            seen_at=each.seen_at,
            page=each.url,
            sha256=each.sha256,
            url=reverse("desk:spot_file", args=[each.pk]) if may else "",
            retracted=retraction.reason if retraction else "",
        )


def _instant(text: str) -> datetime:
    """What a datetime-local field sends, in Fuzhou; what it does not send is too early for anything."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.get_current_timezone())
    except ValueError:
        return datetime(1970, 1, 2, tzinfo=timezone.get_current_timezone())


def _file(number: str, content: bytes) -> HttpResponse:
    return file_download(f"{number}.pdf", content, "application/pdf")
