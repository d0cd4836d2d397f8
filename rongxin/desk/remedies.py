"""异议、修复 at the desk: their cards, what a firm brings to a counter, revoking a repair, the notice of repair."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import Panel, add_panel, address
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.documents import queries as papers
from rongxin.engine.cells import document_key
from rongxin.entrance.gate import gives_file
from rongxin.policy.words import Title
from rongxin.primitives.uscc import normalise_code
from rongxin.records import withdrawing
from rongxin.records.standing import number_of, standing_of
from rongxin.remedies.objections import actions as objecting
from rongxin.remedies.objections.models import Ground as ObjectionGround
from rongxin.remedies.objections.workflow import KIND as OBJECTION
from rongxin.remedies.repairs import actions as repairing
from rongxin.remedies.repairs import revoking
from rongxin.remedies.repairs.models import Ground, Repair, RevocationGround
from rongxin.remedies.repairs.notice import NoNotice, notice_for
from rongxin.remedies.repairs.revoking import KIND as REVOCATION
from rongxin.remedies.repairs.workflow import KIND as REPAIR
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.subjects.queries import by_uscc
from rongxin.ui.downloads import file_download
from rongxin.ui.forms import offer
from rongxin.ui.labels import label
from rongxin.ui.remedy_cards import objection_card, repair_card, revocation_card
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.statements import LONGEST, BadWords

_OBJECT: Final = "object"
_REPAIRS: Final = [(f"repair:{value}", words) for value, words in Ground.choices]
_OBJECTIONS: Final = [
    (f"{_OBJECT}:{value}", words) for value, words in ObjectionGround.choices if value != ObjectionGround.MISSING
]


class CounterForm(forms.Form):
    """What a firm brings to a counter."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=40)
    document = forms.CharField(label=gettext_lazy("文号或者记录编号"), max_length=128)
    what = forms.ChoiceField(label=gettext_lazy("办什么"))
    statement = forms.CharField(
        label=gettext_lazy("企业的说明"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("照企业写的录入，500 个字以内；不写个人的证件号码、电话和账号。"),
    )
    commits = forms.BooleanField(label=gettext_lazy("已收到加盖公章的信用修复承诺书（申请修复必需）"), required=False)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        groups = [("", _("请选择")), (_("申请修复"), _REPAIRS), (_("提出异议"), _OBJECTIONS)]
        offer(self, "what", groups)


class RevokeForm(forms.Form):
    """Why a repair is to be revoked."""

    ground = forms.ChoiceField(label=gettext_lazy("事由"), choices=RevocationGround.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=gettext_lazy("查明的情况"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("会写进拟撤销告知书；不写个人的姓名、证件号码和电话。"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPage:
    """``desk/counter.html``."""

    form: forms.Form


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePage:
    """``desk/revoke.html``."""

    number: str
    firm: str
    form: forms.Form


def add_to_cases() -> None:
    """Have the cards on the pages of these cases."""
    add_panel(OBJECTION, _objection)
    add_panel(REPAIR, _repair)
    add_panel(REVOCATION, _revocation)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter an objection or an application for repair for a firm."""
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    form = CounterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = _entered(request, form)
        if case is not None:
            messages.success(request, _("已登记：%(number)s。转由作出决定的单位办理。") % {"number": case.number})
            return redirect(address(case))
    return show(request, "desk/counter.html", CounterPage(form=form), status=422 if form.errors else 200)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to revoke a repair."""
    case = own_case(request, number)
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, case.owner)
    repair = Repair.objects.select_related("subject", "case__owner").filter(case=case).first()
    if repair is None:
        raise Http404
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = revoking.propose(
                repair, RevocationGround(form.cleaned_data["ground"]), form.cleaned_data["facts"], by=officer
            )
        except BadWords as bad:
            form.add_error("facts", label(bad.fault))
        except revoking.NotOpened:
            form.add_error("ground", _("现在没有可以这样撤销的修复：修复已经不在，或者事由与修复的种类不符。"))
        else:
            messages.success(request, _("已立案。先告知企业、听取陈述，再决定。"))
            return redirect(address(opened.case))
    page = RevokePage(number=number, firm=repair.subject.name, form=form)
    return show(request, "desk/revoke.html", page, status=422 if form.errors else 200)


@officer_only
@require_safe
@gives_file
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """The notice of repair, to be served with the decision."""
    officer = officer_of(request)
    demand(officer, Action.BATCH_READ, officer.works_for)
    if withdrawing.own(officer, number) is None:
        raise Http404
    found, access = standing_of(number, rulebook.current()), access_of(request, Purpose.INTAKE)
    try:
        document = notice_for(found, access) if found else None
    except NoNotice:
        document = None
    if document is None:
        raise Http404
    return file_download(f"{document.number}.pdf", papers.content(document, access), "application/pdf")


def _entered(request: HttpRequest, form: CounterForm) -> Case | None:
    given, officer = form.cleaned_data, officer_of(request)
    firm = by_uscc(normalise_code(given["uscc"]))
    if firm is None:
        form.add_error("uscc", _("登记库里没有这个统一社会信用代码的主体，请核对。"))
        return None
    number = _number(firm, given["document"])
    kind, _sep, ground = given["what"].partition(":")
    try:
        if kind == _OBJECT:
            return objecting.object_at_counter(
                firm, number, ObjectionGround(ground), given["statement"], by=officer
            ).case
        return repairing.apply_at_counter(
            firm, number, Ground(ground), given["statement"], has_committed=given["commits"], by=officer
        ).case
    except BadWords as bad:
        form.add_error("statement", label(bad.fault))
    except objecting.NotFiled:
        form.add_error("document", _("这家企业名下没有这份文号或者编号的记录，或者已经撤回。"))
    except repairing.NotApplied as refused:
        field = "commits" if refused.bar == repairing.Bar.NO_COMMITMENT else "document"
        form.add_error(field, lang(refused.words) if refused.words else label(refused.bar))
    return None


def _number(firm: Subject, asked: str) -> str:
    words = "".join(asked.split())
    return number_of(firm.merged_into or firm, document_key(words)) or words


def _objection(case: Case, access: Access) -> Panel:
    content = objection_card(case, access, record=_record, is_office=True)
    return Panel(title=Title(zh="异议内容", en="The objection"), template="ui/_objection.html", content=content)


def _repair(case: Case, access: Access) -> Panel:
    may = access.actor.may(Action.CASE_ACT, case.owner) and access.actor.may(Action.DOCUMENT_ISSUE, case.owner)
    content = repair_card(
        case,
        access,
        record=_record,
        address=_case,
        revoke_url=reverse("desk:repair_revoke", args=[case.number]) if may else "",
        is_office=True,
    )
    return Panel(title=Title(zh="修复申请", en="The application"), template="ui/_repair.html", content=content)


def _revocation(case: Case, access: Access) -> Panel:
    content = revocation_card(case, access, address=_case, is_office=True)
    return Panel(title=Title(zh="拟撤销的修复", en="The repair"), template="ui/_revocation.html", content=content)


def _record(number: str) -> str:
    return reverse("desk:kept_record", args=[number])


def _case(number: str) -> str:
    return reverse("desk:case", args=[number])
