"""谁看过我的档案: what the ledger says of an enterprise, for the enterprise itself.

Pages are opened a part at a time; what is counted by month is counted unopened. Whoever looked is told by department and role,
never by name. Reading this is itself no look at the file, and is not logged: it would fill the list with its own readers.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from rongxin.accounts.access import Purpose
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.accounts.queries import Denied
from rongxin.departments.models import Department
from rongxin.disclosure import look_words as words
from rongxin.ledger import logs, proving, reading
from rongxin.ledger.bundles import Opening, Sealed
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.reading import Book, Head, Heads
from rongxin.policy.words import Title
from rongxin.records.committed import lines_of
from rongxin.remedies.inquiries.models import Inquiry
from rongxin.remedies.inquiries.queries import of_events
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates.models import Mandate
from rongxin.subjects.queries import same_as

PART: Final = 50
_SEARCHED: Final = 500
MOST_OPENED: Final = 5_000
"""Events that are opened at most for one answer where a filter looks for something; then the reader goes on from there."""
LOOKS: Final = frozenset({Kind.ACCESS})
CHANGES: Final = frozenset({Kind.RECORD, Kind.DECISION, Kind.STATUS, Kind.ADMIN, Kind.ERASURE, Kind.SECURITY})
OTHERS: Final = "others"
"""As a purpose: every look that is not the enterprise's own."""


class NoSuchEvent(LookupError):
    """The enterprise has no such event, or no log of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events: department code, purpose and month (its first day), each empty for all. ``before``: numbers below this one."""

    department: str = ""
    purpose: str = ""
    month: date | None = None
    before: int | None = None

    @property
    def opens(self) -> bool:
        """Whether only what an event says tells if it is wanted."""
        return bool(self.department or self.purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event. ``said``: what it says, None where ``sealed`` or erased. ``is_signed``: a checkpoint covers it."""

    head: Head
    said: dict[str, Any] | None
    sealed: Sealed | None
    is_signed: bool
    department: Department | None
    inquiry: Inquiry | None

    @property
    def may_be_asked(self) -> bool:
        """Whether somebody is there to be asked, and nobody asked yet."""
        return self.department is not None and self.inquiry is None and self.is_look

    @property
    def is_look(self) -> bool:
        """Whether somebody looked; otherwise something became of the file."""
        return self.head.kind in LOOKS

    @property
    def is_own(self) -> bool:
        return self.said is not None and self.said.get("purpose") == Purpose.OWN

    def _code(self, key: str) -> str:
        return str(self.said.get(key, "")) if self.said is not None else ""

    @property
    def role(self) -> Title:
        return words.looker_title(self.said or {})

    @property
    def purpose(self) -> Title:
        return words.purpose_title(self._code("purpose"))

    @property
    def act(self) -> Title:
        return words.act_title(self._code("act"))

    @property
    def what(self) -> Title:
        return words.what_title(self._code("what"))

    @property
    def fields(self) -> Title:
        return words.fields_title(self._code("fields"))

    @property
    def change(self) -> Title:
        return words.change_title(self.said or {"act": ""})

    @property
    def case(self) -> str:
        return self._code("case")

    @property
    def record(self) -> str:
        """The one record that it is about."""
        return self._code("record")

    @property
    def batch(self) -> str:
        return self._code("batch")

    @property
    def basis(self) -> str:
        return self._code("basis")

    @property
    def digest(self) -> str:
        """Of the record it is about, or of the set of records that it commits to."""
        return self._code("hash") or self._code("records")

    @property
    def of_records(self) -> bool:
        """Whether it commits to a set of records."""
        return bool(self._code("records"))

    @property
    def count(self) -> int | None:
        found = self.said.get("count") if self.said else None
        return found if isinstance(found, int) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """A part of what one log says of an enterprise. ``books``: all there are, as (name, log, code).

    ``whole``: of the whole stream: events, whether they are complete, how many of the kinds are sealed. ``months``: events of
    the kinds in each month of the log's year. ``next_before``: where the next part goes on, None at the end. ``departments``: who
    is seen in what was opened.
    """

    name: str
    book: Book
    books: tuple[tuple[str, Book], ...]
    heads: Heads
    looks: int
    changes: int
    sealed: int
    signed: int
    signed_at: datetime | None
    months: tuple[tuple[date, int], ...]
    lines: tuple[Line, ...]
    next_before: int | None
    departments: tuple[Department, ...]


def view(mandate: Mandate, name: str, kinds: Collection[Kind], wanted: Wanted) -> BookView | None:
    """A part of the enterprise's own events in the log ``name`` (empty: the newest); None where there is none at all.

    ``mandate`` was demanded for this request. Raises PermissionDenied and NoSuchEvent.
    """
    _demand(mandate, Action.LOOK_READ)
    with asks(PLATFORM):  # the log is read by the platform alone; the mandate says whose stream
        books = _books(mandate)
        if not books:
            return None
        chosen, book = _chosen(books, name)
        heads = book.heads
        signed = logs.latest_checkpoint(book.log)
        size = signed.cut.size if signed else 0
        of_kinds = [head for head in heads.events if head.kind in kinds]
        sealed = reading.sealed_numbers(book)
        lines, next_before, seen = _part(book, _dated(of_kinds, wanted), wanted, size)
        return BookView(
            name=chosen,
            book=book,
            books=tuple(books.items()),
            heads=heads,
            looks=sum(head.kind in LOOKS for head in heads.events),
            changes=sum(head.kind in CHANGES for head in heads.events),
            sealed=sum(head.number in sealed for head in of_kinds),
            signed=size,
            signed_at=signed.signed_at if signed else None,
            months=_months(book, of_kinds),
            lines=lines,
            next_before=next_before,
            departments=seen,
        )


def all_lines(mandate: Mandate, name: str, kinds: Collection[Kind], wanted: Wanted) -> list[Line]:
    """Every event that is wanted, for a file; the newest ``MOST_OPENED`` are looked through."""
    _demand(mandate, Action.LOOK_READ)
    with asks(PLATFORM):
        books = _books(mandate)
        if not books:
            return []
        _, book = _chosen(books, name)
        signed = logs.latest_checkpoint(book.log)
        heads = _dated([head for head in book.heads.events if head.kind in kinds], wanted)[:MOST_OPENED]
        return [
            line
            for part in _parts(heads, _SEARCHED)
            for line in _lines(book, part, signed.cut.size if signed else 0)
            if _fits(line, wanted)
        ]


def line_of(mandate: Mandate, name: str, number: int) -> tuple[Book, Line]:
    """One event of the enterprise. Raises PermissionDenied and NoSuchEvent."""
    _demand(mandate, Action.LOOK_READ)
    with asks(PLATFORM):
        _, book = _chosen(_books(mandate), name)
        head = next((each for each in book.heads.events if each.number == number), None)
        if head is None:
            raise NoSuchEvent(f"{name}/{number}")
        signed = logs.latest_checkpoint(book.log)
        (line,) = _lines(book, [head], signed.cut.size if signed else 0)
        return book, line


def proof_of(mandate: Mandate, name: str, number: int) -> dict[str, Any]:
    """The proof of one event of the enterprise (``ledger-proof/1``). Raises NoSuchEvent, NotProvable, PermissionDenied."""
    book, line = line_of(mandate, name, number)
    with asks(PLATFORM):
        return proving.prove(book.log, line.head.index)


def records_of(mandate: Mandate, name: str, number: int) -> tuple[str, ...] | None:
    """The sorted lines ``number hash`` whose SHA-256 an event of the enterprise holds as ``records``; None where the records that
    are kept give another. Raises PermissionDenied, and NoSuchEvent also where the event commits to no set of records.
    """
    book, line = line_of(mandate, name, number)
    if not line.of_records:
        raise NoSuchEvent(f"{name}/{number} commits to no records")
    with asks(PLATFORM):  # numbers and fingerprints of what the event itself tells the enterprise of
        return lines_of(book.subject.identifier, line.said or {})


def proof_of_all(mandate: Mandate, name: str) -> dict[str, Any]:
    """The proof of everything one log says of the enterprise (``ledger-stream/1``). Raises as :func:`proof_of`."""
    _demand(mandate, Action.LOOK_READ)
    with asks(PLATFORM):
        _, book = _chosen(_books(mandate), name)
        return proving.prove_stream(book.log, book.subject)


def asked_look(officer: Account, inquiry: Inquiry) -> dict[str, Any] | None:
    """What the ledger says of the look that ``inquiry`` is about, with the account that looked, for the department that is asked.

    None where it asks about no event, the event was destroyed, or the officer may not read the cases of that department.
    """
    origin, _, index = inquiry.event.rpartition("/")
    if not origin or not officer.may(Action.CASE_READ, inquiry.case.owner):
        return None
    with asks(PLATFORM):  # the department must know whom to ask; it is shown its own look and no other
        shown = reading.said_at(origin, int(index))
    said = json.loads(shown.payload) if isinstance(shown, Opening) else None
    return said if said and said.get("department") == inquiry.case.owner.code else None


def event_key(book: Book, head: Head) -> str:
    """How an inquiry names an event: the log and the index."""
    return f"{book.log.origin}/{head.index}"


def _demand(mandate: Mandate, action: Action) -> None:
    if not mandate.may(action):
        raise Denied(action, mandate.firm.uscc)


def _books(mandate: Mandate) -> dict[str, Book]:
    """By name: the log's, for what was merged into the enterprise with the code it had."""
    firm = mandate.firm
    codes = [firm.uscc, *same_as([firm.pk]).exclude(pk=firm.pk).order_by("pk").values_list("uscc", flat=True)]
    found = reading.books_of(Subject(Of.FIRM, code) for code in codes if code)
    return {_name(book, firm.uscc): book for book in found}


def _name(book: Book, own: str) -> str:
    tail = book.log.origin.rpartition("/")[2]
    return tail if book.subject.identifier == own else f"{tail}-{book.subject.identifier}"


def _chosen(books: dict[str, Book], name: str) -> tuple[str, Book]:
    if not name and books:
        return next(iter(books.items()))
    if name not in books:
        raise NoSuchEvent(name)
    return name, books[name]


def _dated(heads: Iterable[Head], wanted: Wanted) -> list[Head]:
    """Newest first, without opening any."""
    found = [
        head
        for head in heads
        if (wanted.before is None or head.number < wanted.before)
        and (wanted.month is None or head.on.replace(day=1) == wanted.month)
    ]
    return found[::-1]


def _part(
    book: Book, heads: Sequence[Head], wanted: Wanted, size: int
) -> tuple[tuple[Line, ...], int | None, tuple[Department, ...]]:
    """The next lines, where to go on, and the departments in what was opened."""
    found: list[Line] = []
    seen: dict[str, Department] = {}
    opened = 0
    for part in _parts(heads[:MOST_OPENED], _SEARCHED if wanted.opens else PART):
        for line in _lines(book, part, size):
            opened += 1
            if line.department is not None:
                seen[line.department.code] = line.department
            if _fits(line, wanted):
                found.append(line)
            if len(found) == PART:
                break
        if len(found) == PART:
            break
    last = heads[opened - 1].number if opened and opened < len(heads) else None
    return tuple(found), last, tuple(sorted(seen.values(), key=lambda each: each.code))


def _parts(heads: Sequence[Head], size: int) -> Iterator[Sequence[Head]]:
    return (heads[at : at + size] for at in range(0, len(heads), size))


def _fits(line: Line, wanted: Wanted) -> bool:
    if not wanted.opens:
        return True
    if line.said is None:
        return False
    if wanted.department and line.said.get("department") != wanted.department:
        return False
    if wanted.purpose == OTHERS:
        return not line.is_own
    return not wanted.purpose or line.said.get("purpose") == wanted.purpose


def _lines(book: Book, heads: Sequence[Head], size: int) -> Iterator[Line]:
    """Opened, with departments and what was asked; a constant number of queries."""
    opened = reading.said(book, heads)
    told = {
        number: json.loads(shown.payload) if isinstance(shown, Opening) else None for number, shown in opened.items()
    }
    codes = {str(each.get("department", "")) for each in told.values() if each}
    departments = {each.code: each for each in Department.objects.filter(code__in=codes - {""})}
    asked = of_events(event_key(book, head) for head in heads)
    for head in heads:
        said, shown = told[head.number], opened[head.number]
        yield Line(
            head=head,
            said=said,
            sealed=shown if isinstance(shown, Sealed) else None,
            is_signed=head.index < size,
            department=departments.get(said.get("department", "")) if said else None,
            inquiry=asked.get(event_key(book, head)),
        )


def _months(book: Book, heads: Iterable[Head]) -> tuple[tuple[date, int], ...]:
    """Each month of the log's year, and of a log that was written longer each that has events."""
    year = timezone.localdate(book.log.began_at).year
    counted: dict[date, int] = {date(year, month, 1): 0 for month in range(1, 13)}
    for head in heads:
        month = head.on.replace(day=1)
        counted[month] = counted.get(month, 0) + 1
    return tuple(sorted(counted.items()))
