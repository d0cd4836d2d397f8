"""What a department decided beside what the platform holds, and what explains the difference."""

from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from rongxin.departments.models import Department
from rongxin.intake.coverage.filing import Filing, file_counts
from rongxin.intake.coverage.reconciliation import Reconciliation, Sent, reconcile, sent_in
from rongxin.intake.models import Batch, BatchState, Channel, Question, QuestionState, SourceCount
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment
from rongxin.records.models import Effect
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at, note, some_records
from tests.intake.coverage.batches import a_batch, a_waiting_batch, an_officer

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
IN_OCTOBER = at("2026-10-20")


@pytest.fixture
def unit(policy: Policy) -> Department:
    return a_department()


def october(policy: Policy, unit: Department, kind: str = PENALTY) -> Reconciliation:
    with time_machine.travel(at("2026-11-22"), tick=False):
        return reconcile(policy, OCTOBER, [unit], (kind,), Moment.now())[0]


def files(policy: Policy, unit: Department, produced: int, unreported: int = 0) -> None:
    basis = "涉密" if unreported else ""
    filing = Filing(kind=PENALTY, produced=produced, own_published=0, unreported=unreported, unreported_basis=basis)
    file_counts(an_officer(unit), unit, OCTOBER, [filing], policy)


def a_question(batch: Batch, row: int, state: QuestionState = QuestionState.OPEN) -> None:
    Question.objects.create(
        batch=batch, row=row, party_name="示例公司", name_normalised="示例公司", state=state, asked_at=IN_OCTOBER
    )


def test_every_act_produced_is_somewhere(policy: Policy, unit: Department) -> None:
    subject = a_subject()
    some_records(5, subject, department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    withdrawn = a_record(subject, department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    note(withdrawn, Effect.WITHDRAWN, at=at("2026-10-15"))
    a_record(subject, department=unit, severity="minor", decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    a_record(subject, department=unit, decided_on=date(2026, 9, 30), recorded_at=at("2026-10-13"))
    a_waiting_batch({"2026-10-30": {"public": 2, "withheld": 1}, "2026-11-02": {"public": 9}}, unit)
    batch = a_batch(
        unit, state=BatchState.RECORDED, received_at=IN_OCTOBER, rows=12, accepted=9, rejected=2, in_review=1
    )
    a_question(batch, 7)
    files(policy, unit, produced=20, unreported=3)

    line = october(policy, unit)

    assert (line.recorded, line.withheld, line.displayed, line.ended, line.waiting) == (7, 1, 5, 1, 3)
    assert (line.sent.returned, line.sent.in_review, line.received) == (2, 1, 13)
    assert (line.explained_by_review, line.explained_by_return, line.missing, line.surplus) == (1, 2, 4, 0)
    assert line.full_rate == pytest.approx(7 / 17)


def test_without_a_count_of_the_department_nothing_is_missing_and_no_rate_is_claimed(
    policy: Policy, unit: Department
) -> None:
    a_record(department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))

    line = october(policy, unit)

    assert (line.recorded, line.missing, line.full_rate, line.surplus) == (1, None, None, 0)


def test_more_records_than_counted_means_that_the_department_counted_too_few(policy: Policy, unit: Department) -> None:
    some_records(3, a_subject(), department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    files(policy, unit, produced=2)

    line = october(policy, unit)

    assert (line.missing, line.surplus, line.full_rate) == (0, 1, 1.0)


def test_nothing_produced_is_no_rate(policy: Policy, unit: Department) -> None:
    files(policy, unit, produced=0)

    assert (october(policy, unit).full_rate, october(policy, unit).missing) == (None, 0)


@given(
    produced=st.integers(0, 60),
    unreported=st.integers(0, 60),
    recorded=st.integers(0, 60),
    waiting=st.integers(0, 60),
    returned=st.integers(0, 60),
    in_review=st.integers(0, 60),
)
def test_the_numbers_add_up(
    produced: int, unreported: int, recorded: int, waiting: int, returned: int, in_review: int
) -> None:
    line = Reconciliation(
        provider=Department(),
        kind=PENALTY,
        month=OCTOBER,
        filed=SourceCount(produced=produced, unreported=min(unreported, produced)),
        recorded=recorded,
        withheld=0,
        displayed=recorded,
        waiting=waiting,
        sent=Sent(returned=returned, in_review=in_review),
    )

    assert line.missing is not None
    explained = line.explained_by_review + line.explained_by_return
    assert produced + line.surplus == recorded + waiting + explained + min(unreported, produced) + line.missing
    assert min(line.missing, line.surplus) == 0
    assert line.full_rate is None or 0 <= line.full_rate <= 1


# ── what was sent ────────────────────────────────────────────────────────────────────────────────────────────────────
def sent(unit: Department) -> Sent:
    return sent_in(OCTOBER, [unit])[unit.pk, PENALTY]


def test_the_compliant_rate_looks_at_the_first_try_only(unit: Department) -> None:
    first = a_batch(unit, received_at=IN_OCTOBER, rows=100, accepted=80, duplicates=5, rejected=15)
    for day, rows, accepted, rejected in (("2026-10-25", 10, 8, 2), ("2026-11-03", 5, 4, 1)):
        a_batch(
            unit,
            received_at=at(day),
            rows=rows,
            accepted=accepted,
            rejected=rejected,
            continues=first,
            round=2,
            channel=Channel.API,
        )

    found = sent(unit)

    assert found.compliant_rate == 0.85
    # Twelve of the fifteen were mended, four of them in the next month.
    assert found.returned == 3
    assert found.channels == (Channel.PAGE,)


def test_a_batch_sent_back_came_back_whole(unit: Department) -> None:
    a_batch(unit, received_at=IN_OCTOBER, state=BatchState.RETURNED, rows=9, accepted=7, rejected=1, refused_person=1)

    assert sent(unit).returned == 8


@pytest.mark.parametrize("state", [BatchState.STOPPED, BatchState.UNREADABLE])
def test_what_was_stopped_or_could_not_be_read_was_not_sent(unit: Department, state: BatchState) -> None:
    a_batch(unit, received_at=IN_OCTOBER, state=state, rows=5, accepted=5)

    assert sent_in(OCTOBER, [unit]) == {}


def test_the_first_and_the_last_instant_of_a_month_in_shanghai(unit: Department) -> None:
    for day, clock in (
        ("2026-09-30", "23:59"),
        ("2026-10-01", "00:00"),
        ("2026-10-31", "23:59"),
        ("2026-11-01", "00:00"),
    ):
        a_batch(unit, received_at=at(day, clock), rows=1, accepted=1)

    assert sent(unit).first_try == 2


def test_rows_answered_by_a_person_are_no_longer_in_review(unit: Department) -> None:
    batch = a_batch(unit, received_at=IN_OCTOBER, rows=9, in_review=3)
    for row, state in enumerate(QuestionState):
        a_question(batch, row, state)

    assert (sent(unit).in_review, sent(unit).returned) == (1, 1)


@pytest.mark.parametrize("number", [1, 12])
def test_queries_do_not_grow(policy: Policy, number: int, django_assert_max_num_queries: object) -> None:
    units = [a_department(f"unit-{index}", f"示例第{index}局") for index in range(number)]
    for unit in units:
        a_record(department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
        a_batch(unit, received_at=IN_OCTOBER, rows=2, accepted=2)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        reconcile(policy, OCTOBER, units, (PENALTY, LICENCE), Moment.now())
