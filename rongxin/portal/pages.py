"""What each public page shows. A template takes one of these as ``page`` and asks nothing else.

What is shown comes from ``disclosure.views``; a page adds what belongs to pages: tabs, addresses, drawings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from rongxin.disclosure.rule_views import (
    CalendarYear,
    CodeStep,
    DisplayLine,
    FieldLine,
    IndicatorLine,
    KindCard,
    PolarityLine,
    SeverityLine,
    ValueCard,
    WithheldLine,
)
from rongxin.disclosure.views import (
    Count,
    PunctualityMonth,
    RecordLine,
    RecordView,
    SearchResult,
    SubjectCard,
    SummaryCard,
    YearOfRecords,
)
from rongxin.policy.words import Polarity, Title
from rongxin.records.withdrawing import Tombstone
from rongxin.remedies.declarations.queries import DeclarationView
from rongxin.ui.clock import ClockDay
from rongxin.ui.declared import StandingView
from rongxin.ui.drawing import Term
from rongxin.ui.parts import Choice, Figure, Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """``portal/home.html``. ``examples`` are searches worth trying; ``as_of`` is when the figures were counted."""

    figures: tuple[Figure, ...]
    examples: tuple[str, ...]
    tabs: tuple[Tab, ...]
    newest: tuple[RecordLine, ...]
    punctuality: PunctualityMonth | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """``portal/search.html``. ``query`` empty: before the first search. ``shorter_query``: worth trying instead."""

    query: str
    results: SearchResult
    shorter_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage:
    """``portal/subject.html``; its list alone is ``portal/_records.html`` (for htmx: the next part).

    ``as_of`` is the day looked at, within ``first_day`` and ``today``; ``kind`` the chosen kind's name. ``more_url``
    leads to the next part, ``more_number`` says how many records it holds. ``permalink`` is the full address. ``declarations``:
    what the firm says of itself and shows, today only and apart from everything else.
    """

    subject: SubjectCard
    counts: tuple[Count, ...]
    tabs: tuple[Tab, ...]
    years: tuple[YearOfRecords, ...]
    as_of: date
    today: date
    first_day: date
    url: str
    permalink: str
    kind: str = ""
    more_url: str = ""
    more_number: int = 0
    is_demo: bool = False
    summaries: tuple[SummaryCard, ...] = ()
    declarations: tuple[tuple[DeclarationView, StandingView], ...] = ()

    @property
    def is_today(self) -> bool:
        """The page shows the present, not a past day."""
        return self.as_of == self.today

    @property
    def look_back(self) -> str:
        """The query that keeps a past day on the way to a record."""
        return "" if self.is_today else f"?as_of={self.as_of:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """``portal/record.html``: a record on display.

    ``clock``: the days up to its display; ``term`` None: displayed without end. ``public_hash``: SHA-256 of what is
    public.
    """

    record: RecordView
    public_hash: str
    clock: tuple[ClockDay, ...]
    term: Term | None
    url: str
    permalink: str
    as_of: date
    today: date
    is_demo: bool = False

    @property
    def is_today(self) -> bool:
        """The page shows the present, not a past day."""
        return self.as_of == self.today


@dataclass(frozen=True, slots=True, kw_only=True)
class TombstonePage:
    """``portal/tombstone.html``, answered with 410: the number is known, nothing is shown and no more is said.

    ``withdrawn``: when, why and by whom, for a withdrawn record.
    """

    number: str
    state: Literal["ended", "withdrawn", "removed", "not_public"]
    withdrawn: Tombstone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalPage:
    """``portal/refusal.html``: why a question cannot be answered, and what to do. ``sign`` is an icon."""

    heading: str
    words: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestPage:
    """``portal/newest.html``: what came on display, newest first. ``on``: only that day. ``kind``: only that kind."""

    kinds: tuple[Choice, ...]
    records: tuple[RecordLine, ...]
    today: date
    on: date | None = None
    kind: str = ""
    earlier_url: str = ""
    later_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """``portal/rules.html``: what is recorded, how long it is shown, how codes and working days are reckoned."""

    kinds: tuple[KindCard, ...]
    values: tuple[ValueCard, ...]
    indicators: tuple[IndicatorLine, ...]
    code_steps: tuple[CodeStep, ...]
    calendar: tuple[CalendarYear, ...]
    pack_title: Title
    policy_digest: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesKindPage:
    """``portal/rules_kind.html``: one kind of record in full. ``deadline`` and ``terms``: its dated values.

    ``withheld``: what is not displayed whatever its severity. ``example_url``: empty where there is no example.
    """

    title: Title
    description: str
    provider: Title
    polarity: Polarity
    version: str
    fields: tuple[FieldLine, ...]
    severity: tuple[SeverityLine, ...]
    display: tuple[DisplayLine, ...]
    polarities: tuple[PolarityLine, ...] = ()
    withheld: tuple[WithheldLine, ...] = ()
    deadline: ValueCard | None = None
    terms: tuple[ValueCard, ...] = ()
    example_url: str = ""
