"""Keeping the status lists: which are due, signing them, and checking that every act has the bit that it should have.

Nothing here is repaired by hand. A cycle that finds a fault, or dies, leaves the next one more to do: it signs everything anew.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from django.utils import timezone

from rongxin.disclosure.models import StatusCheck, StatusList
from rongxin.disclosure.status_lists import SIZE, Bits, decoded, draw_up_to, indices_of, sign
from rongxin.jobs.progress import Progress
from rongxin.jobs.registry import job
from rongxin.ledger import tokens
from rongxin.policy.pack import Policy
from rongxin.records.changes import last_position
from rongxin.records.copies import Keys, last_first_version, number_shown, shown_acts, touched
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
    for number, expected, bits in _computed(cycle, due):
        sign(
            number,
            bits,
            at=cycle.moment.known_at,
            day=cycle.moment.day,
            position=cycle.position,
            policy_digest=cycle.policy.digest,
        )
        faults += _faults_of(number, expected, cycle)
        progress.advance()
    faults += _faults_of_all(cycle, whole=len(due) == StatusList.objects.count())
    _note(check, cycle, faults)
    if faults:
        log.error("status lists: %s", "; ".join(faults))
        raise StatusListsWrong(faults[0])
    return len(due)


def due_lists(cycle: Cycle, check: StatusCheck) -> list[int]:
    """The lists to sign anew: touched by an event, too old, of another day or other rules; all of them after a fault."""
    before = cycle.moment.known_at - RENEWED_AFTER
    rows = StatusList.objects.order_by("number").values_list("number", "signed_at", "day", "policy_digest")
    changed = touched(check.position, cycle.position, SIZE) if cycle.position > check.position else set()
    return [
        number
        for number, signed_at, day, digest in rows
        if check.faults
        or number in changed
        or signed_at is None
        or signed_at <= before
        or (day, digest) != (cycle.moment.day, cycle.policy.digest)
    ]


def _computed(cycle: Cycle, due: list[int]) -> Iterator[tuple[int, Keys, Bits]]:
    """Each list that is due: the places of its acts that may be shown, and its bits."""
    whole = shown_acts(cycle.policy, cycle.moment) if len(due) > ONE_BY_ONE else None
    if whole is not None:
        whole.sort()
    for number in due:
        first = number * SIZE
        if whole is None:
            acts = shown_acts(cycle.policy, cycle.moment, range(first, first + SIZE))
        else:
            acts = whole[slice(*np.searchsorted(whole, [first, first + SIZE]))]
        bits = np.zeros(SIZE, dtype=np.bool_)
        bits[indices_of(number)[acts - first]] = True
        yield number, np.sort(acts), bits


def _faults_of(number: int, expected: Keys, cycle: Cycle) -> list[str]:
    """What is wrong with a list as it is published now: read back, its signature checked, each bit led back to its act."""
    published = StatusList.objects.get(number=number)
    if (published.position, published.signed_at) != (cycle.position, cycle.moment.known_at):
        return []  # another worker was faster and checked its own
    try:
        said = tokens.opened(published.token)["credentialSubject"]
        packed = decoded(said["encodedList"])
    except (tokens.TokenRefused, ValueError, OSError, KeyError) as error:
        return [f"list {number} cannot be read: {type(error).__name__}"]
    bits, indices = np.unpackbits(np.frombuffer(packed, np.uint8)), indices_of(number)
    if packed != bytes(published.bits or b"") or bits.size != SIZE or np.unique(indices).size != SIZE:
        return [f"list {number} is not what was signed, or two acts share a bit"]
    found = np.flatnonzero(bits[indices]) + number * SIZE
    missing, beyond = np.setdiff1d(expected, found).size, np.setdiff1d(found, expected).size
    return [f"list {number}: {missing} acts on display without bit, {beyond} others with one"] * bool(missing or beyond)


def _faults_of_all(cycle: Cycle, *, whole: bool) -> list[str]:
    """Lists that are missing or too old; after a whole renewal also whether their bits are as many as the acts on display."""
    lists = StatusList.objects.filter(signed_at__gt=cycle.moment.known_at - 2 * RENEWED_AFTER)
    numbers = set(lists.values_list("number", flat=True))
    faults = [
        f"list {number} is missing or old"
        for number in range(last_first_version() // SIZE + 1)
        if number not in numbers
    ]
    if whole:
        bits = sum(_ones(bytes(each or b"")) for each in lists.values_list("bits", flat=True).iterator(chunk_size=64))
        acts = number_shown(cycle.policy, cycle.moment)
        # What came in meanwhile is counted by the next cycle.
        if bits != acts and last_position()[0] == cycle.position:
            faults.append(f"{acts} acts are on display, the lists have {bits} bits")
    return faults


def _ones(packed: bytes) -> int:
    return int.from_bytes(packed, "big").bit_count()


def _note(check: StatusCheck, cycle: Cycle, faults: list[str]) -> None:
    """Write down what was found. The position moves on only where all is well, and never back."""
    found = {"checked_at": timezone.now(), "faults": faults}
    StatusCheck.objects.filter(pk=check.pk).update(**found)
    if not faults:
        StatusCheck.objects.filter(pk=check.pk, position__lt=cycle.position).update(position=cycle.position)
