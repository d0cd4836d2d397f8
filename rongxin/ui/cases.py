"""How a case stands, for pages of officers and of enterprises: its way as a stepper, its term in one word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.workflow import clocks
from rongxin.workflow.barring import is_late, is_over
from rongxin.workflow.clocks import Clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.table import Ask, Procedure, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """How a case stands with its term: one of paused, late, over (of a pause), provisional, today, soon, running, none; or, where
    hours count, hours, hours_soon, hours_over: then ``days`` is whole hours.
    """

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
    ``form_url``: where its form is sent; ``url``: the page of its own on which it is taken instead; ``told``: what it does to
    this case.
    """

    step: Step
    form_url: str
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


def stepper(
    case: Case, table: Procedure, events: Sequence[CaseEvent], *, names_officers: bool = True
) -> tuple[StepperItem, ...]:
    """The way the case came, without detours, and the ordinary way on. ``names_officers``: who took each step, for officers."""
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
        StepperItem(title=table.by_state[name].title, mark="done", note=_left_by(came[index + 1][1], names_officers))
        for index, (name, _event) in enumerate(came[:-1])
    ]
    is_over = not case.is_open
    here = StepperItem(
        title=table.by_state[case.state].title,
        mark="done" if is_over else "now",
        note=_left_by(came[-1][1], names_officers) if is_over else _before(case),
    )
    visited = {name for name, _event in came}
    onward = (name for name in table.way_on(case.state) if name not in visited)
    ahead = [StepperItem(title=table.by_state[name].title, mark="", note="") for name in onward]
    return (*done, here, *ahead)


def _warn_from(policy: Policy, on: date) -> int:
    try:
        return max(policy.value("procedures/warn_days", on).counts, default=0)
    except NothingInForce:
        return 0


def _left_by(event: CaseEvent, names_officers: bool) -> str:
    if not names_officers:
        return f"{event.on:%m-%d}"
    who = event.by.display_name if event.by else _("平台")
    return f"{event.on:%m-%d} {who}"


def _before(case: Case) -> str:
    if case.due_on is None:
        return _("暂停计时") if case.is_paused else ""
    return _("%(day)s 前") % {"day": f"{case.due_on:%m-%d}"}
