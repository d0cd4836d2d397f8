"""Was it displayed in time? Of one act, and of every unit in a month.

Source: item 13 of 闽信用〔2019〕7号. What is lawfully withheld is neither on time nor late. An act whose deadline
passed before this platform held its first record is not judged: nobody could have displayed it here.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from math import floor
from typing import Final

from rongxin.departments.models import Department
from rongxin.disclosure.views import Punctuality, PunctualityMonth, PunctualityRow, Timeliness
from rongxin.disclosure.wording import basis_line
from rongxin.policy.display import Deadline, DisplayRule, Timing, display_rule, publish_by, punctuality
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import Unit
from rongxin.policy.words import Display, Severity
from rongxin.records.queries import DayCount

AXIS_FROM: Final = 0.9
REMEMBERED: Final = 4096


@lru_cache(maxsize=REMEMBERED)
def rule_for(policy: Policy, kind: str, severity: str, on: date) -> DisplayRule:
    """How records of a kind and severity are displayed on the day."""
    return display_rule(policy, policy.kinds[kind], Severity(severity), on)


@lru_cache(maxsize=REMEMBERED)
def deadline_for(policy: Policy, kind: str, decided_on: date) -> Deadline | None:
    """By when an act of the kind decided on the day must be displayed; None without a deadline."""
    return publish_by(policy, policy.kinds[kind], decided_on)


def punctuality_of(
    policy: Policy, kind: str, decided_on: date, recorded_on: date, *, began_on: date
) -> Punctuality | None:
    """How a displayed act kept its deadline; None where it had none, or it passed before ``began_on``."""
    deadline = deadline_for(policy, kind, decided_on)
    if deadline is None or deadline.due < began_on:
        return None
    found = punctuality(policy, deadline, recorded_on, withheld=False, today=recorded_on)
    if found.state == Timing.LATE:
        return Punctuality(state="late", workday=found.workdays_late)
    return Punctuality(state="met", workday=found.workdays_taken)


def timeliness_of(
    policy: Policy, kind: str, decided_on: date, recorded_on: date, *, began_on: date
) -> Timeliness | None:
    """The deadline of one act with its rule, and how it was kept."""
    deadline = deadline_for(policy, kind, decided_on)
    kept = punctuality_of(policy, kind, decided_on, recorded_on, began_on=began_on)
    if deadline is None or kept is None:
        return None
    return Timeliness(
        decided_on=decided_on,
        due=deadline.due,
        done=recorded_on,
        punctuality=kept,
        length=deadline.value.count,
        unit=deadline.value.unit,
        strength=deadline.value.line.strength,
        basis=basis_line(policy, deadline.value.basis),
        is_provisional=deadline.provisional,
    )


def month_of_units(
    policy: Policy, month: date, counts: Iterable[DayCount], units: Iterable[Department], *, began_on: date
) -> PunctualityMonth:
    """How punctual ``units`` were with the acts that ``counts`` counts; a unit with nothing due has no share."""
    kept: dict[int, dict[str, int]] = {}
    for count in counts:
        if count.kind not in policy.kinds or count.display == Display.WITHHELD:
            continue
        found = punctuality_of(policy, count.kind, count.decided_on, count.recorded_on, began_on=began_on)
        if found is not None:
            tally = kept.setdefault(count.provider, {"met": 0, "late": 0})
            tally[found.state] += count.count
    rows = tuple(_row(unit, kept.get(unit.pk, {"met": 0, "late": 0})) for unit in units)
    lowest = min((row.share for row in rows if row.share is not None), default=1.0)
    return PunctualityMonth(
        month=month,
        days=_common_deadline(policy, month),
        axis_from=min(AXIS_FROM, floor(lowest * 10) / 10),
        rows=tuple(sorted(rows, key=lambda row: (row.share is None, -(row.share or 0), row.name))),
    )


def _row(unit: Department, kept: dict[str, int]) -> PunctualityRow:
    due = kept["met"] + kept["late"]
    return PunctualityRow(
        name=unit.short_name, share=kept["met"] / due if due else None, on_time=kept["met"], late=kept["late"]
    )


def _common_deadline(policy: Policy, on: date) -> int | None:
    lengths = set()
    for kind in policy.kinds.values():
        if kind.credit.deadline is None:
            continue
        try:
            value = policy.value(kind.credit.deadline, on)
        except NothingInForce:
            continue
        lengths.add((value.count, value.unit))
    if len(lengths) != 1:
        return None
    length, unit = lengths.pop()
    return length if unit == Unit.WORKDAYS else None
