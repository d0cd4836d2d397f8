"""What rests on what: naming a support, ending one that was named by mistake, and whether an effect still holds.

An effect is a list entry, another adverse record, a measure or a ban; a support is a record, an entry or a clause. Display asks
``display.lost_supports`` by itself; this is what processes and pages ask. A support that is disputed, gone or another firm's
cannot be named. A lost one is ended by nobody alone: what becomes of the effect is decided anew (remedies.unwinding).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from rongxin.engine.cells import document_key
from rongxin.ledger.actions import log
from rongxin.ledger.entries import Kind, firm_or_platform
from rongxin.policy.pack import Policy
from rongxin.records.actions import locked_position, note
from rongxin.records.bearing import Necessity, Sort
from rongxin.records.display import LOST, Moment, disputed, known, lost_supports, standing_ends, standing_supports
from rongxin.records.models import (
    Candidate,
    Effect,
    Record,
    RecordEvent,
    Resolution,
    Support,
    SupportEnd,
)
from rongxin.records.queries import firms_of

LONGEST_BASIS: Final = 300
Undecided = Candidate.DoesNotExist
"""A candidate that is decided already, or is none."""


class Problem(StrEnum):
    """Why a support was not named or ended."""

    UNKNOWN_EFFECT = "unknown_effect"
    UNKNOWN_SUPPORT = "unknown_support"
    NO_SUPPORT = "no_support"
    OTHER_FIRM = "other_firm"
    ITSELF = "itself"
    CIRCLE = "circle"
    DISPUTED = "disputed"
    GONE = "gone"
    ALREADY = "already"
    LOST = "lost"
    NO_BASIS = "no_basis"
    TOO_LONG = "too_long"


class NotNamed(ValueError):
    """Nothing was kept; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A thing that rests on others or bears them, by its sort and its number."""

    sort: Sort
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A support to be named: how the effect rests on ``support``, and why that is so."""

    support: Ref
    necessity: Necessity = Necessity.NECESSARY
    ends_when_repaired: bool = False
    basis: str


class Holding(StrEnum):
    """Whether an effect holds by what it rests on."""

    YES = "yes"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Holds:
    """How an effect stands; ``lost``: the supports because of which it does not."""

    state: Holding
    lost: tuple[Support, ...] = ()

    @property
    def why(self) -> tuple[Ref, ...]:
        """What is gone."""
        return tuple(Ref(Sort(each.sort), each.support) for each in self.lost)


# ── naming and ending ────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def rest(effect: Ref, ground: Ground, policy: Policy, *, by: str, firm: str = "") -> Support:
    """Keep that ``effect`` rests on a support. ``firm``: whose the effect is, by its unified code, where it is no record.

    Under the cursor of events, so that a support does not go at the same instant. Raises NotNamed.
    """
    locked_position()
    basis = " ".join(ground.basis.split())
    if not basis:
        raise NotNamed(Problem.NO_BASIS)
    if len(basis) > LONGEST_BASIS:
        raise NotNamed(Problem.TOO_LONG)
    present = Moment.now()
    whose = _record(effect, Problem.UNKNOWN_EFFECT)
    owner = firms_of([whose])[whose.pk] if whose else firm
    borne = _borne(ground, policy, present, owner)
    _demand_no_circle(effect, ground.support, present)
    if standing_supports(present).filter(_is(effect), sort=ground.support.sort, support=ground.support.number).exists():
        raise NotNamed(Problem.ALREADY)
    support = Support.objects.create(
        effect_sort=effect.sort,
        effect=effect.number,
        effect_act=whose.act_key if whose else "",
        sort=ground.support.sort,
        support=ground.support.number,
        support_act=borne.act_key if borne else "",
        necessity=ground.necessity,
        ends_when_repaired=ground.ends_when_repaired,
        basis=basis,
        by=by,
        made_at=present.known_at,
    )
    log(Kind.RECORD, firm_or_platform(owner or None), _told("record.rest", support, by))
    return support


@transaction.atomic
def end(support: Support, policy: Policy, *, basis: str, by: str, is_replaced: bool = False) -> SupportEnd:
    """End a support that was named by mistake; with ``is_replaced`` one that is lost, by those who decided the effect anew.

    Raises NotNamed for one that is lost and not replaced, or is ended already.
    """
    locked_position()
    present = Moment.now()
    if not basis.strip():
        raise NotNamed(Problem.NO_BASIS)
    standing = standing_supports(present).filter(pk=support.pk)
    if not standing.exists():
        raise NotNamed(Problem.ALREADY)
    if not is_replaced and lost_supports(policy, present).filter(pk=support.pk).exists():
        raise NotNamed(Problem.LOST)
    whose = _record(Ref(Sort(support.effect_sort), support.effect), Problem.UNKNOWN_EFFECT)
    owner = firms_of([whose])[whose.pk] if whose else ""
    kept = SupportEnd.objects.create(
        support=support, basis=basis.strip()[:LONGEST_BASIS], by=by, ended_at=present.known_at
    )
    log(Kind.RECORD, firm_or_platform(owner or None), _told("record.rest_no_more", support, by))
    return kept


def _told(act: str, support: Support, by: str) -> dict[str, str]:
    return {
        "act": act,
        "effect": support.effect,
        "support": support.support,
        "sort": support.sort,
        "necessity": support.necessity,
        "by": by,
    }


def _record(ref: Ref, unknown: Problem) -> Record | None:
    """The newest version of a record; None for what is none."""
    if ref.sort != Sort.RECORD:
        return None
    found = known(Moment.now()).filter(number=ref.number).first()
    if found is None:
        raise NotNamed(unknown)
    return found


def _borne(ground: Ground, policy: Policy, present: Moment, owner: str) -> Record | None:
    """The record that shall be a support, if it may be one; None for an entry or a clause."""
    ref = ground.support
    if ref.sort in (Sort.MEASURE, Sort.BAN):
        raise NotNamed(Problem.NO_SUPPORT)
    if ref.sort == Sort.CLAUSE:
        document = policy.documents.get(ref.number)
        if document is None:
            raise NotNamed(Problem.UNKNOWN_SUPPORT)
        if document.last_day is not None and document.last_day < present.day:
            raise NotNamed(Problem.GONE)
        return None
    record = _record(ref, Problem.UNKNOWN_SUPPORT)
    if record is None:
        if holds(ref, policy, present).state != Holding.YES:
            raise NotNamed(Problem.GONE)
        return None
    if firms_of([record])[record.pk] != owner or not _is_somebodys(record):
        raise NotNamed(Problem.OTHER_FIRM)
    if is_disputed(record.act_key):
        raise NotNamed(Problem.DISPUTED)
    if bears_nothing([ref], policy, present, ends_when_repaired=ground.ends_when_repaired):
        raise NotNamed(Problem.GONE)
    return record


def _is_somebodys(record: Record) -> bool:
    return Resolution.objects.filter(record=record, ended_at=None).exists()


def is_disputed(act_key: str) -> bool:
    """Whether an objection against the act runs."""
    return bool(disputed([act_key], Moment.now()))


def bears_nothing(refs: Iterable[Ref], policy: Policy, moment: Moment, *, ends_when_repaired: bool) -> frozenset[Ref]:
    """Which of these records could be no support, because they are gone, lapsed or do not hold themselves."""
    records = {
        each.act_key: Ref(Sort.RECORD, each.number)
        for each in known(moment).filter(number__in=[ref.number for ref in refs if ref.sort == Sort.RECORD])
    }
    gone = [Effect.WITHDRAWN, Effect.ANNULLED, Effect.ERASED, Effect.SUSPENDED]
    ends = standing_ends(moment).filter(
        act_key__in=records, effect__in=[*gone, *([Effect.REPAIRED] if ends_when_repaired else [])]
    )
    ending = [kind.name for kind in policy.kinds.values() if kind.credit.listing or kind.credit.ends_with_validity]
    lapsed = known(moment).filter(act_key__in=records, kind__in=ending, valid_to__lt=moment.day)
    unheld = lost_supports(policy, moment).filter(effect_act__in=records)
    acts = [*lapsed.values_list("act_key", flat=True), *unheld.values_list("effect_act", flat=True)]
    return frozenset(records[act] for act in (*(each.act for each in ends), *acts))


def _demand_no_circle(effect: Ref, support: Ref, present: Moment) -> None:
    """Refuse what would rest on itself, by whatever way."""
    if effect == support:
        raise NotNamed(Problem.ITSELF)
    found, edge = {support}, {support}
    while edge:
        rows = standing_supports(present).filter(effect__in=[each.number for each in edge])
        pairs = rows.values_list("effect_sort", "effect", "sort", "support")
        edge = {Ref(Sort(sort), number) for a, b, sort, number in pairs if Ref(Sort(a), b) in edge} - found
        found |= edge
    if effect in found:
        raise NotNamed(Problem.CIRCLE)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _is(ref: Ref) -> Q:
    return Q(effect_sort=ref.sort, effect=ref.number)


def supports_of(effect: Ref, moment: Moment | None = None) -> list[Support]:
    """What the effect rests on, in the order in which it was named."""
    return list(standing_supports(moment or Moment.now()).filter(_is(effect)).order_by("pk"))


def resting_on(supports: Iterable[Ref], moment: Moment | None = None) -> list[Support]:
    """What rests on any of these directly, in the order in which it was named; one query."""
    wanted = set(supports)
    rows = standing_supports(moment or Moment.now()).filter(support__in={each.number for each in wanted}).order_by("pk")
    return [each for each in rows if Ref(Sort(each.sort), each.support) in wanted]


def holds(effect: Ref, policy: Policy, moment: Moment) -> Holds:
    """Whether ``effect`` holds at ``moment`` by what it rests on; what rests on nothing holds."""
    return holding([effect], policy, moment)[effect]


def holding(effects: Iterable[Ref], policy: Policy, moment: Moment) -> dict[Ref, Holds]:
    """The same of several; one query."""
    wanted = list(dict.fromkeys(effects))
    lost: dict[Ref, list[Support]] = {each: [] for each in wanted}
    for row in lost_supports(policy, moment).filter(effect__in={each.number for each in wanted}).order_by("pk"):
        if (ref := Ref(Sort(row.effect_sort), row.effect)) in lost:
            lost[ref].append(row)
    return {ref: _held(rows) for ref, rows in lost.items()}


def _held(lost: list[Support]) -> Holds:
    if not lost:
        return Holds(Holding.YES)
    is_ended = any(each.necessity == Necessity.NECESSARY for each in lost)
    return Holds(Holding.ENDED if is_ended else Holding.SUSPENDED, tuple(lost))


def ground_named(effect: Record, question: str) -> Ref | None:
    """The record of the same firm that an officer means by its number or its document number; None where it is none, or several."""
    owner = firms_of([effect])[effect.pk]
    key = document_key(question.strip())
    if not owner or not key:
        return None
    found = list(
        known(Moment.now())
        .filter(Q(number=question.strip()) | Q(document_key=key))
        .exclude(act_key=effect.act_key)[:50]
    )
    firms = firms_of(found)
    own = [each for each in found if firms[each.pk] == owner]
    return Ref(Sort.RECORD, own[0].number) if len(own) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A support as a page shows it. ``record``: of the other side, where that is one; ``is_lost`` and ``is_disputed`` now."""

    support: Support
    record: Record | None
    is_lost: bool
    is_disputed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What a record rests on, what rests on it, and what may: for a page that has logged its look."""

    below: tuple[Relation, ...]
    above: tuple[Relation, ...]
    candidates: tuple[Candidate, ...]
    holds: Holds


def relations_of(record: Record, policy: Policy) -> Relations:
    """The same of one record; a constant number of queries."""
    ref, present = Ref(Sort.RECORD, record.number), Moment.now()
    below, above = supports_of(ref, present), resting_on([ref], present)
    numbers = {each.support for each in below if each.sort == Sort.RECORD}
    numbers |= {each.effect for each in above if each.effect_sort == Sort.RECORD}
    records = {each.number: each for each in known(present).filter(number__in=numbers).select_related("provider")}
    lost = set(
        lost_supports(policy, present)
        .filter(pk__in=[each.pk for each in (*below, *above)])
        .values_list("pk", flat=True)
    )
    in_dispute = disputed([each.act_key for each in records.values()], present)

    def relation(support: Support, other: str) -> Relation:
        found = records.get(other)
        return Relation(
            support=support,
            record=found,
            is_lost=support.pk in lost,
            is_disputed=found is not None and found.act_key in in_dispute,
        )

    return Relations(
        below=tuple(relation(each, each.support) for each in below),
        above=tuple(relation(each, each.effect) for each in above),
        candidates=tuple(candidates_of(record)),
        holds=_held([each for each in below if each.pk in lost]),
    )


# ── deciding anew ────────────────────────────────────────────────────────────────────────────────────────────────────
def other_grounds(effect: Ref, policy: Policy, moment: Moment) -> list[Support]:
    """What the effect rests on besides what is lost: supports that bear it now and are not disputed."""
    lost = {each.pk for each in holds(effect, policy, moment).lost}
    standing = [each for each in supports_of(effect, moment) if each.pk not in lost]
    return [each for each in standing if not (each.support_act and is_disputed(each.support_act))]


@transaction.atomic
def stand(effect: Record, policy: Policy, *, by: str, basis: str, told: str) -> RecordEvent | None:
    """A record stands on its other grounds, as two people decided: its lost supports are ended, and its suspension with them.

    None where it was not suspended for that, or is suspended for another cause, too. Raises NotNamed without another ground.
    """
    locked_position()
    ref, present = Ref(Sort.RECORD, effect.number), Moment.now()
    if not other_grounds(ref, policy, present):
        raise NotNamed(Problem.NO_SUPPORT)
    for each in holds(ref, policy, present).lost:
        end(each, policy, basis=basis, by=by, is_replaced=True)
    suspended = standing_ends(present).filter(act_key=effect.act_key, effect=Effect.SUSPENDED)
    bases = list(suspended.values_list("basis", flat=True))
    if not bases or not all(each.startswith(LOST) for each in bases):
        return None
    return note(effect, Effect.RESUMED, by=by, basis=basis, told=told)


# ── candidates ───────────────────────────────────────────────────────────────────────────────────────────────────────
def candidates_of(record: Record) -> QuerySet[Candidate]:
    """Acts that the record cites, or by which it is cited, and of which nobody said yet whether one rests on the other."""
    found = Candidate.objects.filter(Q(effect_act=record.act_key) | Q(cited_act=record.act_key), is_confirmed=None)
    return found.select_related("effect__provider", "cited__provider").order_by("pk")


@transaction.atomic
def confirm(candidate: int, ground: Ground, policy: Policy, *, by: str) -> Support:
    """Say that it is so. Raises NotNamed, and Candidate.DoesNotExist for one that is decided."""
    found = _decided(candidate, by, is_confirmed=True)
    return rest(Ref(Sort.RECORD, found.effect.number), ground, policy, by=by)


@transaction.atomic
def decline(candidate: int, *, by: str) -> Candidate:
    """Say that it is not. Raises Candidate.DoesNotExist for one that is decided."""
    return _decided(candidate, by, is_confirmed=False)


def _decided(candidate: int, by: str, *, is_confirmed: bool) -> Candidate:
    found = (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("effect", "cited")
        .get(pk=candidate, is_confirmed=None)
    )
    found.is_confirmed, found.decided_by, found.decided_at = is_confirmed, by, timezone.now()
    found.save(update_fields=["is_confirmed", "decided_by", "decided_at"])
    return found
