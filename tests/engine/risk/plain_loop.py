"""The classes of a bucket by a plain loop over enterprises and records: the same rules told a second time, without columns."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from rongxin.engine.risk.plans import Plan
from rongxin.engine.risk.tables import Tables
from rongxin.policy.indicators import Condition, Indicator
from rongxin.primitives.periods import add_months

Row = dict[str, Any]
GRADES = "abcd"


def meets(condition: Condition, row: Row, day: date) -> bool:
    asked = getattr(condition, condition.operator)
    match condition.operator:
        case "all_of":
            return all(meets(part, row, day) for part in asked)
        case "any_of":
            return any(meets(part, row, day) for part in asked)
        case "negated":
            return not meets(asked, row, day)
    cell = row[condition.field]
    if condition.operator == "filled":
        return (cell is not None) == asked
    if cell is None:
        return False
    return {
        "equal": lambda: cell == asked,
        "not_equal": lambda: cell != asked,
        "one_of": lambda: cell in asked,
        "none_of": lambda: cell not in asked,
        "below": lambda: cell < asked,
        "at_most": lambda: cell <= asked,
        "above": lambda: cell > asked,
        "at_least": lambda: cell >= asked,
        "between": lambda: asked[0] <= cell <= asked[1],
        "begins_with": lambda: cell.startswith(asked),
        "has_part": lambda: bool(set(cell.split("；")) & set(asked)),
        "within_months": lambda: cell <= day <= add_months(cell, asked),
        "older_than_months": lambda: day > add_months(cell, asked),
    }[condition.operator]()


def counts(plan: Plan, kind: str, row: Row, firm: Row, day: date) -> bool:
    rule = plan.kinds[kind]
    if row["state"] != 0 or row["severity"] not in rule.months or row["decided_on"] > day:
        return False
    if firm["established_on"] and row["decided_on"] < firm["established_on"]:
        return False
    months = rule.months[row["severity"]]
    if months is not None and day > add_months(row["decided_on"], months):
        return False
    return not rule.ends_with_validity or row["valid_to"] is None or row["valid_to"] >= day


def value_of(indicator: Indicator, rows: list[Row], day: date) -> int | str | None:
    take = indicator.take
    argument = getattr(take, take.operator)
    if take.operator == "count":
        return len(rows)
    if take.operator == "share":
        return 100 * sum(meets(argument, row, day) for row in rows) // len(rows)
    if take.operator in ("latest", "earliest"):
        rows = sorted(rows, key=lambda row: (row[indicator.window.by], row["record"]))
        return rows[-1 if take.operator == "latest" else 0][argument]
    cells = [row[argument] for row in rows if row[argument] is not None]
    if take.operator == "distinct":
        return len(set(cells))
    if not cells:
        return None
    if take.operator == "months_since":
        return next((months - 1 for months in range(1, 3000) if add_months(max(cells), months) > day), 0)
    return {"sum": sum, "largest": max, "smallest": min}[take.operator](cells)


def points_of(numbers: dict[str, int], indicator: Indicator, value: int | str, rows: list[Row], day: date) -> int:
    points = indicator.points
    match points.operator:
        case "each":
            hundredths = 100 * value if not indicator.fading else sum(_percent(indicator, row, day) for row in rows)
            return max(0, min(numbers["most"], numbers["each"] * hundredths // 100))
        case "once":
            return numbers["once"] if value >= 1 else 0
        case "steps":
            reached = [numbers[name] for name, least in points.steps.items() if value >= least]
            return reached[-1] if reached else 0
        case _:
            return numbers[points.words[value]] if value in points.words else 0


def _percent(indicator: Indicator, row: Row, day: date) -> int:
    percent = 100
    for step in indicator.fading:
        if day > add_months(row[indicator.window.by], step.after_months):
            percent = step.percent
    return percent


def values(plan: Plan, all_tables: list[Tables], day: date) -> dict[tuple[int, str], tuple[int | str, int]]:
    """Value and points by enterprise and indicator."""
    firms = {row["subject"]: row for tables in all_tables for row in tables.subjects.iter_rows(named=True)}
    records: dict[tuple[int, str], list[Row]] = {}
    links: dict[int, list[Row]] = {}
    for tables in all_tables:
        for kind, frame in tables.records.items():
            for row in frame.iter_rows(named=True):
                records.setdefault((row["subject"], kind), []).append(row)
        for row in tables.links.iter_rows(named=True) if tables.links is not None else ():
            links.setdefault(row["subject"], []).append(row)
    found: dict[tuple[int, str], tuple[int | str, int]] = {}
    ordered = sorted(plan.indicators, key=lambda weighed: weighed.indicator.related is not None)
    for weighed in ordered:
        indicator = weighed.indicator
        for key, firm in firms.items():
            if not all(meets(condition, firm, day) for condition in indicator.only):
                continue
            rows: list[Row] = []
            value: int | str | None = None
            if indicator.subject is not None:
                value = 1 if all(meets(condition, firm, day) for condition in indicator.subject) else None
            elif indicator.related is not None:
                value = (
                    len(
                        {
                            other
                            for other in _held(indicator, links.get(key, []), day)
                            if (other, indicator.related.indicator) in found
                        }
                    )
                    or None
                )
            else:
                rows = [
                    row
                    for kind in indicator.records
                    for row in records.get((key, kind), [])
                    if _looked_at(plan, indicator, kind, row, firm, day)
                ]
                value = value_of(indicator, rows, day) if rows else None
            if value is not None:
                points = points_of(weighed.numbers, indicator, value, rows, day)
                found[key, indicator.name] = value, -points if indicator.lowers else points
    return found


def _looked_at(plan: Plan, indicator: Indicator, kind: str, row: Row, firm: Row, day: date) -> bool:
    if not counts(plan, kind, row, firm, day) or not all(meets(condition, row, day) for condition in indicator.where):
        return False
    by = row[indicator.window.by] if indicator.window else None
    return indicator.window is None or (by is not None and by <= day <= add_months(by, indicator.window.months))


def _held(indicator: Indicator, links: list[Row], day: date) -> Iterator[int]:
    through = {"holders": "holder", "holdings": "holding"}[indicator.related.through]
    newest: dict[int, Row] = {}
    for row in sorted(links, key=lambda row: (row["decided_on"], row["record"])):
        if row["through"] == through and row["decided_on"] <= day and row["other"] != row["subject"]:
            newest[row["other"]] = row
    for other, row in newest.items():
        if row["percent"] >= indicator.related.at_least_percent and (row["valid_to"] is None or row["valid_to"] >= day):
            yield other


def classes(plan: Plan, all_tables: list[Tables], day: date) -> dict[int, tuple[int, str]]:
    """Points and class by enterprise."""
    found = values(plan, all_tables, day)
    told = {}
    for key in (key for tables in all_tables for key in tables.subjects["subject"]):
        sums: dict[str, int] = {}
        lowest = 0
        for weighed in plan.indicators:
            value, points = found.get((key, weighed.name), (0, 0))
            dimension = weighed.indicator.dimension.value
            sums[dimension] = sums.get(dimension, 0) + points
            for floor in plan.floors:
                if floor.indicator == weighed.name and not isinstance(value, str) and value >= floor.at_least:
                    lowest = max(lowest, GRADES.index(floor.lowest))
        bounds = plan.dimensions
        total = max(
            0, sum(max(-bounds[d], min(bounds[d], points)) if d in bounds else points for d, points in sums.items())
        )
        grade = max((number for number, name in enumerate("bcd", 1) if total >= plan.classes[name]), default=0)
        told[key] = total, GRADES[max(grade, lowest)]
    return told
