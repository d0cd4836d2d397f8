"""送达 of a case: what was recorded, the form, what came after, the scanned proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.desk.case_panels import Panel
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.entrance.gate import gives_file
from rongxin.notices import serving as acts
from rongxin.notices.models import Serving, ServingNoteKind, Way
from rongxin.notices.serving import Fault, NotServed
from rongxin.policy.words import Title
from rongxin.ui.downloads import file_download
from rongxin.ui.labels import LABELS, label
from rongxin.workflow.evidence import ENDINGS
from rongxin.workflow.models import Case
from rongxin.workflow.queries import case_for, visible_to

FIELDS: Final = {
    Fault.NO_WAY: "way",
    Fault.NO_TERM: "way",
    Fault.NO_DAY: "on",
    Fault.FUTURE: "on",
    Fault.TOO_OLD: "on",
    Fault.NO_NAME: "document",
    Fault.NAMES_A_NUMBER: "document",
    Fault.NO_TRACKING: "tracking",
    Fault.NO_CONSENT: "has_consent",
    Fault.PROOF_TOO_LARGE: "proof",
    Fault.PROOF_UNKNOWN: "proof",
}


def _told(fault: Fault) -> Any:
    """The words of a fault, in the language of the page that will show them."""
    return LABELS[Fault][fault]


class ServingForm(forms.Form):
    """What an officer did. What is right is decided by ``notices.serving``."""

    way = forms.ChoiceField(
        label=gettext_lazy("送达方式"),
        choices=[("", gettext_lazy("请选择")), *Way.choices],
        error_messages={"required": _told(Fault.NO_WAY)},
    )
    on = forms.DateField(
        label=gettext_lazy("日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), _told(Fault.NO_DAY)),
        help_text=gettext_lazy("交付、寄出、留置、发送或公告的那一天。"),
    )
    document = forms.CharField(
        label=gettext_lazy("文书的文号或名称"),
        max_length=acts.LONGEST_NAME,
        error_messages=dict.fromkeys(("required", "max_length"), _told(Fault.NO_NAME)),
        help_text=gettext_lazy("平台签发的写文号，例：榕信通〔2026〕1号。"),
    )
    tracking = forms.CharField(
        label=gettext_lazy("邮件号"), required=False, max_length=30, help_text=gettext_lazy("邮寄送达时填写。")
    )
    has_consent = forms.BooleanField(
        label=gettext_lazy("受送达人已同意电子送达"),
        required=False,
        help_text=gettext_lazy("电子送达时必须勾选。"),
    )
    proof = forms.FileField(
        label=gettext_lazy("送达回证"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("可不传。PDF、JPEG 或 PNG，不超过 5 MB。"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """What came after, in words."""

    words: str
    on: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingView:
    """One entry. ``state``: served, waits (its day has not come), under_way, returned or void."""

    pk: int
    document: str
    document_code: str
    way: str
    on: date
    served_on: date | None
    state: str
    tracking: str
    days: int | None
    by: str
    at: datetime
    notes: tuple[NoteView, ...]
    has_proof: bool

    @property
    def is_under_way(self) -> bool:
        """A letter of which nobody knows yet."""
        return self.state == "under_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingsView:
    """The card on the page of the case. ``form`` None: this officer may only look. ``public_note``: on what the term of a
    public notice rests. ``endings``: how a letter can end, with
    the words of the day and of the button.
    """

    case_number: str
    servings: tuple[ServingView, ...]
    form: ServingForm | None
    today: date
    public_days: int | None
    public_note: Title | None
    endings: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingPage:
    """``desk/serving.html``: the form again, with what was wrong."""

    case_number: str
    content: ServingsView


def panel(case: Case, access: Access) -> Panel | None:
    """The card; left out where nothing was served and this officer may not."""
    content = _view(case, access.actor, servings=list(acts.servings_of(case, access)))
    if not content.servings and content.form is None:
        return None
    return Panel(title=Title(zh="送达", en="Official delivery"), template="desk/_servings.html", content=content)


@officer_only
@require_POST
def serve(request: HttpRequest, number: str) -> HttpResponse:
    """Record a serving; what is missing is told at its field, with what was filled in."""
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    case = _case(officer, number)
    form = ServingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            entry = acts.serve(case, _given(form.cleaned_data), by=officer)
        except NotServed as refusal:
            form.add_error(FIELDS.get(refusal.fault), label(refusal.fault))
        else:
            messages.success(request, _recorded(entry))
            return redirect("desk:case", number=number)
    page = ServingPage(case_number=number, content=_view(case, officer, form))
    return show(request, "desk/serving.html", page, status=422)


@officer_only
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter was received or came back, or an entry was wrong."""
    officer = officer_of(request)
    demand(officer, Action.CASE_ACT, officer.works_for)
    entry = _serving(officer, pk)
    kind = request.POST.get("kind", "")
    if kind not in ServingNoteKind.values:
        raise Http404
    try:
        on = date.fromisoformat(request.POST["on"]) if request.POST.get("on") else None
    except ValueError:
        on = None
    try:
        acts.note(entry, ServingNoteKind(kind), on=on, reason=request.POST.get("reason", ""), by=officer)
    except NotServed as refusal:
        messages.error(request, _("没有办成：%(why)s") % {"why": label(refusal.fault)})
    else:
        messages.success(request, _("已登记：%(what)s。") % {"what": ServingNoteKind(kind).label})
    return redirect("desk:case", number=entry.case.number)


@officer_only
@require_safe
@gives_file
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The scanned proof, as a file."""
    entry = _serving(officer_of(request), pk)
    found = acts.proof_of(entry, access_of(request, Purpose.CASE, entry.case.number))
    if found is None:
        raise Http404
    name = f"{entry.case.number}-送达回证-{entry.pk}.{ENDINGS[found.media_type]}"
    return file_download(name, bytes(found.content), found.media_type)


def _case(officer: Account, number: str) -> Case:
    try:
        return case_for(officer, number)
    except Case.DoesNotExist:
        raise Http404 from None


def _serving(officer: Account, pk: int) -> Serving:
    demand(officer, Action.CASE_READ, officer.works_for)
    seen = visible_to(officer).values("pk")
    found = Serving.objects.select_related("case__owner", "case__handler").filter(pk=pk, case__in=seen).first()
    if found is None:
        raise Http404
    return found


def _given(filled: Mapping[str, object]) -> acts.Given:
    upload = filled.get("proof")
    on = filled["on"]
    return acts.Given(
        way=str(filled["way"]),
        on=on if isinstance(on, date) else None,
        document=str(filled["document"]),
        tracking=str(filled["tracking"]),
        has_consent=bool(filled["has_consent"]),
        # One byte too many is enough to know that it is too large.
        proof=upload.read(acts.LARGEST_PROOF + 1) if isinstance(upload, UploadedFile) else b"",
    )


def _recorded(entry: Serving) -> str:
    if entry.served_on is None:
        return _("已登记送达。收到回执后，再登记签收日期。")
    return _("已登记送达，送达日期 %(on)s。") % {"on": entry.served_on.isoformat()}


def _view(
    case: Case, officer: Account, form: ServingForm | None = None, *, servings: Sequence[Serving] = ()
) -> ServingsView:
    today = timezone.localdate()
    proven = acts.with_proof(servings) if servings else set()
    may = acts.may_serve(officer, case)
    try:
        rule = acts.public_days(today)
    except NotServed:
        rule = None
    return ServingsView(
        case_number=case.number,
        servings=tuple(_shown(each, today, each.pk in proven) for each in servings),
        form=(form or ServingForm(initial={"on": today})) if may else None,
        today=today,
        public_days=rule.count if rule else None,
        public_note=rule.line.note if rule and not rule.is_law else None,
        endings=(
            (ServingNoteKind.RECEIVED, _("签收日期"), _("登记签收")),
            (ServingNoteKind.RETURNED, _("退件日期"), _("登记退件")),
        ),
    )


def _shown(entry: Serving, today: date, has_proof: bool) -> ServingView:
    served_on = acts.served_on(entry)
    return ServingView(
        pk=entry.pk,
        document=entry.document_name,
        document_code=entry.document.code if entry.document else "",
        way=str(Way(entry.way).label),
        on=entry.on,
        served_on=served_on,
        state=_state(entry, served_on, today),
        tracking=entry.tracking,
        days=entry.days,
        by=f"{entry.department.short_name} {entry.by.display_name}",
        at=entry.at,
        notes=tuple(
            NoteView(
                words=str(ServingNoteKind(each.kind).label), on=each.on, reason=each.reason, by=each.by.display_name
            )
            for each in entry.notes.all()
        ),
        has_proof=has_proof,
    )


def _state(entry: Serving, served_on: date | None, today: date) -> str:
    if acts.is_void(entry):
        return "void"
    if served_on is not None:
        return "served" if served_on <= today else "waits"
    return "returned" if entry.notes.all() else "under_way"
