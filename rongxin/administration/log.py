"""The log of accounts: who was invited, came, failed, was locked, changed, ended; for the audit administrator."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rongxin.accounts.models import AccountEvent, EventKind
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, show
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice

PAGE_SIZE: Final = 50
MOST_ROWS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """``administration/log.html``. ``query``: the filters, to go on with."""

    page: Page[AccountEvent]
    words: str
    since: str
    until: str
    kinds: tuple[Choice, ...]
    query: str


@administrators_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What happened, the newest first."""
    found, chosen = _found(request), request.GET.get("kind", "")
    told = LogPage(
        page=Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        words=request.GET.get("q", ""),
        since=request.GET.get("since", ""),
        until=request.GET.get("until", ""),
        kinds=(
            Choice(value="", label=_("全部事件")),
            *(Choice(value=kind, label=str(kind.label), is_chosen=kind == chosen) for kind in EventKind),
        ),
        query=request.GET.urlencode(),
    )
    return show(request, "administration/log.html", told)


@administrators_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV, at most fifty thousand lines."""
    heads = (_("编号"), _("时间"), _("用户名"), _("事件"), _("说明"), _("经办人"))
    rows = (
        (
            event.pk,
            timezone.localtime(event.at).isoformat(timespec="seconds"),
            event.account.username,
            event.get_kind_display(),
            event.told,
            event.by.username if event.by else None,
        )
        for event in _found(request)[:MOST_ROWS]
    )
    return csv_download(f"account-log-{timezone.localdate().isoformat()}.csv", heads, rows)


def _found(request: HttpRequest) -> QuerySet[AccountEvent]:
    administrator = administrator_of(request)
    demand(administrator, Action.ACCOUNT_LOG_READ, administrator.works_for)
    events = AccountEvent.objects.select_related("account", "by")
    if request.GET.get("kind"):
        events = events.filter(kind=request.GET["kind"])
    if words := request.GET.get("q", "").strip():
        events = events.filter(account__username__icontains=words)
    if since := _day(request, "since"):
        events = events.filter(at__gte=_midnight(since))
    if until := _day(request, "until"):
        events = events.filter(at__lt=_midnight(until + timedelta(days=1)))
    return events


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
