"""Giving acts to the subject they belong to, when one subject proves to be two; and back, when that proves wrong.

A resolution is never changed: it is ended, and another one stands in its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from rongxin.primitives.names import normalise_name
from rongxin.records.actions import SPLIT, suspend_lost
from rongxin.records.display import Moment, known
from rongxin.records.models import Record, Resolution
from rongxin.records.telling import digest_of
from rongxin.subjects import splitting
from rongxin.subjects.merging import Ended, branch, one_at_a_time
from rongxin.subjects.models import Category, Identifier, Split, Subject, SubjectName
from rongxin.subjects.splitting import NotSplittable, SplitBar
from rongxin.subjects.telling import tell


@dataclass(frozen=True)
class Portion:
    """What belongs to the other subject: acts by public number, former names and old codes by key."""

    numbers: tuple[str, ...] = ()
    names: tuple[int, ...] = ()
    identifiers: tuple[int, ...] = ()


@dataclass(frozen=True)
class OwnAct:
    """An act of a subject as a person knows it again: its public number, and who filed it as what."""

    number: str
    kind: str
    document_number: str
    party_name: str
    party_code: str
    provider: str
    decided_on: date


@dataclass(frozen=True, order=True)
class Party:
    """A party as a provider files it: normalised name, and code or empty."""

    provider: str
    name: str
    code: str


class MovedOn(Exception):
    """Acts of this split were given to yet another subject; that must be undone first."""


def bars(origin: Subject, other: Subject, portion: Portion) -> tuple[SplitBar, ...]:
    """Why this split cannot be done; empty when it can."""
    found = splitting.bars(origin, other, names=portion.names, identifiers=portion.identifiers)
    if not (portion.numbers or portion.names or portion.identifiers):
        found += (SplitBar.NOTHING_CHOSEN,)
    own = _standing(branch(origin.pk)).filter(record__number__in=portion.numbers)
    is_own = own.values("record__number").distinct().count() == len(set(portion.numbers))
    return found if is_own or SplitBar.NOT_ITS_OWN in found else (*found, SplitBar.NOT_ITS_OWN)


def acts_to_choose(origin: Subject, words: str, *, limit: int) -> list[OwnAct]:
    """The acts of ``origin``, displayed or not, the newest version of each, latest decision first, at most ``limit``.

    ``words`` keeps those whose party, code or document number holds them.
    """
    own = _standing(branch(origin.pk)).values("record")
    acts = known(Moment.now()).filter(pk__in=own).select_related("provider")
    if words:
        holds = Q(party_name__icontains=words) | Q(party_code__icontains=words) | Q(document_number__icontains=words)
        acts = acts.filter(holds)
    return [
        OwnAct(
            number=act.number,
            kind=act.kind,
            document_number=act.document_number,
            party_name=act.party_name,
            party_code=act.party_code,
            provider=act.provider.short_name,
            decided_on=act.decided_on,
        )
        for act in acts.order_by("-decided_on", "-pk")[:limit]
    ]


def parties(origin: Subject, portion: Portion) -> tuple[list[Party], list[Party]]:
    """Under which names and codes the chosen acts were filed: those that mean the other from now on, and those that cannot.

    A party cannot when acts that stay were filed under it, too, or when it names ``origin`` as the register does.
    """
    going = _parties(Q(record__number__in=portion.numbers), origin)
    staying = {(party.name, party.code) for party in _parties(~Q(record__number__in=portion.numbers), origin)}
    codes = {"", *_codes(origin, portion)}
    names = set(
        SubjectName.objects.filter(subject=origin).exclude(pk__in=portion.names).values_list("normalised", flat=True)
    )
    clear: list[Party] = []
    doubtful: list[Party] = []
    for party in sorted(going):
        is_origin = party.name in names and party.code in codes
        (doubtful if is_origin or (party.name, party.code) in staying else clear).append(party)
    return clear, doubtful


@transaction.atomic
def split(origin: Subject, other: Subject, portion: Portion, *, by: str, provider: str, basis: str) -> Split:
    """Give ``portion`` of ``origin`` to ``other`` (entered on the register first when it is new).

    ``provider`` is the department code under which it is judged. New versions of the acts follow them, and nothing joins again by
    itself. What rests on an act that is another firm's now is suspended. Raises NotSplittable, and ValueError without a basis.
    """
    if not basis.strip():
        raise ValueError("who is who is never changed without a basis")
    one_at_a_time()
    origin = Subject.objects.get(pk=origin.pk)
    other = Subject.objects.filter(uscc=other.uscc).first() or other
    if found := bars(origin, other, portion):
        raise NotSplittable(found)
    clear, _doubtful = parties(origin, portion)
    other = splitting.entered(other, source=f"主体拆分 {provider}", on=timezone.localdate())
    done = splitting.begin(
        origin, other, names=portion.names, identifiers=portion.identifiers, by=by, provider=provider, basis=basis
    )
    standing = _standing(branch(origin.pk)).filter(record__number__in=portion.numbers)
    moving = list(standing.select_related("record"))
    _replace(moving, [(resolution.record_id, other.pk, SPLIT) for resolution in moving], by=by, at=done.made_at)
    splitting.remember(
        done,
        provider,
        different=[(origin, name, code) for name, code in sorted({(party.name, party.code) for party in clear})],
        # The name of a sole trader alone never leads anywhere.
        same=[
            (party.provider, party.name, party.code)
            for party in clear
            if party.code or other.category != Category.SOLE_TRADER
        ],
    )
    _tell("subject.split", done, moving, by)
    suspend_lost()
    return done


@transaction.atomic
def rejoin(done: Split, *, by: str, basis: str) -> Split:
    """End a split: acts, names and codes are again where they were. A subject that was new stays on the register.

    Raises Ended, MovedOn, and ValueError without a basis.
    """
    if not basis.strip():
        raise ValueError("who is who is never changed without a basis")
    one_at_a_time()
    done = Split.objects.select_related("origin", "other").get(pk=done.pk)
    if done.ended_at is not None:
        raise Ended
    before = {
        resolution.record.act_key: resolution
        for resolution in Resolution.objects.filter(record__in=given_by(done).values("record"), ended_at=done.made_at)
        .select_related("record")
        .order_by("record__version")
    }
    standing = list(Resolution.objects.filter(record__act_key__in=list(before), ended_at=None).select_related("record"))
    if any(each.subject_id != done.other_id or each.method != SPLIT for each in standing):
        raise MovedOn
    splitting.finish(done, by=by, basis=basis)
    back = [
        (each.record_id, before[each.record.act_key].subject_id, before[each.record.act_key].method)
        for each in standing
    ]
    _replace(standing, back, by=by, at=done.ended_at or timezone.now())
    _tell("subject.rejoin", done, standing, by)
    suspend_lost()
    return done


def _tell(act: str, done: Split, moved: list[Resolution], by: str) -> None:
    """Both are told which records went from the one to the other: ``records`` is the digest of their versions."""
    told = {
        "origin": done.origin.uscc,
        "other": done.other.uscc,
        "count": len(moved),
        "records": digest_of(f"{each.record.number} {each.record.content_hash}" for each in moved),
    }
    tell(act, (done.origin, done.other), told, by=by)


def given_by(done: Split) -> QuerySet[Resolution]:
    """The resolutions that a split made."""
    return Resolution.objects.filter(method=SPLIT, subject=done.other_id, made_at=done.made_at)


def _standing(subjects: Iterable[int]) -> QuerySet[Resolution]:
    return Resolution.objects.filter(subject__in=list(subjects), ended_at=None)


def _replace(ended: list[Resolution], made: list[tuple[int, int, str]], *, by: str, at: datetime) -> None:
    Resolution.objects.filter(pk__in=[resolution.pk for resolution in ended]).update(ended_at=at)
    Resolution.objects.bulk_create(
        Resolution(record_id=record, subject_id=subject, method=method, by=by, made_at=at)
        for record, subject, method in made
    )


def _parties(chosen: Q, origin: Subject) -> set[Party]:
    filed = Record.objects.filter(pk__in=_standing(branch(origin.pk)).filter(chosen).values("record"))
    return {
        Party(provider, normalise_name(name), code)
        for provider, name, code in filed.values_list("provider__code", "party_name", "party_code").distinct()
    }


def _codes(origin: Subject, portion: Portion) -> QuerySet[Identifier, str]:
    own = Identifier.objects.filter(subject=origin).exclude(pk__in=portion.identifiers)
    return own.values_list("value", flat=True)
