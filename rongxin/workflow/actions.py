"""Opening a case and taking a step. One transaction each: the lock, the checks, the effect, the case and its log row."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied, demand_proof
from rongxin.departments.models import Department
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import Unit
from rongxin.primitives.recognisers import names_a_number
from rongxin.rulebook import queries as rulebook
from rongxin.storage.askers import PLATFORM, asks
from rongxin.storage.turns import in_turn
from rongxin.workflow import clocks
from rongxin.workflow.answers import checked_answers, checked_payload
from rongxin.workflow.barring import Bar, Barred, NotPossible, barred, belongs_to, stands_outside
from rongxin.workflow.clocks import NO_TERM, Clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.registry import procedure
from rongxin.workflow.table import Answer, Procedure, Step, Taken
from rongxin.workflow.writing import append, events_last, next_number

LONGEST_REASON: Final = 500
LONGEST_TITLE: Final = 200


class UnknownStep(LookupError):
    """The procedure of the case has no step of this name."""


class Stale(ValueError):
    """Somebody took a step after the page was shown; ``last`` is that step. Nothing was done."""

    def __init__(self, last: CaseEvent) -> None:
        super().__init__(f"step {last.step} was taken in the meantime")
        self.last = last


@transaction.atomic
@asks(PLATFORM)
def open_case(
    kind: str,
    *,
    title: str,
    owner: Department,
    handler: Department | None = None,
    by: Account | None = None,
    firm: str | None = None,
    key: str | None = None,
    number: str = "",
) -> Case:
    """Open a case of the procedure ``kind``; ``by`` None is the platform, which writes in any case. With ``key`` the case that it
    opened before is given.

    ``firm``: the unified code of the enterprise that it is about. ``number``: the number that the thing has already; without it
    the case takes the next of its procedure and year. Raises UnknownProcedure, PermissionDenied for an officer who may not open
    it, NotPossible without a term in force.
    """
    table = procedure(kind)
    now, today = timezone.now(), timezone.localdate()
    if key is not None:
        in_turn(f"workflow:{kind}:{key}")
        if found := Case.objects.filter(kind=kind, key=key).first():
            return found
    case = Case(
        kind=kind,
        key=key,
        title=" ".join(title.split())[:LONGEST_TITLE],
        firm=firm,
        state=table.first,
        owner=owner,
        handler=handler,
        opened_by=by,
        opened_at=now,
    )
    officer = _as_of_now(by)
    if officer is not None and not (
        belongs_to(case, table.opens, officer) or stands_outside(case, table.opens_outside, officer)
    ):
        raise Denied(Action.CASE_ACT, f"{kind} of {owner.code}")
    policy = rulebook.current()
    clock = clocks.after_step(Clocks(), table, None, table.first, today, _terms(policy, today, table))
    event = CaseEvent(kind=EventKind.OPENED, target=table.first, at=now, on=today, notice=table.notice)
    case.state_since, case.number = now, number or next_number(table.prefix, today.year)
    _keep(case, event, clock, policy, officer)
    return case


@transaction.atomic
@events_last()
def take_step(
    number: str,
    step: str,
    *,
    by: Account | None,
    seen: int | None = None,
    reason: str = "",
    answers: Mapping[str, str] | None = None,
    on: date | None = None,
) -> CaseEvent:
    """Take a step of a case: the one way in which a case moves. Returns the log row, which is the outbox row.

    ``seen``: the position of the case when the officer looked at it. ``answers``: what was filled in, as text. ``on``: the day
    it counts for, if not today; only for what the platform does. Raises Case.DoesNotExist, UnknownStep, Stale, NotPossible, and
    ProofTooOld for a step that needs a second person.
    """
    # Whoever asks must see the case; the rest is the procedure's, which reads and writes for whom it lets take the step.
    case = Case.objects.get(number=number)
    with asks(PLATFORM):
        return _taken(case, step, by=by, seen=seen, reason=reason, answers=answers, on=on)


def _taken(
    case: Case,
    step: str,
    *,
    by: Account | None,
    seen: int | None,
    reason: str,
    answers: Mapping[str, str] | None,
    on: date | None,
) -> CaseEvent:
    table = procedure(case.kind)
    if table.hold:
        table.hold(case, step)
    case = Case.objects.select_for_update().get(pk=case.pk)
    found = table.by_step.get(step)
    if found is None:
        raise UnknownStep(step)
    if seen is not None and seen < case.moved_at:
        raise Stale(CaseEvent.objects.select_related("by", "department").get(case=case, number=case.moved_at))
    officer, now, today = _as_of_now(by), timezone.now(), timezone.localdate()
    taken_by = CaseEvent.objects.filter(case=case, kind=EventKind.STEP, by=officer)
    own = taken_by.values_list("step", flat=True) if officer and found.four_eyes else ()
    if why := barred(case, found, officer, own, today):
        raise NotPossible(why)
    if by is not None and found.four_eyes:
        # An approval is proved with the second factor, as every decision is.
        demand_proof(by)
    words, policy = _reason(found, reason), rulebook.current()
    given = checked_answers(found, answers or {})
    day = max(on or today, timezone.localdate(case.state_since))
    clock = _extended(case, found, given, policy) if found.extends else Clocks.from_json(case.clock)
    clock = clocks.after_step(clock, table, found, case.state, day, _terms(policy, day, table))
    told = found.effect(Taken(case, found, officer, now, day, words, given)) if found.effect else None
    event = CaseEvent(
        kind=EventKind.STEP,
        step=found.name,
        source=case.state,
        target=found.lands(case.state),
        at=now,
        on=day,
        reason=words,
        notice=found.notice,
        payload=checked_payload(given | (told or {})),
    )
    if found.target and found.target != case.state:
        case.state_since = now
    _keep(case, event, clock, policy, officer)
    return event


def _keep(case: Case, event: CaseEvent, clock: Clocks, policy: Policy, by: Account | None) -> None:
    """The case as it stands after the event, and the event, kept together."""
    state = procedure(case.kind).by_state[event.target]
    case.state, case.is_open, case.is_paused = event.target, not state.is_final, state.pauses
    set_clock(case, clock, policy)
    if event.kind != EventKind.STEP or event.source != event.target:
        case.policy_digest = policy.digest
    case.position += 1
    case.moved_at = case.position
    case.save()
    event.case, event.number, event.policy_digest = case, case.position, policy.digest
    event.due_on, event.is_provisional = case.due_on, case.is_provisional
    if by is not None:
        event.by, event.role, event.department = by, by.role, by.department
    append([event])


def set_clock(case: Case, clock: Clocks, policy: Policy) -> None:
    """Write a clock into the case, with the last day by the calendar of ``policy``. Does not save."""
    found, before = clock.due(policy.calendar), Clocks.from_json(case.clock).running
    if clock.running is None or before is None or clock.running.since != before.since:
        case.escalated_on = None
    case.clock = clock.as_json()
    case.due_on, case.is_provisional = (found.on, found.provisional) if found else (None, False)
    case.calendar = clocks.mark(policy.calendar)


def _extended(case: Case, step: Step, given: dict[str, Answer], policy: Policy) -> Clocks:
    clock = Clocks.from_json(case.clock)
    if clock.running is None:
        raise NotPossible(Barred(Bar.NO_TERM))
    most = _terms(policy, clock.running.since, procedure(case.kind))(step.extends) - clock.running.extended
    days = given["days"]
    if not isinstance(days, int) or not 1 <= days <= most:
        raise NotPossible(Barred(Bar.LONGEST, most=most))
    return clocks.extended(clock, days)


def _terms(policy: Policy, on: date, table: Procedure) -> Callable[[str], int]:
    untimed = {state.within for state in table.states if not state.must_be_timed}

    def days(key: str) -> int:
        try:
            value = policy.value(key, on)
        except NothingInForce:
            if key in untimed:
                return NO_TERM
            raise NotPossible(Barred(Bar.NO_TERM)) from None
        if value.unit != Unit.WORKDAYS:
            raise TypeError(f"{key} is not in working days")
        return value.count

    return days


def _as_of_now(by: Account | None) -> Account | None:
    """The account as it is now: the role it had when the page was shown does not count."""
    return None if by is None else Account.objects.select_related("department").get(pk=by.pk)


def _reason(step: Step, reason: str) -> str:
    words = reason.strip()
    if step.needs_reason and not words:
        raise NotPossible(Barred(Bar.NO_REASON))
    if len(words) > LONGEST_REASON:
        raise NotPossible(Barred(Bar.REASON_TOO_LONG, most=LONGEST_REASON))
    if names_a_number(words):
        raise NotPossible(Barred(Bar.NAMES_A_NUMBER))
    return words
