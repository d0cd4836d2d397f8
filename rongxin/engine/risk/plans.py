"""The plan of a run: all of the policy that a day's classes depend on, as plain data. It is kept with the run as evidence."""

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, Final

from pydantic import ConfigDict

from rongxin.engine.risk.comparisons import ANY, DATE, NUMBER, WORD, Comparison, WithinMonths, sort_of
from rongxin.engine.risk.conditions import Meets, Span, compiled
from rongxin.engine.risk.counting import COUNTS, KindRule, kind_rule
from rongxin.engine.risk.layout import SUBJECTS, Schema, record_schemas
from rongxin.engine.risk.points import Pointing, pointing_of
from rongxin.engine.risk.takes import Taking, taking_of
from rongxin.policy.indicators import (
    CLASSES,
    DIMENSIONS,
    MINOR_MONTHS,
    Condition,
    Dimension,
    Floor,
    Indicator,
    RiskClass,
)
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import Scalar
from rongxin.policy.words import Strict
from rongxin.primitives.canonical import canonical_json

FORMAT: Final = 1
GRADES: Final = tuple(RiskClass)
"""The classes by their number in a result: 0 a … 3 d."""
NO_FLOOR: Final = 255
_SORTS: Final = {WORD: "words", NUMBER: "whole numbers", DATE: "days"}


class PlanError(ValueError):
    """Rules from which no plan can be made; says which indicator, and why."""


class Weighed(Strict):
    """An indicator and the numbers that its points have on the day."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    indicator: Indicator
    numbers: dict[str, int]

    @property
    def name(self) -> str:
        """Of the indicator."""
        return self.indicator.name

    @property
    def sign(self) -> int:
        """Whether its points are added or taken off."""
        return -1 if self.indicator.lowers else 1

    @cached_property
    def taking(self) -> Taking:
        """What it makes of rows."""
        return taking_of(self.indicator)

    @cached_property
    def pointing(self) -> Pointing:
        """How its value becomes points."""
        return pointing_of(self.indicator.points, self.numbers, fades=bool(self.indicator.fading))

    @property
    def span(self) -> Span:
        """From when to when a record that may count does so for it."""
        window = self.indicator.window
        span = COUNTS & Span.of(self.indicator.where)
        if window is None:
            return span
        within = Span.over([Meets(window.by, WithinMonths(window.months))])
        if window.by == "decided_on":
            within = Span(now=within.now, stops=within.stops)  # counting says already from when
        return span & within

    def record_fields(self) -> set[str]:
        """Columns of records that it looks at."""
        indicator = self.indicator
        if indicator.records is None:
            return set()
        fields = {field for condition in indicator.where for field in condition.fields()}
        return fields | set(self.taking.fields()) | ({indicator.window.by} if indicator.window else set())

    def subject_fields(self) -> set[str]:
        """Columns of enterprises that it looks at."""
        return {field for each in (*self.indicator.only, *(self.indicator.subject or ())) for field in each.fields()}


class Plan(Strict):
    """What holds on ``day``: indicators in their order with their numbers, hard rules, thresholds, and which records count.

    ``classes``: the least points of b, c and d. ``dimensions``: the most points, up or down, of each; one that is not named has no
    such bound.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, ignored_types=(cached_property,))

    format: int = FORMAT
    day: date
    policy: str
    kinds: dict[str, KindRule]
    indicators: tuple[Weighed, ...]
    floors: tuple[Floor, ...] = ()
    classes: dict[str, int]
    dimensions: dict[str, int] = {}

    def on(self, day: date) -> "Plan":
        """The same rules on another day: what comes of time alone."""
        return self._with(day=day)

    def reckons_like(self, other: "Plan") -> bool:
        """Whether both reckon the same on their day, whatever else of the rules is different."""
        return self == other._with(policy=self.policy)

    def _with(self, **changes: Any) -> "Plan":
        return Plan(**{name: getattr(self, name) for name in Plan.model_fields} | changes)

    def canonical_json(self) -> str:
        """As canonical JSON."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return canonical_json(content)

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its JSON."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()

    @classmethod
    def from_canonical(cls, text: str) -> "Plan":
        """The plan that ``canonical_json`` wrote; raises pydantic's ValidationError for anything else."""
        return cls.model_validate_json(text)

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each indicator in a result, by name."""
        return {weighed.name: place for place, weighed in enumerate(self.indicators)}

    @cached_property
    def named_by_related(self) -> tuple[int, ...]:
        """The places of the indicators of which it must be known of every enterprise whether they have a value."""
        named = {each.indicator.related.indicator for each in self.indicators if each.indicator.related}
        return tuple(sorted(self.places[name] for name in named))

    @cached_property
    def floored(self) -> frozenset[int]:
        """The places of the indicators that hard rules name."""
        return frozenset(self.places[floor.indicator] for floor in self.floors)

    def only(self, places: Iterable[int]) -> "Plan":
        """A plan of only these indicators, which stand in the order of ``places``, and of the hard rules that name them."""
        indicators = tuple(self.indicators[place] for place in places)
        names = {each.name for each in indicators}
        return self._with(indicators=indicators, floors=tuple(each for each in self.floors if each.indicator in names))

    @property
    def kinds_read(self) -> dict[str, list[str]]:
        """The columns of records that are read, by kind."""
        read: dict[str, set[str]] = {}
        for weighed in self.indicators:
            for kind in weighed.indicator.records or ():
                read.setdefault(kind, {"subject", *self.kinds[kind].fields}).update(weighed.record_fields())
        return {kind: sorted(fields) for kind, fields in sorted(read.items())}

    @property
    def subject_columns(self) -> list[str]:
        """The columns of enterprises that are read."""
        fields = {"subject", "category", "established_on"}
        return sorted(fields.union(*(weighed.subject_fields() for weighed in self.indicators)))

    @property
    def reads_links(self) -> bool:
        """Whether it looks at enterprises that hold others."""
        return any(weighed.indicator.related for weighed in self.indicators)


def compile_plan(policy: Policy, day: date) -> Plan:
    """The plan of ``policy`` on ``day``. An indicator whose points have no value in force on that day is left out, and what
    names it.

    PlanError where an indicator looks at what its kinds do not have or cannot be compared so; NothingInForce where the thresholds,
    the bounds of the dimensions or the months of minor information have no value.
    """
    weighed = [
        Weighed(indicator=indicator, numbers=numbers)
        for indicator in policy.indicators.values()
        if (numbers := _numbers(policy, indicator.key, day)) is not None
    ]
    names = {each.name for each in weighed}
    weighed = [each for each in weighed if each.indicator.related is None or each.indicator.related.indicator in names]
    names = {each.name for each in weighed}
    schemas = record_schemas(policy)
    for each in weighed:
        _check(each.indicator, schemas)
    minor_months = policy.value(MINOR_MONTHS, day).months
    kinds = sorted({kind for each in weighed for kind in each.indicator.records or ()})
    return Plan(
        day=day,
        policy=policy.digest,
        kinds={name: kind_rule(policy, policy.kinds[name], minor_months, day) for name in kinds},
        indicators=tuple(weighed),
        floors=tuple(floor for floor in policy.floors.values() if floor.indicator in names),
        classes=_required(policy, CLASSES, day, [grade.value for grade in GRADES[1:]]),
        dimensions=_required(policy, DIMENSIONS, day, [each.value for each in Dimension]),
    )


def _numbers(policy: Policy, key: str, day: date) -> dict[str, int] | None:
    try:
        value = policy.value(key, day).value
    except NothingInForce:
        return None
    if not isinstance(value, dict):
        raise PlanError(f"{key}: not a number for each name")
    return {name: _whole(key, number) for name, number in value.items()}


def _required(policy: Policy, key: str, day: date, names: list[str]) -> dict[str, int]:
    numbers = _numbers(policy, key, day)
    if numbers is None:
        raise NothingInForce(key, day)
    if set(numbers) != set(names):
        raise PlanError(f"{key}: has {sorted(numbers)}, must have {names}")
    return numbers


def _whole(key: str, number: Scalar) -> int:
    if isinstance(number, bool) or not isinstance(number, int):
        raise PlanError(f"{key}: {number!r} is not a whole number")
    return number


def _check(indicator: Indicator, schemas: dict[str, Schema]) -> None:
    """That every field is in the snapshot and of the sort with which it is compared."""
    for condition in (*indicator.only, *(indicator.subject or ())):
        _check_condition(indicator, condition, "enterprises", SUBJECTS)
    for kind in indicator.records or ():
        if kind not in schemas:
            raise PlanError(f"{indicator.name}: there are no records of the kind {kind}")
        for condition in indicator.where:
            _check_condition(indicator, condition, kind, schemas[kind])
        fields = [*([indicator.window.by] if indicator.window else []), *indicator.take.fields()]
        for field in fields:
            if field not in schemas[kind]:
                raise PlanError(f"{indicator.name}: snapshots have no field {field} of {kind}")


def _check_condition(indicator: Indicator, condition: Condition, table: str, schema: Schema) -> None:
    for leaf in compiled(condition).leaves():
        if leaf.field not in schema:
            raise PlanError(f"{indicator.name}: snapshots have no field {leaf.field} of {table}")
        compares, sort = _compares(leaf.comparison), sort_of(schema[leaf.field])
        if compares not in (ANY, sort):
            raise PlanError(f"{indicator.name}: {leaf.field} of {table} holds {_SORTS[sort]}, not {_SORTS[compares]}")


def _compares(comparison: Comparison) -> str:
    return comparison.compares
