"""The signed status of acts, for whoever shows a copy: where the entry of an act stands, and what the newest signed list says.

A list says nothing but "may be displayed". An act that is unknown, was never public, has ended or is a sole trader's has the same
bit as a place that nobody uses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Min
from django.utils import timezone

from rongxin.disclosure.models import StatusCheck, StatusList
from rongxin.disclosure.status_lists import ENTRY_TYPE, PURPOSE, SIZE, VALID, is_set, list_address, places_of
from rongxin.records.changes import last_position
from rongxin.records.copies import first_versions

ALARMED_AFTER: Final = VALID / 2


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the bit of an act stands: for ever, whatever becomes of the act."""

    list_number: int
    index: int

    def as_json(self) -> dict[str, str]:
        """The entry as a ``BitstringStatusListEntry``."""
        return {
            "type": ENTRY_TYPE,
            "statusPurpose": PURPOSE,
            "statusListCredential": self.address,
            "statusListIndex": str(self.index),
        }

    @property
    def address(self) -> str:
        """Where its list is."""
        return list_address(self.list_number)


@dataclass(frozen=True, slots=True)
class State:
    """What the newest signed list says of an act. Beyond ``valid_until`` it says nothing any more."""

    entry: Entry
    is_shown_in_signed_list: bool
    signed_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the lists stand. ``oldest_at``: when the one was signed that waits longest, None before all were signed.

    ``faults``: what the last check found wrong, for the operator alone.
    """

    lists: int
    oldest_at: datetime | None
    newest_at: datetime | None
    valid_until: datetime | None
    checked_at: datetime | None
    faults: tuple[str, ...]
    is_empty: bool

    @property
    def is_late(self) -> bool:
        """A list is older than half of its validity: whoever renews them does not work."""
        if self.oldest_at is None:
            return not self.is_empty
        return timezone.now() - self.oldest_at > ALARMED_AFTER

    @property
    def is_expired(self) -> bool:
        """A list says nothing any more."""
        return self.valid_until is None or self.valid_until <= timezone.now()

    @property
    def is_alarming(self) -> bool:
        """Somebody must look after it."""
        return self.is_late or bool(self.faults)


def entries_of(numbers: Iterable[str]) -> dict[str, Entry]:
    """{public number: entry} in two queries; not for acts that are unknown, sole traders', or newer than the last list."""
    acts = first_versions(numbers)
    places = places_of(acts.values())
    return {number: Entry(act // SIZE, places[act]) for number, act in acts.items() if act in places}


def state_of(number: str) -> State | None:
    """What the newest signed list says of the act with this public number; None where it has no entry or nothing was signed."""
    entry = entries_of([number]).get(number)
    if entry is None:
        return None
    found = StatusList.objects.filter(number=entry.list_number, signed_at__isnull=False).first()
    if found is None or found.bits is None or found.signed_at is None or found.valid_until is None:
        return None
    return State(entry, is_set(bytes(found.bits), entry.index), found.signed_at, found.valid_until)


def token_of(number: int) -> str | None:
    """The newest signed list of this number, whether it still holds or not; None where nothing was signed."""
    signed = StatusList.objects.filter(number=number, signed_at__isnull=False)
    return signed.values_list("token", flat=True).first()


def standing() -> Standing:
    """How the lists stand now, in three queries."""
    rows = StatusList.objects.aggregate(
        oldest=Min("signed_at"), newest=Max("signed_at"), until=Min("valid_until"), lists=Max("number")
    )
    all_signed = not StatusList.objects.filter(signed_at=None).exists()
    check = StatusCheck.objects.first()
    return Standing(
        lists=0 if rows["lists"] is None else rows["lists"] + 1,
        oldest_at=rows["oldest"] if all_signed else None,
        newest_at=rows["newest"],
        valid_until=rows["until"] if all_signed else None,
        checked_at=check.checked_at if check else None,
        faults=tuple(check.faults) if check else (),
        is_empty=last_position()[0] == 0,
    )
