"""What a procedure is: a table of states and steps, and the faults that keep a table from being registered."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow.models import Case

# What people and other programs fill in; closed so that a log row can hold no free words.
Answer = int | bool | str
NAME_LENGTH: Final = 40
OPENING: Final = "opened"
"""In ``four_eyes``: whoever opened the case."""
PREFIX_LENGTH: Final = 8


class Party(StrEnum):
    """An office, by what it is to a case: responsible for it, handling it, or the credit office that oversees all."""

    OWNER = "owner"
    HANDLER = "handler"
    CREDIT_OFFICE = "credit_office"


@dataclass(frozen=True, slots=True)
class Who:
    """Officers of one role in one of the offices of a case."""

    role: Role
    of: Party = Party.OWNER


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who belongs to no office of a case: the login of an enterprise that stands to it as ``is_one`` tells."""

    title: Title
    is_one: Callable[[Case, Account], bool]


class AskKind(StrEnum):
    """What a step asks for beside the reason. No free words: the answers are kept in the log for ever."""

    DAY = "day"
    COUNT = "count"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a step's form. ``choices`` by value, for AskKind.CHOICE only."""

    name: str
    title: Title
    kind: AskKind
    choices: tuple[tuple[str, Title], ...] = ()
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """A step while it is being taken, for its effect. ``by`` None is the platform; ``on`` is the day it counts for."""

    case: Case
    step: "Step"
    by: Account | None
    at: datetime
    on: date
    reason: str
    answers: dict[str, Answer]


OPENED: Final = Title(zh="立案", en="Opened")
Guard = Callable[[Case, Account | None], Title | None]
Effect = Callable[[Taken], dict[str, Answer] | None]
Hold = Callable[[Case, str], None]


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand.

    ``within``: the policy value with the working days in which the state must be left. States that follow one another
    with the same key share one clock. ``pauses``: the clock of the state before stands still while the case is here, and
    goes on in the next state that has its key. ``task``: what is to be done here; without it the titles of the steps say it.
    ``must_be_timed`` False: where no value is in force the state has no clock, and the case goes on.
    """

    name: str
    title: Title
    within: str = ""
    pauses: bool = False
    is_final: bool = False
    task: Title | None = None
    must_be_timed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A way from one of ``sources`` to ``target``; without a target the case stays where it is.

    ``who`` are officers, ``outside`` enterprises; both empty: only the platform takes it, through code. ``on_lapse``: it
    takes it itself when the term of the state is over; such a step may decide nothing about anybody. ``four_eyes``: whoever
    took one of these steps of the case (OPENING: opened it) may not take this one. ``is_task`` False: a way out that nobody
    has to take, so it puts the case on no board. ``guard`` says why a step is not possible now; ``effect`` runs in the same
    transaction and may return what the log shall keep. ``extends``: the policy value with the most working days by which this
    step, with a reason, lengthens the clock. ``restarts``: the clock of the target begins anew although it has the same key.
    ``follows``: what happens by itself afterwards, for the page. ``notice``: the name of what is told, for consumers of the
    outbox. ``reason_is_told``: the reason is for the enterprise; else it stays among offices.
    """

    name: str
    title: Title
    sources: tuple[str, ...]
    target: str = ""
    who: tuple[Who, ...] = ()
    outside: tuple[Outsider, ...] = ()
    guard: Guard | None = None
    effect: Effect | None = None
    four_eyes: tuple[str, ...] = ()
    needs_reason: bool = False
    asks: tuple[Ask, ...] = ()
    extends: str = ""
    restarts: bool = False
    on_lapse: bool = False
    is_task: bool = True
    follows: tuple[Title, ...] = ()
    notice: str = ""
    reason_is_told: bool = False

    @property
    def is_for_people(self) -> bool:
        """Whether somebody takes it; else the platform does."""
        return bool(self.who or self.outside)

    def lands(self, source: str) -> str:
        """The state after the step, taken from ``source``."""
        return self.target or source


class BadTable(ValueError):
    """A procedure that cannot be registered; ``faults`` are all that is wrong with its table."""

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"procedure {name}: {'; '.join(self.faults)}")


@dataclass(frozen=True)
class Procedure:
    """A whole procedure. ``prefix`` begins its case numbers (修复-2026-0001); ``opens``: who may open a case by hand, and
    ``opens_outside`` which enterprises may. ``opening``: what opening one is called. ``hold`` locks what the step of this name
    changes, before the case is locked: so all who lock both do it in one order. ``notice``: the name of what is told when one
    is opened. ``is_internal``: it stays among offices, so no document of it is served on anybody. ``is_seen_by_firm``: the
    enterprise that a case is about follows it in its own window.

    The order of states is that of the diagram. The first step written for a state is the ordinary way on.
    """

    name: str
    title: Title
    prefix: str
    first: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    opens: tuple[Who, ...] = ()
    opens_outside: tuple[Outsider, ...] = ()
    opening: Title = OPENED
    hold: Hold | None = None
    notice: str = ""
    is_internal: bool = False
    is_seen_by_firm: bool = False

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise BadTable(self.name, faults)

    @cached_property
    def by_state(self) -> dict[str, State]:
        """The states by name."""
        return {state.name: state for state in self.states}

    @cached_property
    def by_step(self) -> dict[str, Step]:
        """The steps by name."""
        return {step.name: step for step in self.steps}

    @cached_property
    def outside(self) -> tuple[Outsider, ...]:
        """Everybody outside the offices who may open a case or take one of its steps."""
        return tuple(dict.fromkeys((*self.opens_outside, *(each for step in self.steps for each in step.outside))))

    @cached_property
    def final(self) -> tuple[str, ...]:
        """The names of the states in which a case is over."""
        return tuple(state.name for state in self.states if state.is_final)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """The steps that leave from, or are taken in, a state; in the order of the table."""
        return tuple(step for step in self.steps if state in step.sources)

    def way_on(self, state: str) -> tuple[str, ...]:
        """The states of the ordinary way after ``state``, up to where it ends or would turn back."""
        way, here = [state], state
        while following := [s.target for s in self.steps_from(here) if s.target and s.target not in way]:
            here = following[0]
            way.append(here)
        return tuple(way[1:])


def _faults(of: Procedure) -> Iterator[str]:
    states, steps = [state.name for state in of.states], [step.name for step in of.steps]
    yield from _bad_names(of, states, steps)
    known, final = set(states), {state.name for state in of.states if state.is_final}
    if of.first not in known:
        yield f"the first state {of.first!r} is not in the table"
    if not final:
        yield "no state is final"
    for state in of.states:
        if state.is_final and (state.within or state.pauses):
            yield f"state {state.name}: a final state has no clock"
    for step in of.steps:
        yield from _step_faults(step, known, final, set(steps), {s.name for s in of.states if s.within})
    if known and of.first in known:
        yield from _lost_states(of, known, final)


def _bad_names(of: Procedure, states: list[str], steps: list[str]) -> Iterator[str]:
    names = [of.name, *states, *steps]
    for name in names:
        if not name.isidentifier() or not name.isascii() or not name.islower() or len(name) > NAME_LENGTH:
            yield f"{name!r} is no name: small letters, digits and _, at most {NAME_LENGTH}"
    if OPENING in steps:
        yield f"{OPENING!r} is the opening of a case, not a step"
    for kind, given in (("states", states), ("steps", steps)):
        for name, times in Counter(given).items():
            if times > 1:
                yield f"{times} {kind} are called {name}"
    if not 1 <= len(of.prefix) <= PREFIX_LENGTH or not of.prefix.isalnum():
        yield f"the prefix {of.prefix!r} is not 1 to {PREFIX_LENGTH} letters"
    titles = [of.title, *(state.title for state in of.states), *(step.title for step in of.steps)]
    for title in titles:
        if not title.zh.strip() or not title.en.strip():
            yield f"the title {title.zh or title.en!r} is not in both languages"


def _step_faults(step: Step, known: set[str], final: set[str], steps: set[str], timed: set[str]) -> Iterator[str]:
    told = f"step {step.name}"
    for state in (*step.sources, *((step.target,) if step.target else ())):
        if state not in known:
            yield f"{told}: no state {state!r}"
    if not step.sources:
        yield f"{told}: it starts from no state"
    for state in sorted(final & set(step.sources)):
        yield f"{told}: nothing leaves the final state {state}"
    for other in step.four_eyes:
        if other not in steps | {OPENING}:
            yield f"{told}: four eyes on {other!r}, which is no step"
    if step.four_eyes and not step.is_for_people:
        yield f"{told}: four eyes on a step that no person takes"
    for ask in step.asks:
        if (ask.kind == AskKind.CHOICE) != bool(ask.choices):
            yield f"{told}: {ask.name} has choices exactly when it is a choice"
    yield from _term_faults(step, timed)


def _term_faults(step: Step, timed: set[str]) -> Iterator[str]:
    told, untimed = f"step {step.name}", ", ".join(sorted(set(step.sources) - timed))
    if step.on_lapse and (step.is_for_people or not step.target or step.needs_reason or step.asks):
        yield f"{told}: what happens when a term is over is taken by nobody, asks nothing and goes somewhere"
    if step.on_lapse and untimed:
        yield f"{told}: it waits for a term that {untimed} has not"
    if step.extends and (step.target or not step.needs_reason or not step.is_for_people):
        yield f"{told}: an extension stays in the state, is a person's, and needs a reason"
    if step.extends and untimed:
        yield f"{told}: there is no term to extend in {untimed}"


def _lost_states(of: Procedure, known: set[str], final: set[str]) -> Iterator[str]:
    ways = {(source, step.target) for step in of.steps for source in step.sources if step.target}
    for state in sorted(known - _closure({of.first}, ways)):
        yield f"state {state} cannot be reached"
    ends = _closure(final, {(target, source) for source, target in ways})
    for state in sorted(known - ends):
        yield f"from state {state} no way leads to an end"


def _closure(start: set[str], ways: set[tuple[str, str]]) -> set[str]:
    found = set(start)
    while more := {target for source, target in ways if source in found} - found:
        found |= more
    return found
