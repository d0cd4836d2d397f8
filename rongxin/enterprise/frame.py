"""Around every page of the enterprise's window: who is here, for which firms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Face
from rongxin.entrance.gate import gate
from rongxin.notices.queries import unread
from rongxin.notices.recipients import Recipient
from rongxin.subjects.mandates import queries
from rongxin.subjects.mandates.models import Mandate
from rongxin.ui.parts import Tab

enterprise_only = gate(Face.ENTERPRISE)
"""A page for logins of enterprises: both factors first; never kept by a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """``enterprise/frame.html``. ``firms``: a switcher between the firms of the login, where it has several. ``unread``: messages
    that wait.
    """

    login: str
    firms: tuple[Tab, ...]
    is_of_firm: bool
    unread: int


def login_of(request: HttpRequest) -> Account:
    """The login that is here."""
    return cast(Account, request.user)


def access_of(request: HttpRequest, purpose: Purpose = Purpose.OWN, case: str = "") -> Access:
    """With which the queries of this request look at what is not public; one for a request. ``case``: of which case."""
    return Access(login_of(request), purpose, case)


def recipients_of(login: Account, mandates: Iterable[Mandate]) -> tuple[Recipient, ...]:
    """As whom the login is told: itself, and every firm of its ``mandates`` whose file it may read."""
    firms = (Recipient(uscc=mandate.firm.uscc) for mandate in mandates if mandate.may(Action.FILE_READ))
    return (Recipient(account=login), *firms)


def demanded(request: HttpRequest, uscc: str, action: Action) -> Mandate:
    """The mandate by which the login may do this for the firm of the address; a firm that is not the login's is not found."""
    try:
        return queries.demand(login_of(request), uscc, action)
    except queries.NoMandate:
        raise Http404 from None


def show(request: HttpRequest, template: str, page: object, *, firm: str = "", status: int = 200) -> HttpResponse:
    """Render a page in its frame; ``firm``: the unified code of the firm that the page is about."""
    login = login_of(request)
    mandates = queries.mandates_of(login)
    firms = tuple(
        Tab(
            label=mandate.firm.name,
            url=reverse("enterprise:firm", args=[mandate.firm.uscc]),
            is_current=mandate.firm.uscc == firm,
        )
        for mandate in mandates
    )
    frame = Frame(
        login=login.username,
        firms=firms,
        is_of_firm=bool(firm),
        unread=unread(recipients_of(login, mandates), login).count(),
    )
    return render(request, template, {"page": page, "frame": frame}, status=status)
