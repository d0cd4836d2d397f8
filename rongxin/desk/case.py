"""The page of one case: where it stands, what is due when, what this officer can do, what happened. Read from the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rongxin.accounts.models import Account
from rongxin.desk import case_words as words
from rongxin.desk.case_panels import Panel, Place, address, looks_of, panels_of
from rongxin.desk.frame import officer_of, officer_only, show
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import ValueInForce
from rongxin.policy.words import Title
from rongxin.rulebook import queries as rulebook
from rongxin.ui.clock import ClockDay, clock_days
from rongxin.ui.language import spoken
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow import clocks
from rongxin.workflow.actions import LONGEST_REASON, Stale, UnknownStep, take_step
from rongxin.workflow.answers import asked
from rongxin.workflow.barring import NotPossible, is_late, is_over
from rongxin.workflow.clocks import Clock, Clocks
from rongxin.workflow.diagram import flow, in_words
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.queries import Possible, case_for, events_of, possible_steps
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Ask, Procedure, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """How a case stands with its term: one of paused, late, over (of a pause), provisional, today, soon, running, none."""

    state: str
    due: date | None = None
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepperItem:
    """One place of the stepper. ``mark`` is done, now or empty."""

    title: Title
    mark: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of an action's form, filled with what was sent before."""

    ask: Ask
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """A step that starts here. ``why_not`` empty: this officer may take it; ``error``: what was wrong when it was tried.
    ``url``: the page of its own on which it is taken; ``told``: what it does to this case.
    """

    step: Step
    leads_to: Title | None
    why_not: str
    fields: tuple[FieldView, ...] = ()
    reason: str = ""
    error: str = ""
    is_ordinary: bool = False
    url: str = ""
    told: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its form is unfolded."""
        return bool(self.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A line of the history. ``counts_for``: the day it counts for, where it was written down later."""

    at: datetime
    text: str
    by: str
    reason: str
    answers: str
    counts_for: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """The clock as a strip of days, with the rule it rests on."""

    title: Title
    days: int
    extended: int
    basis: str
    is_provisional: bool
    is_paused: bool
    cells: tuple[ClockDay, ...]
    note: Title | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """``desk/case.html``. ``seen`` goes with every form: the position of the case at which the page was made. ``waits_for``: who
    must act now.
    """

    number: str
    title: str
    kind_title: Title
    state_title: Title
    is_open: bool
    owner: str
    handler: str
    opened_at: datetime
    time_left: TimeLeft
    is_escalated: bool
    stepper: tuple[StepperItem, ...]
    terms: tuple[TermView, ...]
    actions: tuple[ActionView, ...]
    barred: tuple[ActionView, ...]
    waits_for: str
    events: tuple[EventView, ...]
    panels: Mapping[str, tuple[Panel, ...]]
    drawing: SafeString
    flow_words: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    take_url: str
    seen: int
    today: date
    longest_reason: int = LONGEST_REASON


@officer_only
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case, at the address of its procedure."""
    case = _own(request, number)
    if looks_of(case).route != "desk:case":
        return redirect(address(case))
    return shown(request, case)


def shown(request: HttpRequest, case: Case) -> HttpResponse:
    """The page of a case, for a view that has found it."""
    return show(request, "desk/case.html", _page(officer_of(request), case, request.GET.dict()))


@officer_only
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step. What is missing is told at its form; what somebody else did meanwhile, on the page as it is now."""
    case, given = _own(request, number), request.POST
    try:
        seen = int(given.get("seen", ""))
    except ValueError:
        seen = 0
    return taken(request, case, given.get("step", ""), seen=seen)


def taken(request: HttpRequest, case: Case, name: str, *, seen: int | None) -> HttpResponse:
    """Take the step, and answer as :func:`take`. ``seen`` None: as the case stands now."""
    officer, number, given = officer_of(request), case.number, request.POST
    try:
        event = take_step(number, name, by=officer, seen=seen, reason=given.get("reason", ""), answers=given.dict())
    except UnknownStep:
        raise Http404 from None
    except Stale as late:
        return _told_late(request, officer, late.last)
    except NotPossible as refusal:
        case = _own(request, number)
        step = procedure(case.kind).by_step[name]
        sentence = words.why_not(refusal.barred, step)
        if refusal.barred.bar not in words.IN_THE_FORM:
            messages.error(request, _("没有办成：%(why)s") % {"why": sentence})
            return redirect(address(case))
        page = _page(officer, case, request.GET.dict(), tried=name, error=sentence, given=given)
        return show(request, "desk/case.html", page, status=422)
    messages.success(request, _("已办理：%(step)s。") % {"step": words.told(event)})
    return redirect(address(case))


def _told_late(request: HttpRequest, officer: Account, last: CaseEvent) -> HttpResponse:
    did = {
        "who": words.doer(last),
        "at": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        "step": words.told(last),
    }
    if last.by_id == officer.pk:
        messages.info(request, _("您已在 %(at)s 办理“%(step)s”，没有重复办理。") % did)
    else:
        text = _("没有办理：您打开页面后，%(who)s已在 %(at)s 办理“%(step)s”。请看现在的情况再定。")
        messages.warning(request, text % did)
    return redirect(address(last.case))


def _own(request: HttpRequest, number: str) -> Case:
    try:
        return case_for(officer_of(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def _page(
    officer: Account,
    case: Case,
    asked: Mapping[str, str],
    *,
    tried: str = "",
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> CasePage:
    table, events, policy, today = procedure(case.kind), events_of(case), rulebook.current(), timezone.localdate()
    for event in events:
        event.case = case
    found = possible_steps(case, officer, events)
    views = [_action(each, case, tried, error, given or {}) for each in found]
    panels = panels_of(case, officer, asked)
    past = {event.target for event in events}
    return CasePage(
        number=case.number,
        title=case.title,
        kind_title=table.title,
        state_title=table.by_state[case.state].title,
        is_open=case.is_open,
        owner=case.owner.name,
        handler=case.handler.name if case.handler else "",
        opened_at=case.opened_at,
        time_left=time_left(case, policy, today),
        is_escalated=case.escalated_on is not None,
        stepper=_stepper(case, table, events),
        terms=tuple(_terms(case, policy, today)),
        actions=tuple(view for view in views if not view.why_not),
        barred=tuple(view for view in views if view.why_not and view.step.who),
        waits_for=_waits_for(case, found),
        events=tuple(_event(event) for event in reversed(events)),
        panels={place.value: tuple(each for each in panels if each.place == place) for place in Place},
        drawing=flow(table, spoken(), now=case.state, past=past, label=_drawn(table, case)),
        flow_words=tuple(
            (state, tuple((lang(step.title), words.people(step), target) for step, target in steps))
            for state, steps in in_words(table, spoken())
        ),
        take_url=reverse("desk:case_take", args=[case.number]),
        seen=case.position,
        today=today,
    )


def _waits_for(case: Case, found: tuple[Possible, ...]) -> str:
    """Who must act now, in words; empty for a case that is over."""
    tasks = [each.step for each in found if each.step.target and each.step.is_task]
    return "、".join(dict.fromkeys(words.people(step) for step in tasks if step.who)) or (
        _("平台") if case.is_open and tasks else ""
    )


def _drawn(table: Procedure, case: Case) -> str:
    return _("%(kind)s的流程，现在是“%(state)s”；旁边有文字说明") % {
        "kind": lang(table.title),
        "state": lang(table.by_state[case.state].title),
    }


def time_left(case: Case, policy: Policy, today: date) -> TimeLeft:
    """How the case stands with its term today, in one word for chips."""
    running = Clocks.from_json(case.clock).running
    if case.due_on is None or running is None:
        return TimeLeft(state="paused" if case.is_open and case.is_paused else "none")
    if is_over(case, today):
        days = policy.calendar.between(case.due_on, today).days
        return TimeLeft(state="late" if is_late(case, today) else "over", due=case.due_on, days=days)
    if case.is_provisional or case.due_on == today:
        return TimeLeft(state="provisional" if case.is_provisional else "today", due=case.due_on)
    days = clocks.left(running, today, policy.calendar)
    return TimeLeft(
        state="soon" if days <= _warn_from(policy, running.since) else "running", due=case.due_on, days=days
    )


def _warn_from(policy: Policy, on: date) -> int:
    try:
        return max(policy.value("procedures/warn_days", on).counts, default=0)
    except NothingInForce:
        return 0


def _stepper(case: Case, table: Procedure, events: list[CaseEvent]) -> tuple[StepperItem, ...]:
    """The way the case came, without detours, and the ordinary way on."""
    came: list[tuple[str, CaseEvent]] = []
    for event in events:
        if event.kind not in (EventKind.OPENED, EventKind.STEP) or event.source == event.target:
            continue
        names = [name for name, _event in came]
        if event.target in names:
            del came[names.index(event.target) + 1 :]
        else:
            came.append((event.target, event))
    done = [
        StepperItem(title=table.by_state[name].title, mark="done", note=_left_by(came[index + 1][1]))
        for index, (name, _event) in enumerate(came[:-1])
    ]
    is_over = not case.is_open
    here = StepperItem(
        title=table.by_state[case.state].title,
        mark="done" if is_over else "now",
        note=_left_by(came[-1][1]) if is_over else _before(case),
    )
    visited = {name for name, _event in came}
    onward = (name for name in table.way_on(case.state) if name not in visited)
    ahead = [StepperItem(title=table.by_state[name].title, mark="", note="") for name in onward]
    return (*done, here, *ahead)


def _left_by(event: CaseEvent) -> str:
    who = event.by.display_name if event.by else _("平台")
    return f"{event.on:%m-%d} {who}"


def _before(case: Case) -> str:
    if case.due_on is None:
        return _("暂停计时") if case.is_paused else ""
    return _("%(day)s 前") % {"day": f"{case.due_on:%m-%d}"}


def _terms(case: Case, policy: Policy, today: date) -> list[TermView]:
    kept = Clocks.from_json(case.clock)
    return [_term(clock, policy, today, is_paused=clock is kept.held) for clock in (kept.running, kept.held) if clock]


def _term(clock: Clock, policy: Policy, today: date, *, is_paused: bool) -> TermView:
    calendar = policy.calendar
    # A clock that stands still is drawn as if it went on tomorrow.
    drawn = clock.resumed(max(today, clock.pauses[-1].after)) if is_paused else clock
    due = clocks.due(drawn, calendar)
    value = _rule(policy, clock)
    return TermView(
        title=policy.history(clock.term).title,
        days=clock.days,
        extended=clock.extended,
        basis=f"{lang(value.document.title)} {value.basis.item or ''}".strip() if value and value.is_law else "",
        is_provisional=due.provisional,
        is_paused=is_paused,
        cells=clock_days(clock.since, due.on, None, today, calendar.is_workday, drawn.is_paused),
        note=value.line.note if value and not value.is_law else None,
    )


def _rule(policy: Policy, clock: Clock) -> ValueInForce | None:
    try:
        return policy.value(clock.term, clock.since)
    except NothingInForce:
        return None


def _action(each: Possible, case: Case, tried: str, error: str, given: Mapping[str, str]) -> ActionView:
    table, looks = procedure(case.kind), looks_of(case)
    step, was_tried = each.step, each.step.name == tried
    route = looks.steps.get(step.name, "")
    return ActionView(
        step=step,
        leads_to=table.by_state[step.target].title if step.target else None,
        why_not=words.why_not(each.barred, step) if each.barred else "",
        fields=tuple(FieldView(ask=ask, value=given.get(ask.name, "") if was_tried else "") for ask in asked(step)),
        reason=given.get("reason", "") if was_tried else "",
        error=error if was_tried else "",
        is_ordinary=bool(step.target)
        and step == next((s for s in table.steps_from(step.sources[0]) if s.target and s.who), None),
        url=reverse(route, args=[case.number]) if route else "",
        told=looks.told(case, step),
    )


def _event(event: CaseEvent) -> EventView:
    written = timezone.localdate(event.at)
    return EventView(
        at=event.at,
        text=words.told(event),
        by=words.doer(event),
        reason=event.reason,
        answers=words.answers(event),
        counts_for=event.on if event.on != written else None,
    )
