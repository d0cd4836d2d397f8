"""The forms by which a firm applies: objecting to a record, saying that one is missing, asking for its repair."""

from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rongxin.accounts.permissions import Action
from rongxin.departments.models import Department
from rongxin.departments.queries import providers
from rongxin.disclosure.own_record import OwnRecord
from rongxin.enterprise.cases import address
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.enterprise.records import demanded_record
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.remedies.objections import actions as objecting
from rongxin.remedies.objections.models import Ground as ObjectionGround
from rongxin.remedies.repairs import actions as repairing
from rongxin.remedies.repairs.models import Ground
from rongxin.rulebook import queries as rulebook
from rongxin.ui.evidence import attach_all
from rongxin.ui.forms import offer
from rongxin.ui.labels import label
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.statements import LONGEST, BadWords


class StatementForm(forms.Form):
    """What the firm says, and what it shows for it."""

    statement = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("500 个字以内；不写个人的证件号码、电话和账号。"),
    )
    evidence = forms.FileField(
        label=gettext_lazy("材料"),
        required=False,
        help_text=gettext_lazy("PDF、JPEG 或者 PNG，不超过 5 MB；其余材料提交以后可以接着补。"),
    )


class ObjectForm(StatementForm):
    """An objection to a record."""

    ground = forms.ChoiceField(
        label=gettext_lazy("哪里不对"),
        widget=forms.RadioSelect,
        choices=[each for each in ObjectionGround.choices if each[0] != ObjectionGround.MISSING],
    )
    field_order = ("ground", "statement", "evidence")


class MissingForm(StatementForm):
    """A record that should be here and is not."""

    document = forms.CharField(
        label=gettext_lazy("文号或者名称"),
        max_length=objecting.LONGEST_DOCUMENT,
        help_text=gettext_lazy("决定书、许可证、荣誉的文号；没有文号的写名称。"),
    )
    office = forms.ChoiceField(label=gettext_lazy("作出决定的单位"))
    field_order = ("document", "office", "statement", "evidence")

    def __init__(self, request: HttpRequest, offices: list[Department]) -> None:
        super().__init__(request.POST or None, request.FILES or None)
        offer(self, "office", [("", _("请选择")), *((each.code, each.name) for each in offices)])


class RepairForm(StatementForm):
    """An application for repair."""

    ground = forms.ChoiceField(label=gettext_lazy("申请理由"), widget=forms.RadioSelect, choices=Ground.choices)
    commits = forms.BooleanField(label=gettext_lazy("本企业作出上述承诺"), required=True)
    field_order = ("ground", "statement", "evidence", "commits")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """``enterprise/object.html``, ``enterprise/repair.html``, ``enterprise/missing.html``, all upon ``enterprise/applying.html``.
    ``commitment``: what is promised. ``training``, ``advisers``: information, never a condition.
    """

    title: str
    name: str
    uscc: str
    form: forms.Form
    record: OwnRecord | None = None
    commitment: str = ""
    training: str = ""
    advisers: dict[str, str] = field(default_factory=dict)
    days: int | None = None


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def object_(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """Object to the record."""
    mandate = demanded(request, uscc, Action.OBJECTION_MAKE)
    record = demanded_record(mandate, number, access_of(request))
    form = ObjectForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            objection = objecting.object_to(
                number, ObjectionGround(form.cleaned_data["ground"]), form.cleaned_data["statement"], by=mandate
            )
        except BadWords as bad:
            form.add_error("statement", label(bad.fault))
        except objecting.NotFiled as refused:
            form.add_error(None, label(refused.bar))
        else:
            return _filed(request, uscc, objection.case, _("已经提出异议。这条记录从现在起标注“异议中”。"))
    page = FormPage(
        title=_("提出异议"),
        name=mandate.firm.name,
        uscc=uscc,
        form=form,
        record=record,
        days=_days("objections/answer_days"),
    )
    return show(request, "enterprise/object.html", page, firm=uscc, status=422 if form.errors else 200)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: HttpRequest, uscc: str) -> HttpResponse:
    """Say that a record is missing."""
    mandate = demanded(request, uscc, Action.OBJECTION_MAKE)
    offices = providers()
    form = MissingForm(request, offices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        owner = next(each for each in offices if each.code == given["office"])
        try:
            objection = objecting.miss(given["document"], owner, given["statement"], by=mandate)
        except BadWords as bad:
            form.add_error("statement", label(bad.fault))
        except objecting.NotFiled as refused:
            form.add_error("document", label(refused.bar))
        else:
            return _filed(request, uscc, objection.case, _("已经提出，转给这个单位核实。"))
    page = FormPage(
        title=_("应当有而没有的记录"),
        name=mandate.firm.name,
        uscc=uscc,
        form=form,
        days=_days("objections/answer_days"),
    )
    return show(request, "enterprise/missing.html", page, firm=uscc, status=422 if form.errors else 200)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def repair(request: HttpRequest, uscc: str, number: str) -> HttpResponse:
    """Apply for the repair of the record."""
    mandate = demanded(request, uscc, Action.REPAIR_APPLY)
    record = demanded_record(mandate, number, access_of(request))
    policy, today = rulebook.current(), timezone.localdate()
    form = RepairForm(request.POST or None, request.FILES or None, initial={"ground": Ground.FULFILLED})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            application = repairing.apply(
                number, Ground(given["ground"]), given["statement"], has_committed=given["commits"], by=mandate
            )
        except BadWords as bad:
            form.add_error("statement", label(bad.fault))
        except repairing.NotApplied as refused:
            form.add_error(None, lang(refused.words) if refused.words else label(refused.bar))
        else:
            return _filed(request, uscc, application.case, _("已经提出修复申请，一次申请，各处同时办理。"))
    page = FormPage(
        title=_("申请信用修复"),
        name=mandate.firm.name,
        uscc=uscc,
        form=form,
        record=record,
        commitment=str(policy.value("repairs/commitment", today).value),
        training=str(policy.value("repairs/training", today).value),
        advisers=_advisers(policy, today),
        days=_days("repairs/accept_days"),
    )
    return show(request, "enterprise/repair.html", page, firm=uscc, status=422 if form.errors else 200)


def _filed(request: HttpRequest, uscc: str, case: Case, told: str) -> HttpResponse:
    messages.success(request, told)
    attach_all(request, case, login_of(request))
    return redirect(address(uscc, case))


def _days(key: str) -> int | None:
    return rulebook.current().value(key, timezone.localdate()).count


def _advisers(policy: Policy, on: date) -> dict[str, str]:
    try:
        return policy.value("repairs/advisers", on).texts
    except NothingInForce:  # rules that were released before the list was one of them
        return {}
