"""One subject that proves to be two: the names and codes that go to the other, and the judgements that keep it so.

The records themselves are given to the other in records.splitting, which calls this in the same transaction.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone

from rongxin.primitives import resident_id
from rongxin.primitives.names import has_organisation_word, normalise_name
from rongxin.primitives.uscc import is_valid
from rongxin.subjects.models import (
    Category,
    Identifier,
    IdentifierKind,
    Judgement,
    Split,
    Subject,
    SubjectName,
    Verdict,
)
from rongxin.subjects.registration import register


class SplitBar(StrEnum):
    """Why a split cannot be done."""

    SAME_SUBJECT = "same_subject"
    MERGED = "merged"
    NOTHING_CHOSEN = "nothing_chosen"
    NOT_ITS_OWN = "not_its_own"
    NAMES_OF_A_SOLE_TRADER = "names_of_a_sole_trader"
    CODE_INVALID = "code_invalid"
    NAME_OF_NO_ORGANISATION = "name_of_no_organisation"


class NotSplittable(Exception):
    """The split cannot be done: ``bars`` says why."""

    def __init__(self, bars: tuple[SplitBar, ...]) -> None:
        super().__init__(", ".join(bars))
        self.bars = bars


def movable_names(origin: Subject) -> QuerySet[SubjectName]:
    """Names that may go to the other: former ones. The present name stays."""
    return SubjectName.objects.filter(subject=origin).exclude(valid_to=None).order_by("valid_to", "pk")


def movable_identifiers(origin: Subject) -> QuerySet[Identifier]:
    """Codes that may go to the other: old numbers. The unified code stays."""
    return Identifier.objects.filter(subject=origin).exclude(kind=IdentifierKind.USCC).order_by("kind", "pk")


def bars(origin: Subject, other: Subject, *, names: Iterable[int], identifiers: Iterable[int]) -> tuple[SplitBar, ...]:
    """Why names and codes cannot go from ``origin`` to ``other``; ``other`` may be new and not yet kept."""
    names, identifiers = set(names), set(identifiers)
    own_names = movable_names(origin).filter(pk__in=names).count()
    own_identifiers = movable_identifiers(origin).filter(pk__in=identifiers).count()
    is_trader = other.category == Category.SOLE_TRADER
    is_new = other.pk is None
    found = {
        SplitBar.SAME_SUBJECT: other.uscc == origin.uscc,
        SplitBar.MERGED: origin.merged_into_id is not None or other.merged_into_id is not None,
        SplitBar.NOT_ITS_OWN: own_names < len(names) or own_identifiers < len(identifiers),
        # Names of sole traders stand in no index; a name that changed sides would be found, or lost.
        SplitBar.NAMES_OF_A_SOLE_TRADER: bool(names) and is_trader != (origin.category == Category.SOLE_TRADER),
        SplitBar.CODE_INVALID: is_new and (not is_valid(other.uscc) or resident_id.looks_like(other.uscc)),
        SplitBar.NAME_OF_NO_ORGANISATION: is_new and not is_trader and not has_organisation_word(other.name),
    }
    return tuple(bar for bar, stands in found.items() if stands)


def entered(other: Subject, *, source: str, on: date) -> Subject:
    """``other`` as it stands on the register; entered there first when it is new."""
    if other.pk is None:
        register(pl.DataFrame({"uscc": [other.uscc], "name": [other.name]}), source=source, on=on)
    return Subject.objects.get(uscc=other.uscc)


def begin(
    origin: Subject,
    other: Subject,
    *,
    names: Iterable[int],
    identifiers: Iterable[int],
    by: str,
    provider: str,
    basis: str,
) -> Split:
    """Write the split, give names and codes to ``other``, and judge the two different. Part of records.splitting.split."""
    split = Split.objects.create(origin=origin, other=other, basis=basis, by=by, made_at=timezone.now())
    going = list(movable_names(origin).filter(pk__in=list(names)))
    codes = list(movable_identifiers(origin).filter(pk__in=list(identifiers)))
    borne = set(Identifier.objects.filter(subject=other).values_list("kind", "value"))
    twice = [code for code in codes if (code.kind, code.value) in borne]
    kept = [code.pk for code in codes if code not in twice]
    SubjectName.objects.filter(pk__in=[name.pk for name in going]).update(subject=other)
    Identifier.objects.filter(pk__in=[code.pk for code in twice]).delete()
    Identifier.objects.filter(pk__in=kept).update(subject=other)
    split.moved = {
        "names": [name.pk for name in going],
        "identifiers": kept,
        "dropped": [{"kind": code.kind, "value": code.value, "source": code.source} for code in twice],
        "judgements": [],
        "overruled": [],
    }
    remember(
        split,
        provider,
        different=[
            (origin, normalise_name(other.name), other.uscc),
            (other, normalise_name(origin.name), origin.uscc),
            *((origin, name.normalised, "") for name in going),
        ],
    )
    return split


def remember(
    split: Split,
    provider: str,
    *,
    different: Iterable[tuple[Subject, str, str]] = (),
    same: Iterable[tuple[str, str, str]] = (),
) -> None:
    """Keep judgements so that nothing joins again by itself, and end those that say otherwise, until the split ends.

    ``different``: (subject, normalised name, code) that it is not, for everybody. ``same``: (provider, normalised name, code) that
    is the other subject when that provider files it.
    """
    written = [
        *(_judged(split, provider, Verdict.DIFFERENT, subject, name, code) for subject, name, code in different),
        *(_judged(split, filer, Verdict.SAME, split.other, name, code) for filer, name, code in same),
    ]
    contrary = [pk for judgement in written for pk in _contrary(judgement)]
    Judgement.objects.filter(pk__in=contrary).update(ended_at=split.made_at, ended_by=split.by)
    split.moved["overruled"] += contrary
    split.moved["judgements"] += [judgement.pk for judgement in Judgement.objects.bulk_create(written)]
    split.save(update_fields=["moved"])


def finish(split: Split, *, by: str, basis: str) -> None:
    """Give names and codes back and end the judgements. Part of records.splitting.rejoin."""
    moved = split.moved
    SubjectName.objects.filter(pk__in=moved["names"], subject=split.other_id).update(subject=split.origin_id)
    Identifier.objects.filter(pk__in=moved["identifiers"], subject=split.other_id).update(subject=split.origin_id)
    Identifier.objects.bulk_create([Identifier(subject_id=split.origin_id, **code) for code in moved["dropped"]])
    split.ended_at, split.ended_by, split.ended_basis = timezone.now(), by, basis
    split.save(update_fields=["ended_at", "ended_by", "ended_basis"])
    standing = Judgement.objects.filter(pk__in=moved["judgements"], ended_at=None)
    standing.update(ended_at=split.ended_at, ended_by=by)
    overruled = list(Judgement.objects.filter(pk__in=moved["overruled"]).order_by("pk"))
    for judgement in overruled:
        judgement.pk, judgement.ended_at, judgement.ended_by = None, None, ""
    Judgement.objects.bulk_create(overruled)


def _contrary(judgement: Judgement) -> list[int]:
    """Standing judgements that say the opposite of the same party and subject."""
    opposite = Verdict.SAME if judgement.verdict == Verdict.DIFFERENT else Verdict.DIFFERENT
    about = Judgement.objects.filter(name_normalised=judgement.name_normalised, code=judgement.code, ended_at=None)
    return list(about.filter(subject=judgement.subject, verdict=opposite).values_list("pk", flat=True))


def _judged(split: Split, provider: str, verdict: Verdict, subject: Subject, name: str, code: str) -> Judgement:
    return Judgement(
        provider=provider,
        name_normalised=name,
        code=code,
        subject=subject,
        verdict=verdict,
        by=split.by,
        basis=split.basis,
        made_at=split.made_at,
    )
