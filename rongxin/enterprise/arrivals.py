"""谁已经撤下: where a record of the firm that is displayed no longer was dropped, and the papers about it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rongxin.accounts.permissions import Action
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, show
from rongxin.entrance.gate import gives_file
from rongxin.exchange.recipients import own
from rongxin.exchange.recipients.own import Ended
from rongxin.exchange.recipients.queries import Arrivals
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import file_download


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalsPage:
    """``enterprise/arrivals.html``."""

    name: str
    uscc: str
    kind_title: Title | str
    authority: str
    document_number: str
    told: Arrivals
    may_download: bool


@enterprise_only
@require_safe
def page(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """The checklist; a part of it alone refreshes itself."""
    mandate = demanded(request, uscc, Action.FILE_READ)
    ended = _own(request, uscc, number)
    kind = rulebook.current().kinds.get(ended.record.kind)
    shown = ArrivalsPage(
        name=mandate.firm.name,
        uscc=uscc,
        kind_title=kind.title if kind else ended.record.kind,
        authority=ended.record.authority,
        document_number=ended.record.document_number,
        told=ended.told,
        may_download=mandate.may(Action.FILE_DOWNLOAD),
    )
    return show(request, "enterprise/arrivals.html", shown, firm=uscc)


@enterprise_only
@require_safe
@gives_file
def certificate(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """同步证明, as of now."""
    demanded(request, uscc, Action.FILE_DOWNLOAD)
    document, content = own.certificate(_own(request, uscc, number), access_of(request))
    return _file(document.number, content)


@enterprise_only
@require_safe
@gives_file
def notice(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """停止公示告知书, to be shown to anybody."""
    demanded(request, uscc, Action.FILE_DOWNLOAD)
    document, content = own.notice(_own(request, uscc, number), access_of(request))
    return _file(document.number, content)


def _own(request: HttpRequest, uscc: str, number: str) -> Ended:
    ended = own.of_firm(demanded(request, uscc, Action.FILE_READ).firm, number)
    if ended is None:
        raise Http404
    return ended


def _file(number: str, content: bytes) -> HttpResponse:
    return file_download(f"{number}.pdf", content, "application/pdf")
