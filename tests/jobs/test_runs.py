"""What becomes of a run, with the worker in this process."""

import threading
import time
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rongxin.jobs import LeaseLost, Progress
from rongxin.jobs.actions import backoff, claim, give_back, reap, succeed
from rongxin.jobs.models import Run, State
from rongxin.jobs.queries import run_state
from rongxin.jobs.worker import Worker
from tests.jobs import work
from tests.jobs.work import PATIENCE, lines, note, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def carry_out_all(lease: float = 30) -> None:
    Worker(["default"], interval=0.02, batch=True, lease_seconds=lease).run()


def make_all_ready() -> None:
    """The pause before the next attempt is over."""
    DBTaskResult.objects.update(run_after=timezone.now())


def lapse(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until="2026-01-01T00:00:00Z")


def test_a_run_is_carried_out_and_its_result_kept(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), line="示例一")
    assert (run.state, run.title) == (State.WAITING, "示例：记一行")

    carry_out_all()

    run.refresh_from_db()
    task = DBTaskResult.objects.get(pk=run.task_id)
    assert lines(tmp_path / "out") == ["示例一"]
    assert (run.state, run.attempt, run.percent, run.is_over, run.phase) == (State.SUCCEEDED, 1, 100, True, "写")
    assert (task.status, task.return_value, len(task.worker_ids)) == ("SUCCESSFUL", "示例一", 1)


def test_a_run_exists_only_when_its_caller_commits(tmp_path: Path) -> None:
    with transaction.atomic():
        work.write_line.enqueue(str(tmp_path / "out"), "示例")
        transaction.set_rollback(True)

    assert not Run.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_wrong_arguments_are_refused_where_they_are_given() -> None:
    with pytest.raises(TypeError, match="line"):
        work.write_line.enqueue("out")
    with pytest.raises(TypeError, match="JSON"):
        work.write_line.enqueue("out", object())
    assert not Run.objects.exists()


def test_call_now_needs_no_queue(tmp_path: Path) -> None:
    assert work.work.call_now(str(tmp_path / "out"), 3, 0) == 3
    assert not Run.objects.exists()


def test_a_failing_run_is_tried_again_later_and_then_given_up(tmp_path: Path) -> None:
    run = work.refuse.enqueue(str(tmp_path / "out"))

    carry_out_all()
    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.WAITING, 1)
    assert run.run_after is not None
    assert 0 < (run.run_after - timezone.now()).total_seconds() <= 2
    for _ in range(3):
        make_all_ready()
        carry_out_all()

    run.refresh_from_db()
    assert lines(tmp_path / "out") == ["tried"] * 3
    assert (run.state, run.attempt, run.is_over) == (State.FAILED, 3, True)
    assert DBTaskResult.objects.get(pk=run.task_id).status == "FAILED"


def test_the_pause_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff(attempt).total_seconds() for attempt in (1, 2, 3, 9, 10, 40)] == [2, 4, 8, 512, 900, 900]


def test_nothing_of_a_row_is_kept_with_an_error(tmp_path: Path) -> None:
    run = work.refuse.enqueue(str(tmp_path / "out"))
    carry_out_all()

    run.refresh_from_db()
    task = DBTaskResult.objects.get(pk=run.task_id)
    assert run.message == "ValueError: cannot read … of …"
    assert "work.py" in task.traceback
    assert "示例公司" not in task.traceback
    assert "91990000MA0000000X" not in task.traceback


@pytest.mark.parametrize(
    ("job", "message"),
    [(work.leave, "SystemExit: 3"), (work.return_object, "TypeError: Unsupported type: <class …>")],
)
def test_a_job_that_exits_or_returns_no_json_has_failed(job: object, message: str) -> None:
    run = job.enqueue()  # type: ignore[attr-defined]
    carry_out_all()

    run.refresh_from_db()
    assert (run.state, run.message) == (State.FAILED, message)


def test_a_run_of_a_job_that_is_gone_fails_by_name(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    Run.objects.update(job="jobs.removed", max_attempts=1)
    carry_out_all()

    run.refresh_from_db()
    assert (run.state, run.message) == (State.FAILED, "UnknownJobError: jobs.removed")
    assert run.title == "jobs.removed"


def test_a_waiting_run_is_returned_again_for_the_same_key(tmp_path: Path) -> None:
    path = str(tmp_path / "out")
    first = work.write_line.enqueue(path, "一", key="batch-1")

    assert work.write_line.enqueue(path, "二", key="batch-1") == first
    assert work.write_line.enqueue(path, "三", key="batch-2") != first
    assert work.refuse.enqueue(path, key="batch-1") != first
    carry_out_all()
    assert work.write_line.enqueue(path, "四", key="batch-1") != first


def test_the_database_refuses_a_second_live_run_with_the_same_key(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "一", key="batch-1")
    run.pk, run.task_id = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError):
        run.save(force_insert=True)


def test_of_many_threads_asking_with_one_key_all_get_one_run(tmp_path: Path) -> None:
    together, got = threading.Barrier(6, timeout=PATIENCE), []

    def ask(number: int) -> None:
        try:
            for round_ in range(5):
                together.wait()
                got.append((round_, work.write_line.enqueue(str(tmp_path / "out"), f"{number}", key=f"{round_}").pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 30
    assert len(set(got)) == 5
    assert Run.objects.count() == DBTaskResult.objects.count() == 5


def test_a_waiting_run_is_cancelled_at_once(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    run.request_stop()
    assert (run.state, run.is_over) == (State.CANCELLED, True)

    carry_out_all()
    assert not lines(tmp_path / "out")


class InThread:
    """A worker at work beside the test."""

    def __init__(self, lease: float) -> None:
        self.lease = lease
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        try:
            carry_out_all(self.lease)
        finally:
            connections.close_all()

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.thread.join()


def seen(run: Run, **expected: object) -> Run:
    """The run as soon as pages see ``expected`` of it."""
    ends = time.monotonic() + PATIENCE
    while True:
        state = run_state(run.pk)
        assert state is not None
        if all(getattr(state, name) == value for name, value in expected.items()):
            return state
        assert time.monotonic() < ends, {name: getattr(state, name) for name in expected}
        time.sleep(0.02)


def test_progress_is_seen_while_the_job_works(tmp_path: Path) -> None:
    run = work.half.enqueue(str(tmp_path / "out"))
    with InThread(lease=3):
        state = seen(run, state=State.RUNNING, phase="处理", progress_total=40, progress_done=20)
        note(str(tmp_path / "out"), "go")
        assert state.percent == 50
        assert state.seconds_left is not None
        assert 0 <= state.seconds_left <= 60

    state = seen(run, state=State.SUCCEEDED)
    assert (state.progress_done, state.percent, state.seconds_left) == (40, 100, None)


def test_a_running_run_stops_at_its_next_progress_when_asked(tmp_path: Path) -> None:
    run = work.wait.enqueue(str(tmp_path / "out"))
    with InThread(lease=3):
        wait_for(tmp_path / "out", "begun")
        run.request_stop()
        assert run.state == State.RUNNING

    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert lines(tmp_path / "out") == ["begun"]


def test_a_job_whose_lease_was_taken_stops_and_changes_nothing(tmp_path: Path) -> None:
    run = work.wait.enqueue(str(tmp_path / "out"))
    with InThread(lease=3):
        wait_for(tmp_path / "out", "begun")
        # What another worker's claim writes. It finishes the run before this worker could.
        Run.objects.filter(pk=run.pk).update(worker="other", attempt=2)

    run.refresh_from_db()
    assert (run.state, run.worker, run.attempt) == (State.RUNNING, "other", 2)
    assert lines(tmp_path / "out") == ["begun"]


def test_a_lapsed_lease_is_reaped_and_the_old_holder_can_no_longer_write(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    first = claim(["default"], "first", 30)
    assert first is not None
    assert claim(["default"], "second", 30) is None
    assert reap("second") == 0

    lapse(run)
    assert reap("second") == 1
    second = claim(["default"], "second", 30)

    assert second is not None
    assert second.attempt == 2
    with pytest.raises(LeaseLost):
        succeed(first, Progress(first), "late")
    with pytest.raises(LeaseLost):
        give_back(first)
    succeed(second, Progress(second), "right")
    assert DBTaskResult.objects.get().return_value == "right"


def test_the_old_holder_learns_at_its_next_progress_that_its_lease_is_gone(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    lease = claim(["default"], "first", 30)
    assert lease is not None
    progress = Progress(lease)
    progress.phase("before", 3)
    lapse(run)
    reap("second")

    lease.renew(progress.tell())

    with pytest.raises(LeaseLost):
        progress.advance()


def test_a_process_that_slept_past_its_lease_stops_unless_the_heartbeat_confirms_it(tmp_path: Path) -> None:
    work.write_line.enqueue(str(tmp_path / "out"), "示例")
    lease = claim(["default"], "first", 30)
    assert lease is not None
    lease.renewed_at -= 31
    lease.seconds = 0.05  # so long it waits for the heartbeat
    with pytest.raises(LeaseLost):
        Progress(lease).advance()

    lease.seconds = 30
    lease.renew({})
    Progress(lease).advance()


def test_a_run_whose_workers_keep_dying_is_given_up(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    for attempt in (1, 2, 3):
        lease = claim(["default"], "dying", 30)
        assert lease is not None
        assert lease.attempt == attempt
        lapse(run)
        assert reap("other") == 1

    run.refresh_from_db()
    assert (run.state, run.message) == (State.FAILED, "LeaseLapsed: the worker stopped without a word")
    assert claim(["default"], "other", 30) is None


def test_a_run_given_back_does_not_lose_an_attempt(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    lease = claim(["default"], "leaving", 30)
    assert lease is not None
    give_back(lease)

    run.refresh_from_db()
    assert (run.state, run.attempt, run.lease_until) == (State.WAITING, 0, None)
    carry_out_all()
    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)


def test_a_stop_asked_of_a_run_whose_worker_died_cancels_it(tmp_path: Path) -> None:
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    assert claim(["default"], "dying", 30) is not None
    run.request_stop()
    lapse(run)
    reap("other")

    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_progress_inside_a_transaction_longer_than_the_lease_breaks_nothing(tmp_path: Path) -> None:
    """On SQLite the heartbeat meets a locked database all the while; on PostgreSQL the progress is seen meanwhile."""
    run = work.write_long.enqueue(str(tmp_path / "out"), 1.5)
    with InThread(lease=1):
        wait_for(tmp_path / "out", "begun")
        if connection.vendor == "postgresql":
            assert seen(run, phase="写入", progress_done=5).state == State.RUNNING
        while "done" not in lines(tmp_path / "out"):
            assert reap("another") == 0

    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)
    assert lines(tmp_path / "out") == ["begun", "done"]


def test_the_heartbeat_keeps_the_lease_while_the_job_computes_in_silence(tmp_path: Path) -> None:
    run = work.compute.enqueue(str(tmp_path / "out"), 1.8)
    with InThread(lease=1):
        wait_for(tmp_path / "out", "begun")
        while "done" not in lines(tmp_path / "out"):
            assert not Run.objects.filter(state=State.RUNNING, lease_until__lt=Now()).exists()
            time.sleep(0.05)

    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)


def test_a_run_survives_the_loss_of_every_database_connection(tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only a server can cut a connection")
    run = work.wait.enqueue(str(tmp_path / "out"))
    with InThread(lease=3):
        wait_for(tmp_path / "out", "begun")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        note(str(tmp_path / "out"), "go")

    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.SUCCEEDED, 1)


def test_a_worker_takes_every_queue_unless_told_otherwise() -> None:
    assert set(Worker().queue_names) == {"default", "bulk"}
    assert Worker(["bulk"]).queue_names == ["bulk"]


def test_a_worker_refuses_a_queue_that_does_not_exist() -> None:
    with pytest.raises(Exception, match="express"):
        Worker(["express"])


def test_no_other_worker_than_ours_carries_out_a_run(tmp_path: Path) -> None:
    from django_tasks_db.management.commands.db_worker import Worker as TheirWorker

    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    TheirWorker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id="theirs",
        excluded_queue_names=[],
    ).run()

    assert not lines(tmp_path / "out")
    assert "rongxin worker" in DBTaskResult.objects.get(pk=run.task_id).traceback


def test_a_job_that_catches_every_exception_of_a_row_is_stopped_all_the_same(tmp_path: Path) -> None:
    run = work.endure.enqueue(str(tmp_path / "out"))
    with InThread(lease=3):
        wait_for(tmp_path / "out", "begun")
        run.request_stop()

    run.refresh_from_db()
    assert run.state == State.CANCELLED
