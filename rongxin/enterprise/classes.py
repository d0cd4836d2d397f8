"""本企业的风险分类: the class with every reason, before it is used and while it is; objecting to it; nobody else sees it."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.access import Access
from rongxin.accounts.permissions import Action
from rongxin.classification.adjusting import KIND, NotOpened, object_to, of
from rongxin.classification.explaining import NotClassified, Past, Unexplained, history_of
from rongxin.classification.models import Adjustment, Use
from rongxin.classification.reading import Held, held
from rongxin.classification.using import current, in_preview
from rongxin.disclosure.subjects import industry_name, region_name
from rongxin.engine.risk.results import ResultsDamaged
from rongxin.enterprise.applying import StatementForm
from rongxin.enterprise.case_panels import Panel, add_panel
from rongxin.enterprise.cases import address
from rongxin.enterprise.frame import access_of, demanded, enterprise_only, login_of, show
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.models import Subject
from rongxin.ui.class_card import AdjustmentCard, ClassCard, class_card
from rongxin.ui.evidence import attach_all
from rongxin.ui.labels import label
from rongxin.ui.parts import Tab
from rongxin.workflow.models import Case
from rongxin.workflow.statements import BadWords


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPage:
    """``enterprise/class.html``. ``use`` None: nothing is shown or used yet. ``preview_until``: the last day for objecting
    before it is used. ``objection``: that of the enterprise against this run, if any.
    """

    firm: Subject
    industry: str
    region: str
    use: Use | None
    preview_until: date | None
    tabs: tuple[Tab, ...]
    card: ClassCard | None
    held: Held | None
    history: tuple[Past, ...]
    objection: Adjustment | None
    objection_url: str
    may_object: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPage:
    """``enterprise/class_object.html``. ``days``: working days for the answer."""

    name: str
    uscc: str
    form: StatementForm
    days: int | None


@enterprise_only
@require_safe
def detail(request: HttpRequest, uscc: str) -> HttpResponse:
    """The class of the enterprise, the one it may still object to first."""
    mandate, policy = demanded(request, uscc, Action.CLASS_OBJECT), rulebook.current()
    firm, uses = mandate.firm, _uses()
    use = next((each for each in uses if each.run.name == request.GET.get("run")), uses[0] if uses else None)
    objection = _objection(firm, use) if use else None
    page = ClassPage(
        firm=firm,
        industry=industry_name(firm.industry, policy),
        region=region_name(firm.region, policy),
        use=use,
        preview_until=use.case.due_on if use and not use.is_current else None,
        tabs=tuple(_tab(each, use, uscc) for each in uses) if len(uses) > 1 else (),
        card=_card(request, use, mandate) if use else None,
        held=held([firm.pk], timezone.localdate()).get(firm.pk),
        history=tuple(history_of(firm)),
        objection=objection,
        objection_url=address(uscc, objection.case) if objection else "",
        may_object=bool(use and (objection is None or objection.case.state == "withdrawn")),
    )
    return show(request, "enterprise/class.html", page, firm=uscc)


@enterprise_only
@require_http_methods(["GET", "HEAD", "POST"])
def object_(request: HttpRequest, uscc: str, name: str) -> HttpResponse:
    """Object to the class of one run."""
    mandate = demanded(request, uscc, Action.CLASS_OBJECT)
    use = next((each for each in _uses() if each.run.name == name), None)
    if use is None:
        raise Http404
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = object_to(use, form.cleaned_data["statement"], by=mandate)
        except BadWords as bad:
            form.add_error("statement", label(bad.fault))
        except NotOpened as refused:
            form.add_error(None, label(refused.bar))
        else:
            messages.success(request, _("已经提出。答复以前，这次的类别不对本企业使用。"))
            attach_all(request, found.case, login_of(request))
            return redirect(address(uscc, found.case))
    days = rulebook.current().value("risk/objection_days", timezone.localdate()).count
    page = ObjectPage(name=mandate.firm.name, uscc=uscc, form=form, days=days)
    return show(request, "enterprise/class_object.html", page, firm=uscc, status=422 if form.errors else 200)


def _uses() -> list[Use]:
    """What the enterprises are being shown, and what is in use."""
    return [each for each in (in_preview(), current()) if each]


def _tab(use: Use, chosen: Use | None, uscc: str) -> Tab:
    title = Title(zh="正在使用", en="In use") if use.is_current else Title(zh="将要启用", en="To be used")
    url = f"{reverse('enterprise:class', args=[uscc])}?run={use.run.name}"
    return Tab(label=title, url=url, is_current=use == chosen)


def _card(request: HttpRequest, use: Use, mandate: Mandate) -> ClassCard | None:
    def record(number: str) -> str:
        return reverse("enterprise:record", args=[mandate.firm.uscc, number])

    try:
        return class_card(use.run, mandate.firm, access_of(request), record)
    except (NotClassified, Unexplained, FileNotFoundError, ResultsDamaged):
        return None


def _objection(firm: Subject, use: Use) -> Adjustment | None:
    found = Adjustment.objects.select_related("case").filter(subject=firm, run=use.run, applied_by__isnull=False)
    return found.order_by("-pk").first()


def add_to_cases() -> None:
    """Cases about a class say which, and the answer once it is given."""
    add_panel(KIND, _panel)


def _panel(case: Case, _access: Access) -> Panel:
    adjustment = of(case)
    url = f"{reverse('enterprise:class', args=[adjustment.subject.uscc])}?run={adjustment.run.name}"
    content = AdjustmentCard(adjustment=adjustment, url=url, shows_answer=case.state == "decided")
    return Panel(title=Title(zh="申诉的分类", en="The class"), template="ui/_adjustment.html", content=content)
