"""Succession in law: recorded with its day and document, ended when it was entered wrongly."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.desk.subject_parts import Reason, no_personal_number
from rongxin.desk.subject_words import KINDS, said
from rongxin.primitives.uscc import normalise_code
from rongxin.subjects import succession
from rongxin.subjects.merging import Ended
from rongxin.subjects.models import Category, Subject, Succession, SuccessionKind
from rongxin.subjects.succession import NotSucceedable


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedPage:
    """``desk/subject_succeed.html``. ``before`` and ``after`` as far as the address names them."""

    form: "SuccessionForm"
    before: Subject | None
    after: Subject | None

    @property
    def hides_predecessor(self) -> bool:
        """A sole trader is not named on the page of the enterprise it became."""
        return self.before is not None and self.before.category == Category.SOLE_TRADER


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionEndPage:
    """``desk/succession_end.html``."""

    succession: Succession
    kind: str
    form: Reason


class SuccessionForm(forms.Form):
    """Who took over whom, how, when, by which document."""

    before = forms.CharField(label=gettext_lazy("原主体（被承继）的代码"), max_length=18)
    after = forms.CharField(label=gettext_lazy("承继者的代码"), max_length=18)
    kind = forms.ChoiceField(label=gettext_lazy("方式"), choices=[(kind.value, label) for kind, label in KINDS.items()])
    effective_on = forms.DateField(label=gettext_lazy("生效日期"), widget=forms.DateInput(attrs={"type": "date"}))
    document = forms.CharField(
        label=gettext_lazy("文书"),
        help_text=gettext_lazy("登记通知书或决定的名称和文号，会公示。不要写个人信息。"),
        max_length=200,
        validators=[no_personal_number],
    )

    def clean(self) -> dict[str, Any]:
        """Codes become subjects of the register."""
        given = super().clean() or {}
        for field in ("before", "after"):
            if field in given:
                found = Subject.objects.filter(uscc=normalise_code(given[field])).first()
                if found is None:
                    self.add_error(field, _("登记库里没有这个代码。请核对 18 位，或先导入登记信息。"))
                else:
                    given[field] = found
        return given


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def succeed(request: HttpRequest) -> HttpResponse:
    """Record a succession."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    sides = {field: request.GET.get(field, "") for field in ("before", "after")}
    form = SuccessionForm(request.POST or None, initial=sides)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            succession.succeed(
                SuccessionKind(given["kind"]),
                given["before"],
                given["after"],
                effective_on=given["effective_on"],
                document=given["document"],
                by=officer.username,
            )
        except NotSucceedable as refused:
            for bar in refused.bars:
                form.add_error(None, said(bar))
        else:
            messages.success(request, _("已登记承继。两边的记录都不移动。"))
            return redirect("desk:subjects")
    known = {field: Subject.objects.filter(uscc=normalise_code(code)).first() for field, code in sides.items()}
    page = SucceedPage(form=form, before=known["before"], after=known["after"])
    return show(request, "desk/subject_succeed.html", page, status=422 if form.is_bound else 200)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a succession that was entered wrongly."""
    officer = officer_of(request)
    demand(officer, Action.SUBJECT_MERGE, officer.works_for)
    standing = get_object_or_404(Succession.objects.select_related("predecessor", "successor"), pk=pk, ended_at=None)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            succession.end_succession(standing, by=officer.username, basis=form.cleaned_data["basis"])
        except Ended:
            messages.info(request, _("这条承继已经由别人撤销。"))
        else:
            messages.success(request, _("已撤销承继，两边的页面不再显示。"))
        return redirect("desk:subjects")
    page = SuccessionEndPage(succession=standing, kind=str(KINDS[SuccessionKind(standing.kind)]), form=form)
    return show(request, "desk/succession_end.html", page, status=422 if form.is_bound else 200)
