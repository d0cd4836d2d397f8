"""How the rules themselves are shown: kinds, their fields and clauses, dated values, the ladder of codes, the calendar."""

from dataclasses import dataclass
from datetime import date

from rongxin.disclosure.views import BasisLine
from rongxin.policy.words import Display, FieldClass, Polarity, Severity, StepSeverity, Strength, Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step of a check does to a row; ``name`` is empty where there is one step only."""

    name: str
    severity: StepSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLine:
    """What a value is from one day on: ``steps`` or a ``value`` written out. ``in_force`` on the day of the page."""

    starts_on: date
    value: str
    steps: tuple[Step, ...]
    strength: Strength
    basis: BasisLine
    in_force: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """An indicator of risk: ``points`` written out, added, or taken off where it ``lowers``; ``key`` is the value they stand in.
    ``looks_at``: what an enterprise reads of it, with N where a number of its own will stand.
    """

    key: str
    title: Title
    looks_at: str
    dimension: Title
    lowers: bool
    points: str
    starts_on: date
    basis: BasisLine
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCard:
    """A policy value with its dated lines, newest first. ``key`` is its name in the rules."""

    key: str
    title: Title
    unit: str
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCard:
    """A record kind in the catalog."""

    name: str
    title: Title
    icon: str
    description: str
    provider: Title
    fields: int
    public_fields: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStep:
    """One step of the check of a unified code: what is looked at and what a finding does to the row."""

    title: Title
    explanation: str
    severity: StepSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days off in a row, first and last included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """The working-day calendar of a year: holidays, and weekend days worked in exchange; ``source`` is the notice."""

    year: int
    source: str
    holidays: tuple[Holiday, ...]
    worked_weekends: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """A field of a kind: who may see it, and whether it must be filled."""

    title: Title
    code: str
    field_class: FieldClass
    required: bool
    may_name_persons: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarityLine:
    """What a record of the kind says of its subject, and when; ``basis`` None: by itself."""

    polarity: Polarity
    words: str
    basis: BasisLine | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityLine:
    """When a record of the kind has a severity, in words. ``is_told``: it stands on the record's page, too."""

    severity: Severity
    words: str
    basis: BasisLine
    note: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldLine:
    """Records that are not displayed, whatever their severity: which, why, and where that stands."""

    words: str
    reason: str
    basis: BasisLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayLine:
    """Whether records of a severity are displayed today, and by which clause."""

    severity: Severity
    display: Display
    basis: BasisLine
    reason: str = ""
    is_told: bool = True
