"""The feed of newest: what came on display, changed and went, for readers and programs that keep a copy.

It holds what a list of records holds and no field of a decision, so nothing that waits to be cleared. A sole trader is
not in it. What ends by its own date has no entry of its own: ``shown_until`` says when a copy must be deleted.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal

from rongxin.disclosure.status import Entry, entries_of
from rongxin.disclosure.timing import rule_for
from rongxin.policy.display import shown_until
from rongxin.policy.pack import Policy
from rongxin.policy.words import Title
from rongxin.records.changes import DELETED, Change, Step, changes_after, changes_before, last_position
from rongxin.records.display import SHANGHAI, Moment

LIMIT: Final = 100
ADDRESS: Final = "https://rongxin.invalid/r/"
"""What the stable identifiers are made from; it names no host, so they survive a move of the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One act in the feed. ``change``: ADD, MOD or DEL; ``why`` (withdrawn, ended, not_public) and ``reason`` for DEL.

    ``entry``: where its signed status stands. Everything from ``title`` on is empty for DEL.
    """

    id: str
    position: int
    at: datetime
    number: str
    kind: str
    kind_title: Title
    change: Literal["ADD", "MOD", "DEL"]
    why: str = ""
    reason: str = ""
    entry: Entry | None = None
    title: str = ""
    version: int = 0
    recorded_at: datetime | None = None
    subject_name: str = ""
    subject_uscc: str = ""
    authority: str = ""
    document_number: str = ""
    decided_on: date | None = None
    shown_until: date | None = None
    polarity: str = ""
    is_disputed: bool = False

    @property
    def is_deleted(self) -> bool:
        """The act is displayed no longer."""
        return self.change == "DEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A part of the feed. ``last``: the position reached with it; ``more``: others follow; ``updated_at``: see ``latest``."""

    entries: tuple[FeedEntry, ...]
    last: int
    more: bool
    newest: int
    updated_at: datetime


def feed(
    policy: Policy, *, kind: str = "", before: int | None = None, after: int | None = None, limit: int = LIMIT
) -> Feed:
    """The newest changes first, or those ``before`` a position; with ``after`` what followed it, the oldest first."""
    if after is not None:
        part = changes_after(after, policy, kind=kind, limit=limit)
    else:
        part = changes_before(before, policy, kind=kind, limit=limit)
    newest, at = last_position()
    today = Moment.now().day
    midnight = datetime.combine(today, time(), SHANGHAI)
    known = [change for change in part.changes if change.record.kind in policy.kinds]
    entries = entries_of(change.record.number for change in known)
    return Feed(
        entries=tuple(_entry(change, policy, today, entries.get(change.record.number)) for change in known),
        last=part.last,
        more=part.more,
        newest=newest,
        # Terms end at midnight, without an event.
        updated_at=max(midnight, at) if at else midnight,
    )


def entry_id(number: str) -> str:
    """The identifier of an act in every feed: an UUID of its number, the same for ever and on every host."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ADDRESS + number)}"


def _entry(change: Change, policy: Policy, today: date, entry: Entry | None) -> FeedEntry:
    record = change.record
    about: dict[str, Any] = {
        "id": entry_id(record.number),
        "position": change.position,
        "at": change.at,
        "number": record.number,
        "kind": record.kind,
        "kind_title": policy.kinds[record.kind].title,
        "entry": entry,
    }
    if change.step in DELETED:
        return FeedEntry(**about, change="DEL", why=change.step.value, reason=change.reason)
    rule = rule_for(policy, record.kind, record.severity, today)
    return FeedEntry(
        **about,
        change="ADD" if change.step == Step.PUBLISHED else "MOD",
        title=change.title,
        version=record.version,
        recorded_at=record.recorded_at,
        subject_name=change.subject.name if change.subject else record.party_name,
        subject_uscc=change.subject.uscc if change.subject else "",
        authority=record.authority,
        document_number=record.document_number,
        decided_on=record.decided_on,
        shown_until=shown_until(record.decided_on, rule, record.valid_to),
        polarity=record.polarity,
        is_disputed=change.is_disputed,
    )
