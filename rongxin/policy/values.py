"""A policy value: a number, step, flag or text that a rule needs, with dates and a legal basis on every line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rongxin.policy.documents import Document
from rongxin.policy.kinds import Basis
from rongxin.policy.words import Reading, StepSeverity, Strength, Strict, Title

ValueKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)+$", max_length=120)]
Scalar = bool | int | str
Value = bool | int | str | tuple[int, ...] | dict[str, Scalar]


class Unit(StrEnum):
    """What a value counts, or what kind of word it is."""

    HOURS = "hours"
    WORKDAYS = "workdays"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    FEN = "fen"
    ROWS = "rows"
    POINTS = "points"
    RATIO = "ratio"
    SEVERITY_STEP = "severity_step"
    TEXT = "text"
    FLAG = "flag"


COUNTS = frozenset({Unit.HOURS, Unit.WORKDAYS, Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.FEN, Unit.ROWS, Unit.POINTS})
CountedFrom = Literal["decision_date", "publication_date", "receipt_date"]


class ValueLine(Strict):
    """What holds from a day on, until the next line or ``until`` (the last day included), and why."""

    first_day: date = Field(alias="from")
    last_day: date | None = Field(default=None, alias="until")
    value: Value
    strength: Strength
    basis: Basis
    note: Title | None = None

    @model_validator(mode="after")
    def _says_no_more_than_was_read(self) -> "ValueLine":
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("until lies before from")
        if self.strength == Strength.BINDING and self.basis.reading != Reading.CONFIRMED:
            raise ValueError(f"reading {self.basis.reading} cannot be binding; make it local, with a note")
        if self.strength == Strength.LOCAL and self.note is None:
            raise ValueError("a local setting needs a note that says why it is set so")
        return self


class PolicyValue(Strict):
    """One key of ``values/*.yaml``. ``reduces_rights``: every line must rest on a clause that may (architecture §2)."""

    title: Title
    unit: Unit
    counted_from: CountedFrom | None = None
    applies_to: tuple[str, ...] = ()
    reduces_rights: bool = False
    values: tuple[ValueLine, ...] = Field(min_length=1)
    checked_on: date
    source: str = ""


class HistoryLine(ValueLine):
    """A line and the pack that says it. ``overrides``: a local setting that stands in for the lines above on its
    days.
    """

    pack: str
    overrides: bool = False


class History(Strict):
    """All lines of one key over the chain of packs: first those that follow one another, then the overriding ones."""

    title: Title
    unit: Unit
    counted_from: CountedFrom | None = None
    applies_to: tuple[str, ...] = ()
    reduces_rights: bool = False
    lines: tuple[HistoryLine, ...]
    checked_on: date
    source: str = ""

    def line_on(self, on: date) -> HistoryLine | None:
        """The line in force on the day: that of the most specific overriding pack, else of the common sequence."""
        overriding = [line for line in self.lines if line.overrides]
        for pack in reversed(list(dict.fromkeys(line.pack for line in overriding))):
            found = _last_begun([line for line in overriding if line.pack == pack], on)
            if found is not None:
                return found
        return _last_begun([line for line in self.lines if not line.overrides], on)


def _last_begun(lines: Iterable[HistoryLine], on: date) -> HistoryLine | None:
    begun = [line for line in lines if line.first_day <= on]
    if not begun:
        return None
    last = max(begun, key=lambda line: line.first_day)
    return last if last.last_day is None or on <= last.last_day else None


def clashes(lines: Iterable[ValueLine]) -> list[tuple[date, str]]:
    """Dates of one sequence that contradict one another: the day of the later line, and what is wrong with it."""
    found = []
    for earlier, later in pairwise(sorted(lines, key=lambda line: line.first_day)):
        if later.first_day == earlier.first_day:
            found.append((later.first_day, f"two values from {later.first_day}"))
        elif earlier.last_day is not None and later.first_day <= earlier.last_day:
            day_before = later.first_day - timedelta(days=1)
            found.append((later.first_day, f"overlaps the value until {earlier.last_day}; end that on {day_before}"))
    return found


def unfit(unit: Unit, value: Value) -> str | None:
    """Why a value does not fit its unit, or None."""
    parts: Iterable[Scalar]
    match value:
        case dict():
            parts = value.values()
        case tuple():
            parts = value
        case _:
            parts = (value,)
    reasons = (_scalar_unfit(unit, part) for part in parts)
    return next((reason for reason in reasons if reason), None)


def _scalar_unfit(unit: Unit, value: Scalar) -> str | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if unit in COUNTS:
        return None if is_count else f"{value!r} is not a whole number of {unit}"
    if unit == Unit.FLAG:
        return None if isinstance(value, bool) else f"{value!r} is neither true nor false"
    if unit == Unit.SEVERITY_STEP:
        return None if value in list(StepSeverity) else f"{value!r} is not one of {', '.join(StepSeverity)}"
    if unit == Unit.RATIO:
        return (
            None
            if isinstance(value, str) and _is_ratio(value)
            else f"{value!r} is not a ratio in quotes, such as '0.05'"
        )
    return None if isinstance(value, str) else f"{value!r} is not a text in quotes"


def _is_ratio(text: str) -> bool:
    try:
        return 0 <= Decimal(text) <= 1
    except InvalidOperation:
        return False


@dataclass(frozen=True)
class ValueInForce:
    """A value on a day, with everything a page must say beside it. ``is_law``: binding law of this place, read in its
    own text.
    """

    key: str
    value: Value
    unit: Unit
    line: HistoryLine
    document: Document
    basis: Basis
    is_law: bool

    @property
    def count(self) -> int:
        """The value as a whole number; raises TypeError for another form."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise TypeError(f"{self.key} is not one number")
        return self.value

    @property
    def counts(self) -> tuple[int, ...]:
        """The value as several whole numbers."""
        if not isinstance(self.value, tuple):
            raise TypeError(f"{self.key} is not a list of numbers")
        return self.value

    @property
    def flag(self) -> bool:
        """The value as true or false."""
        if not isinstance(self.value, bool):
            raise TypeError(f"{self.key} is not a flag")
        return self.value

    @property
    def step(self) -> StepSeverity:
        """The value as what one step does to a row."""
        if self.unit != Unit.SEVERITY_STEP or not isinstance(self.value, str):
            raise TypeError(f"{self.key} is not one step")
        return StepSeverity(self.value)

    @property
    def steps(self) -> dict[str, StepSeverity]:
        """The value as what each named step does to a row."""
        if self.unit != Unit.SEVERITY_STEP or not isinstance(self.value, dict):
            raise TypeError(f"{self.key} does not name steps")
        return {name: StepSeverity(str(step)) for name, step in self.value.items()}

    @property
    def texts(self) -> dict[str, str]:
        """The value as a text for each name."""
        if self.unit != Unit.TEXT or not isinstance(self.value, dict):
            raise TypeError(f"{self.key} does not name texts")
        return {name: str(text) for name, text in self.value.items()}

    @property
    def ratio(self) -> Decimal:
        """The value as an exact ratio between 0 and 1."""
        if self.unit != Unit.RATIO or not isinstance(self.value, str):
            raise TypeError(f"{self.key} is not a ratio")
        return Decimal(self.value)

    @property
    def months(self) -> int:
        """A period in whole months; years count twelve each. Raises TypeError for other units."""
        match self.unit:
            case Unit.MONTHS:
                return self.count
            case Unit.YEARS:
                return 12 * self.count
            case _:
                raise TypeError(f"{self.key} is not a period of months")
