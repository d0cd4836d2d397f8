"""What an enterprise reads of itself beside what is displayed: records that are kept here and not shown to the public, and why."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from rongxin.accounts.access import Access, Act
from rongxin.policy.display import display_rule
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Severity
from rongxin.records.display import Moment, displayed, known, over_when_first_recorded, standing_ends
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.queries import ADVERSE_FIRST, Shown, history_of, resolved_to, with_content
from rongxin.subjects.models import Subject


class Unshown(StrEnum):
    """Why the public does not see a record, as its own enterprise is told."""

    NOT_PUBLIC = "not_public"
    SUSPENDED = "suspended"
    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True)
class OwnRecord:
    """A record of an enterprise that is not displayed."""

    shown: Shown
    why: Unshown


def undisplayed_of(
    subject: Subject,
    policy: Policy,
    moment: Moment,
    access: Access,
    *,
    limit: int,
    offset: int = 0,
    act: Act = "read",
) -> list[OwnRecord]:
    """Records of the company that are not displayed, adverse ones first, then the latest decision; four queries in all.

    What was sealed or erased is not told: the one is nobody's business yet, the other is gone. Raises NotLogged.
    """
    access.look([subject.uscc], "file", act=act)
    found = with_content(_undisplayed(subject, policy, moment), moment, ADVERSE_FIRST, limit, offset)
    keys = {each.record.act_key for each in found}
    ends: dict[str, set[str]] = {}
    for act_key, effect in standing_ends(moment).filter(act_key__in=keys).values_list("record__act_key", "effect"):
        ends.setdefault(act_key, set()).add(effect)
    over = set(over_when_first_recorded(policy).filter(act_key__in=keys).values_list("act_key", flat=True))
    return [
        OwnRecord(each, _why(each.record, ends.get(each.record.act_key, set()), over, policy, moment)) for each in found
    ]


@dataclass(frozen=True)
class OwnAct:
    """One act of an enterprise for itself. ``why`` None: it is displayed."""

    shown: Shown
    why: Unshown | None
    events: tuple[RecordEvent, ...]


def own_act(subject: Subject, number: str, policy: Policy, moment: Moment, access: Access) -> OwnAct | None:
    """The act with this number, if it is the enterprise's and neither sealed nor erased; None otherwise. Raises NotLogged."""
    access.look([subject.uscc], "record")
    mine = known(moment).filter(number=number, pk__in=resolved_to([subject.pk]).values("record"), kind__in=policy.kinds)
    found = with_content(mine, moment, ("pk",), 1)
    if not found:
        return None
    record = found[0].record
    ends = set(standing_ends(moment).filter(act_key=record.act_key).values_list("effect", flat=True))
    if ends & {Effect.SEALED, Effect.ERASED}:
        return None
    why = None
    if not displayed(policy, moment).filter(pk=record.pk).exists():
        over = set(over_when_first_recorded(policy).filter(act_key=record.act_key).values_list("act_key", flat=True))
        why = _why(record, ends, over, policy, moment)
    return OwnAct(found[0], why, history_of(record.act_key, moment))


def undisplayed_count(subject: Subject, policy: Policy, moment: Moment) -> int:
    """How many there are."""
    return _undisplayed(subject, policy, moment).count()


def _undisplayed(subject: Subject, policy: Policy, moment: Moment) -> QuerySet[Record]:
    hidden = standing_ends(moment).filter(act_key=OuterRef("act_key"), effect__in=(Effect.SEALED, Effect.ERASED))
    return known(moment).filter(
        ~Exists(hidden),
        ~Exists(displayed(policy, moment).filter(pk=OuterRef("pk"))),
        pk__in=resolved_to([subject.pk]).values("record"),
        kind__in=policy.kinds,
    )


def _why(record: Record, ends: set[str], over: set[str], policy: Policy, moment: Moment) -> Unshown:
    if ends & {Effect.WITHDRAWN, Effect.ANNULLED}:
        return Unshown.WITHDRAWN
    if Effect.REPAIRED in ends:
        return Unshown.REPAIRED
    if Effect.SUSPENDED in ends:
        return Unshown.SUSPENDED
    rule = display_rule(policy, policy.kinds[record.kind], Severity(record.severity), moment.day)
    if Display.WITHHELD in (rule.display, record.display) or record.act_key in over:
        return Unshown.NOT_PUBLIC
    return Unshown.ENDED
