"""What is displayed on a day, computed when read: dates, events and the rules in force, never a job.

``displayed`` is the one gate through which records reach the public. It is set-based: conditions by kind and severity from the
rulebook, the newest version known, no event that ended display and was not undone, and no support lost on which it rests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from rongxin.policy.display import NEVER, decided_since
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Severity
from rongxin.records.bearing import Sort
from rongxin.records.models import ENDS_DISPLAY, UNDONE_BY, Effect, Record, RecordEvent, Resolution, Support

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
UNRESOLVED: Final = "归属认定已撤销"
"""How the basis of a suspension begins that only means that nobody knows whose the record is."""
LOST: Final = "所依据的不再成立"
"""How the basis of a suspension begins that follows from the loss of a support."""
DISPUTE: Final = (Effect.DISPUTED, Effect.DISPUTE_ENDED)
BEARS_NOTHING: Final = (Effect.WITHDRAWN, Effect.ANNULLED, Effect.ERASED)
"""After these an act supports nothing any more."""


@dataclass(frozen=True)
class Moment:
    """A day on which the platform is looked at, and the instant up to which it knew things."""

    day: date
    known_at: datetime

    @classmethod
    def now(cls) -> "Moment":
        """Today, with all that is known."""
        return cls.at(timezone.now())

    @classmethod
    def at(cls, instant: datetime) -> "Moment":
        """The day of an instant, with what was known then."""
        return cls(instant.astimezone(SHANGHAI).date(), instant)

    @classmethod
    def of(cls, day: date | None) -> "Moment":
        """A past day as it stood at its end; today and None give the present."""
        present = cls.now()
        if day is None or day >= present.day:
            return present
        return cls(day, datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1))


def displayed(policy: Policy, moment: Moment) -> QuerySet[Record]:
    """The records shown to the public at ``moment`` under ``policy``, one version of each act."""
    ended = standing_ends(moment).filter(act_key=OuterRef("act_key"))
    over = over_when_first_recorded(policy).filter(act_key=OuterRef("act_key"))
    lost = lost_supports(policy, moment).filter(effect_act=OuterRef("act_key"))
    return known(moment).filter(
        _in_term(policy, moment.day), ~Exists(ended), ~Exists(over), ~Exists(lost), display=Display.PUBLIC
    )


def all_displayed(policy: Policy, moment: Moment) -> QuerySet[Record]:
    """The same records as ``displayed``, for counting them all: what is superseded or ended is listed once, not sought
    record by record. On SQLite that is several times as fast for the whole table, and slower for a few records.
    """
    return (
        all_known(moment)
        .filter(_in_term(policy, moment.day), display=Display.PUBLIC)
        .exclude(act_key__in=standing_ends(moment).values("act_key"))
        .exclude(act_key__in=over_when_first_recorded(policy).values("act_key"))
        .exclude(act_key__in=lost_supports(policy, moment).values("effect_act"))
    )


def shown(policy: Policy, moment: Moment) -> QuerySet[Record]:
    """What a page may show of ``moment``: displayed then and, for a past day, not ended since.

    Repair, expiry and withdrawal end display for good (architecture §2): looking back must not bring it back.
    """
    present = Moment.now()
    records = displayed(policy, moment)
    if moment.day == present.day:
        return records
    return records.filter(Exists(displayed(policy, present).filter(act_key=OuterRef("act_key"))))


def known(moment: Moment) -> QuerySet[Record]:
    """The newest version of every act known at ``moment``, displayed or not."""
    newer = Record.objects.filter(
        act_key=OuterRef("act_key"), version__gt=OuterRef("version"), recorded_at__lte=moment.known_at
    )
    return Record.objects.filter(~Exists(newer), recorded_at__lte=moment.known_at)


def all_known(moment: Moment) -> QuerySet[Record]:
    """The same records as ``known``, for all of them at once."""
    superseded = Record.objects.filter(supersedes__isnull=False, recorded_at__lte=moment.known_at).values("supersedes")
    return Record.objects.filter(recorded_at__lte=moment.known_at).exclude(pk__in=superseded)


def standing_ends(moment: Moment) -> QuerySet[RecordEvent]:
    """Events that ended the display of an act and were not undone by their counterpart, as known at ``moment``.

    Each end is undone by its own counterpart only: a suspension that ends does not bring back what was repaired.
    """
    in_effect = RecordEvent.objects.filter(effective_at__lte=moment.known_at, recorded_at__lte=moment.known_at)
    undone_by = Case(
        *(When(effect=end, then=Value(undone.value)) for end, undone in UNDONE_BY.items()), output_field=CharField()
    )
    undone = in_effect.filter(
        act_key=OuterRef("act_key"), effect=OuterRef("undone_by"), position__gt=OuterRef("position")
    )
    # The key is never missing but from first events, which end nothing: said, so that the index without them is used.
    ends = in_effect.filter(effect__in=ENDS_DISPLAY, act_key__isnull=False)
    return ends.annotate(undone_by=undone_by).filter(~Exists(undone))


def standing_disputes(moment: Moment) -> QuerySet[RecordEvent]:
    """Events that disputed an act and were followed by no other of a dispute, as known at ``moment``."""
    of_disputes = RecordEvent.objects.filter(
        effect__in=DISPUTE, act_key__isnull=False, recorded_at__lte=moment.known_at
    )
    later = of_disputes.filter(act_key=OuterRef("act_key"), position__gt=OuterRef("position"))
    return of_disputes.filter(~Exists(later), effect=Effect.DISPUTED)


def disputed(acts: Iterable[str], moment: Moment) -> frozenset[str]:
    """Which of these acts an objection runs against at ``moment``."""
    found = standing_disputes(moment).filter(act_key__in=list(acts))
    return frozenset(act for act in found.values_list("act_key", flat=True) if act)


def over_when_first_recorded(policy: Policy) -> QuerySet[Record]:
    """First versions of list entries that were over before they were known here: removals of unknown acts.

    They are kept and never displayed, also when the entry itself arrives afterwards.
    """
    lists = [kind.name for kind in policy.kinds.values() if kind.credit.listing is not None]
    recorded_on = TruncDate("recorded_at", tzinfo=SHANGHAI)
    return Record.objects.filter(kind__in=lists, version=1, valid_to__lt=recorded_on)


def standing_supports(moment: Moment) -> QuerySet[Support]:
    """What rests on what at ``moment``."""
    made = Support.objects.filter(made_at__lte=moment.known_at)
    return made.filter(Q(end=None) | Q(end__ended_at__gt=moment.known_at))


def lost_supports(policy: Policy, moment: Moment) -> QuerySet[Support]:
    """Of what rests on something the supports that bear nothing at ``moment``: withdrawn, annulled or erased, nobody's, another
    firm's, repaired where that counts, lapsed, or themselves without what they rest on.

    What those rest on in turn is computed one step further, and beyond that known by their suspension (actions.suspend_lost):
    SQLite reads no deeper question.
    """
    below = standing_supports(moment).filter(_bears_nothing(policy, moment))
    unheld = Exists(below.filter(effect_sort=OuterRef("sort"), effect=OuterRef("support")))
    return standing_supports(moment).filter(_bears_nothing(policy, moment) | unheld)


def _bears_nothing(policy: Policy, moment: Moment) -> Combinable | Q:
    """That a support itself is gone."""
    ends = standing_ends(moment).filter(act_key=OuterRef("support_act"))
    gone = (
        Q(effect__in=BEARS_NOTHING)
        | Q(effect=Effect.SUSPENDED, basis__startswith=UNRESOLVED)
        | Q(effect=Effect.SUSPENDED, basis__startswith=LOST)
    )
    ending = [kind.name for kind in policy.kinds.values() if kind.credit.listing or kind.credit.ends_with_validity]
    lapsed = known(moment).filter(act_key=OuterRef("support_act"), kind__in=ending, valid_to__lt=moment.day)
    over = [name for name, each in policy.documents.items() if each.last_day and each.last_day < moment.day]
    return (
        Exists(ends.filter(gone))
        | _is_another_firms(moment)
        | Q(ends_when_repaired=True) & Exists(ends.filter(effect=Effect.REPAIRED))
        | Exists(lapsed)
        | Q(sort=Sort.CLAUSE, support__in=over)
    )


def _is_another_firms(moment: Moment) -> Exists:
    """That a support was another firm's than its effect at ``moment``, merged subjects being one."""
    standing = Q(ended_at=None) | Q(ended_at__gt=moment.known_at)
    owners = Resolution.objects.filter(standing, made_at__lte=moment.known_at).annotate(
        whose=Coalesce("subject__merged_into", "subject")
    )
    of_effect = owners.filter(record__act_key=OuterRef(OuterRef("effect_act"))).values("whose")[:1]
    return Exists(owners.filter(record__act_key=OuterRef("support_act")).exclude(whose=Subquery(of_effect)))


def _in_term(policy: Policy, day: date) -> Q:
    """Decided late enough to be still in term on ``day``, valid where display ends with validity, and complete when
    adverse: one condition for the kinds and severities that share it.
    """
    alike: dict[tuple[Severity, date | None, bool], list[str]] = {}
    for kind in policy.kinds.values():
        if kind.credit.envelope is None:
            continue
        for severity in sorted(kind.credit.severities):
            since = decided_since(policy, kind, severity, day)
            if since != NEVER:
                alike.setdefault((severity, since, kind.credit.ends_with_validity), []).append(kind.name)
    condition = Q(pk__in=[])
    for (severity, since, ends_with_validity), kinds in alike.items():
        shown = Q(kind__in=kinds, severity=severity)
        if since is not None:
            shown &= Q(decided_on__gte=since)
        if severity != Severity.NONE:
            shown &= ~Q(authority="") & ~Q(document_number="") & ~Q(basis="")
        if ends_with_validity:
            shown &= Q(valid_to=None) | Q(valid_to__gte=day)
        condition |= shown
    return condition
