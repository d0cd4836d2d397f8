"""Reading cases: what an officer sees, may do, has to do, has done, and what is late. Boards cost a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Scope
from rongxin.accounts.queries import demand, within_reach
from rongxin.departments.regions import stem
from rongxin.workflow.barring import Barred, barred, belongs_to
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.registry import procedure, procedures
from rongxin.workflow.table import OPENING, Party, Step

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Possible:
    """A step that starts from where the case is. ``barred`` None: this officer may take it now."""

    step: Step
    barred: Barred | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand on each board of an officer."""

    to_do: int = 0
    done: int = 0
    overdue: int = 0


def visible_to(officer: Account) -> QuerySet[Case]:
    """The cases for which the officer's department is responsible or which it handles; a credit office sees those of its region."""
    cases = Case.objects.filter(kind__in=procedures())
    seen = within_reach(officer, Action.CASE_READ, cases, "owner") | within_reach(
        officer, Action.CASE_READ, cases, "handler"
    )
    return seen.select_related("owner", "handler")


def case_for(officer: Account, number: str) -> Case:
    """One case; raises Case.DoesNotExist for one that the officer does not see, as if there were none."""
    found = visible_to(officer).get(number=number)
    demand(officer, Action.CASE_READ, officer.works_for)
    return found


def of_firm(codes: Iterable[str]) -> QuerySet[Case]:
    """The cases about the enterprise with these unified codes that it follows in its own window; open ones first, then the newest.
    For whoever acts for it.
    """
    kinds = [name for name, table in procedures().items() if table.is_seen_by_firm]
    found = Case.objects.filter(firm__in=list(codes), kind__in=kinds).select_related("owner", "handler")
    return found.order_by("-is_open", "-opened_at", "-pk")


def history_of(case: Case, access: Access) -> list[CaseEvent]:
    """Everything that happened to a case, the oldest first, with its reasons and answers. Raises NotLogged."""
    access.look([case.firm or ""], "case")
    return events_of(case)


def events_of(case: Case) -> list[CaseEvent]:
    """The same for the work of the platform; whoever shows it asks :func:`history_of`."""
    return list(CaseEvent.objects.filter(case=case).select_related("by", "department").order_by("number"))


def possible_steps(case: Case, officer: Account, events: Iterable[CaseEvent]) -> tuple[Possible, ...]:
    """The steps from where the case is, each with the reason if this officer may not take it. ``events``: all of the case."""
    today, taken = timezone.localdate(), {event.step for event in events if event.by_id == officer.pk}
    steps = procedure(case.kind).steps_from(case.state)
    return tuple(Possible(step, barred(case, step, officer, taken, today)) for step in steps)


# ── boards ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def counts(officer: Account, today: date) -> Counts:
    """How many cases wait for the officer, were worked on by the officer, and are late; one query."""
    if not procedures():
        return Counts()
    found = visible_to(officer).aggregate(
        to_do=Count("pk", filter=_to_do(officer)),
        done=Count("pk", filter=_done(officer)),
        overdue=Count("pk", filter=_overdue(today)),
    )
    return Counts(**found)


def to_do(officer: Account) -> QuerySet[Case]:
    """Cases that this officer can move on, the most urgent first; guards are asked on the page of the case only."""
    return visible_to(officer).filter(_to_do(officer)).order_by(F("due_on").asc(nulls_last=True), "pk")


def done(officer: Account) -> QuerySet[Case]:
    """Cases in which the officer took a step or which the officer opened, the last one first."""
    last = CaseEvent.objects.filter(case=OuterRef("pk"), by=officer).order_by("-position").values("position")[:1]
    return visible_to(officer).filter(_done(officer)).order_by(Subquery(last).desc())


def overdue(officer: Account, today: date) -> QuerySet[Case]:
    """Open cases whose last day has passed, the latest first. None by a calendar that is not announced, nor paused."""
    return visible_to(officer).filter(_overdue(today)).order_by("due_on", "pk")


def own_steps(officer: Account, cases: Sequence[Case]) -> dict[int, set[str]]:
    """Which steps of these cases the officer took, by key of the case; one query."""
    found: dict[int, set[str]] = {case.pk: set() for case in cases}
    taken = CaseEvent.objects.filter(case__in=found, by=officer, kind=EventKind.STEP)
    for case, step in taken.values_list("case", "step"):
        found[case].add(step)
    return found


def steps_for(case: Case, officer: Account, taken: set[str]) -> tuple[Step, ...]:
    """The steps with which this officer can move the case on, guards left aside; in the order of the table."""
    return tuple(
        step
        for step in procedure(case.kind).steps_from(case.state)
        if _moves_on(step)
        and belongs_to(case, step.who, officer)
        and taken.isdisjoint(step.four_eyes)
        and not (OPENING in step.four_eyes and case.opened_by_id == officer.pk)
    )


def _to_do(officer: Account) -> Q:
    """Where a step that moves a case on is open to the officer: the same rule as ``barring``, for all cases at once."""
    if not officer.may(Action.CASE_ACT, officer.works_for):
        return NOTHING
    ways = [
        Q(kind=table.name, state__in=step.sources) & _offices(step, officer) & _other_eyes(step, officer)
        for table in procedures().values()
        for step in table.steps
        if _moves_on(step) and any(each.role == officer.role for each in step.who)
    ]
    return Q(is_open=True) & reduce(or_, ways, NOTHING)


def _offices(step: Step, officer: Account) -> Q:
    parties = {each.of for each in step.who if each.role == officer.role}
    mine = {Party.OWNER: Q(owner=officer.department_id), Party.HANDLER: Q(handler=officer.department_id)}
    if Scope.REGION in officer.scopes_of(Action.CASE_ACT):
        mine[Party.CREDIT_OFFICE] = Q(owner__region__startswith=stem(officer.works_for.region))
    return reduce(or_, (mine[party] for party in parties if party in mine), NOTHING)


def _moves_on(step: Step) -> bool:
    return bool(step.target) and step.is_task


def _other_eyes(step: Step, officer: Account) -> Q:
    others = Q()
    if OPENING in step.four_eyes:
        others &= Q(opened_by=None) | ~Q(opened_by=officer)
    if set(step.four_eyes) - {OPENING}:
        own = CaseEvent.objects.filter(case=OuterRef("pk"), by=officer, step__in=step.four_eyes)
        others &= ~Q(Exists(own))
    return others


def _done(officer: Account) -> Q:
    return Q(Exists(CaseEvent.objects.filter(case=OuterRef("pk"), by=officer)))


def _overdue(today: date) -> Q:
    return Q(is_open=True, is_paused=False, is_provisional=False, due_on__lt=today)
