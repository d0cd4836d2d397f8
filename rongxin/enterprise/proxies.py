"""代理人: who acts for the firm beside its own login, what each may do and until when; inviting, ending, leaving."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.environment import environment
from rongxin.accounts.matrix import matrix
from rongxin.accounts.permissions import Action
from rongxin.enterprise.firms import FirmLine, firm_line
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.policy.words import Title
from rongxin.subjects.mandates import proxies, queries
from rongxin.subjects.mandates.models import Mandate, ProxyInvitation
from rongxin.subjects.mandates.proxies import ActsAlready, BadProxy, NoInvitation, NotGiven
from rongxin.ui.forms import offer
from rongxin.ui.templatetags.rongxin import lang

PAST: Final = 20
LONGEST_CODE: Final = 40
NOT_GIVEN: Final[dict[BadProxy, tuple[str | None, str | Promise]]] = {
    BadProxy.NO_ACTION: ("scope", gettext_lazy("请至少选择一项。")),
    BadProxy.ENDS_TOO_SOON: ("until", gettext_lazy("截止日期不能早于今天。")),
    BadProxy.ENDS_TOO_LATE: ("until", gettext_lazy("截止日期太晚，超过了授权的最长期限。")),
    BadProxy.TOO_MANY: (None, gettext_lazy("没有用过的邀请太多了，请先收回一些。")),
}


class InviteForm(forms.Form):
    """What a proxy may do, and until when."""

    scope = forms.MultipleChoiceField(
        label=gettext_lazy("可以办理"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一项。")},
    )
    until = forms.DateField(
        label=gettext_lazy("截止日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("含当天；到期自动终止，不用办理。"),
    )

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data, initial={"scope": [Action.FILE_READ]})
        titles = [(action.value, lang(matrix().actions[action].title)) for action in queries.PROXY_ACTIONS]
        offer(self, "scope", titles)
        today = timezone.localdate()
        self.fields["until"].widget.attrs |= {
            "min": today.isoformat(),
            "max": proxies.longest_until(today).isoformat(),
        }


class AcceptForm(forms.Form):
    """The code of an invitation."""

    proxy_code = forms.CharField(
        label=gettext_lazy("邀请码"),
        max_length=LONGEST_CODE,
        help_text=gettext_lazy("企业给您的 16 位字母和数字，只能用一次。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyLine:
    """A proxy of the firm; ``why_over`` once it is over."""

    pk: int
    login: str
    scope: tuple[Title, ...]
    mandate: Mandate
    why_over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLine:
    """An invitation that nobody used yet."""

    pk: int
    scope: tuple[Title, ...]
    invitation: ProxyInvitation


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxiesPage:
    """``enterprise/proxies.html``."""

    name: str
    uscc: str
    form: InviteForm
    standing: tuple[ProxyLine, ...]
    invitations: tuple[InvitationLine, ...]
    past: tuple[ProxyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPage:
    """``enterprise/invited.html``: the code, for the only time."""

    name: str
    uscc: str
    code: str
    scope: tuple[Title, ...]
    invitation: ProxyInvitation
    expires_at: datetime
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptPage:
    """``enterprise/accept.html``."""

    form: AcceptForm
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePage:
    """``enterprise/leave.html``."""

    firm: FirmLine
    proxies: int


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest, uscc: str) -> HttpResponse:
    """The proxies of a firm; a new invitation answers with its code, which is shown once."""
    mandate = demanded(request, uscc, Action.PROXY_KEEP)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        scope = tuple(Action(each) for each in form.cleaned_data["scope"])
        try:
            invitation, code = proxies.invite(login_of(request), uscc, scope=scope, until=form.cleaned_data["until"])
        except NotGiven as refused:
            field, words = NOT_GIVEN[refused.why]
            form.add_error(field, str(words))
        else:
            page = InvitedPage(
                name=mandate.firm.name,
                uscc=uscc,
                code=code,
                scope=_titles(invitation.scope),
                invitation=invitation,
                expires_at=invitation.expires_at,
                hours=environment.invitation_hours,
            )
            return show(request, "enterprise/invited.html", page, firm=uscc)
    found = queries.proxies_of(mandate, access_of(request), most_past=PAST)
    listed = ProxiesPage(
        name=mandate.firm.name,
        uscc=uscc,
        form=form,
        standing=tuple(_proxy_line(each) for each in found.standing),
        invitations=tuple(
            InvitationLine(pk=each.pk, scope=_titles(each.scope), invitation=each) for each in found.invitations
        ),
        past=tuple(_proxy_line(each) for each in found.past),
    )
    return show(request, "enterprise/proxies.html", listed, firm=uscc, status=422 if form.errors else 200)


@enterprise_only
@require_POST
def revoke(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    """End a proxy, at once."""
    demanded(request, uscc, Action.PROXY_KEEP)
    try:
        proxies.revoke(login_of(request), uscc, pk)
    except Mandate.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("已经终止，对方马上不能再办理。"))
    return redirect("enterprise:proxies", uscc=uscc)


@enterprise_only
@require_POST
def take_back(request: HttpRequest, uscc: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    demanded(request, uscc, Action.PROXY_KEEP)
    try:
        proxies.take_back(login_of(request), uscc, pk)
    except ProxyInvitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("邀请已经收回，邀请码作废。"))
    return redirect("enterprise:proxies", uscc=uscc)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Become a proxy with the code of an invitation."""
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mandate = proxies.accept(login_of(request), form.cleaned_data["proxy_code"])
        except NoInvitation:
            form.add_error("proxy_code", _("没有这个邀请，或者用过、过期、收回了。请企业再给一个。"))
        except ActsAlready:
            form.add_error("proxy_code", _("您已经可以为这家企业办理，不用再接受邀请。邀请码没有用掉。"))
        else:
            messages.success(request, _("现在可以代理“%(firm)s”办理了。") % {"firm": mandate.firm.name})
            return redirect("enterprise:home")
    page = AcceptPage(form=form, login=login_of(request).username)
    return show(request, "enterprise/accept.html", page, status=422 if form.errors else 200)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, uscc: str) -> HttpResponse:
    """Act for the firm no longer, after having read what that means."""
    try:
        mandate = queries.mandate_for(login_of(request), uscc)
        if request.method == "POST":
            proxies.resign(login_of(request), uscc)
            messages.success(request, _("已经退出“%(firm)s”。") % {"firm": mandate.firm.name})
            return redirect("enterprise:home")
    except queries.NoMandate:
        raise Http404 from None
    count = queries.proxies_under([mandate]).count()
    return show(request, "enterprise/leave.html", LeavePage(firm=firm_line(mandate), proxies=count), firm=uscc)


def _titles(scope: list[str]) -> tuple[Title, ...]:
    return tuple(matrix().actions[Action(each)].title for each in scope)


def _proxy_line(mandate: Mandate) -> ProxyLine:
    end = mandate.end
    why = end.get_why_display() if end else "" if mandate.stands(timezone.localdate()) else _("授权到期")
    return ProxyLine(
        pk=mandate.pk, login=mandate.account.username, scope=_titles(mandate.scope), mandate=mandate, why_over=why
    )
