"""A run that finds no room waits for it; one that gave up can be begun anew."""

import errno
import threading
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from rongxin.cli.main import app
from rongxin.jobs import Progress, actions, job
from rongxin.jobs.models import Run, State
from rongxin.jobs.queries import wanting_room
from rongxin.jobs.worker import WRITE_TRIES, Worker
from tests.jobs import work
from tests.jobs.work import PATIENCE, lines

pytestmark = pytest.mark.django_db(transaction=True)


@job(title="示例：写满", max_attempts=2)
def write_unless_full(progress: Progress, path: str) -> None:
    if not Path(path).exists():
        raise OSError(errno.ENOSPC, "No space left on device")
    work.note(path, "done")


def carry_out_all() -> None:
    Worker(["default"], interval=0.02, batch=True).run()


def make_all_ready() -> None:
    DBTaskResult.objects.update(run_after=timezone.now())


def test_a_run_waits_for_room_as_long_as_it_takes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = write_unless_full.enqueue(str(out))
    for _ in range(5):
        carry_out_all()
        run.refresh_from_db()
        assert (run.state, run.attempt, run.wants_room, wanting_room()) == (State.WAITING, 0, True, 1)
        task = DBTaskResult.objects.get(pk=run.task_id)
        assert task.run_after > timezone.now()
        make_all_ready()

    out.touch()
    carry_out_all()
    run.refresh_from_db()
    assert (lines(out), run.state, run.attempt, run.message, wanting_room()) == (["done"], State.SUCCEEDED, 1, "", 0)


def test_a_full_database_is_waited_for_before_the_end_of_a_run_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is not done again only because the word "done" found no room."""
    run = work.write_line.enqueue(str(tmp_path / "out"), "示例")
    succeed, tried = actions.succeed, []

    def full_for_a_while(*arguments: object) -> None:
        tried.append(arguments)
        if len(tried) < 3 * WRITE_TRIES:
            raise OperationalError("full") from OSError(errno.ENOSPC, "database or disk is full")
        succeed(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "succeed", full_for_a_while)
    carry_out_all()

    run.refresh_from_db()
    assert (run.state, run.attempt, lines(tmp_path / "out")) == (State.SUCCEEDED, 1, ["示例"])


def test_a_worker_told_to_stop_does_not_wait_for_room_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("full") from OSError(errno.ENOSPC, "database or disk is full")

    monkeypatch.setattr(actions, "succeed", full)
    work.write_line.enqueue(str(tmp_path / "out"), "示例")
    worker = Worker(["default"], interval=0.02, batch=False)

    def run() -> None:
        worker.run()
        connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ends = time.monotonic() + PATIENCE
    while not lines(tmp_path / "out"):
        assert time.monotonic() < ends
        time.sleep(0.02)
    worker.running = False
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_run_that_gave_up_is_begun_anew_by_command(tmp_path: Path) -> None:
    run = work.refuse.enqueue(str(tmp_path / "out"))
    for _ in range(3):
        carry_out_all()
        make_all_ready()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert f"{run.pk}\t" in CliRunner().invoke(app, ["jobs", "list"]).stdout

    assert CliRunner().invoke(app, ["jobs", "retry", str(run.pk)]).exit_code == 0

    run.refresh_from_db()
    assert (run.state, run.attempt, run.finished_at) == (State.WAITING, 0, None)
    for _ in range(3):
        carry_out_all()
        make_all_ready()
    run.refresh_from_db()
    assert (run.state, len(lines(tmp_path / "out"))) == (State.FAILED, 6)


def test_only_a_run_that_gave_up_is_begun_anew(tmp_path: Path) -> None:
    run = work.refuse.enqueue(str(tmp_path / "out"), key="示例")
    with pytest.raises(actions.NotFailed, match=State.WAITING):
        actions.retry(run.pk)
    for _ in range(3):
        carry_out_all()
        make_all_ready()
    work.refuse.enqueue(str(tmp_path / "out"), key="示例")
    with pytest.raises(actions.NotFailed):
        actions.retry(run.pk)
    assert Run.objects.live().count() == 1
    for number in (str(run.pk), "999999"):
        assert CliRunner().invoke(app, ["jobs", "retry", number]).exit_code == 2
