"""认领企业: finding the firm by its whole code, opening the claim, and the page of a claim with what to do now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.one_time_codes import Outcome
from rongxin.departments.models import Department
from rongxin.enterprise.frame import access_of, enterprise_only, login_of, show
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates import actions, queries
from rongxin.subjects.mandates.actions import NotClaimable, Unclaimable
from rongxin.subjects.mandates.models import Claim, Way
from rongxin.subjects.models import Subject
from rongxin.subjects.showing import shown_name
from rongxin.ui.case_words import IN_THE_FORM, why_not
from rongxin.ui.cases import StepperItem, TimeLeft, stepper, time_left
from rongxin.ui.forms import offer
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.actions import Stale
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.models import CaseEvent, EventKind
from rongxin.workflow.queries import history_of, possible_steps
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Step

LONGEST_CODE: Final = 40
WHY_NOT: Final[dict[Unclaimable, str | Promise]] = {
    Unclaimable.UNKNOWN: gettext_lazy(
        "登记库里没有这个统一社会信用代码。请核对营业执照上的 18 位代码；刚登记的企业，登记信息要过几天才到本平台。"
    ),
    Unclaimable.CLOSED: gettext_lazy("这家企业已经注销，不能认领。"),
    Unclaimable.YOURS: gettext_lazy("您已经是这家企业的经办账号。"),
    Unclaimable.UNDER_WAY: gettext_lazy("这家企业的认领正在办理，不用再申请。"),
    Unclaimable.TOO_MANY: gettext_lazy("同时办理的认领不能超过 5 件，请先办完或者撤回一些。"),
    Unclaimable.NO_ADDRESS: gettext_lazy("登记库里没有这家企业的住所，不能寄信，请选择到服务窗口。"),
    Unclaimable.NO_OFFICE: gettext_lazy("请选择办理单位。"),
}
# Reasons that are meant for the enterprise; remarks of officers are not.
TOLD: Final = frozenset({"refuse", "confirm_contested", "object"})


class CodeForm(forms.Form):
    """The whole unified code of a firm: there is no search by name here."""

    code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=LONGEST_CODE,
        help_text=gettext_lazy("营业执照上的 18 位代码。只按完整代码查找，不能按名称查找。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class ClaimForm(forms.Form):
    """How the code comes, and who handles the claim."""

    way = forms.ChoiceField(label=gettext_lazy("验证码怎么给您"), widget=forms.RadioSelect)
    office = forms.ChoiceField(label=gettext_lazy("办理单位"))

    def __init__(self, data: QueryDict | None, firm: Subject, offices: list[Department]) -> None:
        super().__init__(data, initial={"way": Way.COUNTER, "office": offices[0].code if offices else ""})
        ways: dict[str, str] = {Way.COUNTER: _("到服务窗口：带营业执照和加盖公章的介绍信，当面拿验证码")}
        if firm.address:
            ways[Way.LETTER] = _("寄信到登记住所：信里有验证码，寄到营业执照上的住所，不能改寄别处")
        offer(self, "way", list(ways.items()))
        offer(self, "office", [(office.code, office.name) for office in offices])


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimingPage:
    """``enterprise/claiming.html``. ``form`` once the firm is found; ``problem`` when it cannot be claimed."""

    find: CodeForm
    form: ClaimForm | None = None
    name: str = ""
    uscc: str = ""
    has_holder: bool = False
    problem: str | Promise = ""
    under_way: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """A line of the history: what happened, without the names of officers."""

    at: datetime
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """``enterprise/claim.html``. ``is_own``: of the login that claims; else of the holder whom it would replace."""

    number: str
    name: str
    uscc: str
    office: str
    is_own: bool
    state: str
    state_title: Title
    is_open: bool
    by_letter: bool
    is_change: bool
    stepper: tuple[StepperItem, ...]
    time_left: TimeLeft
    due: date | None
    is_void: bool
    steps: tuple[Step, ...]
    events: tuple[EventLine, ...]
    seen: int
    acts_now: bool
    error: str = ""
    tried: str = ""


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def claiming(request: HttpRequest) -> HttpResponse:
    """Find the firm; then say how the code shall come."""
    given = request.POST if request.method == "POST" else request.GET
    find = CodeForm(given if "code" in given else None)
    if not find.is_valid():
        return show(request, "enterprise/claiming.html", ClaimingPage(find=find), status=422 if find.errors else 200)
    try:
        firm = actions.claimable(login_of(request), find.cleaned_data["code"])
    except NotClaimable as refused:
        return _not_claimable(request, find, refused)
    offices = queries.offices(firm)
    form = ClaimForm(request.POST if request.method == "POST" else None, firm, offices)
    if request.method == "POST" and form.is_valid():
        office = next(each for each in offices if each.code == form.cleaned_data["office"])
        try:
            claim = actions.open_claim(login_of(request), firm.uscc, way=Way(form.cleaned_data["way"]), office=office)
        except NotClaimable as refused:
            return _not_claimable(request, find, refused)
        messages.success(request, _("已经提交认领，请按下面的说明办理。"))
        return redirect("enterprise:claim", number=claim.case.number)
    page = ClaimingPage(
        find=find,
        form=form if offices else None,
        name=shown_name(firm),
        uscc=firm.uscc,
        has_holder=queries.holder_of(firm) is not None,
        problem="" if offices else _("还没有单位办理认领，请联系信用牵头部门。"),
    )
    return show(request, "enterprise/claiming.html", page, status=422 if form.errors else 200)


@enterprise_only
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """A claim, with what to do now."""
    return show(request, "enterprise/claim.html", _page(request, _claim(request, number)))


@enterprise_only
@require_POST
def code(request: HttpRequest, number: str) -> HttpResponse:
    """Enter the code."""
    claim = _claim(request, number)
    try:
        entered = actions.enter_code(login_of(request), number, request.POST.get("claim_code", ""))
    except NotPossible:
        messages.info(request, _("这件认领现在不用填验证码。"))
        return redirect("enterprise:claim", number=number)
    if entered.outcome == Outcome.RIGHT:
        messages.success(request, _("验证码正确。"))
        return redirect("enterprise:claim", number=number)
    told = {
        Outcome.WRONG: ngettext(
            "验证码不对，还可以试 %(n)s 次。请照告知书上的 16 位字母和数字填写。",
            "验证码不对，还可以试 %(n)s 次。请照告知书上的 16 位字母和数字填写。",
            entered.left,
        )
        % {"n": entered.left},
        Outcome.VOID: _("这个验证码已经作废。请在下面选择重发。"),
        Outcome.EXPIRED: _("验证码过期了，这件认领已经失效。请重新认领。"),
    }[entered.outcome]
    claim = _claim(request, number)
    return show(request, "enterprise/claim.html", _page(request, claim, tried="code", error=told), status=422)


@enterprise_only
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step that is the enterprise's: withdraw, have it sent, agree, object."""
    _claim(request, number)
    name = request.POST.get("step", "")
    try:
        event = actions.take(
            login_of(request),
            number,
            name,
            seen=whole_number(request.POST.get("seen", "")) or 0,
            reason=request.POST.get("reason", ""),
        )
    except Stale:
        messages.warning(request, _("没有办理：页面打开后情况有变，请看现在的情况再定。"))
    except NotPossible as refused:
        step = procedure("claim").by_step[name]
        sentence = why_not(refused.barred, step)
        if refused.barred.bar in IN_THE_FORM:
            page = _page(request, _claim(request, number), tried=name, error=sentence)
            return show(request, "enterprise/claim.html", page, status=422)
        messages.error(request, _("没有办成：%(why)s") % {"why": sentence})
    except LookupError:
        raise Http404 from None
    else:
        words = lang(procedure("claim").by_step[event.step].title)
        messages.success(request, _("已办理：%(step)s。") % {"step": words})
    return redirect("enterprise:claim", number=number)


def _claim(request: HttpRequest, number: str) -> Claim:
    try:
        return queries.claim_for(login_of(request), number)
    except Claim.DoesNotExist:
        raise Http404 from None


def _page(request: HttpRequest, claim: Claim, *, tried: str = "", error: str = "") -> ClaimPage:
    login, case = login_of(request), claim.case
    table, events = procedure(case.kind), history_of(case, access_of(request, Purpose.CASE, case.number))
    is_own = claim.account_id == login.pk
    possible = possible_steps(case, login, events)
    return ClaimPage(
        number=case.number,
        name=shown_name(claim.subject),
        uscc=claim.subject.uscc,
        office=case.owner.name,
        is_own=is_own,
        state=case.state,
        state_title=table.by_state[case.state].title,
        is_open=case.is_open,
        by_letter=claim.way == Way.LETTER,
        is_change=claim.replaces_id is not None,
        stepper=stepper(case, table, events, names_officers=False),
        time_left=time_left(case, rulebook.current(), timezone.localdate()),
        due=case.due_on,
        is_void=case.state == "code_out" and not claim.digest,
        steps=tuple(
            each.step for each in possible if each.barred is None and each.step.name not in actions.ENTERS_CODE
        ),
        events=tuple(_line(event, table.by_step) for event in reversed(events) if event.kind in _TELLING),
        seen=case.position,
        acts_now=any(mandate.firm.uscc == claim.subject.uscc for mandate in queries.mandates_of(login)),
        tried=tried,
        error=error,
    )


_TELLING: Final = (EventKind.OPENED, EventKind.STEP)


def _line(event: CaseEvent, steps: dict[str, Step]) -> EventLine:
    text = _("提交认领") if event.kind == EventKind.OPENED else lang(steps[event.step].title)
    return EventLine(at=event.at, text=text, reason=event.reason if event.step in TOLD else "")


def _not_claimable(request: HttpRequest, find: CodeForm, refused: NotClaimable) -> HttpResponse:
    page = ClaimingPage(find=find, problem=WHY_NOT[refused.why], under_way=refused.number)
    return show(request, "enterprise/claiming.html", page, status=422)
