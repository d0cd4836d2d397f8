"""The class of one enterprise with every reason; proposing another for a time. And who moved between two runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.adjusting import KIND, NotOpened, of, propose
from rongxin.classification.explaining import NotClassified, Past, Unexplained, history_of
from rongxin.classification.listing import Comparison, compare
from rongxin.classification.models import Adjustment, DecidedWith, Run, Use
from rongxin.classification.reading import Held, held
from rongxin.classification.running import newest_run
from rongxin.classification.telling import read_of, told_of
from rongxin.classification.using import KIND as USING
from rongxin.classification.using import current, in_preview, uses_of
from rongxin.departments.regions import stem
from rongxin.desk.case_panels import Looks, ManyTold, Panel, Place, add_panel, show_as
from rongxin.desk.class_matrix import Rows, rows_of
from rongxin.desk.classes import reader_of
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.disclosure.subjects import industry_name, region_name
from rongxin.engine.risk.results import ResultsDamaged
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Subject
from rongxin.ui.class_card import AdjustmentCard, ClassCard, class_card
from rongxin.ui.labels import label
from rongxin.ui.parts import Tab
from rongxin.workflow.models import Case
from rongxin.workflow.statements import LONGEST, BadWords

MOST_MOVED: Final = 40
DECISIONS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFirmPage:
    """``desk/class_firm.html``. ``card`` None: ``why`` says why there is none. ``held``: the class that holds today."""

    firm: Subject
    region: str
    industry: str
    run: Run
    use: Use | None
    is_in_use: bool
    is_preview: bool
    tabs: tuple[Tab, ...]
    card: ClassCard | None
    why: str
    held: Held | None
    history: tuple[Past, ...]
    adjustments: tuple[Adjustment, ...]
    decided: tuple[DecidedWith, ...]
    may_adjust: bool


class ProposeForm(forms.Form):
    """Why another class shall hold."""

    statement = forms.CharField(
        label=gettext_lazy("为什么要调整"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "写明事实和来源，不写个人。提出以后由经办人拟定类别和期限，另一人批准；企业会看到理由。"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposePage:
    """``desk/class_propose.html``."""

    firm: Subject
    form: ProposeForm
    back_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLine:
    """An enterprise that moved."""

    firm: Subject
    before: str
    after: str
    points_before: int | None
    points_after: int | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """An indicator that moved enterprises: of how many the points differ, and by how much in all."""

    title: Title
    number: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonCard:
    """``desk/class_compare.html``. ``rows``: each class before, and how many of it went to each other class."""

    before: Run
    after: Run
    comparison: Comparison
    rows: Rows
    indicators: tuple[IndicatorLine, ...]
    moved: tuple[MovedLine, ...]
    same_rules: bool


@officer_only
@require_safe
def detail(request: HttpRequest, uscc: str) -> HttpResponse:
    """Why an enterprise has its class: in the run in use, or in another that is named."""
    officer, policy = reader_of(request), rulebook.current()
    firm = _firm(officer, uscc)
    runs = _runs()
    run = next((each for each in runs if each.name == request.GET.get("run")), next(iter(runs), None))
    if run is None:
        raise Http404
    use = uses_of([run]).get(run.pk)
    card, why = _card(run, firm, access_of(request, Purpose.SUPERVISION))
    page = ClassFirmPage(
        firm=firm,
        region=region_name(firm.region, policy),
        industry=industry_name(firm.industry, policy),
        run=run,
        use=use,
        is_in_use=bool(use and use.is_current),
        is_preview=bool(use and use.case.state == "preview"),
        tabs=tuple(_tabs(runs, run, firm)) if len(runs) > 1 else (),
        card=card,
        why=why,
        held=held([firm.pk], timezone.localdate()).get(firm.pk),
        history=tuple(history_of(firm)),
        adjustments=tuple(Adjustment.objects.select_related("case").filter(subject=firm).order_by("-pk")),
        decided=tuple(_decided(firm)),
        may_adjust=bool(use and card and officer.may(Action.CLASS_KEEP, officer.works_for)),
    )
    return show(request, "desk/class_firm.html", page)


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
def adjust(request: HttpRequest, uscc: str) -> HttpResponse:
    """Propose that another class shall hold of an enterprise for a time."""
    officer = officer_of(request)
    demand(officer, Action.CLASS_KEEP, officer.works_for)
    firm, use = _firm(officer, uscc), current() or in_preview()
    if use is None:
        raise Http404
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = propose(firm, use, form.cleaned_data["statement"], by=officer)
        except BadWords as bad:
            form.add_error("statement", label(bad.fault))
        except NotOpened as refused:
            form.add_error(None, label(refused.bar))
        else:
            messages.success(request, _("已提出。经办人拟定类别和期限以后，由另一人批准。"))
            return redirect("desk:case", number=found.case.number)
    page = ProposePage(firm=firm, form=form, back_url=reverse("desk:class_firm", args=[firm.uscc]))
    return show(request, "desk/class_propose.html", page, status=422 if form.errors else 200)


@officer_only
@require_safe
def compared(request: HttpRequest, before: str, after: str) -> HttpResponse:
    """Who moved between two runs, and by which indicators."""
    reader_of(request)
    found = {each.name: each for each in Run.objects.exclude(finished_at=None).filter(name__in=(before, after))}
    if set(found) != {before, after}:
        raise Http404
    try:
        card = _comparison(found[before], found[after], access_of(request, Purpose.SUPERVISION))
    except (FileNotFoundError, ResultsDamaged):
        raise Http404 from None
    return show(request, "desk/class_compare.html", card)


def add_to_cases() -> None:
    """Cases of use say who moves; cases about a class say which and why."""
    add_panel(USING, _use_panel)
    show_as(USING, Looks(many_told=_many_told))
    add_panel(KIND, _adjustment_panel)


def _firm(officer: Account, uscc: str) -> Subject:
    """The enterprise, if it is of a region of the officer; it is not found otherwise, as if there were none."""
    firm = Subject.objects.select_related("merged_into").filter(uscc=uscc).first()
    firm = firm and (firm.merged_into or firm)
    if firm is None or not firm.region.startswith(stem(officer.works_for.region)):
        raise Http404
    return firm


def _decided(firm: Subject) -> Iterable[DecidedWith]:
    """The newest decisions about it, with the class at the time."""
    return DecidedWith.objects.select_related("event__case").filter(subject=firm).order_by("-pk")[:DECISIONS]


def _runs() -> dict[Run, Title]:
    """The run in use, the one in preview, the newest: each once, by what it is called."""
    named = (
        (current(), Title(zh="正在使用", en="In use")),
        (in_preview(), Title(zh="申诉期内", en="In preview")),
    )
    found = {use.run: title for use, title in named if use}
    newest = newest_run()
    if newest is not None:
        found.setdefault(newest, Title(zh="最近一次", en="Newest"))
    return found


def _tabs(runs: dict[Run, Title], chosen: Run, firm: Subject) -> Iterable[Tab]:
    address = reverse("desk:class_firm", args=[firm.uscc])
    for run, title in runs.items():
        yield Tab(label=title, url=f"{address}?run={run.name}", is_current=run == chosen)


def _card(run: Run, firm: Subject, access: Access) -> tuple[ClassCard | None, str]:
    try:
        return class_card(run, firm, access, lambda number: reverse("desk:kept_record", args=[number])), ""
    except NotClassified:
        return None, _("这个主体没有分类：个体工商户从不分类；计算以后才登记的，下一次计算才有。")
    except (Unexplained, FileNotFoundError, ResultsDamaged):
        return None, _("这次计算的快照已经清理，逐项来源不再显示；类别和分值见历史。")


def _comparison(before: Run, after: Run, access: Access) -> ComparisonCard:
    """By name only enterprises of the officer's own region, each of which learns that its class was looked at."""
    found = compare(before, after, most=MOST_MOVED)
    policies = [rulebook.by_digest(each.policy_digest) for each in (after, before)]
    titles = {name: each.title for policy in reversed(policies) for name, each in policy.indicators.items()}
    its = Subject.objects.filter(region__startswith=stem(access.actor.works_for.region))
    firms = {each.pk: each for each in its.filter(pk__in=[each.subject for each in found.sample])}
    access.look((each.uscc for each in firms.values()), "class")
    return ComparisonCard(
        before=before,
        after=after,
        comparison=found,
        rows=rows_of(found.moves),
        indicators=tuple(
            IndicatorLine(title=titles.get(name, Title(zh=name, en=name)), number=number, points=points)
            for name, (number, points) in found.indicators.items()
        ),
        moved=tuple(
            MovedLine(
                firm=firms[each.subject],
                before=each.before.value if each.before else "",
                after=each.after.value if each.after else "",
                points_before=each.points_before,
                points_after=each.points_after,
                url=f"{reverse('desk:class_firm', args=[firms[each.subject].uscc])}?run={after.name}",
            )
            for each in found.sample
            if each.subject in firms
        ),
        same_rules=before.policy_digest == after.policy_digest,
    )


def _use_panel(case: Case, access: Access) -> Panel | None:
    """What coming into use would change, beside the run in use; how many have which class where none is."""
    use = Use.objects.select_related("run").get(case=case)
    now = current()
    title = Title(zh="启用以后的变动", en="What its use would change")
    if now is None or now.run == use.run:
        return Panel(title=title, template="desk/_class_first.html", content=use.run, place=Place.TOP)
    try:
        card = _comparison(now.run, use.run, access)
    except (FileNotFoundError, ResultsDamaged):
        return None
    return Panel(title=title, template="desk/_class_moves.html", content=card, place=Place.TOP)


def _many_told(case: Case) -> ManyTold | None:
    use = Use.objects.get(case=case)
    if use.told_at is None:
        return None
    title = Title(zh="类别将变差的企业", en="Enterprises whose class becomes worse")
    return ManyTold(title=title, at=use.told_at, number=told_of(use), read=read_of(use))


def _adjustment_panel(case: Case, _access: Access) -> Panel:
    adjustment = of(case)
    url = f"{reverse('desk:class_firm', args=[adjustment.subject.uscc])}?run={adjustment.run.name}"
    content = AdjustmentCard(adjustment=adjustment, url=url, shows_answer=True)
    return Panel(title=Title(zh="申诉的分类", en="The class"), template="ui/_adjustment.html", content=content)
