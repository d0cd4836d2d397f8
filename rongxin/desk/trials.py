"""试算影响: what a draft of rules would do to the classes, beside its case and on a page of its own, for both who decide."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand
from rongxin.classification.models import Trial
from rongxin.classification.running import is_classified_by
from rongxin.classification.trying import FAILURES, NothingToTry, ask, changed_days
from rongxin.desk.case import own_case
from rongxin.desk.case_panels import Panel, Place, address
from rongxin.desk.classes import GRADES
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.desk.trial_cards import CaseLine, ResultCard, cases_of, result_of
from rongxin.engine.risk.simulating import Simulation
from rongxin.governance.rules.models import RuleDraft
from rongxin.governance.rules.workflow import KIND
from rongxin.jobs.models import Run
from rongxin.jobs.queries import ended_without_answer, run_state
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.downloads import csv_download, file_download
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow.models import Case
from rongxin.workflow.queries import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCard:
    """``desk/_trial.html``. ``trial`` None: nobody asked yet. ``job``: its background work; ``result``: once there is one.

    ``days``: on which the draft begins to reckon otherwise; tried is the first. ``ask_number``: of the case at which it may be
    asked for, empty where it may not. ``why_not``: why the draft cannot be tried.
    """

    trial: Trial | None
    job: Run | None = None
    result: ResultCard | None = None
    days: tuple[date, ...] = ()
    today: date
    ask_number: str = ""
    why_not: str = ""

    @property
    def later_days(self) -> str:
        """On which the draft reckons in another way again."""
        return "、".join(each.isoformat() for each in self.days[1:])

    @property
    def is_running(self) -> bool:
        """Somebody asked, and it is neither over nor given up."""
        return bool(self.trial and self.trial.finished_at is None and not self.has_given_up)

    @property
    def has_given_up(self) -> bool:
        """Its work ended without an answer; it can be asked for again."""
        is_open = bool(self.trial and self.trial.finished_at is None)
        return is_open and ended_without_answer(self.job)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    """``desk/trial.html``. ``case``: of the draft, if whoever looks sees it."""

    card: TrialCard
    cases: tuple[CaseLine, ...]
    case: Case | None
    case_url: str


def panel(case: Case, access: Access) -> Panel | None:
    """What the draft of a case would do to the classes; None where it changes nothing of them."""
    officer = access.actor
    if not officer.may(Action.CLASS_READ, officer.works_for):
        return None
    found = RuleDraft.objects.defer("sources").get(case=case)
    trial = Trial.objects.filter(rules=found.base, draft=found.digest).order_by("-asked_at", "-pk").first()
    is_standing = case.is_open and found.base == rulebook.current().digest
    if trial is None and not is_standing:
        return None
    today, rules = timezone.localdate(), rulebook.by_digest(found.base)
    draft, days, why_not = Policy.from_canonical(found.content), tuple[date, ...](), ""
    if is_standing:
        try:
            days = changed_days(rules, draft, today)
        except tuple(FAILURES) as stopped:
            if not is_classified_by(rules, today):
                return None
            why_not = str(FAILURES[type(stopped)].label)
        if not days and not why_not and trial is None:
            return None
    may_ask = bool(days) and any(
        officer.may(action, officer.works_for) for action in (Action.RULE_DRAFT, Action.RULE_RELEASE)
    )
    return Panel(
        title=Title(zh="对分类的影响", en="What it does to the classes"),
        template="desk/_trial_panel.html",
        content=_card(trial, rules, draft, days=days, ask_number=case.number if may_ask else "", why_not=why_not),
        place=Place.TOP,
    )


@officer_only
@require_POST
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Have the draft of a case tried; the answer is its page."""
    officer = officer_of(request)
    demand(officer, Action.CLASS_READ, officer.works_for)
    if not officer.may(Action.RULE_RELEASE, officer.works_for):
        demand(officer, Action.RULE_DRAFT, officer.works_for)
    case = own_case(request, number)
    found = RuleDraft.objects.defer("sources").filter(case=case).first() if case.kind == KIND else None
    if found is None:
        raise Http404
    if not case.is_open or found.base != rulebook.current().digest:
        messages.error(request, _("草案已经办结，或者比较之后规则又有变动，不再试算。"))
        return redirect(address(case))
    try:
        ask(Policy.from_canonical(found.content), by=officer)
    except NothingToTry:
        messages.error(request, _("草案不改变分类，不用试算。"))
    except tuple(FAILURES) as stopped:
        messages.error(request, str(FAILURES[type(stopped)].label))
    return redirect(f"{address(case)}#trial")


@officer_only
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a trial, with a sample of those who would move; looking at these is logged."""
    trial, officer = _own(request, pk), officer_of(request)
    rules, draft = rulebook.by_digest(trial.rules), Policy.from_canonical(trial.content)
    case = _case_of(trial, officer)
    cases: tuple[CaseLine, ...] = ()
    if trial.finished_at and trial.report:
        access = access_of(request, Purpose.SUPERVISION, case.number if case else "")
        cases = cases_of(Simulation.of_json(trial.report), rules, draft, access)
    page = TrialPage(card=_card(trial, rules, draft), cases=cases, case=case, case_url=address(case) if case else "")
    return show(request, "desk/trial.html", page)


@officer_only
@require_safe
def as_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The report for machines: all numbers, no enterprise."""
    trial = _finished(request, pk)
    numbers = replace(Simulation.of_json(trial.report), cases=())
    return file_download(f"trial-{trial.pk}-{trial.day}.json", numbers.json().encode(), "application/json")


@officer_only
@require_safe
def as_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """How many have each class before and after: all, and by region, section of industry and size."""
    trial = _finished(request, pk)
    rules, draft = rulebook.by_digest(trial.rules), Policy.from_canonical(trial.content)
    result = result_of(Simulation.of_json(trial.report), rules, draft)
    grades = [grade.value.upper() for grade in GRADES]
    heads = (
        _("分组"),
        _("名称"),
        *(_("现行 %(grade)s") % {"grade": each} for each in grades),
        *(_("草案 %(grade)s") % {"grade": each} for each in grades),
        _("变差"),
        _("变好"),
    )
    return csv_download(f"trial-{trial.pk}-{trial.day}.csv", heads, _rows(result))


def _rows(result: ResultCard) -> Iterator[tuple[object, ...]]:
    yield (_("全部"), "", *result.before, *result.after, result.moves.up, result.moves.down)
    for grouping in result.groupings:
        for line in grouping.lines:
            yield (lang(grouping.title), line.name, *line.before, *line.after, line.up, line.down)


def _card(
    trial: Trial | None,
    rules: Policy,
    draft: Policy,
    *,
    days: tuple[date, ...] = (),
    ask_number: str = "",
    why_not: str = "",
) -> TrialCard:
    report = trial.report if trial and trial.finished_at else ""
    return TrialCard(
        trial=trial,
        job=run_state(trial.run) if trial and trial.run and trial.finished_at is None else None,
        result=result_of(Simulation.of_json(report), rules, draft) if report else None,
        days=days,
        today=timezone.localdate(),
        ask_number=ask_number,
        why_not=why_not,
    )


def _own(request: HttpRequest, pk: int) -> Trial:
    officer = officer_of(request)
    demand(officer, Action.CLASS_READ, officer.works_for)
    trial = Trial.objects.filter(pk=pk).first()
    if trial is None:
        raise Http404
    return trial


def _finished(request: HttpRequest, pk: int) -> Trial:
    trial = _own(request, pk)
    if trial.finished_at is None or not trial.report:
        raise Http404
    return trial


def _case_of(trial: Trial, officer: Account) -> Case | None:
    """The newest case with this draft, if the officer sees it."""
    drafts = RuleDraft.objects.defer("sources", "content").filter(base=trial.rules, digest=trial.draft)
    number = drafts.order_by("-pk").values_list("case__number", flat=True).first()
    return visible_to(officer).filter(number=number).first() if number else None
