from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
import time_machine

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from rongxin.policy.tables import CalendarYear
from rongxin.policy.values import History
from rongxin.policy.words import Title
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries as rulebook_queries
from rongxin.workflow import registry
from rongxin.workflow.actions import open_case, take_step
from rongxin.workflow.models import Case, CaseEvent
from tests.factories import a_department, at, the_pack
from tests.intake.coverage.batches import an_officer
from tests.ledger.told import demand_all_told
from tests.workflow import toy


@cache
def rules(*, calendar_until: int = 9999, accept: int = 3, decide: int = 10) -> Policy:
    """The pack of the platform with the terms of the toy, and calendars up to a year only."""
    pack = the_pack()[0]
    line = pack.values["procedures/warn_days"]
    terms = {"toy_accept": accept, "toy_decide": decide, "toy_supplement": 5, "toy_longest": 5}
    toys = {f"procedures/{name}": with_value(line, days) for name, days in terms.items()}
    years = tuple(year for year in pack.calendar_years if year.year <= calendar_until)
    return changed(pack, values=dict(pack.values) | toys, calendar_years=years)


def changed(policy: Policy, **parts: Any) -> Policy:
    """The rules with other parts; what was computed of the old ones is forgotten."""
    copied = policy.model_copy(update=parts)
    for name in set(copied.__dict__) - set(Policy.model_fields):
        del copied.__dict__[name]
    return copied


def with_value(history: History, value: int) -> History:
    lines = tuple(line.model_copy(update={"value": value}) for line in history.lines)
    return history.model_copy(update={"title": Title(zh="示例办理期限", en="Toy term"), "lines": lines})


def with_year(policy: Policy, year: int, *, off: list[str], work: list[str]) -> Policy:
    """The rules with an announced calendar of one more year."""
    days = {"name": "示例", "off": [date.fromisoformat(d) for d in off], "work": [date.fromisoformat(d) for d in work]}
    announced = CalendarYear.model_validate({"year": year, "document": "示例通知", "days": (days,)}, strict=False)
    return changed(policy, calendar_years=(*policy.calendar_years, announced))


def in_force(policy: Policy) -> None:
    """Release the rules, or seed the rulebook with them."""
    rulebook_queries.forget()
    if rulebook_queries.releases().exists():
        rulebook.release(policy, {}, asked_by="zhang", approved_by="li", note="示例")
    else:
        rulebook.seed(policy, {})
    rulebook_queries.forget()


@dataclass(frozen=True)
class Bureau:
    """A department with two reviewers and a clerk, another department, and the credit office."""

    department: Department
    clerk: Account
    reviewer: Account
    second: Account
    stranger: Account
    lead_officer: Account

    def open(self, **more: Any) -> Case:
        given = {"title": "示例修复：榕示市监罚〔2026〕64号", "owner": self.department, "by": self.clerk} | more
        return open_case("toy", **given)

    def take(self, case: Case, step: str, by: Account | None = None, **more: Any) -> CaseEvent:
        given = {"by": by or self.clerk, "reason": "示例理由", "answers": {"ground": "incomplete", "days": "5"}} | more
        event = take_step(case.number, step, **given)
        case.refresh_from_db()
        return event


def open_bureau() -> Bureau:
    unit, other = a_department(), a_department("other", "福州市示例他局")
    lead = a_department("lead", "福州市示例信用信息牵头办公室")
    return Bureau(
        department=unit,
        clerk=an_officer(unit, Role.CLERK, "clerk"),
        reviewer=an_officer(unit, Role.REVIEWER, "reviewer"),
        second=an_officer(unit, Role.REVIEWER, "second"),
        stranger=an_officer(other, Role.REVIEWER, "stranger"),
        lead_officer=an_officer(lead, Role.CITY_OFFICE, "lead-officer"),
    )


def know_the_toy(patch: pytest.MonkeyPatch) -> None:
    """Register the toy procedure beside those of the platform, until the patch is undone."""
    patch.setattr(registry, "_known", dict(registry.procedures()))
    registry.register(toy.TOY)
    toy.effects.clear()


@pytest.fixture
def toy_is_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy procedure is registered for the test."""
    know_the_toy(monkeypatch)
    yield
    rulebook_queries.forget()


@pytest.fixture
def bureau(db: None, toy_is_known: None) -> Iterator[Bureau]:
    """The bureau on Thursday, 12 November 2026, ten in the morning. The ledger is told of whatever a test does in it."""
    with time_machine.travel(at("2026-11-12"), tick=False):
        in_force(rules())
        yield open_bureau()
        demand_all_told()


def on(day: str, clock: str = "10:00") -> time_machine.travel:
    """Another day."""
    return time_machine.travel(at(day, clock), tick=False)
