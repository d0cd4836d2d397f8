"""What a reader is shown, as frozen values: nothing here may hold a field that is not public.

Names of kinds and fields come in both languages, texts of a record stand as filed, sentences in the language of the
page. What has an address carries what names it (``number``, ``uscc``, ``name``); the face knows where it lives.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from rongxin.disclosure.status import Entry
from rongxin.policy.values import Unit
from rongxin.policy.words import Polarity, Rank, Reading, Severity, Strength, Title
from rongxin.primitives.names import normalise_name


# ── where a rule stands ──────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """Where a rule stands: the document's title, its article, what the document is and how it was read."""

    document: str
    item: str
    rank: Rank
    reading: Reading


# ── in time? ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """Displayed in time? ``workday`` is the working day of display (0: the day of decision); late: days beyond.

    ``undetermined``: after a deadline that is provisional, which makes nothing late.
    """

    state: Literal["met", "late", "undetermined"]
    workday: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctualityRow:
    """One providing unit in one month. ``share`` (0 to 1) displayed in time, of those due; None when none was due.

    ``late`` counts what was displayed after its deadline or is still not.
    """

    name: str
    share: float | None
    on_time: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctualityMonth:
    """How punctual the units were with what they decided in a month. ``axis_from`` (0 to 1): left end of the drawing.

    ``days`` is the deadline in working days where one holds for all kinds, else None.
    """

    month: date
    days: int | None
    axis_from: float
    rows: tuple[PunctualityRow, ...]

    @property
    def share(self) -> float | None:
        """The share of all units together."""
        on_time = sum(row.on_time for row in self.rows)
        due = on_time + sum(row.late for row in self.rows)
        return on_time / due if due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """One act and its deadline: the last day allowed, the day it was first recorded here, and the rule.

    ``length`` counts ``unit``. ``is_provisional``: the calendar of a day in between is not announced yet.
    """

    decided_on: date
    due: date
    done: date
    punctuality: Punctuality
    length: int
    unit: Unit
    strength: Strength
    basis: BasisLine
    is_provisional: bool


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record in a list. The subject is given where the list spans subjects, ``note`` where an event needs words."""

    number: str
    title: str
    kind_title: Title
    icon: str
    polarity: Polarity
    severity: Severity
    authority: str
    document_number: str
    decided_on: date
    displayed_on: date
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    shown_until: date | None = None
    first_repair_on: date | None = None
    punctuality: Punctuality | None = None
    is_disputed: bool = False
    note: str = ""
    subject_name: str = ""
    subject_uscc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfRecords:
    """Records decided in one year, newest first. ``continues``: the part before ended in the same year."""

    year: int
    records: tuple[RecordLine, ...]
    continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many records of a kind are displayed."""

    kind: str
    label: Title
    number: int
    polarity: Polarity = Polarity.NEUTRAL


# ── search ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One subject found. ``matched_name`` is the former name that matched, empty when the present name did.

    ``is_homonym``: another hit bears the same name. ``why`` says why it is here when the name alone does not show it.
    """

    name: str
    uscc: str
    status: str
    is_closed: bool
    region: str
    legal_form: str
    established_on: date | None
    counts: tuple[Count, ...] = ()
    matched_name: str = ""
    former_from: date | None = None
    former_to: date | None = None
    is_homonym: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What a search found. ``more``: beyond the hits shown there are others, so the question must be narrower.

    ``too_short``: fewer than two characters; ``is_personal``: the question holds an identity or telephone number;
    nothing was searched in either case. ``document_hits``: records bearing that document number.
    """

    hits: tuple[Hit, ...] = ()
    document_hits: tuple[RecordLine, ...] = ()
    more: bool = False
    too_short: bool = False
    is_personal: bool = False

    @property
    def total_shown(self) -> int:
        """Subjects and records on the page."""
        return len(self.hits) + len(self.document_hits)

    @property
    def homonyms(self) -> int:
        """How many hits share their name with another."""
        return sum(hit.is_homonym for hit in self.hits)


# ── one subject ──────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name and the days it was used, as far as known."""

    name: str
    used_from: date | None = None
    used_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionLine:
    """A succession as a page of one side tells it: how, when, by which document, and who the other side is.

    ``took_over``: the subject of the page took the other one over; else the other one took it over.
    """

    kind: Literal["merger", "division", "conversion"]
    effective_on: date
    document: str
    took_over: bool
    name: str
    uscc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCard:
    """The register's facts about a subject; empty means not filed. ``source``, ``source_on``: where they come from.

    ``also_under``: unified codes under which it was recorded, too, before they proved to be the same subject's.
    """

    name: str
    uscc: str
    status: str
    is_closed: bool
    is_sole_trader: bool = False
    legal_form: str = ""
    former_names: tuple[FormerName, ...] = ()
    established_on: date | None = None
    industry: str = ""
    scale: str = ""
    address: str = ""
    registration_number: str = ""
    region: str = ""
    source: str = ""
    source_on: date | None = None
    also_under: tuple[str, ...] = ()
    successions: tuple[SuccessionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyLine:
    """How many records say one value."""

    value: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Records counted by one field, the most frequent value first."""

    label: Title
    lines: tuple[TallyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryCard:
    """The displayed records of a kind counted by what they say; ``note`` says what the number is not."""

    title: Title
    counted: Title
    number: int
    tallies: tuple[Tally, ...]
    note: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsPart:
    """A part of a subject's records; the next begins at ``next_offset`` and holds ``more_number``."""

    years: tuple[YearOfRecords, ...]
    next_offset: int = 0
    more_number: int = 0


# ── one record ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field of the decision. ``withheld``: it exists and is lawfully not shown; then ``value`` is empty."""

    name: str
    label: Title
    value: str
    note: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayTerm:
    """How long a record is displayed, and by which rule. ``first_repair_on`` None: repair is not foreseen."""

    shown_until: date
    first_repair_on: date | None
    longest_months: int
    shortest_months: int | None
    basis: BasisLine
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One event of a record: when, what (``event`` for programs, ``text`` for readers), and what belongs to it."""

    at: datetime | date
    event: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One time the same act was sent in: by whom, in which batch and row."""

    provider: str
    batch: str
    row: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderVersion:
    """What was recorded before a correction: its number, when, and why it was replaced."""

    version: int
    recorded_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """A record on display.

    ``term`` None: displayed without end, by ``display_basis``. ``timeliness`` None: no deadline, or it passed before
    this platform began. ``disputed_on``: since when an objection is being examined. ``entry``: where its signed status stands.
    ``statement``: the enterprise's own words, where an objection stayed undecided; nobody checked them.
    """

    number: str
    version: int
    kind: str
    kind_title: Title
    title: str
    party_name: str
    party_code: str
    document_number: str
    authority: str
    provider: str
    decided_on: date
    polarity: Polarity
    severity: Severity
    facts: tuple[Fact, ...]
    basis: str
    timeliness: Timeliness | None
    term: DisplayTerm | None
    display_basis: BasisLine | None
    history: tuple[HistoryLine, ...]
    sightings: tuple[Sighting, ...]
    older_versions: tuple[OlderVersion, ...]
    policy_digest: str
    recorded_at: datetime
    subject_name: str
    subject_uscc: str
    is_sole_trader: bool = False
    disputed_on: date | None = None
    entry: Entry | None = None
    statement: str = ""

    @property
    def is_named_otherwise(self) -> bool:
        """The decision names the subject otherwise than the register does today."""
        return normalise_name(self.party_name) != normalise_name(self.subject_name)
