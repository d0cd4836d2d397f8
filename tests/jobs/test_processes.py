"""Workers as real processes: started together, stopped, killed."""

import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django_tasks_db.management.commands import db_worker

from rongxin.jobs.models import Run, State
from rongxin.jobs.worker import Worker
from tests.jobs import work
from tests.jobs.processes import ended, ready, workers
from tests.jobs.work import lines, note, wait_for


def test_two_workers_carry_out_every_run_once(process_environment: dict[str, str], tmp_path: Path) -> None:
    share_between_two_workers(process_environment, tmp_path / "out", 40)


@pytest.mark.soak
def test_two_workers_carry_out_two_hundred_runs_once(process_environment: dict[str, str], tmp_path: Path) -> None:
    for round_ in range(3):
        share_between_two_workers(process_environment, tmp_path / f"out{round_}", 200)


def share_between_two_workers(environment: dict[str, str], out: Path, count: int) -> None:
    for number in range(count):
        work.write_line.enqueue(str(out), f"{number}")
    with workers(environment) as start:
        both = [start(batch=True), start(batch=True)]
        assert [ended(process) for process in both] == [0, 0]

    assert Counter(lines(out)) == {f"{number}": 1 for number in range(count)}
    assert set(Run.objects.values_list("state", "attempt")) == {(State.SUCCEEDED, 1)}


def test_a_second_worker_finishes_what_a_killed_one_began(process_environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = work.wait.enqueue(str(out))
    with workers(process_environment) as start:
        first = start(lease=1)
        second = start(lease=1)
        wait_for(out, "begun")
        note(str(out), "killed")
        run.refresh_from_db()
        holder = first if f"-{first.pid}-" in run.worker else second
        other = second if holder is first else first
        holder.kill()
        note(str(out), "go")
        wait_for(out, "done")
        other.send_signal(signal.SIGTERM)
        assert ended(other) == 0

    run.refresh_from_db()
    assert lines(out) == ["begun", "killed", "go", "begun", "done"]
    assert (run.state, run.attempt) == (State.SUCCEEDED, 2)
    assert f"-{other.pid}-" in run.worker


@pytest.mark.soak
def test_nothing_is_lost_when_workers_are_killed_again_and_again(
    process_environment: dict[str, str], tmp_path: Path
) -> None:
    out, count = tmp_path / "out", 60
    for _ in range(count):
        work.work.enqueue(str(out), 10, 0.03)
    Run.objects.update(max_attempts=1000)
    with workers(process_environment) as start:
        for _ in range(12):
            victim = start(lease=0.6)
            ready(victim)
            time.sleep(0.9)
            victim.kill()
            victim.wait()
        assert Run.objects.live().exists()
        last = start(lease=0.6)
        ends = time.monotonic() + 60
        while Run.objects.live().exists() and time.monotonic() < ends:
            time.sleep(0.1)
        last.send_signal(signal.SIGTERM)
        assert ended(last) == 0

    assert set(Run.objects.values_list("state", flat=True)) == {State.SUCCEEDED}
    finished = sum(line.startswith("done") for line in lines(out))
    assert count <= finished <= count + 12  # killed after the work, before its end was written: done again


def test_the_first_signal_lets_the_run_finish(process_environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = [work.wait.enqueue(str(out)), work.wait.enqueue(str(out))]
    with workers(process_environment) as start:
        worker = start()
        wait_for(out, "begun")
        worker.send_signal(signal.SIGTERM)
        note(str(out), "go")
        assert ended(worker) == 0

    assert lines(out) == ["begun", "go", "done"]
    assert [Run.objects.get(pk=run.pk).state for run in runs] == [State.SUCCEEDED, State.WAITING]


def test_the_second_signal_gives_the_run_back_at_once(process_environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = work.wait.enqueue(str(out))
    with workers(process_environment) as start:
        worker = start()
        wait_for(out, "begun")
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGINT)  # another one: two of a kind may arrive as one
        assert ended(worker) == 1

    run.refresh_from_db()
    assert (run.state, run.attempt, run.lease_until) == (State.WAITING, 0, None)
    assert lines(out) == ["begun"]


def test_a_signal_that_comes_while_the_first_is_answered_is_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, words = Worker(), list[str]()
    worker.running_task = True

    def warned(text: str, *_: object) -> None:
        words.append(text)
        if len(words) == 1:
            worker.shutdown(signal.SIGTERM, None)

    monkeypatch.setattr(db_worker.logger, "warning", warned)
    with pytest.raises(SystemExit) as ended:
        worker.shutdown(signal.SIGINT, None)
    assert ended.value.code == 1
    assert "terminating" in words[1]


@pytest.mark.soak
def test_a_transaction_longer_than_the_lease_keeps_its_run(process_environment: dict[str, str], tmp_path: Path) -> None:
    """Several long transactions one after another, and two idle workers that would take the run if they could."""
    out = tmp_path / "out"
    runs = [work.write_long.enqueue(str(out), 3) for _ in range(3)]
    with workers(process_environment) as start:
        three = [start(lease=1), start(lease=1), start(lease=1)]
        ends = time.monotonic() + 60
        while Run.objects.live().exists() and time.monotonic() < ends:
            time.sleep(0.1)
        for worker in three:
            worker.send_signal(signal.SIGTERM)
        assert [ended(worker) for worker in three] == [0, 0, 0]

    assert [(run.state, run.attempt) for run in Run.objects.filter(pk__in=[run.pk for run in runs])] == [
        (State.SUCCEEDED, 1)
    ] * 3
    assert Counter(lines(out)) == {"begun": 3, "done": 3}
