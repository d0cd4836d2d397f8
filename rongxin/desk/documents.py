"""Official documents of the department: the list, one document with its pages, its PDF, its withdrawal."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.documents import issuing, queries
from rongxin.documents.models import Document
from rongxin.documents.queries import NoSuchDocument, Written
from rongxin.documents.typesetting import TypesettingFailed
from rongxin.entrance.gate import gives_file
from rongxin.rulebook import queries as rulebook
from rongxin.rulebook.queries import NothingReleased
from rongxin.ui.downloads import file_download

PAGE_SIZE: Final = 20
LONGEST_QUESTION: Final = 100
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """A document in the list."""

    url: str
    number: str
    title: str
    authority: str
    issued_on: date
    issued_by: str
    is_withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsPage:
    """``desk/documents.html``: ``q`` is part of a number or a title, or a code for checking."""

    documents: Page[DocumentLine]
    q: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """``desk/document.html``. ``images`` are the addresses of its pages, empty where they cannot be made again today.

    ``withdraw_url`` empty: this officer may not withdraw it, or it is withdrawn.
    """

    number: str
    title: str
    code: str
    authority: str
    issued_on: date
    issued_at: datetime
    issued_by: str
    policy: str
    sha256: str
    typeset_with: str
    images: tuple[str, ...]
    written: tuple[Written, ...]
    file_url: str
    longest: int = LONGEST_REASON
    is_withdrawn: bool = False
    reason: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdraw_url: str = ""
    error: str = ""


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The department's documents, the newest first."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = queries.documents(officer_of(request), question)
    numbered = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        DocumentLine(
            url=reverse("desk:document", args=[each.code]),
            number=each.number,
            title=each.title,
            authority=each.authority.short_name,
            issued_on=each.issued_on,
            issued_by=each.issued_by,
            is_withdrawn=each.withdrawal is not None,
        )
        for each in numbered
    ]
    part = Page(lines, numbered.number, cast("Paginator[DocumentLine]", numbered.paginator))
    return show(request, "desk/documents.html", DocumentsPage(documents=part, q=question))


@officer_only
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One document: its pages, its state, what may be done with it."""
    return show(request, "desk/document.html", _page(request, _own(request, code)))


@officer_only
@require_safe
@gives_file
def download(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF as it was issued."""
    document = _own(request, code)
    return file_download(
        f"{document.number}.pdf", queries.content(document, access_of(request, Purpose.CASE)), "application/pdf"
    )


@officer_only
@require_safe
def page_image(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page of the document as an image."""
    images = _images(_own(request, code), access_of(request, Purpose.CASE))
    if not 1 <= number <= len(images):
        raise Http404
    return HttpResponse(images[number - 1], content_type="image/svg+xml")


@officer_only
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw the document for a reason."""
    document, officer = _own(request, code), officer_of(request)
    demand(officer, Action.DOCUMENT_ISSUE, document.authority)
    try:
        reason = request.POST.get("reason", "")[:LONGEST_REASON]
        issuing.withdraw(document, by=officer.display_name, reason=reason)
    except issuing.NotWithdrawn:
        told = _("这份文书已经撤销。") if _own(request, code).withdrawal else _("请写明撤销的原因。")
        return show(request, "desk/document.html", _page(request, _own(request, code), error=told), status=422)
    messages.success(request, _("已撤销。文号保留，不再使用。"))
    return redirect("desk:document", code=code)


def _own(request: HttpRequest, code: str) -> Document:
    try:
        return queries.document(officer_of(request), code)
    except NoSuchDocument:
        raise Http404 from None


def _images(document: Document, access: Access) -> tuple[bytes, ...]:
    try:
        return queries.page_images(document, access)
    except (TypesettingFailed, NothingReleased):
        return ()


def _written(document: Document, access: Access) -> tuple[Written, ...]:
    try:
        return tuple(queries.written(document, access))
    except NothingReleased:
        return ()


def _page(request: HttpRequest, document: Document, *, error: str = "") -> DocumentPage:
    officer, withdrawal = officer_of(request), document.withdrawal
    access = access_of(request, Purpose.CASE)
    may_withdraw = withdrawal is None and officer.may(Action.DOCUMENT_ISSUE, document.authority)
    numbers = range(1, len(_images(document, access)) + 1)
    is_current = document.policy_digest == rulebook.current().digest
    return DocumentPage(
        number=document.number,
        title=document.title,
        code=document.grouped_code,
        authority=document.authority_name,
        issued_on=document.issued_on,
        issued_at=document.issued_at,
        issued_by=document.issued_by,
        policy=document.policy_digest[:12] + (_("（现行）") if is_current else _("（已有新版本）")),
        sha256=document.sha256,
        typeset_with=document.typeset_with,
        images=tuple(reverse("desk:document_page", args=[document.code, number]) for number in numbers),
        written=_written(document, access),
        file_url=reverse("desk:document_file", args=[document.code]),
        is_withdrawn=withdrawal is not None,
        reason=withdrawal.reason if withdrawal else "",
        withdrawn_at=withdrawal.at if withdrawal else None,
        withdrawn_by=withdrawal.by if withdrawal else "",
        withdraw_url=reverse("desk:document_withdraw", args=[document.code]) if may_withdraw else "",
        error=error,
    )
