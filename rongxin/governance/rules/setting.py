"""Setting the numbers of the risk classes anew: what an officer enters becomes a change of rules, or is told what is wrong with it.

The numbers are policy values: what each indicator weighs, where the classes begin, the most points of a dimension. Entered is only
what differs from what was shown; the rest of a value stays as it is on the first day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from rongxin.policy.indicator_words import told_names
from rongxin.policy.indicators import CLASSES, DIMENSIONS, POINTS
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.primitives.recognisers import names_a_number
from rongxin.primitives.whole_numbers import whole_number

LONGEST_REASON: Final = 300
MOST_TOLD: Final = 3
_POINTS_RANGE: Final = (0, 100)
_RANGES: Final = {CLASSES: (1, 200), DIMENSIONS: (0, 200)}
_DIGITS: Final = 6

Numbers = Mapping[str, int]
"""The numbers inside one value by name."""
Entries = Mapping[str, Mapping[str, str]]
"""What was entered: texts by key of the value and name of the number."""


class Wrong(StrEnum):
    """What may be wrong with an entry. ``ORDER``: it must not be less (of thresholds: must be more) than the number before it."""

    NOT_WHOLE = "not_whole"
    RANGE = "range"
    ORDER = "order"
    DAY = "day"
    PAST = "past"
    REASON = "reason"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One entry that does not do. ``key`` and ``name`` say which number it is about; both are empty for the day and the reason."""

    wrong: Wrong
    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """New numbers by key of their value, whole values each, in force from ``first_day`` on, and why."""

    numbers: Mapping[str, Numbers]
    first_day: date
    reason: str


def settable(rules: Policy, on: date) -> dict[str, Numbers]:
    """The numbers in force on the day that can be set, by key: thresholds, caps, then points in the order of the indicators."""
    keys = (CLASSES, DIMENSIONS, *(each.key for each in rules.indicators.values()))
    found = ((key, in_force(rules, key, on)) for key in keys)
    return {key: numbers for key, numbers in found if numbers}


def in_force(rules: Policy, key: str, on: date) -> Numbers:
    """The numbers of the value on the day, in the order in which they are told; empty where nothing is in force."""
    try:
        value = rules.value(key, on).value
    except NothingInForce:
        return {}
    numbers = value if isinstance(value, dict) else {}
    return {name: int(numbers[name]) for name in told_names(rules, key) if name in numbers}


def range_of(key: str) -> tuple[int, int]:
    """The least and the largest number that may be entered in the value."""
    return _RANGES.get(key, _POINTS_RANGE)


def setting(
    rules: Policy, entries: Entries, *, first_day: str, reason: str, today: date
) -> Setting | tuple[Mistake, ...]:
    """The setting that the entries ask for, or every mistake in them, in the order of the page."""
    on, reason = _day(first_day), _line(reason)
    numbers: dict[str, Numbers] = {}
    mistakes: list[Mistake] = []
    for key, shown in settable(rules, on or today).items():
        entered = {name: text for name, text in entries.get(key, {}).items() if name in shown}
        if wrong := [*_faults_of_each(key, entered)]:
            mistakes += wrong
            continue
        made = {**shown, **{name: int(text.strip()) for name, text in entered.items()}}
        mistakes += _out_of_order(rules, key, made, set(entered))
        if made != shown:
            numbers[key] = made
    if not numbers and not mistakes:
        mistakes.append(Mistake(Wrong.UNCHANGED))
    if on is None or on < today:
        mistakes.append(Mistake(Wrong.DAY if on is None else Wrong.PAST))
    if not reason or len(reason) > LONGEST_REASON or names_a_number(reason):
        mistakes.append(Mistake(Wrong.REASON))
    if mistakes or on is None:
        return tuple(mistakes)
    return Setting(numbers=numbers, first_day=on, reason=reason)


def title_of(rules: Policy, made: Setting) -> str:
    """What a case of the setting is called."""
    return f"风险分值 {len(_changes(rules, made))} 处，自 {made.first_day} 起"


def told(rules: Policy, made: Setting) -> str:
    """What the setting changes and why, in one line: the first few numbers, how many there are, from when."""
    changed = _changes(rules, made)
    more = f"等{len(changed)}处" if len(changed) > MOST_TOLD else ""
    on = made.first_day
    return f"{'，'.join(changed[:MOST_TOLD])}{more}，自{on.year}年{on.month}月{on.day}日起。{made.reason}"


def _changes(rules: Policy, made: Setting) -> list[str]:
    return [
        f"{_called(rules, key, names[name].zh)} {before.get(name)}→{number}"
        for key, numbers in made.numbers.items()
        for names, before in [(told_names(rules, key), in_force(rules, key, made.first_day))]
        for name, number in numbers.items()
        if before.get(name) != number
    ]


def _called(rules: Policy, key: str, name: str) -> str:
    if key == CLASSES:
        return f"{name}起点"
    if key == DIMENSIONS:
        return f"“{name}”上限"
    return f"“{rules.indicators[key.removeprefix(POINTS)].title.zh}”{name}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _line(text: str) -> str:
    """One line of what can be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _faults_of_each(key: str, entered: Mapping[str, str]) -> Iterator[Mistake]:
    least, largest = range_of(key)
    for name, text in entered.items():
        number = whole_number(text.strip(), digits=_DIGITS)
        if number is None:
            yield Mistake(Wrong.NOT_WHOLE, key, name)
        elif not least <= number <= largest:
            yield Mistake(Wrong.RANGE, key, name)


def _out_of_order(rules: Policy, key: str, numbers: Numbers, entered: set[str]) -> Iterator[Mistake]:
    """Thresholds rise; a higher step weighs no less than a lower one, the most of an indicator no less than one unit."""
    for lower, higher in pairwise(_ordered(rules, key, numbers)):
        falls = numbers[higher] <= numbers[lower] if key == CLASSES else numbers[higher] < numbers[lower]
        if falls and entered & {lower, higher}:
            yield Mistake(Wrong.ORDER, key, higher if higher in entered else lower)


def _ordered(rules: Policy, key: str, numbers: Numbers) -> tuple[str, ...]:
    indicator = rules.indicators.get(key.removeprefix(POINTS))
    is_ordered = key == CLASSES or (indicator is not None and indicator.points.operator in ("each", "steps"))
    return tuple(numbers) if is_ordered else ()
