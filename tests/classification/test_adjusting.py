"""分类申诉与调整: what is objected to is not used; two people decide; a better class holds at once, a worse one after the days."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from rongxin.accounts.permissions import Action
from rongxin.classification.adjusting import Bar, NotOpened, object_to, propose
from rongxin.classification.models import OUTCOMES, Adjustment, Outcome
from rongxin.classification.reading import How, held
from rongxin.classification.running import classify_on
from rongxin.policy.indicators import RiskClass
from rongxin.records.models import Effect, Record
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.statements import BadWords
from tests.classification.city import IN_USE_ON, City, a_city
from tests.factories import a_sole_trader, note
from tests.remedies.town import Town, on

LATER = date(2026, 11, 27)
SERIOUS = 1


@pytest.fixture
def city(town: Town) -> City:
    for number in range(SERIOUS):
        town.penalty(f"榕市监罚〔2026〕80{number}号", severity="serious")
    return a_city(town)


def test_an_objection_in_time_keeps_the_class_from_being_used(city: City) -> None:
    use = city.shown()
    objection = city.object(use)
    with on(IN_USE_ON):
        keep_clocks()
        found = city.held(LATER)
        assert found is not None
        assert (found.grade, found.how) == (None, How.OBJECTED)
        assert found.reckoned is not None
        assert found.reckoned.grade > RiskClass.A
        city.answer(objection, "kept")
        found = city.held(LATER)
        assert found is not None
        assert (found.grade, found.how) == (found.reckoned and found.reckoned.grade, How.IN_USE)


def test_while_it_runs_the_better_class_before_holds(city: City) -> None:
    first = city.used()
    before = city.held(LATER)
    assert before is not None
    with on(IN_USE_ON):
        city.burdened()
        second = city.shown(classify_on(LATER, in_full=True))
        city.object(second)
    with on("2026-12-12"):
        keep_clocks()
        found = held([city.town.firm.pk], date(2026, 12, 12))[city.town.firm.pk]
    assert found.run == second.run != first.run
    assert found.reckoned is not None
    assert (found.grade, found.how) == (before.grade, How.OBJECTED)
    assert found.reckoned.grade > RiskClass(str(before.grade))


def test_a_better_class_holds_at_once_and_ends_by_itself(city: City) -> None:
    use = city.used()
    with on(IN_USE_ON):
        adjustment = city.answer(city.object(use), "a", 3)
        assert (adjustment.from_on, adjustment.until_on) == (LATER, date(2027, 2, 27))
    for day, how in ((LATER, How.ADJUSTED), (date(2027, 2, 27), How.ADJUSTED), (date(2027, 2, 28), How.IN_USE)):
        found = city.held(day)
        assert found is not None
        assert found.how == how


def test_a_worse_class_holds_after_the_days_for_objecting(city: City) -> None:
    use = city.used()
    with on(IN_USE_ON):
        proposed = propose(city.town.firm, use, "发生一起生产安全事故，调查期间加强检查。", by=city.first)
        adjustment = city.answer(proposed, "d", 6)
    assert adjustment.from_on == date(2026, 12, 11)
    for day, grade in ((date(2026, 12, 10), None), (date(2026, 12, 11), RiskClass.D)):
        found = city.held(day)
        assert found is not None
        assert (found.how == How.ADJUSTED) == (grade is not None)


def test_what_comes_to_it_afterwards_counts_beside_a_better_class(city: City) -> None:
    use = city.used()
    with on(IN_USE_ON):
        city.answer(city.object(use), "a", 12)
        city.burdened()
        second = city.shown(classify_on(LATER, in_full=True))
    with on("2026-12-12"):
        keep_clocks()
    found = held([city.town.firm.pk], date(2026, 12, 12))[city.town.firm.pk]
    assert (found.how, found.run) == (How.IN_USE, second.run)


def test_a_relief_from_a_class_that_is_not_in_use_yet_makes_today_no_worse(city: City) -> None:
    """Objecting to D before it is used, and being given C instead, leaves the better class of today until D would hold."""
    city.used()
    today = city.held(LATER)
    assert today is not None
    with on(IN_USE_ON):
        city.burdened()
        second = city.shown(classify_on(LATER, in_full=True))
        adjustment = city.answer(city.object(second), "c", 6)
    assert (today.grade, adjustment.grade, adjustment.from_on) == (RiskClass.B, "d", LATER)
    assert city.held(LATER) == today
    with on("2026-12-12"):
        keep_clocks()
        found = city.held(date(2026, 12, 12))
    assert found is not None
    assert (found.grade, found.how, found.run) == (RiskClass.C, How.ADJUSTED, second.run)


@pytest.mark.parametrize("outcome", ["b", "c", "d"])
def test_nobody_comes_to_a_worse_class_by_objecting(city: City, outcome: str) -> None:
    objection = city.object(city.shown())
    assert objection.grade == "b"
    with pytest.raises(NotPossible) as refused:
        city.answer(objection, outcome, 3)
    assert "只能维持" in str(refused.value.barred.words)


def test_who_drafted_the_answer_does_not_approve_it(city: City) -> None:
    objection = city.object(city.shown())
    take_step(objection.case.number, "draft", by=city.first, reason="已经核实", answers={"outcome": "kept"})
    with pytest.raises(NotPossible):
        take_step(objection.case.number, "decide", by=city.first)


@pytest.mark.parametrize(("outcome", "months"), [("kept", "3"), ("b", ""), ("b", "13")])
def test_months_go_with_another_class_only_and_not_beyond_the_longest(city: City, outcome: str, months: str) -> None:
    objection = city.object(city.shown())
    answers = {"outcome": outcome} | ({"months": months} if months else {})
    with pytest.raises(NotPossible):
        take_step(objection.case.number, "draft", by=city.first, reason="已经核实", answers=answers)


def test_the_same_twice_is_one_and_after_the_answer_it_is_over(city: City) -> None:
    use = city.shown()
    objection = city.object(use)
    assert city.object(use) == objection
    city.answer(objection, "kept")
    with pytest.raises(NotOpened) as refused:
        city.object(use)
    assert refused.value.bar == Bar.ANSWERED


def test_withdrawn_it_can_be_filed_again(city: City) -> None:
    use = city.shown()
    objection = city.object(use)
    take_step(objection.case.number, "withdraw", by=city.town.login)
    assert city.object(use) != objection


def test_words_hold_no_number_of_a_person(city: City) -> None:
    with pytest.raises(BadWords):
        object_to(city.shown(), "联系 13800000000", by=city.town.mandate(action=Action.CLASS_OBJECT))


def test_a_sole_trader_has_no_class_to_object_to(city: City) -> None:
    trader = a_sole_trader()
    with pytest.raises(NotOpened) as refused:
        propose(trader, city.shown(), "请调整。", by=city.first)
    assert refused.value.bar == Bar.NO_CLASS
    assert not Adjustment.objects.exists()


def test_an_office_of_another_sort_proposes_nothing(city: City) -> None:
    with pytest.raises(PermissionDenied):
        propose(city.town.firm, city.shown(), "请调整。", by=city.town.reviewer)


def test_a_repair_makes_the_class_better_before_the_next_run_is_in_use(city: City) -> None:
    city.used()
    with on(IN_USE_ON):
        for each in Record.objects.all():
            note(each, Effect.REPAIRED)
        classify_on(LATER)
        found = city.held(LATER)
    assert found is not None
    assert (found.grade, found.how) == (RiskClass.A, How.BETTER)


def test_a_stopped_worker_never_prolongs_a_burden(city: City) -> None:
    """No run is made for years: what ended by time counts no more."""
    city.used()
    found = city.held(date(2036, 1, 1))
    assert found is not None
    assert found.reckoned is not None
    assert (found.grade, found.reckoned.points) == (RiskClass.A, 0)


def test_every_outcome_has_its_words_once() -> None:
    assert {outcome.value: outcome.label for outcome in Outcome} == {name: title.zh for name, title in OUTCOMES.items()}
    assert [Adjustment(outcome=name).outcome_title for name in ("", "b")] == ["", OUTCOMES["b"]]
