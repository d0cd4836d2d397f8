"""Around every page of the administration: who is here, and what the role may do."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Face
from rongxin.entrance.gate import gate

administrators_only = gate(Face.ADMINISTRATION)
"""A page for administrators: both factors first; never kept by a cache. What each may do, the view demands."""


def administrator_of(request: HttpRequest) -> Account:
    """The administrator who is logged in."""
    return cast(Account, request.user)


def may(administrator: Account, action: Action) -> bool:
    """Whether the role holds ``action`` over the platform."""
    return administrator.may(action, administrator.works_for)


def show(request: HttpRequest, template: str, page: object, *, status: int = 200) -> HttpResponse:
    """Render a page of the administration in its frame."""
    administrator = administrator_of(request)
    frame: dict[str, Any] = {
        "administrator": administrator,
        "keeps_accounts": may(administrator, Action.ACCOUNT_KEEP),
        "reads_log": may(administrator, Action.ACCOUNT_LOG_READ),
        "watches_jobs": may(administrator, Action.JOB_WATCH),
        "retries_sendings": may(administrator, Action.SENDING_RETRY),
    }
    return render(request, template, {"page": page, "frame": frame}, status=status)
