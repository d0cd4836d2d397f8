"""Was an act displayed in time, and how long has one that still waits?

Source: item 13 of 闽信用〔2019〕7号. What is lawfully withheld is neither on time nor late. An act whose deadline
passed before this platform held its first record is not judged: nobody could have displayed it here. Nothing is late by a
provisional calendar.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from rongxin.disclosure.views import Punctuality, Timeliness
from rongxin.disclosure.wording import basis_line
from rongxin.policy import display as rules
from rongxin.policy.display import Deadline, DisplayRule, Timing, display_rule, publish_by
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.words import Severity

REMEMBERED: Final = 1 << 14  # a year of days for forty kinds
WARN_DAYS: Final = "publicity/warn_days"


@lru_cache(maxsize=REMEMBERED)
def rule_for(policy: Policy, kind: str, severity: str, on: date) -> DisplayRule:
    """How records of a kind and severity are displayed on the day."""
    return display_rule(policy, policy.kinds[kind], Severity(severity), on)


@lru_cache(maxsize=REMEMBERED)
def deadline_for(policy: Policy, kind: str, decided_on: date) -> Deadline | None:
    """By when an act of the kind decided on the day must be displayed; None without a deadline."""
    return publish_by(policy, policy.kinds[kind], decided_on)


def timing_of(
    policy: Policy, kind: str, decided_on: date, displayed_on: date | None, *, today: date, began_on: date
) -> rules.Punctuality | None:
    """How an act that is to be displayed stands on ``today``; ``displayed_on`` None while it waits.

    None where it has no deadline, or the deadline passed before ``began_on``, the platform's first day.
    """
    if kind not in policy.kinds:
        return None
    deadline = deadline_for(policy, kind, decided_on)
    if deadline is None or deadline.due < began_on:
        return None
    return rules.punctuality(policy, deadline, displayed_on, withheld=False, today=today)


def punctuality_of(
    policy: Policy, kind: str, decided_on: date, recorded_on: date, *, began_on: date
) -> Punctuality | None:
    """How a displayed act kept its deadline; None where it had none, or it passed before ``began_on``."""
    found = timing_of(policy, kind, decided_on, recorded_on, today=recorded_on, began_on=began_on)
    match found:
        case None:
            return None
        case rules.Punctuality(state=Timing.LATE):
            return Punctuality(state="late", workday=found.workdays_late)
        case rules.Punctuality(state=Timing.UNDETERMINED):
            return Punctuality(state="undetermined", workday=found.workdays_taken)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The running clock of acts that wait to be displayed.

    ``left``: working days after today up to the deadline, its last day included. ``warnings``: how many of the reminders
    of publicity/warn_days have fallen due. ``workdays_late``: beyond the deadline; 0 on days that are none.
    """

    state: Timing
    due: date
    is_provisional: bool
    taken: int
    left: int
    warnings: int
    workdays_late: int

    @property
    def is_soon(self) -> bool:
        """Not due yet, and a reminder has fallen due."""
        return self.state == Timing.NOT_DUE and self.warnings > 0


def clock_of(policy: Policy, kind: str, decided_on: date, *, today: date, began_on: date) -> Clock | None:
    """The clock of acts of the kind decided on the day, seen on ``today``; None where ``timing_of`` gives none."""
    found = timing_of(policy, kind, decided_on, None, today=today, began_on=began_on)
    deadline = deadline_for(policy, kind, decided_on) if found else None
    if found is None or deadline is None:
        return None
    return Clock(
        state=found.state,
        due=deadline.due,
        is_provisional=deadline.provisional,
        taken=found.workdays_taken,
        left=max(0, policy.calendar.between(today, deadline.due).days),
        warnings=sum(found.workdays_taken >= day for day in warn_days(policy, decided_on)),
        workdays_late=found.workdays_late,
    )


def warn_days(policy: Policy, decided_on: date) -> tuple[int, ...]:
    """On which working days after a decision of the day its department is reminded; none where no rule says so."""
    try:
        return policy.value(WARN_DAYS, decided_on).counts
    except NothingInForce:
        return ()
