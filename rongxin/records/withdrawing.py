"""Taking a record off display, with a ground, a reason for the public and a basis for the file.

行政处罚法 art. 48: a published penalty that is changed, annulled, found unlawful or void is withdrawn within three working
days, with a public reason. It takes effect at once and is never undone: what was withdrawn by mistake, or was wrong and
is right now, is sent as a correction or as another decision, never by silence.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from rongxin.accounts.access import Access
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import demand, within_reach
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Title
from rongxin.primitives.recognisers import NUMBERS, Suspect, suspects
from rongxin.records.actions import note
from rongxin.records.barred import WITHDRAWAL
from rongxin.records.display import Moment, displayed, known, standing_ends
from rongxin.records.models import Effect, Record, RecordContent, RecordEvent
from rongxin.records.queries import firm_of, history_of, subjects_of
from rongxin.subjects.models import Subject

LONGEST_REASON: Final = 200
LONGEST_BASIS: Final = 300
TIME_LIMIT: Final = "publicity/withdraw"
LONGEST_LIST: Final = 50


class Ground(StrEnum):
    """Why a record is withdrawn. The first four follow a new decision about the act itself."""

    CHANGED = "changed"
    ANNULLED = "annulled"
    UNLAWFUL = "unlawful"
    VOID = "void"
    MISFILED = "misfiled"
    DUPLICATE = "duplicate"
    WRONG_SUBJECT = "wrong_subject"
    OTHER = "other"


LABELS: Final = {
    Ground.CHANGED: Title(zh="原决定被依法变更", en="the decision was changed"),
    Ground.ANNULLED: Title(zh="原决定被依法撤销", en="the decision was annulled"),
    Ground.UNLAWFUL: Title(zh="原决定被确认违法", en="the decision was found unlawful"),
    Ground.VOID: Title(zh="原决定被确认无效", en="the decision was found void"),
    Ground.MISFILED: Title(zh="报送错误，不应归集", en="filed by mistake"),
    Ground.DUPLICATE: Title(zh="与另一条记录重复", en="the same as another record"),
    Ground.WRONG_SUBJECT: Title(zh="归到了别的主体名下", en="filed under another subject"),
    Ground.OTHER: Title(zh="其他原因", en="another reason"),
}
FELL: Final = frozenset({Ground.ANNULLED, Ground.UNLAWFUL, Ground.VOID})
AFTER_A_DECISION: Final = FELL | {Ground.CHANGED}


# The tables are for this package alone; this is the name others use.
Envelope = Record


class Problem(StrEnum):
    """Why a withdrawal cannot be made as asked."""

    ALREADY = "already"
    NO_GROUND = "no_ground"
    NO_DECISION_DAY = "no_decision_day"
    DECISION_DAY = "decision_day"
    NO_BASIS = "no_basis"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"
    NAMES_A_NUMBER = "names_a_number"
    MAY_NAME_A_PERSON = "may_name_a_person"


class NotPossible(ValueError):
    """A withdrawal that cannot be made; ``problem`` says why, ``found`` what in the public words may tell of a person."""

    def __init__(self, problem: Problem, found: tuple[str, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.found = found


@dataclass(frozen=True)
class Wish:
    """What an officer asks for. ``decided_on``: the day of the new decision, for the grounds in AFTER_A_DECISION.

    ``words`` are told to the public behind the ground; ``basis`` stays in the file. ``names_nobody``: the officer has
    looked at what was suspected in the words, and it is no person.
    """

    ground: Ground
    basis: str
    words: str = ""
    decided_on: date | None = None
    names_nobody: bool = False

    @property
    def reason(self) -> str:
        """The sentence of the tombstone."""
        ground = "" if self.ground == Ground.OTHER else LABELS[self.ground].zh
        on = f"（{self.decided_on.isoformat()}）" if self.decided_on and self.ground in AFTER_A_DECISION else ""
        return "。".join(part.rstrip("。") for part in (ground + on, self.words.strip()) if part) + "。"


@dataclass(frozen=True)
class TimeLimit:
    """How long a withdrawal may take after the new decision: ``due`` is the last day."""

    decided_on: date
    due: date
    days: int
    is_provisional: bool


@dataclass(frozen=True)
class Tombstone:
    """What remains of a withdrawn record for the public."""

    at: datetime
    reason: str
    provider: str


@dataclass(frozen=True)
class Kept:
    """An act as its department sees it: the newest version, whose it is, whether it is displayed, what happened to it.

    ``filled``: the fields of its content that hold words.
    """

    record: Record
    title: str
    subject: Subject | None
    is_displayed: bool
    is_withdrawn: bool
    filled: frozenset[str]
    events: tuple[RecordEvent, ...]


def time_limit(decided_on: date, policy: Policy) -> TimeLimit | None:
    """By when a decision that no longer stands must be off display; None before there was such a rule."""
    try:
        value = policy.value(TIME_LIMIT, decided_on)
    except (NothingInForce, KeyError):
        return None
    end = policy.calendar.add(decided_on, value.count)
    return TimeLimit(decided_on, end.date, value.count, end.provisional)


def withdraw(number: str, wish: Wish, *, by: Account) -> RecordEvent:
    """Take the act with this number off display for good. Raises NotPossible, PermissionDenied, Record.DoesNotExist."""
    with transaction.atomic():
        record = known(Moment.now()).select_related("provider").select_for_update(of=("self",)).get(number=number)
        demand(by, Action.RECORD_WITHDRAW, record.provider)
        _check(record, wish)
        effect = Effect.ANNULLED if wish.ground in FELL else Effect.WITHDRAWN
        basis = f"{LABELS[wish.ground].zh}；{wish.basis.strip()}"
        return note(record, effect, by=by.username, basis=basis, told=wish.ground, reason=wish.reason)


def suspected(words: str) -> tuple[Suspect, ...]:
    """What in the public words may tell of a person."""
    return suspects(words)


def _check(record: Record, wish: Wish) -> None:
    if _withdrawals(record.act_key):
        raise NotPossible(Problem.ALREADY)
    if wish.ground in AFTER_A_DECISION:
        if wish.decided_on is None:
            raise NotPossible(Problem.NO_DECISION_DAY)
        if not record.decided_on <= wish.decided_on <= Moment.now().day:
            raise NotPossible(Problem.DECISION_DAY)
    if not wish.basis.strip():
        raise NotPossible(Problem.NO_BASIS)
    if wish.ground == Ground.OTHER and not wish.words.strip():
        raise NotPossible(Problem.NO_WORDS)
    if len(wish.reason) > LONGEST_REASON or len(wish.basis) > LONGEST_BASIS - 20:
        raise NotPossible(Problem.TOO_LONG)
    found = suspected(wish.words)
    told = tuple(wish.words[each.start : each.end] for each in found)
    if any(each.sign in NUMBERS for each in found):
        raise NotPossible(Problem.NAMES_A_NUMBER)
    if found and not wish.names_nobody:
        raise NotPossible(Problem.MAY_NAME_A_PERSON, told)


def _withdrawals(act_key: str) -> list[RecordEvent]:
    ends = standing_ends(Moment.now()).filter(act_key=act_key, effect__in=WITHDRAWAL)
    return list(ends.order_by("-position"))


def tombstone(number: str) -> Tombstone | None:
    """What is said of a withdrawn act; None for one that was not withdrawn, or whose withdrawal is not in effect."""
    record = known(Moment.now()).filter(number=number).select_related("provider").first()
    found = _withdrawals(record.act_key) if record else []
    if record is None or not found:
        return None
    return Tombstone(at=found[0].effective_at, reason=found[0].reason or "", provider=record.provider.name)


def own(officer: Account, number: str, action: Action = Action.BATCH_READ) -> Record | None:
    """The envelope of one act for whose department the officer holds ``action``; None for another's, as if there were none."""
    record = known(Moment.now()).filter(number=number).select_related("provider").first()
    return record if record is not None and officer.may(action, record.provider) else None


def kept(access: Access, number: str, policy: Policy) -> Kept | None:
    """The same act whole. Raises NotLogged."""
    present = Moment.now()
    record = own(access.actor, number)
    if record is None:
        return None
    subject = subjects_of([record]).get(record.pk)
    access.look([firm_of(record, subject)], "record")
    content = RecordContent.objects.filter(record=record).first()
    return Kept(
        record=record,
        title=content.title if content else "",
        subject=subject,
        is_displayed=displayed(policy, present).filter(pk=record.pk).exists(),
        is_withdrawn=bool(_withdrawals(record.act_key)),
        filled=frozenset(name for name, value in json.loads(content.text).items() if value) if content else frozenset(),
        events=history_of(record.act_key, present),
    )


def find(officer: Account, question: str, document_key: str) -> list[Record]:
    """Acts of the officer's department by record number, document number or code of the party; none for no question."""
    if not question:
        return []
    records = within_reach(officer, Action.BATCH_READ, known(Moment.now()))
    for condition in ({"number": question}, {"document_key": document_key}, {"party_code": question}):
        found = list(
            records.filter(**condition).select_related("provider").order_by("-decided_on", "-pk")[:LONGEST_LIST]
        )
        if found:
            return found
    return []


def withdrawn_lately(officer: Account, *, limit: int = LONGEST_LIST) -> list[RecordEvent]:
    """The withdrawals of the officer's department (a credit office: of its region), the newest first, each with its record."""
    events = RecordEvent.objects.filter(effect__in=WITHDRAWAL).order_by("-position")
    own = within_reach(officer, Action.BATCH_READ, events, "record__provider")
    return list(own.select_related("record", "record__provider")[:limit])
