"""Two subjects that prove to be one (same-as): what stands in the way, the merge, and its end.

A merge moves nothing. ``Subject.merged_into`` is computed from the standing merges alone, so ending one, in whatever order, leaves
everything as if it had never been. Succession in law is another thing (subjects.succession).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from rongxin.primitives.uscc import is_valid
from rongxin.subjects.models import (
    Category,
    Identifier,
    Judgement,
    Merge,
    Status,
    Subject,
    SubjectName,
    Succession,
    Verdict,
)
from rongxin.subjects.telling import tell, tell_judgements


class Bar(StrEnum):
    """Why two subjects cannot be merged."""

    SAME_SUBJECT = "same_subject"
    MERGED_ALREADY = "merged_already"
    SOLE_TRADER = "sole_trader"
    JUDGED_DIFFERENT = "judged_different"
    SUCCESSION = "succession"


class Doubt(StrEnum):
    """What speaks against a merge and must be answered with a reason."""

    TWO_CODES = "two_codes"
    CATEGORY = "category"
    STATUS = "status"
    MERGED_BEFORE = "merged_before"


@dataclass(frozen=True)
class Conflicts:
    """What stands in the way of a merge. ``judgements`` are those behind JUDGED_DIFFERENT, ``successions`` behind SUCCESSION."""

    bars: tuple[Bar, ...]
    doubts: tuple[Doubt, ...]
    judgements: tuple[Judgement, ...] = ()
    successions: tuple[Succession, ...] = ()


class NotMergeable(Exception):
    """The merge is barred, or a doubt has no answer: ``conflicts`` says which."""

    def __init__(self, conflicts: Conflicts) -> None:
        super().__init__(", ".join([*conflicts.bars, *conflicts.doubts]))
        self.conflicts = conflicts


class Ended(Exception):
    """What is to be ended was ended before: somebody was faster."""


def conflicts(kept: Subject, absorbed: Subject) -> Conflicts:
    """What stands in the way of merging ``absorbed`` into ``kept``, as the two stand now."""
    if kept.pk == absorbed.pk:
        return Conflicts(bars=(Bar.SAME_SUBJECT,), doubts=())
    judgements = tuple(judgements_between(kept, absorbed))
    successions = tuple(successions_between(kept, absorbed))
    before = Merge.objects.filter(kept__in=(kept, absorbed), absorbed__in=(kept, absorbed)).exclude(ended_at=None)
    bars = {
        Bar.MERGED_ALREADY: kept.merged_into_id is not None or absorbed.merged_into_id is not None,
        Bar.SOLE_TRADER: (kept.category == Category.SOLE_TRADER) != (absorbed.category == Category.SOLE_TRADER),
        Bar.JUDGED_DIFFERENT: bool(judgements),
        Bar.SUCCESSION: bool(successions),
    }
    doubts = {
        Doubt.TWO_CODES: is_valid(kept.uscc) and is_valid(absorbed.uscc),
        Doubt.CATEGORY: kept.category != absorbed.category and not bars[Bar.SOLE_TRADER],
        Doubt.STATUS: kept.status != absorbed.status and Status.UNKNOWN not in (kept.status, absorbed.status),
        Doubt.MERGED_BEFORE: before.exists(),
    }
    return Conflicts(
        bars=tuple(bar for bar, stands in bars.items() if stands),
        doubts=tuple(doubt for doubt, stands in doubts.items() if stands),
        judgements=judgements,
        successions=successions,
    )


def judgements_between(one: Subject, other: Subject) -> list[Judgement]:
    """Standing judgements that a party bearing a code of the one, or only its name, is not the other."""
    return [judgement for left, right in ((one, other), (other, one)) for judgement in _not(left, bearing_of=right)]


def successions_between(one: Subject, other: Subject) -> list[Succession]:
    """Standing successions between the two or what they absorbed: they are two in law."""
    left, right = branch(one.pk), branch(other.pk)
    return list(
        Succession.objects.filter(ended_at=None).filter(
            Q(predecessor__in=left, successor__in=right) | Q(predecessor__in=right, successor__in=left)
        )
    )


def branch(subject: int) -> list[int]:
    """The subject and all that it absorbed, directly or through others, as standing merges say."""
    found, last = [subject], [subject]
    while last:
        last = list(Merge.objects.filter(kept__in=last, ended_at=None).values_list("absorbed", flat=True))
        found += last
    return found


@transaction.atomic
def merge(
    kept: Subject, absorbed: Subject, *, by: str, basis: str, answers: Mapping[Doubt, str] | None = None
) -> Merge:
    """From now on ``absorbed`` counts as ``kept``. ``basis`` says why they are one, ``answers`` settles every doubt.

    Raises NotMergeable, and ValueError without a basis. What ``absorbed`` had absorbed itself comes along.
    """
    _demand_basis(basis)
    one_at_a_time()
    kept, absorbed = (Subject.objects.get(pk=subject.pk) for subject in (kept, absorbed))
    found = conflicts(kept, absorbed)
    given = {doubt: text.strip() for doubt, text in (answers or {}).items() if text.strip()}
    if found.bars or any(doubt not in given for doubt in found.doubts):
        raise NotMergeable(found)
    made = Merge.objects.create(
        kept=kept,
        absorbed=absorbed,
        basis=basis,
        answers={doubt.value: given[doubt] for doubt in found.doubts},
        by=by,
        made_at=timezone.now(),
    )
    _settle(absorbed.pk)
    _tell("subject.merge", made, by)
    return made


@transaction.atomic
def unmerge(merge: Merge, *, by: str, basis: str) -> Merge:
    """End a merge: both subjects stand as before it. Raises Ended, and ValueError without a basis."""
    _demand_basis(basis)
    one_at_a_time()
    standing = Merge.objects.select_related("kept", "absorbed").get(pk=merge.pk)
    if standing.ended_at is not None:
        raise Ended
    standing.ended_at, standing.ended_by, standing.ended_basis = timezone.now(), by, basis
    standing.save(update_fields=["ended_at", "ended_by", "ended_basis"])
    _settle(standing.absorbed_id)
    _tell("subject.unmerge", standing, by)
    return standing


@transaction.atomic
def end_judgement(judgement: Judgement, *, by: str) -> None:
    """End a judgement; nothing happens to one that was ended before."""
    if Judgement.objects.filter(pk=judgement.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
        tell_judgements("subject.unjudge", [judgement], by=by)


def one_at_a_time() -> None:
    """Let no other change of who is who run until this transaction ends.

    They are rare and each looks at several rows, so one lock for all is simpler and surer than many. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE subjects_merge IN SHARE ROW EXCLUSIVE MODE")


def _tell(act: str, merge: Merge, by: str) -> None:
    tell(act, (merge.kept, merge.absorbed), {"kept": merge.kept.uscc, "absorbed": merge.absorbed.uscc}, by=by)


def _demand_basis(basis: str) -> None:
    if not basis.strip():
        raise ValueError("who is who is never changed without a basis")


def _settle(subject: int) -> None:
    """Point a subject, and all that it absorbed, to where the standing merges lead. Whoever leads nowhere stands for itself."""
    root = subject
    while (
        into := Merge.objects.filter(absorbed=root, ended_at=None).values_list("kept", flat=True).first()
    ) is not None:
        root = into
    Subject.objects.filter(pk__in=branch(subject)).exclude(pk=root).update(merged_into=root)
    if root == subject:
        Subject.objects.filter(pk=subject).update(merged_into=None)


def _not(left: Subject, *, bearing_of: Subject) -> Iterable[Judgement]:
    """Standing judgements "different" about ``left`` that concern the codes or names of ``bearing_of``."""
    theirs = branch(bearing_of.pk)
    codes = Identifier.objects.filter(subject__in=theirs).values("value")
    names = SubjectName.objects.filter(subject__in=theirs).values("normalised")
    return Judgement.objects.filter(subject__in=branch(left.pk), verdict=Verdict.DIFFERENT, ended_at=None).filter(
        Q(code__in=codes) | Q(code="", name_normalised__in=names)
    )
