"""How enterprises are sorted by risk, as data: indicators, their conditions, what they count, hard rules.

Item 6 of 闽信用〔2019〕7号 (an indicator system and a data model of graded supervision); the five dimensions follow readings of
国市监信发〔2022〕6号 (U). ``indicators.yaml`` of a pack may hold indicators and floors; one of a more specific pack replaces
the one of the same name above. What an indicator weighs is a value under ``risk/points/`` with its own dates and basis, so that
a weight is changed like every other value.

The vocabulary is closed: the operators of Condition, Take and Points. The engine has one class for each (engine.risk).
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Final, Literal

from pydantic import ConfigDict, Field, model_validator

from rongxin.policy.kinds import Basis, FieldName
from rongxin.policy.words import Strict, Title

POINTS: Final = "risk/points/"
"""Under which key the points of an indicator stand; its name follows."""
CLASSES: Final = "risk/classes"
"""The least points of the classes b, c and d; a is below b."""
DIMENSIONS: Final = "risk/dimensions"
"""The most points, up or down, that one dimension may bring."""
MINOR_MONTHS: Final = "risk/minor_months"
"""For how long minor adverse information, which has no term of display, counts at most."""

ENVELOPE: Final = frozenset({"decided_on", "valid_from", "valid_to", "polarity", "severity", "amount_fen", "authority"})
"""Fields that records of every kind have."""
SUBJECT: Final = frozenset({"category", "status", "legal_form", "region", "industry", "scale", "established_on"})
"""Fields of an enterprise."""

Cell = str | int | bool


class Dimension(StrEnum):
    """Where an indicator looks."""

    BASIC = "basic"
    DYNAMICS = "dynamics"
    SUPERVISION = "supervision"
    ASSOCIATION = "association"
    EVALUATION = "evaluation"


class RiskClass(StrEnum):
    """A low, B ordinary, C higher, D high risk. It serves the sharing out of supervision and is no grade of anybody's worth."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"


class Condition(Strict):
    """One condition on a row: ``field`` and exactly one comparison, or exactly one of ``all``, ``any``, ``not`` without a field.

    An empty cell meets no comparison but ``filled: false``; ``not`` of an unmet one is met. ``has_part``: any part of a
    several-valued cell (parted by ；). ``within_months`` n: days whose period of n months reaches the day of the run, and
    none after it (a period ends on the last day of a month that lacks its day: Civil Code arts. 201, 202); ``older_than_months`` n:
    before those.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    field: FieldName | None = None
    equal: Cell | None = None
    not_equal: Cell | None = None
    one_of: tuple[Cell, ...] | None = Field(default=None, min_length=1)
    none_of: tuple[Cell, ...] | None = Field(default=None, min_length=1)
    below: int | None = None
    at_most: int | None = None
    above: int | None = None
    at_least: int | None = None
    between: tuple[int, int] | None = None
    filled: bool | None = None
    begins_with: tuple[str, ...] | None = Field(default=None, min_length=1)
    has_part: tuple[str, ...] | None = Field(default=None, min_length=1)
    within_months: int | None = Field(default=None, ge=1)
    older_than_months: int | None = Field(default=None, ge=1)
    all_of: tuple["Condition", ...] | None = Field(default=None, alias="all", min_length=1)
    any_of: tuple["Condition", ...] | None = Field(default=None, alias="any", min_length=1)
    negated: "Condition | None" = Field(default=None, alias="not")

    @cached_property
    def operator(self) -> str:
        """The one operator that is given."""
        return next(name for name in _OPERATORS if getattr(self, name) is not None)

    @property
    def parts(self) -> tuple["Condition", ...]:
        """The conditions of which this one is made; none of a comparison."""
        return self.all_of or self.any_of or ((self.negated,) if self.negated else ())

    def fields(self) -> Iterator[str]:
        """Every field that is looked at."""
        if self.field is not None:
            yield self.field
        for part in self.parts:
            yield from part.fields()

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Condition":
        given = [name for name in _OPERATORS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a condition has exactly one operator, not {', '.join(given) or 'none'}")
        if (self.field is None) != (given[0] in _CONNECTIVES):
            raise ValueError(f"{given[0]} {'has no field' if self.field else 'needs a field'}")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("between ends before it begins")
        return self


_CONNECTIVES: Final = ("all_of", "any_of", "negated")
_OPERATORS: Final = tuple(name for name in Condition.model_fields if name != "field")


class Window(Strict):
    """Rows count while ``by`` lies at most ``months`` before the day of the run and not after it."""

    months: int = Field(ge=1, le=120)
    by: FieldName = "decided_on"


class Take(Strict):
    """What is made of the rows that count; exactly one. An enterprise without such a row has no value.

    ``count``: rows. ``distinct``: different cells of the field, empty ones aside. ``sum``, ``largest``, ``smallest``: of whole
    numbers, empty ones aside. ``latest``, ``earliest``: the cell of the field in the last or first row by the window's field, then
    by key. ``months_since``: full months since the last day in the field. ``share``: rows that meet the condition, in whole
    percent of all, rounded down.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    count: Literal["rows"] | None = None
    distinct: FieldName | None = None
    sum: FieldName | None = None
    largest: FieldName | None = None
    smallest: FieldName | None = None
    latest: FieldName | None = None
    earliest: FieldName | None = None
    months_since: FieldName | None = None
    share: Condition | None = None

    @cached_property
    def operator(self) -> str:
        """The one operator that is given."""
        return next(name for name in Take.model_fields if getattr(self, name) is not None)

    def fields(self) -> Iterator[str]:
        """Every field that is looked at."""
        argument = getattr(self, self.operator)
        if isinstance(argument, Condition):
            yield from argument.fields()
        elif self.operator != "count":
            yield argument

    @model_validator(mode="after")
    def _takes_one_thing(self) -> "Take":
        given = [name for name in Take.model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"take has exactly one operator, not {', '.join(given) or 'none'}")
        return self


class Fading(Strict):
    """A row older than ``after_months`` by the window's field counts ``percent`` of a row."""

    after_months: int = Field(ge=1)
    percent: int = Field(ge=0, le=99)


class Points(Strict):
    """How a value becomes points; the numbers stand in the policy value ``risk/points/<indicator>``, one for each name.

    ``each``: names ``each`` and ``most``: so many points for each unit of the value, at most so many. ``once``: name ``once``: for
    any value of one or more. ``steps``: the names of the steps and the least value of each; the highest step reached counts.
    ``words``: the value is a word; a word without a name brings nothing. Points are whole; what is divided is rounded down.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    each: Literal[True] | None = None
    once: Literal[True] | None = None
    steps: dict[FieldName, int] | None = Field(default=None, min_length=1)
    words: dict[str, FieldName] | None = Field(default=None, min_length=1)

    @cached_property
    def operator(self) -> str:
        """The one form that is given."""
        return next(name for name in Points.model_fields if getattr(self, name) is not None)

    @property
    def rising(self) -> tuple[tuple[str, int], ...]:
        """The steps, the lowest first, each with its least value."""
        return tuple(sorted((self.steps or {}).items(), key=lambda step: step[1]))

    @property
    def names(self) -> frozenset[str]:
        """The names that the policy value must give a number for, no more and no less."""
        match self.operator:
            case "each":
                return frozenset({"each", "most"})
            case "once":
                return frozenset({"once"})
            case "steps":
                return frozenset(self.steps or ())
            case _:
                return frozenset((self.words or {}).values())

    @model_validator(mode="after")
    def _has_one_form(self) -> "Points":
        given = [name for name in Points.model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"points have exactly one form, not {', '.join(given) or 'none'}")
        if len({*(self.steps or {}).values()}) < len(self.steps or {}):
            raise ValueError("each step begins at a value of its own")
        return self


class Related(Strict):
    """Enterprises that hold ``at_least_percent`` of this one (``holders``), or of which this one holds so much (``holdings``), as
    records of shareholding between organisations say. A holding is never followed through a person, nor further than one step.

    The value is the number of those of which the indicator ``indicator`` has a value.
    """

    through: Literal["holders", "holdings"]
    at_least_percent: int = Field(ge=1, le=100)
    indicator: FieldName


class Indicator(Strict):
    """One indicator. Exactly one source: ``records`` (kinds), ``subject`` (conditions on the enterprise itself) or ``related``.

    ``where``: which rows count, all conditions together. ``only``: of which enterprises, by their own fields; without it of all.
    ``lowers``: its points are taken off. ``reason``: what an enterprise reads, with {value} and {months}.
    A record counts only while it may: what is repaired, disputed, expired, withdrawn, withheld because its severity is not known,
    or lost what it rests on never does (engine.risk.counting); what an enterprise declares of itself is no record.
    """

    name: FieldName
    title: Title
    dimension: Dimension
    records: tuple[FieldName, ...] | None = Field(default=None, min_length=1)
    subject: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    related: Related | None = None
    where: tuple[Condition, ...] = ()
    only: tuple[Condition, ...] = ()
    window: Window | None = None
    fading: tuple[Fading, ...] = ()
    take: Take = Take(count="rows")
    points: Points
    lowers: bool = False
    reason: Title
    basis: Basis
    note: Title | None = None

    @property
    def key(self) -> str:
        """Of the policy value with its points."""
        return POINTS + self.name

    @model_validator(mode="after")
    def _has_one_source(self) -> "Indicator":
        given = [name for name in ("records", "subject", "related") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"{self.name} has exactly one of records, subject, related, not {', '.join(given) or 'none'}"
            )
        if self.records is None and (self.where or self.window or self.fading or self.take.operator != "count"):
            raise ValueError(f"{self.name}: where, window, fading and take belong to records")
        if self.fading and (self.window is None or self.take.operator != "count" or self.points.operator != "each"):
            raise ValueError(f"{self.name}: only a count of rows in a window, with points for each, fades")
        if (self.points.operator == "words") != (self.take.operator in ("latest", "earliest")):
            raise ValueError(f"{self.name}: words are the points of latest and earliest, and of nothing else")
        if self.take.operator in ("latest", "earliest") and self.window is None:
            raise ValueError(f"{self.name}: {self.take.operator} needs a window, by whose field rows are ordered")
        if (self.dimension == Dimension.ASSOCIATION) != (self.related is not None):
            raise ValueError(f"{self.name}: the dimension association is that of related")
        months = [each.after_months for each in self.fading]
        if months != sorted(set(months)):
            raise ValueError(f"{self.name}: fading goes from young to old")
        return self


class Floor(Strict):
    """A hard rule: an enterprise of which ``indicator`` has a value of ``at_least`` is no better than ``lowest``."""

    name: FieldName
    title: Title
    indicator: FieldName
    at_least: int = Field(default=1, ge=1)
    lowest: RiskClass
    basis: Basis


class Indicators(Strict):
    """``indicators.yaml`` of one pack."""

    note: Title | None = None
    indicators: tuple[Indicator, ...] = ()
    floors: tuple[Floor, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Indicators":
        for table in (self.indicators, self.floors):
            names = [each.name for each in table]
            if doubled := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{doubled} stands twice")
        return self


def indicators_of(tables: Sequence[Indicators]) -> dict[str, Indicator]:
    """The indicators by name, in the order in which the packs, the most general first, name them."""
    return {each.name: each for table in tables for each in table.indicators}


def floors_of(tables: Sequence[Indicators]) -> dict[str, Floor]:
    """The hard rules likewise."""
    return {each.name: each for table in tables for each in table.floors}
