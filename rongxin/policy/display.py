"""Whether a record is shown, until when, and whether it was published in time. Pure: a policy, days, and the record's
own facts.

Public display of adverse information reduces rights. It needs a clause that may do so (``usable``) for the display
itself and for its term (国办发〔2025〕22号 item 2). A severity that rests on clauses that may not is never displayed
longer than general information.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from rongxin.policy.documents import obstacle
from rongxin.policy.kinds import Basis, Clause, DisplayClause, RecordKind, SeverityClause
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.values import Unit, ValueInForce
from rongxin.policy.words import Display, Polarity, Severity, Title
from rongxin.primitives.periods import earliest_start, last_day

NEVER: Final = date.max
_SEPARATOR = re.compile(r"[；;]")

_SEVERITY_UNKNOWN = Title(
    zh="失信程度未确定，确定前不予公示", en="the severity is not known; nothing is displayed before it is"
)
_NO_CLAUSE = Title(zh="没有允许公示的条款", en="no clause allows the display")
_MINOR = Title(zh="轻微失信信息依法不予公示", en="minor adverse information is by law not displayed")
_NOT_IN_FORCE = Title(zh="公示依据当日不在施行期内", en="the clause was not in force on that day")
_NO_TERM = Title(zh="当日没有可以适用的公示期限规则", en="no rule on the term of display was in force on that day")
_AS_GENERAL = Title(
    zh="“严重”的认定条款未经原文核对，公示期限按“一般”计算",
    en="the clause that makes it serious may not reduce rights; the term of general information applies",
)


def usable(policy: Policy, basis: Basis, on: date) -> bool:
    """Whether what rests on the basis may reduce rights on this platform on the day (architecture §2)."""
    return why_unusable(policy, basis, on) is None


def why_unusable(policy: Policy, basis: Basis, on: date) -> Title | None:
    """Why the basis may not reduce rights on the day, or None when it may."""
    return obstacle(basis, policy.documents[basis.document], policy.territory, on)


def polarity_of(kind: RecordKind, values: Mapping[str, str | None]) -> Polarity:
    """What a row of canonical values says of its subject: by the first clause that holds, else as the kind does."""
    clauses = (clause.then for clause in kind.credit.polarity_when if _holds(clause, values))
    return next(clauses, kind.credit.polarity)


def severity_of(kind: RecordKind, values: Mapping[str, str | None]) -> tuple[Severity, SeverityClause | None]:
    """The severity of a row of canonical values, and the clause that decided.

    The first clause that holds decides; none gives ``unknown``. Rows that are not adverse have severity ``none``.
    """
    if polarity_of(kind, values) != Polarity.ADVERSE:
        return Severity.NONE, None
    for clause in kind.credit.severity:
        if _holds(clause, values):
            return clause.then, clause
    return Severity.UNKNOWN, None


def _holds(clause: Clause, values: Mapping[str, str | None]) -> bool:
    if clause.field is None or not clause.has:
        return True
    parts = {part.strip() for part in _SEPARATOR.split(values.get(clause.field) or "")} - {""}
    return bool(parts & set(clause.has)) and not (clause.only and parts - set(clause.has))


@dataclass(frozen=True)
class DisplayRule:
    """How records of a kind and severity are displayed on a day.

    ``reason`` says why they are withheld. ``term_months`` None means no end. ``shortest_months`` must pass before a
    repair; ``term`` is the value the term comes from, ``term_note`` what a reader should know about it.
    ``while_valid``: not beyond the last day of validity, either.
    """

    display: Display
    reason: Title | None = None
    clause: DisplayClause | None = None
    term_months: int | None = None
    shortest_months: int | None = None
    term: ValueInForce | None = None
    term_note: Title | None = None
    while_valid: bool = False


def display_rule(policy: Policy, kind: RecordKind, severity: Severity, on: date) -> DisplayRule:
    """The rule for records of ``severity`` as it stands on the day of looking, whenever they were decided.

    A record is adverse exactly when its severity is not ``none``.
    """
    clause = next((each for each in kind.credit.display if each.severity == severity), None)
    reason = _withheld(policy, severity, clause, on)
    while_valid = kind.credit.ends_with_validity
    if reason is not None:
        return DisplayRule(Display.WITHHELD, reason, clause)
    if severity == Severity.NONE:
        return DisplayRule(Display.PUBLIC, clause=clause, while_valid=while_valid)
    as_general = severity == Severity.SERIOUS and not _serious_may_last(policy, kind, on)
    term_of = Severity.GENERAL if as_general else severity
    longest, shortest = (_in_force(policy, f"display/{term_of}_{end}", on) for end in ("longest", "shortest"))
    if longest is None or not usable(policy, longest.basis, on):
        return DisplayRule(Display.WITHHELD, _NO_TERM, clause)
    return DisplayRule(
        Display.PUBLIC,
        clause=clause,
        term_months=longest.months,
        shortest_months=shortest.months if shortest else None,
        term=longest,
        term_note=_AS_GENERAL if as_general else longest.line.note,
        while_valid=while_valid,
    )


def _withheld(policy: Policy, severity: Severity, clause: DisplayClause | None, on: date) -> Title | None:
    if clause is None:
        return _SEVERITY_UNKNOWN if severity == Severity.UNKNOWN else _NO_CLAUSE
    if clause.display == Display.WITHHELD:
        return clause.reason or (_MINOR if severity == Severity.MINOR else _NO_CLAUSE)
    if severity == Severity.UNKNOWN:
        return _SEVERITY_UNKNOWN
    if severity != Severity.NONE:
        return why_unusable(policy, clause.basis, on)
    return None if policy.documents[clause.basis.document].in_force(on) else _NOT_IN_FORCE


def _serious_may_last(policy: Policy, kind: RecordKind, on: date) -> bool:
    clauses = [clause for clause in kind.credit.severity if clause.then == Severity.SERIOUS]
    return all(usable(policy, clause.basis, on) for clause in clauses)


def _in_force(policy: Policy, key: str, on: date) -> ValueInForce | None:
    try:
        return policy.value(key, on)
    except NothingInForce:
        return None


def shown_until(decided_on: date, rule: DisplayRule, valid_to: date | None = None) -> date | None:
    """The last day of display under the rule: of the term, counted from the deciding document, or of validity where
    display ends with it (``valid_to``), whichever is earlier. None for no end or no display.
    """
    if rule.display == Display.WITHHELD:
        return None
    term_ends = None if rule.term_months is None else last_day(decided_on, months=rule.term_months)
    ends = [end for end in (term_ends, valid_to if rule.while_valid else None) if end is not None]
    return min(ends, default=None)


def first_repair_on(decided_on: date, rule: DisplayRule) -> date | None:
    """The first day on which a repair may be asked for: the day after the shortest display; None where nothing is
    displayed.

    Without a shortest period it is the day of the decision: as soon as the duties are fulfilled (国办发〔2025〕22号
    item 2).
    """
    if rule.display == Display.WITHHELD or rule.term_months is None:
        return None
    if not rule.shortest_months:
        return decided_on
    return last_day(decided_on, months=rule.shortest_months) + timedelta(days=1)


def decided_since(policy: Policy, kind: RecordKind, severity: Severity, as_of: date) -> date | None:
    """The earliest day of decision that is still displayed on ``as_of``: None for any, ``NEVER`` (no date is later)
    for none.
    """
    rule = display_rule(policy, kind, severity, as_of)
    if rule.display == Display.WITHHELD:
        return NEVER
    return None if rule.term_months is None else earliest_start(as_of, rule.term_months)


@dataclass(frozen=True)
class Deadline:
    """The last day for publishing. ``provisional``: it steps over days whose calendar is not announced; compute it
    again later.
    """

    decided_on: date
    due: date
    provisional: bool
    value: ValueInForce


def publish_by(policy: Policy, kind: RecordKind, decided_on: date) -> Deadline | None:
    """By when a record must be published under the rule of the day of decision; None where there was none."""
    value = _in_force(policy, kind.credit.deadline, decided_on) if kind.credit.deadline else None
    if value is None:
        return None
    if value.unit == Unit.DAYS:
        return Deadline(decided_on, last_day(decided_on, days=value.count), provisional=False, value=value)
    found = policy.calendar.add(decided_on, value.count)
    return Deadline(decided_on, found.date, found.provisional, value)


class Timing(StrEnum):
    """How publishing stands against its deadline. Withheld is lawful, not late. Undetermined: past a provisional
    deadline; the announced calendar will tell.
    """

    ON_TIME = "on_time"
    LATE = "late"
    WITHHELD = "withheld"
    NOT_DUE = "not_due"
    OVERDUE = "overdue"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Punctuality:
    """``workdays_taken`` from the decision to publishing, or to today while open; ``workdays_late`` beyond the
    deadline.
    """

    state: Timing
    workdays_taken: int
    workdays_late: int


def punctuality(
    policy: Policy, deadline: Deadline, published_on: date | None, *, withheld: bool, today: date
) -> Punctuality:
    """How a record kept its deadline, seen on ``today``. Nothing is ever late by a provisional deadline."""
    until = published_on or today
    taken = max(0, policy.calendar.between(deadline.decided_on, until).days)
    if withheld:
        return Punctuality(Timing.WITHHELD, taken, 0)
    if until <= deadline.due:
        return Punctuality(Timing.ON_TIME if published_on else Timing.NOT_DUE, taken, 0)
    if deadline.provisional:
        return Punctuality(Timing.UNDETERMINED, taken, 0)
    state = Timing.LATE if published_on else Timing.OVERDUE
    return Punctuality(state, taken, policy.calendar.between(deadline.due, until).days)
