"""The case of a batch: one truth about where it stands, for the page, the board and the history."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import ProofTooOld
from rongxin.intake import jobs, releasing
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.moving import move
from rongxin.intake.workflow import BATCH
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.actions import Stale, take_step
from rongxin.workflow.barring import Bar, NotPossible
from rongxin.workflow.keeping import keep_clocks
from rongxin.workflow.models import Case, CaseEvent, EventKind
from rongxin.workflow.queries import counts, overdue, to_do
from tests.factories import at
from tests.intake.conftest import Office
from tests.intake.tables import CODE, DOCUMENT, TEA, as_csv, penalties, penalty
from tests.ledger import told as ledger
from tests.workflow.conftest import changed, in_force, with_year


def told(batch: Batch) -> list[tuple[str, str, str]]:
    events = CaseEvent.objects.filter(case=batch.case_id).order_by("number")
    return [(event.step or event.kind, event.source, event.target) for event in events]


def disagreeing() -> list[str]:
    found = Batch.objects.exclude(case__state=F("state"), case__number=F("number"))
    return list(found.values_list("number", flat=True))


@pytest.fixture(autouse=True)
def one_truth(db: None) -> Iterator[None]:
    """Whatever a test did, no batch says something else than its case."""
    yield
    assert disagreeing() == []


# ── the way of a batch ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_states_of_the_table_are_those_of_a_batch() -> None:
    assert tuple(BATCH.by_state) == tuple(BatchState.values)
    assert {Role(who.role) for who in BATCH.by_step["release"].who} == {
        role for role, line in matrix().roles.items() if line.scopes(Action.BATCH_RELEASE)
    }
    assert [who.role for who in BATCH.by_step["stop"].who] == [
        role for role, line in matrix().roles.items() if line.scopes(Action.BATCH_SUBMIT)
    ]


def test_a_batch_has_its_case_from_the_moment_it_is_received(office: Office) -> None:
    batch = office.release(office.send(as_csv(penalties(2))))
    case = batch.case
    assert (case.number, case.title, case.owner, case.opened_by) == (
        batch.number,
        "本周.csv",
        office.department,
        office.clerk,
    )
    assert told(batch) == [
        ("opened", "", "received"),
        ("check", "received", "checked"),
        ("release", "checked", "released"),
        ("record", "released", "recorded"),
    ]
    assert not case.is_open


@pytest.mark.parametrize(
    ("table", "step"),
    [
        (as_csv([penalty(**{CODE: "9135", DOCUMENT: ""})]), "find_nothing"),
        (b"\x00\x01 no table", "close_unreadable"),
        (as_csv([{"甲": "一", "乙": "二"}]), "ask_columns"),
    ],
)
def test_what_the_check_finds_moves_the_case(office: Office, table: bytes, step: str) -> None:
    assert told(office.send(table))[1][0] == step


def test_what_is_sent_back_or_stopped_says_by_whom_and_why(office: Office) -> None:
    back, stopped = office.send(as_csv(penalties(1))), office.send(as_csv(penalties(2)))
    releasing.send_back(back.number, office.reviewer, reason="文号与决定书不符")
    releasing.stop(stopped.number, office.clerk)
    events = {event.step: event for event in CaseEvent.objects.filter(step__in=("send_back", "stop"))}
    assert (events["send_back"].reason, events["send_back"].by) == ("文号与决定书不符", office.reviewer)
    assert events["stop"].by == office.clerk


def test_a_way_that_the_table_has_not_is_refused(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    with pytest.raises(LookupError):
        move(batch, BatchState.RECORDED if batch.state == BatchState.RECEIVED else BatchState.UNREADABLE)


def test_a_killed_worker_begins_again_and_the_case_moves_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = office.send(as_csv(penalties(2)))
    releasing.release(batch.number, office.reviewer)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "settle_left_out", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            jobs.record_batch.call_now(batch.number)
    assert Case.objects.get(number=batch.number).state == BatchState.RELEASED
    for _ in range(2):
        jobs.record_batch.call_now(batch.number)
    assert [step for step, *_ in told(batch)].count("record") == 1
    assert [each["count"] for each in ledger.told(ledger.Kind.RECORD, ledger.of(TEA))] == [2]


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_second_of_two_is_told_who_was_faster(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    seen = Case.objects.get(number=batch.number).position
    releasing.release(batch.number, office.reviewer)
    with pytest.raises(Stale) as late:
        take_step(batch.number, "send_back", by=office.reviewer, seen=seen, reason="示例")
    assert late.value.last.step == "release"


def test_whoever_sent_a_batch_does_not_release_it_even_as_a_reviewer(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    Account.objects.filter(pk=office.clerk.pk).update(role=Role.REVIEWER)
    with pytest.raises(NotPossible) as refused:
        take_step(batch.number, "release", by=office.clerk)
    assert refused.value.barred.bar == Bar.SECOND_PERSON
    clerk = Account.objects.select_related("department").get(pk=office.clerk.pk)
    assert list(to_do(clerk)) == []


def test_a_role_withdrawn_while_the_page_is_open_releases_nothing(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    seen = Case.objects.get(number=batch.number).position
    Account.objects.filter(pk=office.reviewer.pk).update(role=Role.INSPECTOR)
    with pytest.raises(NotPossible) as refused:
        take_step(batch.number, "release", by=office.reviewer, seen=seen)
    assert refused.value.barred.bar == Bar.NOT_YOURS


def test_a_release_is_proved_anew_and_never_by_a_machine(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    office.reviewer.must_prove = True
    with pytest.raises(ProofTooOld):
        releasing.release(batch.number, office.reviewer)


def test_boards_show_batches_to_whoever_must_act_and_to_nobody_else(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    assert [case.number for case in to_do(office.reviewer)] == [batch.number]
    assert list(to_do(office.clerk)) == []  # stopping is a way out, not a task
    releasing.release(batch.number, office.reviewer)
    assert list(to_do(office.reviewer)) == []
    assert counts(office.reviewer, at("2026-11-20").date()).done == 1


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_term_runs_over_a_weekend_and_lateness_is_told_when_the_platform_is_up_again(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))  # a Friday; three working days
    assert str(batch.case.due_on) == "2026-11-25"
    with time_machine.travel(at("2026-12-07"), tick=False):
        keep_clocks()
        assert [case.number for case in overdue(office.reviewer, at("2026-12-07").date())] == [batch.number]
    late = {event.kind: str(event.on) for event in CaseEvent.objects.filter(case=batch.case_id)}
    assert (late[EventKind.OVERDUE], late[EventKind.ESCALATED]) == ("2026-11-26", "2026-11-30")


def test_a_make_up_saturday_counts_and_a_changed_calendar_moves_the_last_day(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    policy = rulebook.current()
    years = tuple(
        year
        if year.year != 2026
        else year.model_copy(
            update={"days": (*year.days, type(year.days[0])(name="示例", off=(), work=(at("2026-11-21").date(),)))}
        )
        for year in policy.calendar_years
    )
    in_force(changed(policy, calendar_years=years))
    keep_clocks()
    case = Case.objects.get(number=batch.number)
    assert str(case.due_on) == "2026-11-24"
    assert CaseEvent.objects.filter(case=case, kind=EventKind.DUE_MOVED).count() == 1


def test_over_new_year_without_a_calendar_nobody_is_late_until_it_is_announced(office: Office) -> None:
    with time_machine.travel(at("2026-12-31"), tick=True):
        batch = office.send(as_csv(penalties(3)))
        assert batch.case.is_provisional
    with time_machine.travel(at("2027-01-20"), tick=False):
        keep_clocks()
        assert list(overdue(office.reviewer, at("2027-01-20").date())) == []
        in_force(with_year(rulebook.current(), 2027, off=["2027-01-01"], work=[]))
        keep_clocks()
        assert [case.number for case in overdue(office.reviewer, at("2027-01-20").date())] == [batch.number]


def test_rules_without_the_term_hold_no_batch_up(office: Office) -> None:
    policy = rulebook.current()
    in_force(changed(policy, values={key: v for key, v in policy.values.items() if key != "intake/release_days"}))
    batch = office.send(as_csv(penalties(1)))
    assert (batch.state, batch.case.due_on) == (BatchState.CHECKED, None)


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_case_costs_the_same_however_many_rows(office: Office) -> None:
    def queries(rows: int) -> int:
        with CaptureQueriesContext(connection) as made:
            office.send(as_csv([penalty(**{DOCUMENT: f"榕示市监罚〔2026〕{rows}{n}号"}) for n in range(rows)]))
        # The rulebook is looked up again each second.
        return len([each for each in made if "rulebook_release" not in each["sql"]])

    queries(2)  # what is remembered afterwards
    few = queries(3)
    assert queries(300) == few
