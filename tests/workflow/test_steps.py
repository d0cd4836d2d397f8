"""Taking a step: who may, what it asks for, what is kept, and that nothing is done twice or half."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.policy.words import Title
from rongxin.workflow import registry
from rongxin.workflow.actions import Stale, UnknownStep, open_case, take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.queries import events_of, possible_steps
from rongxin.workflow.table import Step, Taken
from tests.workflow import toy
from tests.workflow.conftest import Bureau, in_force, on, rules
from tests.workflow.toy import TOY


def bar(deed: Callable[[], object]) -> Bar:
    with pytest.raises(NotPossible) as refused:
        deed()
    return refused.value.barred.bar


def with_step(name: str, **changes: object) -> None:
    """The toy with one step changed."""
    steps = tuple(replace(step, **changes) if step.name == name else step for step in TOY.steps)  # type: ignore[arg-type]
    registry._known["toy"] = replace(TOY, steps=steps)


def test_a_case_gets_a_number_of_its_series_and_year(bureau: Bureau) -> None:
    assert [bureau.open().number, bureau.open().number] == ["示例-2026-0001", "示例-2026-0002"]
    with on("2027-01-04"):
        assert bureau.open().number == "示例-2027-0001"


def test_the_same_thing_opens_one_case(bureau: Bureau) -> None:
    first = bureau.open(key="B-20261112-0001", by=None)
    assert bureau.open(key="B-20261112-0001", by=None) == first
    assert bureau.open().number == "示例-2026-0002"


def test_only_who_may_opens_a_case(bureau: Bureau) -> None:
    for officer in (bureau.reviewer, bureau.stranger):
        with pytest.raises(PermissionDenied):
            bureau.open(by=officer)
    assert Case.objects.count() == 0


def test_a_case_goes_through_and_its_log_tells_it(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft")
    bureau.take(case, "approve", bureau.reviewer, reason="同意")

    assert (case.state, case.is_open, case.due_on) == ("granted", False, None)
    told = [(e.position, e.number, e.kind, e.step, e.source, e.target, e.by_id, e.role) for e in events_of(case)]
    assert told == [
        (1, 1, EventKind.OPENED, "", "", "received", bureau.clerk.pk, Role.CLERK),
        (2, 2, EventKind.STEP, "accept", "received", "checking", bureau.clerk.pk, Role.CLERK),
        (3, 3, EventKind.STEP, "draft", "checking", "drafted", bureau.clerk.pk, Role.CLERK),
        (4, 4, EventKind.STEP, "approve", "drafted", "granted", bureau.reviewer.pk, Role.REVIEWER),
    ]
    last = events_of(case)[-1]
    assert (last.reason, last.notice, last.payload) == ("同意", "granted", {"decided": True})
    assert [taken.case.number for taken in toy.effects] == [case.number]


@pytest.mark.parametrize(
    ("step", "officer", "expected"),
    [
        ("accept", "stranger", Bar.NOT_YOURS),
        ("accept", "reviewer", Bar.NOT_YOURS),
        ("accept", "lead_officer", Bar.NOT_YOURS),
        ("approve", "reviewer", Bar.NOT_FROM_HERE),
        ("uncompleted", "clerk", Bar.NOT_FROM_HERE),
    ],
)
def test_a_step_is_for_its_people_from_its_states(bureau: Bureau, step: str, officer: str, expected: Bar) -> None:
    case = bureau.open()
    assert bar(lambda: bureau.take(case, step, getattr(bureau, officer))) == expected
    assert CaseEvent.objects.filter(case=case).count() == 1


def test_an_unknown_step_or_case_is_told(bureau: Bureau) -> None:
    with pytest.raises(UnknownStep):
        bureau.take(bureau.open(), "sing")
    with pytest.raises(Case.DoesNotExist):
        take_step("示例-2026-9999", "accept", by=bureau.clerk)


def test_who_drafted_does_not_approve(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft", bureau.reviewer)

    assert bar(lambda: bureau.take(case, "approve", bureau.reviewer)) == Bar.SECOND_PERSON
    bureau.take(case, "approve", bureau.second)
    assert case.state == "granted"


def test_the_credit_office_acts_for_every_department_where_the_table_says_so(bureau: Bureau) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    bureau.take(case, "draft")
    bureau.take(case, "approve", bureau.lead_officer)
    assert case.state == "granted"


def test_the_second_of_two_is_told_what_the_first_did(bureau: Bureau) -> None:
    case = bureau.open()
    seen = case.position
    bureau.take(case, "accept", seen=seen)
    with pytest.raises(Stale) as told:
        bureau.take(case, "accept", seen=seen)
    assert (told.value.last.step, told.value.last.by) == ("accept", bureau.clerk)
    assert CaseEvent.objects.filter(case=case, step="accept").count() == 1


def test_a_reminder_in_the_meantime_makes_no_page_stale(bureau: Bureau) -> None:
    from rongxin.workflow.keeping import keep_clocks

    case = bureau.open()
    seen = case.position
    with on("2026-11-16"):
        assert keep_clocks()["warned"] == 1
        bureau.take(case, "accept", seen=seen)
    assert case.state == "checking"


@pytest.mark.parametrize("loss", [{"role": Role.REVIEWER}, {"is_active": False}])
def test_a_role_withdrawn_while_the_page_is_open_counts_at_once(bureau: Bureau, loss: dict[str, object]) -> None:
    case = bureau.open()
    officer = bureau.clerk  # as the session still knows the account
    Account.objects.filter(pk=officer.pk).update(**loss)
    assert bar(lambda: bureau.take(case, "accept", officer)) == Bar.NOT_YOURS


def test_a_reason_is_asked_for_and_holds_no_number_of_a_person(bureau: Bureau) -> None:
    case = bureau.open()
    for reason, expected in (
        (" ", Bar.NO_REASON),
        ("联系电话13800138000", Bar.NAMES_A_NUMBER),
        ("长" * 501, Bar.REASON_TOO_LONG),
    ):
        assert bar(lambda: bureau.take(case, "refuse", bureau.reviewer, reason=reason)) == expected, reason  # noqa: B023
    bureau.take(case, "refuse", bureau.reviewer, reason=" 不属于本单位职责 ")
    assert events_of(case)[-1].reason == "不属于本单位职责"


@pytest.mark.parametrize("answers", [{}, {"ground": "because"}])
def test_a_choice_is_one_of_the_table(bureau: Bureau, answers: dict[str, str]) -> None:
    case = bureau.open()
    bureau.take(case, "accept")
    assert bar(lambda: bureau.take(case, "return_once", answers=answers)) == Bar.BAD_ANSWER
    bureau.take(case, "return_once", answers={"ground": "early", "more": "甲"})
    assert events_of(case)[-1].payload == {"ground": "early"}


def test_a_guard_says_why_not(bureau: Bureau) -> None:
    why = Title(zh="最短公示期未满", en="The shortest term of display is not over")
    with_step("accept", guard=lambda case, officer: why if officer else None)
    case = bureau.open()
    [accept, *_] = possible_steps(case, bureau.clerk, events_of(case))
    assert accept.barred is not None
    assert (accept.barred.bar, accept.barred.words) == (Bar.GUARD, why)
    assert bar(lambda: bureau.take(case, "accept")) == Bar.GUARD


def test_an_effect_that_fails_leaves_nothing_behind(bureau: Bureau) -> None:
    def fails(taken: Taken) -> None:
        open_case("toy", title="半途而废", owner=bureau.department)
        raise ZeroDivisionError

    with_step("accept", effect=fails)
    case = bureau.open()
    with pytest.raises(ZeroDivisionError):
        bureau.take(case, "accept")
    case.refresh_from_db()
    assert (case.state, case.position, Case.objects.count(), CaseEvent.objects.count()) == ("received", 1, 1, 1)


@pytest.mark.parametrize("told", [{"note": "张某某 电话"}, {"id": "11010519491231002X"}, {"long": "a" * 81}])
def test_the_log_keeps_no_sentence_and_no_number_of_a_person(bureau: Bureau, told: dict[str, str]) -> None:
    with_step("accept", effect=lambda taken: told)
    case = bureau.open()
    with pytest.raises(ValueError, match="the log keeps"):
        bureau.take(case, "accept")


def test_without_a_term_in_force_no_step_is_taken(bureau: Bureau) -> None:
    table = replace(TOY, states=tuple(replace(s, within="procedures/nowhere") if s.within else s for s in TOY.states))
    registry._known["toy"] = table
    assert bar(bureau.open) == Bar.NO_TERM
    assert Case.objects.count() == 0


@pytest.mark.parametrize("statement", ["UPDATE workflow_caseevent SET reason = 'x'", "DELETE FROM workflow_caseevent"])
def test_the_database_refuses_to_change_the_log(bureau: Bureau, statement: str) -> None:
    bureau.open()
    with pytest.raises(DatabaseError, match=r"never changed or removed|permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_term_is_that_of_the_day_on_which_the_state_began(bureau: Bureau) -> None:
    case = bureau.open()
    in_force(rules(accept=9))
    assert case.due_on == date(2026, 11, 17)
    bureau.take(case, "accept")
    assert bureau.open().due_on == date(2026, 11, 25)
    assert json.dumps(case.clock)
    assert case.policy_digest != events_of(case)[0].policy_digest


def test_every_state_of_the_toy_is_reached_and_left(bureau: Bureau) -> None:
    """What registration proves of every table, walked once."""
    left = {source for step in TOY.steps if step.target for source in step.sources}
    assert left == {state.name for state in TOY.states if not state.is_final}
    assert {step.target for step in TOY.steps if step.target} | {TOY.first} == {state.name for state in TOY.states}
    assert all(isinstance(step, Step) and step.title.zh and step.title.en for step in TOY.steps)
