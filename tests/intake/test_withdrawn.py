"""What was withdrawn never comes back by being sent again, and the clerk is told by which record, when, why, and what to do."""

from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rongxin.engine.problems import suggestion
from rongxin.intake import files, jobs, queries, releasing
from rongxin.intake.checking import check_file
from rongxin.intake.mapping.known import circumstances
from rongxin.intake.models import Batch, BatchState, Question, QuestionState, RowProblem
from rongxin.intake.questions import actions
from rongxin.intake.report import of_dry_run
from rongxin.policy.pack import Policy
from rongxin.records import actions as records
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Effect, Record, RecordEvent, Sighting
from rongxin.records.withdrawing import Ground, Wish, withdraw
from tests.intake.conftest import Office, open_office
from tests.intake.questions.conftest import TRADE, Desk, desk, subject, unclear  # noqa: F401
from tests.intake.tables import DOCUMENT, as_csv, penalties, penalty
from tests.intake.test_removals import GONE, cases, debtor
from tests.intake.test_removals import send as send_list

pytestmark = pytest.mark.django_db

CHANGED = {"罚款金额（万元）": "0.9"}
REASON = "报送错误，不应归集"


def adds_up(batch: Batch) -> bool:
    batch.refresh_from_db()
    parts = batch.accepted + batch.rejected + batch.refused_person + batch.in_review + batch.duplicates
    return batch.rows == parts


def take_down(office: Office, record: Record, ground: Ground = Ground.MISFILED) -> RecordEvent:
    return withdraw(
        record.number, Wish(ground=ground, basis="示例核实单", decided_on=record.decided_on), by=office.reviewer
    )


def recorded(office: Office) -> Record:
    """The one record of a released batch."""
    office.release(office.send(as_csv([penalty()])))
    return Record.objects.get()


def told(batch: Batch) -> dict[int, tuple[str, str]]:
    found = queries.problems_of(batch, limit=None)
    return {problem.row: (problem.code, problem.params.get("number", "")) for problem in found}


# ── checked ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("changed", [False, True], ids=["same content", "changed content"])
@pytest.mark.parametrize(
    ("effects", "is_refused"),
    [
        ((), False),
        ((Effect.WITHDRAWN,), True),
        ((Effect.ANNULLED,), True),
        ((Effect.REPAIRED, Effect.WITHDRAWN), True),
        ((Effect.WITHDRAWN, Effect.ANNULLED), True),
        ((Effect.REPAIRED,), False),
        ((Effect.REPAIRED, Effect.REPAIR_REVOKED), False),
        ((Effect.SUSPENDED,), False),
        ((Effect.SUSPENDED, Effect.RESUMED), False),
        ((Effect.DISPUTED,), False),
        ((Effect.SEALED,), False),
        ((Effect.SEALED, Effect.UNSEALED), False),
        ((Effect.ERASED,), False),
    ],
    ids=lambda value: " then ".join(value) or "nothing" if isinstance(value, tuple) else "",
)
def test_only_a_withdrawal_or_an_annulment_sends_the_act_back(
    office: Office, effects: tuple[Effect, ...], is_refused: bool, changed: bool
) -> None:
    record = recorded(office)
    for effect in effects:
        records.note(record, effect, by="demo-reviewer", basis="示例依据", told="", reason="示例原因。")

    batch = office.send(as_csv([penalty(**CHANGED if changed else {})]), name="再报.csv")

    assert adds_up(batch)
    counts = (batch.accepted, batch.duplicates, batch.rejected, batch.in_review)
    assert counts == ((0, 0, 1, 0) if is_refused else (1, 0, 0, 0) if changed else (0, 1, 0, 0))
    assert told(batch) == ({2: ("act_withdrawn", record.number)} if is_refused else {})


def test_the_clerk_is_told_the_record_the_day_the_public_reason_and_what_to_do(office: Office) -> None:
    record = recorded(office)
    take_down(office, record)
    batch = office.send(as_csv([penalty()]), name="再报.csv")

    (problem,) = queries.problems_of(batch, limit=None)
    assert problem.params == {"number": record.number, "day": "2026-11-20", "reason": REASON}
    assert (problem.severity, problem.field, problem.value) == ("refuse", "penalty_document_no", penalty()[DOCUMENT])
    assert "按新文书的文号报送" in suggestion(problem.code, problem.params, "zh")
    assert batch.state == BatchState.NOTHING_NEW
    assert not Sighting.objects.filter(batch=batch.number).exists()


def test_without_a_reason_the_effect_is_told(office: Office) -> None:
    records.note(recorded(office), Effect.ANNULLED, by="demo-reviewer", basis="示例判决", told="")
    batch = office.send(as_csv([penalty()]), name="再报.csv")
    assert RowProblem.objects.get(batch=batch).params["reason"] == "决定被撤销"


def test_only_the_withdrawn_rows_come_back_and_the_workbook_marks_their_document_number(office: Office) -> None:
    office.release(office.send(as_csv(penalties(3))))
    gone = Record.objects.get(document_number="榕示市监罚〔2026〕2号")
    take_down(office, gone)
    batch = office.send(as_csv(penalties(5)), name="再报.csv")

    assert adds_up(batch)
    assert (batch.state, batch.accepted, batch.duplicates, batch.rejected) == (BatchState.CHECKED, 2, 2, 1)
    (back,) = pl.read_excel(files.return_path(batch.number)).to_dicts()
    assert back[DOCUMENT] == gone.document_number
    assert gone.number in back["退回原因"]
    assert REASON in back["退回原因"]
    office.release(batch)
    assert Record.objects.filter(act_key=gone.act_key).count() == 1


def test_twice_in_the_file_comes_back_twice(office: Office) -> None:
    take_down(office, recorded(office))
    batch = office.send(as_csv([penalty(), penalty()]), name="再报.csv")
    assert adds_up(batch)
    assert (batch.rejected, batch.duplicates) == (2, 0)


def test_another_departments_row_about_the_same_act_comes_back_too(office: Office) -> None:
    take_down(office, recorded(office))
    assert open_office("other").send(as_csv([penalty()])).rejected == 1


def test_a_new_decision_has_its_own_number_and_is_taken_in(office: Office) -> None:
    take_down(office, recorded(office), Ground.CHANGED)
    assert office.release(office.send(as_csv([penalty(**{DOCUMENT: "榕示市监罚〔2026〕119号"})]))).recorded == 1


def test_a_row_that_would_ask_somebody_asks_nobody(desk: Desk) -> None:  # noqa: F811
    question = desk.question()
    actions.choose(question.pk, subject(TRADE).pk, desk.office.clerk)
    desk.office.release(question.batch)
    take_down(desk.office, Record.objects.get(document_number=unclear()[DOCUMENT]))
    again = desk.send(penalty(), unclear(), name="再报.csv")
    assert adds_up(again)
    assert (again.rejected, again.in_review, again.duplicates) == (1, 0, 1)
    assert not Question.objects.filter(batch=again).exists()


def test_a_thousand_withdrawn_rows_cost_no_more_queries_than_one(office: Office, policy: Policy) -> None:
    kind = policy.kinds["administrative_penalty"]
    office.release(office.send(as_csv(penalties(300))))
    for record in Record.objects.all():
        records.note(record, Effect.WITHDRAWN, by="demo-reviewer", basis="示例依据", told="", reason="示例")
    numbers = []
    for count in (1, 300):
        path = files.environment.var / f"many-{count}.csv"
        path.write_bytes(as_csv(penalties(count)))
        with CaptureQueriesContext(connection) as asked:
            checked = check_file(
                path, kind, policy, timezone.localdate(), about=circumstances(office.department, kind.name)
            )
        assert checked.rejected == count
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_removals_from_lists_go_on_as_before(office: Office, policy: Policy) -> None:
    office.release(send_list(office, debtor(1), debtor(2)))
    take_down(office, Record.objects.get(document_number="（2026）示0001执2号"))
    batch = send_list(office, debtor(1, **GONE), debtor(2, **GONE), debtor(3))

    assert adds_up(batch)
    assert (batch.state, batch.accepted, batch.recorded, batch.rejected) == (BatchState.CHECKED, 2, 1, 1)
    assert cases(policy) == set()
    office.release(batch)
    assert cases(policy) == {"（2026）示0001执3号"}


# ── told elsewhere ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_dry_run_tells_it_as_well(office: Office, tmp_path: Path) -> None:
    record = recorded(office)
    take_down(office, record)
    (tmp_path / "again.csv").write_bytes(as_csv([penalty()]))
    report = of_dry_run(
        tmp_path / "again.csv", kind="administrative_penalty", provider=office.department, errors=tmp_path / "back.xlsx"
    )
    assert (report.rejected, report.duplicates) == (1, 0)
    assert [(error.row, error.code) for error in report.errors] == [(2, "act_withdrawn")]
    assert record.number in report.errors[0].message
    assert (tmp_path / "back.xlsx").exists()


def test_the_batch_page_tells_it(office: Office, client: Client) -> None:
    record = recorded(office)
    take_down(office, record)
    batch = office.send(as_csv([penalty()]), name="再报.csv")
    client.force_login(office.clerk)
    page = client.get(f"/desk/batches/{batch.number}").content.decode()
    assert record.number in page
    assert REASON in page


# ── withdrawn between check and recording ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("changed", [False, True], ids=["same content", "changed content"])
def test_what_is_withdrawn_while_its_batch_waits_is_not_recorded_and_stays_off_display(
    office: Office, policy: Policy, client: Client, changed: bool
) -> None:
    other = penalty(**{DOCUMENT: "榕示市监罚〔2026〕119号"})
    waiting = office.send(as_csv([penalty(**CHANGED if changed else {}), other]), name="等待.csv")
    assert waiting.accepted == 2
    record = recorded_beside(office)
    take_down(office, record)
    batch = office.release(waiting)

    assert adds_up(batch)
    assert (batch.state, batch.recorded, batch.rejected) == (BatchState.RECORDED, 1, 1)
    assert told(batch) == {2: ("act_withdrawn", record.number)}
    assert batch.findings[-1] == {"code": "withdrawn_before_recording", "params": {"count": "1"}}
    assert Record.objects.filter(act_key=record.act_key).count() == 1
    assert [each.document_number for each in displayed(policy, Moment.now())] == [other[DOCUMENT]]
    assert client.get(f"/r/{record.number}").status_code == 410


def recorded_beside(office: Office) -> Record:
    office.release(office.send(as_csv([penalty()]), name="同时.csv"))
    return Record.objects.get()


def test_a_batch_of_which_nothing_is_left_has_nothing_new(office: Office) -> None:
    waiting = office.send(as_csv([penalty(**CHANGED)]), name="等待.csv")
    take_down(office, recorded_beside(office))
    batch = office.release(waiting)
    assert adds_up(batch)
    assert (batch.state, batch.accepted, batch.recorded, batch.rejected) == (BatchState.NOTHING_NEW, 0, 0, 1)


@pytest.mark.parametrize("after_release", [False, True], ids=["in its batch", "in a follow-up"])
def test_an_answered_row_that_was_withdrawn_goes_back_and_the_answer_can_be_taken_back(
    desk: Desk,  # noqa: F811
    after_release: bool,
) -> None:
    office = desk.office
    question = desk.question()
    if after_release:
        office.release(question.batch)
    carrier = actions.choose(question.pk, subject(TRADE).pk, office.clerk).carried_by
    assert carrier is not None
    beside = office.send(as_csv([unclear(), penalty()]), name="同时.csv")
    same = Question.objects.get(batch=beside)
    released = actions.choose(same.pk, subject(TRADE).pk, office.clerk).carried_by
    assert released is not None
    office.release(released)
    take_down(office, Record.objects.get(document_number=unclear()[DOCUMENT]))
    carrier = office.release(carrier)

    question.refresh_from_db()
    batch = question.batch
    assert adds_up(batch)
    assert adds_up(carrier)
    assert question.state == QuestionState.SENT_BACK
    assert "撤回" in question.note
    assert (batch.rejected, carrier.findings[-1]["code"]) == (1, "withdrawn_before_recording")
    actions.undo(question.pk, office.clerk)
    assert adds_up(batch)
    assert batch.in_review == 1


def test_a_recording_that_dies_half_way_tells_of_the_withdrawn_row_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = office.send(as_csv([penalty(**CHANGED), *penalties(3)]), name="等待.csv")
    record = recorded_beside(office)
    take_down(office, record)
    releasing.release(waiting.number, office.reviewer)
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 1)
    steps = iter([None, None])

    def die(*_: object) -> None:
        if next(steps, 0) == 0:
            raise OSError("killed")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr("rongxin.jobs.progress.Progress.advance", die)
        jobs.record_batch.call_now(waiting.number)
    jobs.record_batch.call_now(waiting.number)
    assert adds_up(waiting)
    assert (waiting.recorded, waiting.rejected) == (3, 1)
    assert told(waiting) == {2: ("act_withdrawn", record.number)}
