"""启用: two people, ten working days in which every enterprise sees its class, one run in use at a time."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.accounts.permissions import Role
from rongxin.classification.models import Use
from rongxin.classification.running import classify_on
from rongxin.classification.using import ANOTHER, OTHER_RULES, NotProposed, current, in_preview, propose
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.keeping import keep_clocks
from tests.classification.city import IN_USE_ON, TODAY, City, a_city
from tests.factories import an_account
from tests.remedies.town import Town, on


@pytest.fixture
def city(town: Town) -> City:
    return a_city(town)


def refusal(use: Use, step: str, city: City) -> object:
    with pytest.raises(NotPossible) as refused:
        take_step(use.case.number, step, by=city.second, reason="理由")
    return refused.value.barred.words


def test_nothing_is_used_before_its_days_are_over(city: City) -> None:
    use = city.shown()
    assert (in_preview(), current()) == (use, None)
    assert city.held() is None
    with on("2026-11-26"):
        keep_clocks()
        assert current() is None
    with on(IN_USE_ON):
        keep_clocks()
        assert current() == use
    assert city.held() is not None


def test_who_proposed_it_does_not_approve_it(city: City) -> None:
    use = city.proposed()
    with pytest.raises(NotPossible):
        take_step(use.case.number, "approve", by=city.first)


def test_only_the_credit_office_proposes(city: City) -> None:
    run = classify_on(TODAY, in_full=True)
    for role in (Role.REVIEWER, Role.AUDITOR, Role.SYSTEM_ADMIN):
        with pytest.raises(PermissionDenied):
            propose(run, by=an_account(role, city.town.department, f"other-{role}"))


def test_the_same_run_proposed_twice_is_proposed_once(city: City) -> None:
    run = classify_on(TODAY, in_full=True)
    assert city.proposed(run) == city.proposed(run)


def test_a_run_that_builds_on_another_is_not_proposed(city: City) -> None:
    classify_on(TODAY)
    city.town.penalty("榕市监罚〔2026〕900号")
    with pytest.raises(NotProposed, match="in full"):
        city.proposed(classify_on(TODAY))


def test_one_run_at_a_time_is_shown(city: City) -> None:
    city.shown()
    second = city.proposed(classify_on(TODAY, in_full=True))
    assert refusal(second, "approve", city) == ANOTHER


def test_the_next_takes_the_place_of_the_one_before(city: City) -> None:
    first = city.used()
    with on(IN_USE_ON):
        second = city.used(classify_on(date(2026, 11, 27), in_full=True), "2026-12-12")
    first.refresh_from_db()
    assert (first.is_current, first.until) == (None, second.since)
    assert current() == second


def test_a_run_under_other_rules_is_not_shown(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    use = city.proposed()
    policy = rulebook.current()
    values = dict(policy.values)
    key = "risk/points/newly_established"
    (line,) = values[key].lines
    values[key] = values[key].model_copy(update={"lines": (line.model_copy(update={"value": {"once": 5}}),)})
    monkeypatch.setattr(rulebook, "current", lambda: policy.model_copy(update={"values": values}))
    assert refusal(use, "approve", city) == OTHER_RULES


def test_what_was_stopped_never_comes_into_use(city: City) -> None:
    use = city.shown()
    take_step(use.case.number, "stop", by=city.second, reason="发现一个指标的时间窗写错")
    with on(IN_USE_ON):
        keep_clocks()
    assert (current(), in_preview()) == (None, None)
