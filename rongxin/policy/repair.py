"""Whether an adverse act can be repaired, from which day, and by what rule. Pure: a policy, a day, and the act's own facts.

国办发〔2025〕22号 item 2: minor information as soon as the duties are fulfilled, general after three months of display, serious
after a year. Every item can be repaired unless law says otherwise (信用修复管理办法 art. 2).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rongxin.policy.display import display_rule, first_repair_on, shown_until
from rongxin.policy.kinds import Basis, RecordKind
from rongxin.policy.pack import Policy
from rongxin.policy.words import Display, Polarity, Severity, Title


class Way(StrEnum):
    """How an act can be repaired, if at all."""

    NOT_ADVERSE = "not_adverse"
    ELSEWHERE = "elsewhere"
    UNKNOWN_SEVERITY = "unknown_severity"
    TOO_EARLY = "too_early"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Prospect:
    """``first_on``: from which day repair may be asked for; ``last_on``: the last day of display, None where nothing is displayed.
    ``where``: who repairs it instead, for ELSEWHERE. ``basis``: the rule that sets the days.
    """

    way: Way
    severity: Severity
    first_on: date | None = None
    last_on: date | None = None
    where: Title | None = None
    basis: Basis | None = None


def prospect(
    policy: Policy, kind: RecordKind, severity: Severity, decided_on: date, valid_to: date | None, on: date
) -> Prospect:
    """How an act of this kind and severity can be repaired, seen on a day, by the rules in force on that day."""
    if severity == Severity.NONE or Polarity.ADVERSE not in kind.credit.polarities:
        return Prospect(Way.NOT_ADVERSE, severity)
    if kind.credit.repaired_elsewhere is not None:
        there = kind.credit.repaired_elsewhere
        return Prospect(Way.ELSEWHERE, severity, where=there.where, basis=there.basis)
    if severity == Severity.UNKNOWN:
        return Prospect(Way.UNKNOWN_SEVERITY, severity)
    rule = display_rule(policy, kind, severity, on)
    if rule.display == Display.WITHHELD or rule.term is None:
        # What is not displayed burdens nobody longer: the duties fulfilled, its sharing and use end, too.
        return Prospect(Way.OPEN, severity, first_on=decided_on)
    first, last = first_repair_on(decided_on, rule), shown_until(decided_on, rule, valid_to)
    way = Way.OPEN
    if last is not None and last < on:
        way = Way.OVER
    elif first is not None and on < first:
        way = Way.TOO_EARLY
    return Prospect(way, severity, first_on=first, last_on=last, basis=rule.term.basis)
