"""In which numbers and rules two plans differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rongxin.engine.risk.plans import Plan

Told = dict[str, int | str | None]
_WORDS = {"title", "reason", "basis", "note"}
"""What an indicator says to readers: no point depends on it."""


class Part(StrEnum):
    """Of what a plan is made."""

    INDICATORS = "indicators"
    DIMENSIONS = "dimensions"
    CLASSES = "classes"
    FLOORS = "floors"
    KINDS = "kinds"


@dataclass(frozen=True)
class Difference:
    """One thing that two plans do not have alike; None: that plan does not have it.

    Of indicators the numbers of their points; of dimensions and classes ``most`` and ``least``; of hard rules ``indicator``,
    ``at_least`` and ``lowest``; of kinds for how many months a record counts, by severity (None: without end).
    ``is_redefined``: it differs in more than that: it looks at other rows, or makes something else of them.
    """

    part: Part
    name: str
    before: Told | None
    after: Told | None
    is_redefined: bool = False


def differences(before: Plan, after: Plan) -> tuple[Difference, ...]:
    """All in which two plans differ that classes depend on, the day aside: by part, indicators and hard rules in the order of
    ``after``, the rest by name; what ``after`` lacks comes last.
    """
    found = []
    for part in Part:
        one, two = _told(before, part), _told(after, part)
        for name in (*two, *(name for name in one if name not in two)):
            was, becomes = (each[name][0] if name in each else None for each in (one, two))
            is_redefined = name in one and name in two and one[name][1] != two[name][1]
            if was != becomes or is_redefined:
                found.append(Difference(part, name, was, becomes, is_redefined))
    return tuple(found)


def _told(plan: Plan, part: Part) -> Mapping[str, tuple[Told, Any]]:
    """Numbers and definition of everything in a part of a plan, by name."""
    match part:
        case Part.INDICATORS:
            return {
                each.name: ({**each.numbers}, each.indicator.model_dump(exclude=_WORDS)) for each in plan.indicators
            }
        case Part.DIMENSIONS:
            return {name: ({"most": most}, None) for name, most in sorted(plan.dimensions.items())}
        case Part.CLASSES:
            return {name: ({"least": least}, None) for name, least in sorted(plan.classes.items())}
        case Part.FLOORS:
            return {
                each.name: ({"indicator": each.indicator, "at_least": each.at_least, "lowest": each.lowest.value}, None)
                for each in plan.floors
            }
        case Part.KINDS:
            return {name: ({**rule.months}, rule.ends_with_validity) for name, rule in sorted(plan.kinds.items())}
