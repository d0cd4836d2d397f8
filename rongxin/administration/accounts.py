"""The accounts of the people who work here: the list, one with its history, and what can be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts import keeping
from rongxin.accounts.events import history
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import (
    STAFF_ROLES,
    Account,
    AccountEvent,
    CodeGenerator,
    Invitation,
    SecurityKey,
    role_title,
)
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import demand
from rongxin.administration.frame import administrator_of, administrators_only, show
from rongxin.administration.links import show_link
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Choice

PAGE_SIZE: Final = 50
LATELY: Final = 100
LEAST_REASON: Final = 4
STATES: Final = {
    "active": gettext_lazy("使用中"),
    "invited": gettext_lazy("已邀请，还没有来"),
    "ended": gettext_lazy("已停用"),
}
_OF_STATE: Final = {
    "active": Q(is_active=True),
    "invited": Q(is_active=False, ended_at=None),
    "ended": Q(ended_at__isnull=False),
}

Step = Callable[[Account, Account, str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account of the list. ``state`` is a key of STATES."""

    account: Account
    role: str
    state: str
    state_title: str
    has_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """``administration/accounts.html``. ``query``: the filters, to go on with."""

    lines: tuple[AccountLine, ...]
    page: Page[Account]
    words: str
    roles: tuple[Choice, ...]
    states: tuple[Choice, ...]
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """``administration/account.html``. ``is_own``: nobody keeps the own account."""

    line: AccountLine
    events: tuple[AccountEvent, ...]
    roles: tuple[Choice, ...]
    invitation: Invitation | None
    keys: int
    is_own: bool


@administrators_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, or those that are looked for."""
    found = _found(request)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    told = AccountsPage(
        lines=tuple(_lines(list(page))),
        page=page,
        words=request.GET.get("q", ""),
        roles=(
            Choice(value="", label=_("全部角色")),
            *(Choice(value=each, label=matrix().roles[each].title, is_chosen=each == role) for each in STAFF_ROLES),
        ),
        states=(
            Choice(value="", label=_("全部状态")),
            *(Choice(value=each, label=str(title), is_chosen=each == state) for each, title in STATES.items()),
        ),
        query=request.GET.urlencode(),
    )
    return show(request, "administration/accounts.html", told)


@administrators_only
@require_safe
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    heads = (_("用户名"), _("姓名或工号"), _("单位"), _("角色"), _("状态"), _("第二重验证"), _("最近登录"))
    rows = (
        (
            line.account.username,
            line.account.display_name,
            line.account.works_for.name,
            line.role,
            line.state_title,
            _("有") if line.has_second_factor else _("没有"),
            timezone.localtime(line.account.last_login).isoformat(timespec="minutes")
            if line.account.last_login
            else None,
        )
        for line in _lines(list(_found(request)))
    )
    return csv_download(f"accounts-{timezone.localdate().isoformat()}.csv", heads, rows)


@administrators_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what it is, what happened to it, what can be done."""
    return show(request, "administration/account.html", _page(request, _account(request, pk)))


def _step(view: Callable[[HttpRequest, Account, str], HttpResponse | None]) -> Callable[..., HttpResponseBase]:
    """What is done to an account, with its reason; then back to its page."""

    @administrators_only
    @require_POST
    @wraps(view)
    def stepped(request: HttpRequest, pk: int) -> HttpResponse:
        demand(administrator_of(request), Action.ACCOUNT_KEEP, administrator_of(request).works_for)
        account, reason = _account(request, pk), request.POST.get("reason", "").strip()
        if len(reason) < LEAST_REASON:
            messages.error(request, _("请写明理由，至少 4 个字；本人和审计管理员都会看到。没有办理。"))
            return redirect("administration:account", pk=pk)
        return view(request, account, reason) or redirect("administration:account", pk=pk)

    return stepped


@administrators_only
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link in place of the one before."""
    account = _account(request, pk)
    return show_link(request, account, keeping.invite_again(administrator_of(request), account))


@_step
def change_role(request: HttpRequest, account: Account, reason: str) -> HttpResponse | None:
    """Another role of the same kind."""
    role = request.POST.get("role", "")
    if role not in set(Role):
        raise Http404
    keeping.change_role(administrator_of(request), account, Role(role), reason)
    messages.success(request, _("角色已调整；本人要重新登录。"))
    return None


@_step
def reset_password(request: HttpRequest, account: Account, reason: str) -> HttpResponse | None:
    """For whoever forgot it."""
    return show_link(request, account, keeping.reset_password(administrator_of(request), account, reason))


@_step
def reset_second_factor(request: HttpRequest, account: Account, reason: str) -> HttpResponse | None:
    """For whoever lost the phone and the recovery codes."""
    return show_link(request, account, keeping.reset_second_factor(administrator_of(request), account, reason))


@_step
def end(request: HttpRequest, account: Account, reason: str) -> HttpResponse | None:
    """Nobody logs in with it any more."""
    keeping.end(administrator_of(request), account, reason)
    messages.success(request, _("账号已停用；办过的事都留着。"))
    return None


@_step
def reopen(request: HttpRequest, account: Account, reason: str) -> HttpResponse | None:
    """It is used again."""
    return show_link(request, account, keeping.reopen(administrator_of(request), account, reason))


def _account(request: HttpRequest, pk: int) -> Account:
    found = _kept(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _kept(request: HttpRequest) -> QuerySet[Account]:
    return keeping.accounts_kept_by(administrator_of(request))


def _found(request: HttpRequest) -> QuerySet[Account]:
    found = _kept(request)
    words = request.GET.get("q", "").strip()
    if words:
        found = found.filter(
            Q(username__icontains=words)
            | Q(display_name__icontains=words)
            | Q(department__name__icontains=words)
            | Q(department__short_name__icontains=words)
        )
    if request.GET.get("role"):
        found = found.filter(role=request.GET["role"])
    return found.filter(_OF_STATE.get(request.GET.get("state", ""), Q()))


def _lines(accounts: list[Account]) -> list[AccountLine]:
    keys = [account.pk for account in accounts]
    armed = {
        *CodeGenerator.objects.filter(account__in=keys).values_list("account", flat=True),
        *SecurityKey.objects.filter(account__in=keys).values_list("account", flat=True),
    }
    return [_line(account, account.pk in armed) for account in accounts]


def _line(account: Account, has_second_factor: bool) -> AccountLine:
    state = "ended" if account.ended_at else "active" if account.is_active else "invited"
    return AccountLine(
        account=account,
        role=role_title(account.role),
        state=state,
        state_title=str(STATES[state]),
        has_second_factor=has_second_factor,
    )


def _page(request: HttpRequest, account: Account) -> AccountPage:
    roles = matrix().roles
    return AccountPage(
        line=_lines([account])[0],
        events=tuple(history(account)[:LATELY]),
        roles=tuple(
            Choice(value=role, label=roles[role].title, is_chosen=role == account.role)
            for role in STAFF_ROLES
            if roles[role].face == account.held.face
        ),
        invitation=Invitation.objects.filter(account=account, over_at=None, expires_at__gt=timezone.now()).first(),
        keys=SecurityKey.objects.filter(account=account).count(),
        is_own=account.pk == administrator_of(request).pk,
    )
