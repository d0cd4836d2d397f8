"""What a merge, a split or their end would change in what is seen: counted before anything is done, in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from rongxin.engine.resolution import BY_CODE
from rongxin.policy.pack import Policy
from rongxin.policy.words import Polarity
from rongxin.records.display import Moment, displayed, known
from rongxin.records.models import Record, Resolution

MOST_DOCUMENTS: Final = 20


@dataclass(frozen=True)
class KindTally:
    """Acts of one kind and polarity: how many are known, and how many of them the public sees now."""

    kind: str
    polarity: Polarity
    known: int
    displayed: int


def tallies(subjects: Iterable[int], policy: Policy, moment: Moment) -> tuple[KindTally, ...]:
    """The acts resolved to just these subjects, by kind and polarity in the order of the catalog."""
    return _tallies(Q(pk__in=_of(subjects).values("record")), policy, moment)


def tallies_without_code(subject: int, policy: Policy, moment: Moment, *, since: datetime) -> tuple[KindTally, ...]:
    """The acts resolved to the subject since an instant otherwise than by its code: under a merge they may have meant either."""
    found = _of([subject]).filter(made_at__gt=since).exclude(method=BY_CODE)
    return _tallies(Q(pk__in=found.values("record")), policy, moment)


def tallies_of_acts(numbers: Iterable[str], policy: Policy, moment: Moment) -> tuple[KindTally, ...]:
    """The same for chosen acts, by their public numbers."""
    return _tallies(Q(number__in=list(numbers)), policy, moment)


def documents_of_both(one: Iterable[int], other: Iterable[int]) -> list[str]:
    """Document numbers that acts of one kind bear on both sides, at most MOST_DOCUMENTS: perhaps one decision recorded twice."""
    theirs = Record.objects.filter(pk__in=_of(other).values("record")).exclude(document_key="")
    pairs = set(theirs.values_list("kind", "document_key").distinct())
    ours = Record.objects.filter(pk__in=_of(one).values("record"), document_key__in=theirs.values("document_key"))
    found = ours.values_list("kind", "document_key", "document_number")
    return sorted({number for kind, key, number in found if (kind, key) in pairs})[:MOST_DOCUMENTS]


def _of(subjects: Iterable[int]) -> QuerySet[Resolution]:
    return Resolution.objects.filter(subject__in=list(subjects), ended_at=None)


def _tallies(chosen: Q, policy: Policy, moment: Moment) -> tuple[KindTally, ...]:
    numbers = _counted(known(moment).filter(chosen))
    seen = _counted(displayed(policy, moment).filter(chosen))
    order = list(policy.kinds)
    return tuple(
        KindTally(kind, Polarity(polarity), numbers[kind, polarity], seen.get((kind, polarity), 0))
        for kind, polarity in sorted(numbers, key=lambda each: (order.index(each[0]) if each[0] in order else -1, each))
    )


def _counted(records: QuerySet[Record]) -> dict[tuple[str, str], int]:
    rows = records.values("kind", "polarity").annotate(number=Count("pk")).order_by()
    return {(row["kind"], row["polarity"]): row["number"] for row in rows}
