"""Law cases: small examples beside the rules that a law officer can read, add and check.

A case gives a day and a few facts and expects what the policy says of them. ``given`` names a record kind with the
day of decision (and its severity, or the cells it is told from), or a value key, or a start and a number of working
days, or an item that an enterprise declares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field, TypeAdapter, model_validator

from rongxin.policy.declarations import DeclaredItem
from rongxin.policy.display import display_rule, first_repair_on, publish_by, severity_of, shown_until
from rongxin.policy.files import Findings, YamlFile, read_text
from rongxin.policy.pack import NothingInForce, Policy
from rongxin.policy.tables import DivisionCode
from rongxin.policy.values import Value, ValueKey
from rongxin.policy.words import Display, Severity, Strict
from rongxin.primitives.periods import last_day


class Given(Strict):
    """The facts of a case."""

    kind: str | None = None
    decided_on: date | None = None
    severity: Severity | None = None
    cells: Mapping[str, str] = Field(default_factory=dict)
    key: ValueKey | None = None
    start: date | None = None
    workdays: int | None = None
    division: DivisionCode | None = None
    item: str | None = None


class Expect(Strict):
    """What the policy should say. Only what is written is compared; ``null`` expects that there is nothing."""

    publish_by: date | None = None
    provisional: bool | None = None
    severity: Severity | None = None
    display: Display | None = None
    reason: str | None = None
    shown_until: date | None = None
    first_repair_on: date | None = None
    value: Value | None = None
    is_law: bool | None = None
    document: str | None = None
    last_day: date | None = None
    division: str | None = None
    stands_until: date | None = None
    publishable: bool | None = None
    two_people: bool | None = None


class Case(Strict):
    """One example: on ``day``, with what is ``given``, the policy says what is expected."""

    name: str
    day: date
    given: Given
    expect: Expect

    @model_validator(mode="after")
    def _expects_something(self) -> "Case":
        if not self.expect.model_fields_set:
            raise ValueError("a case expects something")
        return self


@dataclass(frozen=True)
class Outcome:
    """A case that was run: ``wrong`` names every expectation that does not hold, and what the policy says instead."""

    case: Case
    file: str
    line: int
    wrong: tuple[str, ...]


_CASES = TypeAdapter(tuple[Case, ...])


def run_cases(root: Path, pack: str, policy: Policy) -> list[Outcome]:
    """Run every case of the pack's folder ``cases``; raises PolicyErrors for a file that cannot be read."""
    findings = Findings()
    outcomes = []
    for path in sorted((root / pack / "cases").glob("*.yaml")):
        name = path.relative_to(root).as_posix()
        text = read_text(path, name, findings)
        file = YamlFile.read(text, name, findings) if text is not None else None
        cases = file.as_model(_CASES, findings) if file else None
        for number, case in enumerate(cases or ()):
            line = file.place(number).line if file else 1
            outcomes.append(Outcome(case, name, line, tuple(_mismatches(policy, case))))
    findings.stop_if_any()
    return outcomes


def _mismatches(policy: Policy, case: Case) -> list[str]:
    wrong = []
    for name in sorted(case.expect.model_fields_set):
        expected = getattr(case.expect, name)
        try:
            said = ANSWERS[name](policy, case)
        except _Unfit as error:
            wrong.append(f"{name}: {error}")
            continue
        if said != expected:
            wrong.append(f"{name} is {_plain(said)}, expected {_plain(expected)}")
    return wrong


class _Unfit(ValueError):
    """The facts given do not lead to what is expected."""


def _plain(said: object) -> str:
    return "nothing" if said is None else str(said)


def _kind_on(policy: Policy, case: Case) -> tuple[str, date]:
    kind, decided_on = case.given.kind, case.given.decided_on
    if kind not in policy.kinds:
        raise _Unfit(f'there is no kind "{kind}"')
    return kind, decided_on or case.day


def _severity(policy: Policy, case: Case) -> Severity:
    kind, _ = _kind_on(policy, case)
    return case.given.severity or severity_of(policy.kinds[kind], case.given.cells)[0]


def _deadline(policy: Policy, case: Case, part: str) -> object:
    kind, decided_on = _kind_on(policy, case)
    deadline = publish_by(policy, policy.kinds[kind], decided_on)
    return deadline and getattr(deadline, part)


def _display(policy: Policy, case: Case) -> object:
    kind, _ = _kind_on(policy, case)
    return display_rule(policy, policy.kinds[kind], _severity(policy, case), case.day).display


def _reason(policy: Policy, case: Case) -> object:
    kind, _ = _kind_on(policy, case)
    reason = display_rule(policy, policy.kinds[kind], _severity(policy, case), case.day).reason
    return reason and reason.zh


def _term(policy: Policy, case: Case, ends: Callable[..., date | None]) -> object:
    kind, decided_on = _kind_on(policy, case)
    return ends(decided_on, display_rule(policy, policy.kinds[kind], _severity(policy, case), case.day))


def _value(policy: Policy, case: Case, part: str) -> object:
    if case.given.key not in policy.values:
        raise _Unfit(f'there is no value "{case.given.key}"')
    try:
        found = policy.value(case.given.key, case.day)
    except NothingInForce:
        return None
    return found.basis.document if part == "document" else getattr(found, part)


def _counted(policy: Policy, case: Case, part: str) -> object:
    if case.given.workdays is None:
        raise _Unfit("the case gives no number of workdays")
    return getattr(policy.calendar.add(case.given.start or case.day, case.given.workdays), part)


def _division(policy: Policy, case: Case) -> object:
    """The division that stands for the given code on the day, following successors."""
    found = policy.divisions.get(case.given.division or "")
    while found is not None and found.is_abolished(case.day) and found.successor:
        found = policy.divisions.get(found.successor)
    return found and found.name


def _item(policy: Policy, case: Case) -> DeclaredItem:
    found = policy.declared_items.get(case.given.item or "")
    if found is None:
        raise _Unfit(f'there is no item "{case.given.item}"')
    return found


ANSWERS: Mapping[str, Callable[[Policy, Case], object]] = {
    "publish_by": lambda policy, case: _deadline(policy, case, "due"),
    "provisional": lambda policy, case: (
        _counted(policy, case, "provisional") if case.given.kind is None else _deadline(policy, case, "provisional")
    ),
    "severity": _severity,
    "display": _display,
    "reason": _reason,
    "shown_until": lambda policy, case: _term(policy, case, shown_until),
    "first_repair_on": lambda policy, case: _term(policy, case, first_repair_on),
    "value": lambda policy, case: _value(policy, case, "value"),
    "is_law": lambda policy, case: _value(policy, case, "is_law"),
    "document": lambda policy, case: _value(policy, case, "document"),
    "last_day": lambda policy, case: _counted(policy, case, "date"),
    "division": _division,
    "stands_until": lambda policy, case: last_day(case.day, months=_item(policy, case).stands_months),
    "publishable": lambda policy, case: _item(policy, case).publishable,
    "two_people": lambda policy, case: _item(policy, case).two_people,
}
