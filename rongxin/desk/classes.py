"""风险分类: the run in use, the one in preview, the newest; how many enterprises have which class; making and using a run."""

from dataclasses import dataclass
from typing import Final, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.jobs import classify_in_full
from rongxin.classification.listing import every_one, listed
from rongxin.classification.models import Run, Use
from rongxin.classification.reading import Held, held
from rongxin.classification.running import newest_run
from rongxin.classification.using import NotProposed, current, in_preview, propose, uses_of
from rongxin.departments.regions import stem
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.disclosure.subjects import region_name
from rongxin.policy.indicator_words import CLASS_TITLES
from rongxin.policy.indicators import RiskClass
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.models import Scale, Subject
from rongxin.ui.downloads import csv_download
from rongxin.ui.parts import Tab
from rongxin.ui.templatetags.rongxin import lang

PAGE_SIZE: Final = 20
RUNS_SHOWN: Final = 12
GRADES: Final = tuple(RiskClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeLine:
    """How many have a class."""

    grade: RiskClass
    title: Title
    number: int
    share: float
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyLine:
    """How many have each class, of one region, section or size."""

    name: str
    numbers: tuple[int, ...]

    @property
    def whole(self) -> int:
        return sum(self.numbers)

    @property
    def higher(self) -> float:
        """The share of c and d."""
        return (self.numbers[2] + self.numbers[3]) / self.whole if self.whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run in a list. ``use``: if it was proposed; ``compare_url``: to what it is compared, empty where there is nothing."""

    run: Run
    use: Use | None
    compare_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesPage:
    """``desk/classes.html``. ``shown``: whose numbers stand there; None where there is no run at all."""

    shown: Run | None
    use: Use | None
    preview: Use | None
    newest: Run | None
    region: str
    grades: tuple[GradeLine, ...]
    regions: tuple[TallyLine, ...]
    industries: tuple[TallyLine, ...]
    scales: tuple[TallyLine, ...]
    runs: tuple[RunLine, ...]
    may_keep: bool
    is_running: bool
    may_propose: bool

    @property
    def whole(self) -> int:
        return sum(self.numbers)

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(each.number for each in self.grades)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """An enterprise in a list. ``held``: the class that holds of it."""

    firm: Subject
    region: str
    points: int
    held: Held | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassListPage:
    """``desk/class_list.html``."""

    run: Run
    is_in_use: bool
    grade: RiskClass
    title: Title
    tabs: tuple[Tab, ...]
    lines: Page[FirmLine]
    is_gone: bool


@officer_only
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How many have which class, and what is under way."""
    officer, policy = reader_of(request), rulebook.current()
    use, preview, newest = current(), in_preview(), newest_run()
    shown = use.run if use else preview.run if preview else newest
    runs = _runs(use)
    page = ClassesPage(
        shown=shown,
        use=use,
        preview=preview,
        newest=newest,
        region=region_name(officer.works_for.region, policy),
        grades=_grades(shown, officer) if shown else (),
        regions=_tallies(shown, "region", officer, policy) if shown else (),
        industries=_tallies(shown, "industry", officer, policy) if shown else (),
        scales=_tallies(shown, "scale", officer, policy) if shown else (),
        runs=runs,
        may_keep=officer.may(Action.CLASS_KEEP, officer.works_for),
        is_running=Run.objects.filter(finished_at=None).exists(),
        may_propose=bool(newest and newest.before is None and not any(each.use for each in runs if each.run == newest)),
    )
    return show(request, "desk/classes.html", page)


@officer_only
@require_safe
def listing(request: HttpRequest, grade: str) -> HttpResponse:
    """The enterprises of a class, the most points first; each enterprise learns that its class was looked at."""
    officer, chosen = reader_of(request), _grade(grade)
    run, is_in_use = _shown_run()
    numbers = _numbers(run, officer)
    asked, whole = request.GET.get("page"), numbers[GRADES.index(chosen)]
    pages = Paginator(range(whole), PAGE_SIZE)
    at = pages.get_page(asked)
    lines: list[FirmLine] = []
    try:
        found = listed(run, chosen, _prefix(officer), offset=max(at.start_index() - 1, 0), limit=PAGE_SIZE)
        lines = _lines(found.points, rulebook.current())
        access_of(request, Purpose.SUPERVISION).look((line.firm.uscc for line in lines), "class")
        is_gone = False
    except FileNotFoundError:
        is_gone = True
    page = ClassListPage(
        run=run,
        is_in_use=is_in_use,
        grade=chosen,
        title=CLASS_TITLES[chosen],
        tabs=tuple(
            Tab(
                label=CLASS_TITLES[each],
                url=reverse("desk:class_list", args=[each.value]),
                is_current=each == chosen,
                number=numbers[GRADES.index(each)],
            )
            for each in GRADES
        ),
        lines=Page(lines, at.number, cast("Paginator[FirmLine]", pages)),
        is_gone=is_gone,
    )
    return show(request, "desk/class_list.html", page)


@officer_only
@require_safe
def listing_csv(request: HttpRequest, grade: str) -> HttpResponse:
    """The same as CSV, all of them."""
    officer, chosen = reader_of(request), _grade(grade)
    run, _is_in_use = _shown_run()
    policy = rulebook.current()
    found = dict(every_one(run, chosen, _prefix(officer)))
    heads = (_("统一社会信用代码"), _("名称"), _("地区"), _("类别"), _("分值"), _("计算日"))
    firms = list(Subject.objects.filter(pk__in=found).order_by("pk"))
    access_of(request, Purpose.SUPERVISION).look((each.uscc for each in firms), "class", act="export")
    rows = (
        (each.uscc, each.name, region_name(each.region, policy), chosen.value.upper(), found[each.pk], run.day)
        for each in firms
    )
    return csv_download(f"classes-{chosen.value}-{run.day}.csv", heads, rows)


@officer_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a run in full, as of today."""
    officer = officer_of(request)
    demand(officer, Action.CLASS_KEEP, officer.works_for)
    classify_in_full.enqueue(key="desk")
    messages.success(request, _("已经开始计算，完成以后出现在这一页。计算不影响正在使用的分类。"))
    return redirect("desk:classes")


@officer_only
@require_POST
def use(request: HttpRequest, name: str) -> HttpResponse:
    """Propose a run for use."""
    run = Run.objects.exclude(finished_at=None).filter(name=name).first()
    if run is None:
        raise Http404
    try:
        proposed = propose(run, by=officer_of(request))
    except NotProposed as refused:
        messages.error(request, lang(refused.words))
        return redirect("desk:classes")
    messages.success(request, _("已提请启用，请另一位同事复核。"))
    return redirect("desk:case", number=proposed.case.number)


def reader_of(request: HttpRequest) -> Account:
    """The officer, who may look at classes; raises PermissionDenied."""
    officer = officer_of(request)
    demand(officer, Action.CLASS_READ, officer.works_for)
    return officer


def _prefix(officer: Account) -> str:
    """The regions whose enterprises the officer sees."""
    return stem(officer.works_for.region)


def _grade(text: str) -> RiskClass:
    try:
        return RiskClass(text)
    except ValueError:
        raise Http404 from None


def _shown_run() -> tuple[Run, bool]:
    use = current()
    run = use.run if use else newest_run()
    if run is None:
        raise Http404
    return run, use is not None


def _numbers(run: Run, officer: Account) -> list[int]:
    """How many have each class in the regions of the officer."""
    prefix = _prefix(officer)
    told = [numbers for region, numbers in run.tallies.get("region", {}).items() if region.startswith(prefix)]
    return [sum(each) for each in zip(*told, strict=True)] or [0] * len(GRADES)


def _grades(run: Run, officer: Account) -> tuple[GradeLine, ...]:
    numbers = _numbers(run, officer)
    return tuple(
        GradeLine(
            grade=grade,
            title=CLASS_TITLES[grade],
            number=number,
            share=number / max(sum(numbers), 1),
            url=reverse("desk:class_list", args=[grade.value]),
        )
        for grade, number in zip(GRADES, numbers, strict=True)
    )


def _tallies(run: Run, name: str, officer: Account, policy: Policy) -> tuple[TallyLine, ...]:
    """By region those of the officer; by industry and size all, for whoever looks at a whole city or province."""
    told, prefix = run.tallies.get(name, {}), _prefix(officer)
    if name == "region":
        told = {word: numbers for word, numbers in told.items() if word.startswith(prefix)}
    elif any(not word.startswith(prefix) for word in run.tallies.get("region", {}) if word):
        return ()
    lines = (TallyLine(name=group_name(name, word, policy), numbers=tuple(numbers)) for word, numbers in told.items())
    return tuple(sorted(lines, key=lambda each: -each.whole))


def group_name(name: str, word: str, policy: Policy) -> str:
    """What a ``region``, a section of ``industry`` or a ``scale`` of a tally is called; an empty word: it is not known."""
    match name:
        case "region":
            return region_name(word, policy) or word or _("没有登记地区")
        case "industry":
            return next((lang(each.title) for each in policy.industries if each.code == word), _("没有行业代码"))
    return str(Scale(word).label) if word else _("没有登记规模")


def _runs(use: Use | None) -> tuple[RunLine, ...]:
    runs = list(Run.objects.exclude(finished_at=None).filter(before=None).order_by("-pk")[:RUNS_SHOWN])
    uses = uses_of(runs)
    return tuple(
        RunLine(
            run=run,
            use=uses.get(run.pk),
            compare_url=reverse("desk:class_compare", args=[use.run.name, run.name]) if use and use.run != run else "",
        )
        for run in runs
    )


def _lines(points: dict[int, int], policy: Policy) -> list[FirmLine]:
    firms = {each.pk: each for each in Subject.objects.filter(pk__in=points)}
    holding = held(list(points), timezone.localdate())
    return [
        FirmLine(
            firm=firms[key],
            region=region_name(firms[key].region, policy),
            points=number,
            held=holding.get(key),
            url=reverse("desk:class_firm", args=[firms[key].uscc]),
        )
        for key, number in points.items()
        if key in firms
    ]
