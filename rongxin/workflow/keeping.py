"""What time does to cases: last days that move with the calendar, reminders, lateness, escalation, terms that lapse.

All of it follows from what is kept, so a platform that was down catches up: each thing happens once, and is dated by the day on
which it became so.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.policy.pack import NothingInForce, Policy
from rongxin.rulebook import queries as rulebook
from rongxin.workflow import clocks
from rongxin.workflow.actions import set_clock, take_step
from rongxin.workflow.barring import NotPossible, is_late, is_over
from rongxin.workflow.clocks import Clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.registry import procedures
from rongxin.workflow.writing import append

WARN_DAYS: Final = "procedures/warn_days"
ESCALATE_DAYS: Final = "procedures/escalate_days"
CHUNK: Final = 200
log = logging.getLogger(__name__)


def keep_clocks() -> dict[str, int]:
    """Bring the clocks of all open cases up to today; returns how many events of each kind were written, and lapses."""
    policy, today = rulebook.current(), timezone.localdate()
    # First what goes on by itself: such a case is late for nobody.
    written = {"lapsed": _lapse(today)}
    for chunk in _chunks(Case.objects.filter(is_open=True, clock__isnull=False).values_list("pk", flat=True)):
        for event in _bring_up(chunk, policy, today):
            written[event.kind] = written.get(event.kind, 0) + 1
    return written


@transaction.atomic
def _bring_up(keys: list[int], policy: Policy, today: date) -> list[CaseEvent]:
    """One part of the cases: locked, compared with today, written with one statement for the log and one for the cases."""
    # A case that somebody is at just now has its turn the next time: whoever moves several never waits here in a circle.
    open_ones = Case.objects.select_for_update(skip_locked=True).filter(pk__in=keys, is_open=True)
    cases = list(open_ones.order_by("pk"))
    known = CaseEvent.objects.filter(case__in=cases).exclude(key=None)
    told = set(known.values_list("key", flat=True))
    now = timezone.now()
    events: list[CaseEvent] = []
    changed: list[Case] = []
    for case in cases:
        found = list(_moved(case, policy)) + [e for e in _due_events(case, policy, today) if e.key not in told]
        if found or case.calendar != clocks.mark(policy.calendar):
            case.calendar = clocks.mark(policy.calendar)
            changed.append(case)
        events += _numbered(case, found, now, policy)
    append(events)
    fields = ["calendar", "due_on", "is_provisional", "position", "escalated_on"]
    Case.objects.bulk_update(changed, fields, batch_size=CHUNK)
    return events


def _numbered(case: Case, events: Iterable[CaseEvent], now: datetime, policy: Policy) -> Iterator[CaseEvent]:
    for event in events:
        case.position += 1
        event.case, event.number, event.at = case, case.position, now
        event.source = event.target = case.state
        event.due_on, event.is_provisional = case.due_on, case.is_provisional
        event.policy_digest = policy.digest
        yield event


def _moved(case: Case, policy: Policy) -> Iterator[CaseEvent]:
    """The last day by another calendar than before, if it is another day or more certain."""
    if case.calendar == clocks.mark(policy.calendar):
        return
    before = {"before": str(case.due_on), "was_provisional": case.is_provisional}
    was = (case.due_on, case.is_provisional)
    set_clock(case, Clocks.from_json(case.clock), policy)
    if was != (case.due_on, case.is_provisional):
        yield CaseEvent(kind=EventKind.DUE_MOVED, on=timezone.localdate(), payload=before)


def _due_events(case: Case, policy: Policy, today: date) -> Iterator[CaseEvent]:
    """What the last day asks for today; the key of each holds that day, so another last day is told of anew."""
    running = Clocks.from_json(case.clock).running
    if running is None or case.due_on is None:
        return
    if not is_over(case, today):
        still = clocks.left(running, today, policy.calendar)
        reached = [days for days in _counts(policy, WARN_DAYS, running.since) if still <= days]
        if reached and today <= case.due_on:
            yield CaseEvent(
                kind=EventKind.WARNED,
                on=today,
                payload={"left": still},
                key=f"{case.pk}:warned:{case.due_on}:{min(reached)}",
            )
    elif is_late(case, today):
        yield from _lateness(case, case.due_on, running.since, policy, today)


def _lateness(case: Case, due_on: date, clock_since: date, policy: Policy, today: date) -> Iterator[CaseEvent]:
    """That the offices are late, dated by the day after the last; and that the credit office must look at it."""
    yield CaseEvent(kind=EventKind.OVERDUE, on=due_on + timedelta(days=1), key=f"{case.pk}:overdue:{due_on}")
    for days in _counts(policy, ESCALATE_DAYS, clock_since):
        reached_on = policy.calendar.add(due_on, days).date
        if reached_on <= today:
            case.escalated_on = case.escalated_on or reached_on
            yield CaseEvent(
                kind=EventKind.ESCALATED,
                on=reached_on,
                payload={"workdays_late": days},
                key=f"{case.pk}:escalated:{due_on}:{days}",
            )


def _counts(policy: Policy, key: str, on: date) -> tuple[int, ...]:
    try:
        return policy.value(key, on).counts
    except NothingInForce:
        return ()


def _lapse(today: date) -> int:
    """Take the steps that are taken when a term is over, each dated by the last day of that term."""
    steps = {
        (table.name, state): step.name
        for table in procedures().values()
        for step in table.steps
        if step.on_lapse
        for state in step.sources
    }
    ways = reduce(or_, (Q(kind=kind, state=state) for kind, state in steps), Q(pk__in=()))
    over = Case.objects.filter(ways, is_open=True, is_provisional=False, due_on__lt=today)
    taken = 0
    for number, kind, state, due_on in list(over.order_by("pk").values_list("number", "kind", "state", "due_on")):
        step = steps[kind, state]
        try:
            take_step(number, step, by=None, on=due_on)
            taken += 1
        except NotPossible as reason:  # somebody was faster, or a guard holds it back
            log.info("%s: %s not taken: %s", number, step, reason)
    return taken


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
