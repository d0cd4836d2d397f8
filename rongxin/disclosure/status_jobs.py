"""Keeping the status lists: which are due, signing them, and checking that every act has the bit that it should have.

Nothing here is repaired by hand. A cycle that finds a fault, or dies, leaves the next one more to do: it signs everything anew.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from django.utils import timezone

from rongxin.disclosure.models import StatusCheck, StatusList
from rongxin.disclosure.status_lists import (
    SIZE,
    Bits,
    Indices,
    decoded,
    draw_up_to,
    indices_of,
    shown_by,
    sign,
)
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.ledger import tokens
from rongxin.policy.pack import Policy
from rongxin.records.changes import last_position
from rongxin.records.copies import last_first_version, shown_acts, shown_acts_within, touched
from rongxin.records.display import Moment
from rongxin.rulebook import queries as rulebook

log = logging.getLogger(__name__)
RENEWED_AFTER: Final = timedelta(minutes=20)
"""With a minute between cycles and room for a slow one, no list gets half an hour old."""
ONE_BY_ONE: Final = 8
"""So many lists are computed each from its own acts; more of them are one pass over the table."""


class StatusListsWrong(RuntimeError):
    """Some act has not the bit that it should have, or a list is missing; the next cycle signs everything anew."""


@dataclass(frozen=True)
class Cycle:
    """The point from which all lists of one cycle are computed: the rules, the moment, the last event that was there."""

    policy: Policy
    moment: Moment
    position: int

    @classmethod
    def now(cls) -> "Cycle":
        # The position first: what commits while the lists are computed is seen again by the next cycle.
        position, _ = last_position()
        return cls(rulebook.current(), Moment.now(), position)


@job(title="状态清单签署")
def keep_status_lists(progress: Progress) -> int:
    """Sign anew what is due, and check it; returns how many lists were signed. Raises StatusListsWrong."""
    cycle, check = Cycle.now(), StatusCheck.objects.get_or_create(pk=1)[0]
    draw_up_to(last_first_version())
    due = due_lists(cycle, check)
    progress.phase("签署", len(due))
    faults: list[str] = []
    for number, may_show in _computed(cycle, due):
        indices = indices_of(number)
        bits = np.zeros(SIZE, dtype=np.bool_)
        bits[indices] = may_show
        sign(
            number,
            bits,
            at=cycle.moment.known_at,
            day=cycle.moment.day,
            position=cycle.position,
            policy_digest=cycle.policy.digest,
        )
        faults += _faults_of(number, may_show, indices, cycle)
        progress.advance()
    faults += [*_missing(cycle), *_faults_by_the_other_way(cycle, due)]
    _note(check, cycle, faults)
    if faults:
        log.error("status lists: %s", "; ".join(faults))
        raise StatusListsWrong(faults[0])
    return len(due)


def due_lists(cycle: Cycle, check: StatusCheck) -> list[int]:
    """The lists to sign anew: touched by an event, too old, of another day or other rules; all of them after a fault."""
    before = cycle.moment.known_at - RENEWED_AFTER
    rows = StatusList.objects.values_list("number", "signed_at", "day", "policy_digest")
    by_themselves = {
        number: signed_at is None
        or signed_at <= before
        or (day, digest) != (cycle.moment.day, cycle.policy.digest)
        or bool(check.faults)
        for number, signed_at, day, digest in rows
    }
    changed: set[int] = set()
    if cycle.position > check.position and not all(by_themselves.values()):
        changed = touched(check.position, cycle.position, SIZE)
    return sorted(number for number, is_due in by_themselves.items() if is_due or number in changed)


def _computed(cycle: Cycle, due: list[int]) -> Iterator[tuple[int, Bits]]:
    """Each list that is due, and which of its acts may be shown, in the order of their keys."""
    whole = shown_acts(cycle.policy, cycle.moment) if len(due) > ONE_BY_ONE else None
    for number in due:
        keys = _keys_of(number)
        if whole is None:
            acts = shown_acts_within(cycle.policy, cycle.moment, keys)
        else:
            acts = whole[slice(*np.searchsorted(whole, [keys.start, keys.stop]))]
        may_show = np.zeros(SIZE, dtype=np.bool_)
        may_show[acts - keys.start] = True
        yield number, may_show


def _faults_of(number: int, may_show: Bits, indices: Indices, cycle: Cycle) -> list[str]:
    """What is wrong with a list as it is published now: read back, its signature checked, each bit led back to its act."""
    published = StatusList.objects.get(number=number)
    if not _is_of(published, cycle):
        return []  # another worker was faster and checked its own
    try:
        packed = decoded(tokens.opened(published.token)["credentialSubject"]["encodedList"])
    except (tokens.TokenRefused, ValueError, OSError, KeyError) as error:
        return [f"list {number} cannot be read: {type(error).__name__}"]
    is_permutation = np.bincount(indices, minlength=SIZE).max() == 1
    if packed != bytes(published.bits or b"") or len(packed) * 8 != SIZE or not is_permutation:
        return [f"list {number} is not what was signed, or two acts share a bit"]
    found = np.unpackbits(np.frombuffer(packed, np.uint8)).astype(np.bool_)[indices]
    missing, beyond = int((may_show & ~found).sum()), int((found & ~may_show).sum())
    return [f"list {number}: {missing} acts on display without bit, {beyond} others with one"] * bool(missing or beyond)


def _missing(cycle: Cycle) -> list[str]:
    """Lists that hold acts and are missing or too old."""
    lists = StatusList.objects.filter(signed_at__gt=cycle.moment.known_at - 2 * RENEWED_AFTER)
    numbers = set(lists.values_list("number", flat=True))
    wanted = range(last_first_version() // SIZE + 1)
    return [f"list {number} is missing or old" for number in wanted if number not in numbers]


def _faults_by_the_other_way(cycle: Cycle, due: list[int]) -> list[str]:
    """Where all acts were computed in one pass, one list of them, drawn at random, act by act; where each list of all was
    computed by itself, all in one pass. Two ways that err alike are less likely than one that errs.
    """
    if len(due) > ONE_BY_ONE:
        lists = [secrets.choice(due)]
        acts = shown_acts_within(cycle.policy, cycle.moment, _keys_of(lists[0]))
    elif due and len(due) == StatusList.objects.count():
        lists, acts = due, shown_acts(cycle.policy, cycle.moment)
    else:
        return []
    if not all(_is_of(each, cycle) for each in StatusList.objects.filter(number__in=lists).defer("token", "bits")):
        return []
    found = np.concatenate([shown_by(number) for number in lists])
    # What was committed in the meantime, though it happened before, is for the next cycle.
    if np.array_equal(found, acts) or last_position()[0] != cycle.position:
        return []
    return [
        f"lists {lists[0]} to {lists[-1]}: {acts.size} acts are on display, {found.size} bits are set, not all alike"
    ]


def _is_of(published: StatusList, cycle: Cycle) -> bool:
    return (published.position, published.signed_at) == (cycle.position, cycle.moment.known_at)


def _keys_of(number: int) -> range:
    return range(number * SIZE, (number + 1) * SIZE)


def _note(check: StatusCheck, cycle: Cycle, faults: list[str]) -> None:
    """Write down what was found. The position moves on only where all is well, and never back."""
    found = {"checked_at": timezone.now(), "faults": faults}
    StatusCheck.objects.filter(pk=check.pk).update(**found)
    if not faults:
        StatusCheck.objects.filter(pk=check.pk, position__lt=cycle.position).update(position=cycle.position)
