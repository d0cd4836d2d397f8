"""Succession in law: one subject took over another by merger, by division, or as the enterprise a sole trader became.

The two stay two: no record moves, what was decided against the predecessor stays on its page. Rights and duties pass by law, not
by this platform: 民法典第六十七条 (merger and division of legal persons), 促进个体工商户发展条例第十三条 (a sole trader becomes an
enterprise).
"""

from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.subjects.merging import Ended, one_at_a_time
from rongxin.subjects.models import Category, Subject, Succession, SuccessionKind
from rongxin.subjects.telling import tell


class SuccessionBar(StrEnum):
    """Why a succession cannot be recorded."""

    SAME_SUBJECT = "same_subject"
    MERGED = "merged"
    STANDS_ALREADY = "stands_already"
    IN_A_CIRCLE = "in_a_circle"
    NOT_YET = "not_yet"
    SOLE_TRADER = "sole_trader"
    NOT_A_SOLE_TRADER = "not_a_sole_trader"


class NotSucceedable(Exception):
    """The succession cannot be: ``bars`` says why."""

    def __init__(self, bars: tuple[SuccessionBar, ...]) -> None:
        super().__init__(", ".join(bars))
        self.bars = bars


def bars(
    kind: SuccessionKind, predecessor: Subject, successor: Subject, *, effective_on: date
) -> tuple[SuccessionBar, ...]:
    """Why this succession cannot be recorded today; empty when it can."""
    if predecessor.pk == successor.pk:
        return (SuccessionBar.SAME_SUBJECT,)
    is_trader = predecessor.category == Category.SOLE_TRADER
    becomes_enterprise = kind == SuccessionKind.CONVERSION
    found = {
        SuccessionBar.MERGED: predecessor.merged_into_id is not None or successor.merged_into_id is not None,
        SuccessionBar.STANDS_ALREADY: Succession.objects.filter(
            predecessor=predecessor, successor=successor, ended_at=None
        ).exists(),
        SuccessionBar.IN_A_CIRCLE: predecessor.pk in _successors_on(successor.pk, effective_on),
        SuccessionBar.NOT_YET: effective_on > timezone.localdate(),
        # Merging and dividing are for organisations; a sole trader becomes an enterprise, nobody becomes a sole trader.
        SuccessionBar.SOLE_TRADER: successor.category == Category.SOLE_TRADER or (is_trader and not becomes_enterprise),
        SuccessionBar.NOT_A_SOLE_TRADER: becomes_enterprise and not is_trader,
    }
    return tuple(bar for bar, stands in found.items() if stands)


@transaction.atomic
def succeed(
    kind: SuccessionKind, predecessor: Subject, successor: Subject, *, effective_on: date, document: str, by: str
) -> Succession:
    """Record that ``successor`` took over ``predecessor`` on a day. Raises NotSucceedable, and ValueError without a document."""
    if not document.strip():
        raise ValueError("a succession needs its document")
    one_at_a_time()
    predecessor, successor = (Subject.objects.get(pk=subject.pk) for subject in (predecessor, successor))
    if found := bars(kind, predecessor, successor, effective_on=effective_on):
        raise NotSucceedable(found)
    made = Succession.objects.create(
        kind=kind,
        predecessor=predecessor,
        successor=successor,
        effective_on=effective_on,
        document=document,
        by=by,
        made_at=timezone.now(),
    )
    _tell("subject.succeed", made, by)
    return made


@transaction.atomic
def end_succession(succession: Succession, *, by: str, basis: str) -> Succession:
    """End a succession that was entered wrongly. Raises Ended, and ValueError without a basis."""
    if not basis.strip():
        raise ValueError("who is who is never changed without a basis")
    found = Succession.objects.select_related("predecessor", "successor")
    standing = found.select_for_update(of=("self",)).get(pk=succession.pk)
    if standing.ended_at is not None:
        raise Ended
    standing.ended_at, standing.ended_by, standing.ended_basis = timezone.now(), by, basis
    standing.save(update_fields=["ended_at", "ended_by", "ended_basis"])
    _tell("subject.end_succession", standing, by)
    return standing


def _tell(act: str, succession: Succession, by: str) -> None:
    told = {
        "kind": succession.kind,
        "predecessor": succession.predecessor.uscc,
        "successor": succession.successor.uscc,
        "on": succession.effective_on.isoformat(),
    }
    tell(act, (succession.predecessor, succession.successor), told, by=by)


def successions_of(subject: Subject) -> list[Succession]:
    """Standing successions on either side of a subject, or of what it absorbed, by day."""
    same = Subject.objects.filter(Q(pk=subject.pk) | Q(merged_into=subject)).values("pk")
    return list(
        Succession.objects.filter(Q(predecessor__in=same) | Q(successor__in=same), ended_at=None)
        .select_related("predecessor__merged_into", "successor__merged_into")
        .order_by("effective_on", "pk")
    )


def _successors_on(subject: int, day: date) -> set[int]:
    """Who took over the subject, and who took over those, all on one day."""
    found: set[int] = set()
    last = {subject}
    while last:
        after = Succession.objects.filter(predecessor__in=last, effective_on=day, ended_at=None)
        last = set(after.values_list("successor", flat=True)) - found
        found |= last
    return found
