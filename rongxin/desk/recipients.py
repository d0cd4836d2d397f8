"""数据接收单位: registering and ending recipients by two people, their keys, and the calls that wake them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.exchange.recipients import addresses, registry
from rongxin.exchange.recipients.models import Address, Call, CallAttempt, Recipient, RecipientKey, Sort
from rongxin.exchange.recipients.queries import behind, visible
from rongxin.exchange.recipients.registry import LONGEST_NAME, LONGEST_REASON, NotKept
from rongxin.ui.labels import label
from rongxin.ui.parts import Choice

CALLS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsPage:
    """``desk/recipients.html``. ``proposed``: wait for a second person."""

    proposed: tuple[Recipient, ...]
    present: tuple[tuple[Recipient, int], ...]
    ended: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePage:
    """``desk/recipient_propose.html``: the form, with what was filled in after an error."""

    name: str
    uscc: str
    office: str
    sorts: tuple[Choice, ...]
    longest: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A call in the log, with its attempts."""

    call: Call
    attempts: tuple[CallAttempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientPage:
    """``desk/recipient.html``. ``key``: in clear, this once. ``is_own_proposal``: the other officer decides."""

    recipient: Recipient
    keys: tuple[RecipientKey, ...]
    address: Address | None
    calls: tuple[CallLine, ...]
    behind: int
    is_own_proposal: bool
    is_own_end: bool
    longest: int
    key: str = ""


@officer_only
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every recipient."""
    _keeper(request)
    known = list(visible())
    page = RecipientsPage(
        proposed=tuple(each for each in known if each.registered_at is None and each.ended_at is None),
        present=tuple((each, behind(each)) for each in known if each.is_registered),
        ended=tuple(each for each in known if each.registered_at and each.ended_at),
    )
    return show(request, "desk/recipients.html", page)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Propose one."""
    officer, given, error = _keeper(request), request.POST, ""
    if request.method == "POST":
        try:
            made = registry.propose(
                name=given.get("name", ""),
                uscc=given.get("uscc", ""),
                sort=Sort(given.get("sort", "")) if given.get("sort") in Sort.values else Sort.WEBSITE,
                office=given.get("office", ""),
                by=officer,
            )
        except NotKept as refused:
            error = str(label(refused.problem))
        else:
            messages.success(request, _("已提出。由另一位同事复核登记后，再生成密钥。"))
            return redirect("desk:recipient", pk=made.pk)
    page = ProposePage(
        name=given.get("name", ""),
        uscc=given.get("uscc", ""),
        office=given.get("office", ""),
        sorts=tuple(Choice(value=s.value, label=s.label, is_chosen=s.value == given.get("sort")) for s in Sort),
        longest=LONGEST_NAME,
        error=error,
    )
    return show(request, "desk/recipient_propose.html", page, status=422 if error else 200)


@officer_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One recipient."""
    return show(request, "desk/recipient.html", _page(_keeper(request), pk))


@officer_only
@require_POST
def take(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One of the steps of registering and ending."""
    officer = _keeper(request)
    steps: dict[str, tuple[Callable[[], Recipient], str]] = {
        "approve": (lambda: registry.approve(pk, officer), _("已登记。现在可以生成密钥。")),
        "drop": (lambda: registry.drop(pk, officer), _("不予登记。")),
        "propose-end": (
            lambda: registry.propose_end(pk, request.POST.get("reason", ""), officer),
            _("已提出终止。由另一位同事复核后生效，在此以前照常接收。"),
        ),
        "keep-on": (lambda: registry.keep_on(pk, officer), _("不终止，照常接收。")),
        "end": (lambda: registry.end(pk, officer), _("已终止：密钥和地址即时停用。")),
    }
    if step not in steps:
        raise Http404
    act, done = steps[step]
    try:
        act()
        messages.success(request, done)
    except NotKept as refused:
        messages.error(request, label(refused.problem))
    except Recipient.DoesNotExist:
        raise Http404 from None
    return redirect("desk:recipient", pk=pk)


@officer_only
@require_POST
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a key and show it, this once."""
    officer = _keeper(request)
    try:
        made = registry.make_key(pk, officer)
    except Recipient.DoesNotExist:
        raise Http404 from None
    except NotKept as refused:
        messages.error(request, label(refused.problem))
        return redirect("desk:recipient", pk=pk)
    return show(request, "desk/recipient.html", _page(officer, pk, key=made))


@officer_only
@require_POST
def end_key(request: HttpRequest, pk: int, prefix: str) -> HttpResponse:
    """End a key at once."""
    officer = _keeper(request)
    try:
        registry.end_key(pk, prefix, officer)
    except Recipient.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("密钥已停用，即时生效。"))
    return redirect("desk:recipient", pk=pk)


@officer_only
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it called again."""
    officer = _keeper(request)
    try:
        addresses.call_again(pk, officer)
        messages.success(request, _("几秒钟内再发一次，结果见下面的记录。"))
    except NotKept as refused:
        messages.error(request, label(refused.problem))
    except Recipient.DoesNotExist:
        raise Http404 from None
    return redirect("desk:recipient", pk=pk)


def _keeper(request: HttpRequest) -> Account:
    officer = officer_of(request)
    if request.method == "POST" or not officer.may(Action.RECIPIENT_KEEP, officer.works_for):
        demand(officer, Action.RECIPIENT_KEEP, officer.works_for)
    return officer


def _page(officer: Account, pk: int, *, key: str = "") -> RecipientPage:
    found = Recipient.objects.select_related("proposed_by", "registered_by", "end_proposed_by", "ended_by").filter(
        pk=pk
    )
    recipient = found.first()
    if recipient is None:
        raise Http404
    return RecipientPage(
        recipient=recipient,
        keys=tuple(RecipientKey.objects.filter(recipient=recipient, ended_at=None).order_by("made_at")),
        address=addresses.address_of(recipient),
        calls=tuple(
            CallLine(call=each, attempts=tuple(tried)) for each, tried in addresses.calls_of(recipient, limit=CALLS)
        ),
        behind=behind(recipient),
        is_own_proposal=recipient.proposed_by_id == officer.pk,
        is_own_end=recipient.end_proposed_by_id == officer.pk,
        longest=LONGEST_REASON,
        key=key,
    )
