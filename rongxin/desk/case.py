"""The page of one case: where it stands, what is due when, what this officer can do, what happened. Read from the table."""

from collections.abc import Callable, Mapping
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

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.models import Account
from rongxin.desk.case_panels import Panel, Place, address, looks_of, panels_of, times_of
from rongxin.desk.frame import access_of, officer_of, officer_only, show
from rongxin.intake.moving import KIND as BATCH
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import ValueInForce
from rongxin.policy.words import Title
from rongxin.primitives.whole_numbers import whole_number
from rongxin.rulebook import queries as rulebook
from rongxin.ui import case_words as words
from rongxin.ui.cases import ActionView, FieldView, StepperItem, TimeLeft, stepper, time_left
from rongxin.ui.clock import ClockDay, clock_days
from rongxin.ui.language import spoken
from rongxin.ui.templatetags.rongxin import lang
from rongxin.workflow import clocks
from rongxin.workflow.actions import LONGEST_REASON, Stale, UnknownStep, take_step
from rongxin.workflow.answers import asked
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.clocks import Clock, Clocks
from rongxin.workflow.diagram import flow, in_words
from rongxin.workflow.models import Case, CaseEvent
from rongxin.workflow.queries import Possible, case_for, history_of, possible_steps
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Procedure


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
    seen: int
    today: date
    longest_reason: int = LONGEST_REASON


@officer_only
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One case, at the address of its procedure."""
    case = own_case(request, number)
    if looks_of(case).route != "desk:case":
        return redirect(address(case))
    return shown(request, case)


def shown(request: HttpRequest, case: Case) -> HttpResponse:
    """The page of a case, for a view that has found it."""
    return show(request, "desk/case.html", _page(_access(request, case), case, request.GET.dict()))


@officer_only
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step, unless its form has an address of its own."""
    case, name = own_case(request, number), request.POST.get("step", "")
    if name in looks_of(case).forms:
        raise Http404
    return taken(request, case, name, seen=seen_in(request))


def seen_in(request: HttpRequest) -> int:
    """The position of the case at which the page of the form was made; 0 where the form does not say it."""
    return whole_number(request.POST.get("seen", "")) or 0


def taken(request: HttpRequest, case: Case, name: str, *, seen: int | None) -> HttpResponse:
    """Take the step, and answer as :func:`attempted`. ``seen`` None: as the case stands now."""
    officer, given = officer_of(request), request.POST

    def act() -> HttpResponse:
        event = take_step(
            case.number, name, by=officer, seen=seen, reason=given.get("reason", ""), answers=given.dict()
        )
        messages.success(request, _("已办理：%(step)s。") % {"step": words.told(event)})
        return redirect(address(case))

    return attempted(request, case, name, act)


def attempted(request: HttpRequest, case: Case, name: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``act``, which takes the step, answers. What is missing is told at the form of the step; what somebody else did
    meanwhile, on the page as it is now.
    """
    officer, number = officer_of(request), case.number
    try:
        return act()
    except UnknownStep:
        raise Http404 from None
    except Stale as late:
        return _told_late(request, officer, late.last)
    except NotPossible as refusal:
        case = own_case(request, number)
        step = procedure(case.kind).by_step[name]
        sentence = words.why_not(refusal.barred, step)
        if refusal.barred.bar not in words.IN_THE_FORM:
            messages.error(request, _("没有办成：%(why)s") % {"why": sentence})
            return redirect(address(case))
        page = _page(_access(request, case), case, request.GET.dict(), tried=name, error=sentence, given=request.POST)
        return show(request, "desk/case.html", page, status=422)


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


def _access(request: HttpRequest, case: Case) -> Access:
    return access_of(request, Purpose.INTAKE if case.kind == BATCH else Purpose.CASE, case.number)


def own_case(request: HttpRequest, number: str) -> Case:
    """The case, if the officer sees it; raises Http404."""
    try:
        return case_for(officer_of(request), number)
    except Case.DoesNotExist:
        raise Http404 from None


def _page(
    access: Access,
    case: Case,
    asked: Mapping[str, str],
    *,
    tried: str = "",
    error: str = "",
    given: Mapping[str, str] | None = None,
) -> CasePage:
    officer, policy, today = access.actor, rulebook.current(), timezone.localdate()
    table, events = procedure(case.kind), history_of(case, access)
    for event in events:
        event.case = case
    found = possible_steps(case, officer, events)
    views = [_action(each, case, tried, error, given or {}) for each in found]
    panels = panels_of(case, access, asked)
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
        time_left=times_of([case]).get(case.pk) or time_left(case, policy, today),
        is_escalated=case.escalated_on is not None,
        stepper=stepper(case, table, events),
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
        seen=case.position,
        today=today,
    )


def _waits_for(case: Case, found: tuple[Possible, ...]) -> str:
    """Who must act now, in words; empty for a case that is over."""
    tasks = [each.step for each in found if each.step.target and each.step.is_task]
    people = (words.people(step) for step in tasks if step.is_for_people)
    return "、".join(dict.fromkeys(people)) or (_("平台") if case.is_open and tasks else "")


def _drawn(table: Procedure, case: Case) -> str:
    return _("%(kind)s的流程，现在是“%(state)s”；旁边有文字说明") % {
        "kind": lang(table.title),
        "state": lang(table.by_state[case.state].title),
    }


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
        form_url=reverse(looks.forms.get(step.name, "desk:case_take"), args=[case.number]),
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
