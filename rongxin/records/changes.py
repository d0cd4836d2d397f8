"""What changed for the public, by the gapless cursor of events: each act once, where it changed last.

A reader who has everything up to a position and takes what follows it holds what is displayed, and knows what to delete.
What was never public is not in it, nor anything of a sole trader, who is found by code or number only (architecture §2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from rongxin.policy.pack import Policy
from rongxin.policy.words import Display
from rongxin.records.copies import of_sole_traders
from rongxin.records.display import (
    DISPUTE,
    Moment,
    displayed,
    disputed,
    known,
    over_when_first_recorded,
    standing_ends,
)
from rongxin.records.models import Effect, Record, RecordContent, RecordEvent
from rongxin.records.queries import subjects_of
from rongxin.storage.parts import in_parts
from rongxin.subjects.models import Subject

QUIET_ENDS: Final = frozenset({Effect.SEALED, Effect.SUSPENDED, Effect.ERASED})
WITHDRAWALS: Final = frozenset({Effect.WITHDRAWN, Effect.ANNULLED})


class Step(StrEnum):
    """What a reader must do: add, replace, or delete the act."""

    PUBLISHED = "published"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    NOT_PUBLIC = "not_public"


DELETED: Final = frozenset({Step.WITHDRAWN, Step.ENDED, Step.NOT_PUBLIC})


@dataclass(frozen=True)
class Change:
    """An act as it stands, at the ``position`` and instant of its last event.

    ``title`` and ``subject`` only while it is displayed; ``reason`` is the public sentence of a withdrawal.
    """

    position: int
    at: datetime
    step: Step
    record: Record
    title: str = ""
    subject: Subject | None = None
    is_disputed: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Changes:
    """A part of the changes; ``last`` is the position a reader has reached with it, ``more`` whether others follow."""

    changes: tuple[Change, ...]
    last: int
    more: bool


def changes_before(position: int | None, policy: Policy, *, kind: str = "", limit: int) -> Changes:
    """The latest changes, the newest first, below ``position``."""
    events = _last_events(policy, kind)
    if position is not None:
        events = events.filter(position__lt=position)
    return _changes(events.order_by("-position"), policy, limit, otherwise=position or 0)


def changes_after(position: int, policy: Policy, *, kind: str = "", limit: int) -> Changes:
    """What changed since ``position``, the oldest first."""
    events = _last_events(policy, kind).filter(position__gt=position)
    return _changes(events.order_by("position"), policy, limit, otherwise=position)


@dataclass(frozen=True)
class Gone:
    """An act that was public and is so no longer for whoever holds a copy; ``step`` and ``reason`` as in a Change."""

    number: str
    kind: str
    step: Step
    reason: str


def gone(firsts: Sequence[int], policy: Policy) -> list[Gone]:
    """Why acts, named by the keys of their first versions, may be shown by others no longer; those that are on display all the same
    are a sole trader's now. A few queries for every five hundred.
    """
    present, told = Moment.now(), []
    keeps_a_line = policy.value("display/repaired_line", present.day).flag
    for part in in_parts(firsts):
        of_part = Record.objects.filter(pk__in=part).values("act_key")
        current = {each.act_key: each for each in known(present).filter(act_key__in=of_part).order_by("pk")}
        shown = set(displayed(policy, present).filter(act_key__in=list(current)).values_list("act_key", flat=True))
        ends = _ends([act for act in current if act not in shown], present)
        for act, record in current.items():
            step, reason = Step.NOT_PUBLIC, ""
            if act not in shown:
                step, reason = _why_gone(record, ends[act], keeps_a_line=keeps_a_line)
            told.append(Gone(record.number, record.kind, step, reason))
    return told


def has_changed_since(position: int) -> bool:
    """Whether an act was corrected, or an objection to one began or ended, since ``position``."""
    effects = (Effect.CORRECTED, *DISPUTE)
    return RecordEvent.objects.filter(position__gt=position, effect__in=effects).exists()


def last_position() -> tuple[int, datetime | None]:
    """The position and instant of the newest event of all; 0 and None on an empty platform."""
    newest = RecordEvent.objects.order_by("-position").values_list("position", "recorded_at").first()
    return newest or (0, None)


def _last_events(policy: Policy, kind: str) -> QuerySet[RecordEvent]:
    later = RecordEvent.objects.filter(act_key=OuterRef("record__act_key"), position__gt=OuterRef("position"))
    events = of_feed(policy).filter(~Exists(later))
    return events.filter(record__kind=kind) if kind else events


def of_feed(policy: Policy) -> QuerySet[RecordEvent]:
    """The events of every act that was public once: of what a feed tells."""
    same_act = {"act_key": OuterRef("record__act_key")}
    once_public = Record.objects.filter(**same_act, display=Display.PUBLIC)
    sole_traders = of_sole_traders().filter(record__act_key=OuterRef("record__act_key"))
    return RecordEvent.objects.filter(
        ~Exists(sole_traders),
        ~Exists(over_when_first_recorded(policy).filter(**same_act)),
        Exists(once_public),
    )


def _changes(events: QuerySet[RecordEvent], policy: Policy, limit: int, *, otherwise: int) -> Changes:
    found = list(events.select_related("record")[: limit + 1])
    part = found[:limit]
    acts = [event.act for event in part]
    present = Moment.now()
    current = {each.act_key: each for each in known(present).filter(act_key__in=acts).select_related("provider")}
    shown = set(displayed(policy, present).filter(act_key__in=acts).values_list("act_key", flat=True))
    records = [current[act] for act in acts]
    on_display = _Displayed.of([record for record in records if record.act_key in shown])
    ends = _ends([act for act in acts if act not in shown], present)
    keeps_a_line = policy.value("display/repaired_line", present.day).flag
    return Changes(
        changes=tuple(
            on_display.change(event, current[act])
            if act in shown
            else _deletion(event, current[act], ends.get(act, ()), keeps_a_line=keeps_a_line)
            for act, event in zip(acts, part, strict=True)
            if act in ends or act in shown
        ),
        last=part[-1].position if part else otherwise,
        more=len(found) > limit,
    )


@dataclass(frozen=True)
class _Displayed:
    """What is told of acts on display, asked for once for all."""

    titles: dict[int, str]
    subjects: dict[int, Subject]
    disputed: frozenset[str]

    @classmethod
    def of(cls, records: list[Record]) -> "_Displayed":
        if not records:
            return cls({}, {}, frozenset())
        titles = RecordContent.objects.filter(record__in=[record.pk for record in records])
        return cls(
            titles=dict(titles.values_list("record", "title")),
            subjects=subjects_of(records),
            disputed=disputed((record.act_key for record in records), Moment.now()),
        )

    def change(self, event: RecordEvent, record: Record) -> Change:
        return Change(
            position=event.position,
            at=event.recorded_at,
            step=Step.PUBLISHED if event.effect == Effect.RECORDED else Step.CHANGED,
            record=record,
            title=self.titles.get(record.pk, ""),
            subject=self.subjects.get(record.pk),
            is_disputed=record.act_key in self.disputed,
        )


def _ends(acts: list[str], present: Moment) -> dict[str, tuple[RecordEvent, ...]]:
    """The events that ended the display of acts, by act; nothing for one whose term is over."""
    ends: dict[str, tuple[RecordEvent, ...]] = dict.fromkeys(acts, ())
    if acts:
        for event in standing_ends(present).filter(act_key__in=acts).order_by("position"):
            ends[event.act] = (*ends[event.act], event)
    return ends


def _deletion(event: RecordEvent, record: Record, ends: Iterable[RecordEvent], *, keeps_a_line: bool) -> Change:
    step, reason = _why_gone(record, ends, keeps_a_line=keeps_a_line)
    return Change(position=event.position, at=event.recorded_at, step=step, record=record, reason=reason)


def _why_gone(record: Record, ends: Iterable[RecordEvent], *, keeps_a_line: bool) -> tuple[Step, str]:
    """Why an act that was public is so no longer, told no more exactly than on its own page."""
    effects = {end.effect: end for end in ends}
    step, reason = Step.ENDED, ""
    if record.display == Display.WITHHELD or QUIET_ENDS & effects.keys():
        step = Step.NOT_PUBLIC
    elif WITHDRAWALS & effects.keys():
        step = Step.WITHDRAWN
        reason = next((end.reason or "" for effect, end in effects.items() if effect in WITHDRAWALS), "")
    elif Effect.REPAIRED in effects and not keeps_a_line:
        step = Step.NOT_PUBLIC
    return step, reason
