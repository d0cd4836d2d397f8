"""Workers killed outright under load, again and again: nothing is lost, nothing is done twice, nothing is left lying about."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from config.environment import environment
from rongxin.intake import files, releasing
from rongxin.intake.models import Batch, BatchState, Channel, Question, RowProblem
from rongxin.intake.receiving import receive
from rongxin.jobs.models import Run, State
from rongxin.policy.words import StepSeverity
from rongxin.records.appending import CHUNK
from rongxin.records.models import Record, RecordEvent, Resolution, Sighting
from tests.intake.questions.conftest import Desk, desk, unclear  # noqa: F401
from tests.intake.tables import DOCUMENT, as_csv, as_xlsx, penalty
from tests.jobs.processes import ROOT
from tests.ledger.told import demand_all_told

KILLS = 20
WORKERS = 3
UNDER_WAY = 4
"""Batches that are always being checked or recorded while workers are killed."""
WRONG, PERSONS, UNCLEAR, TWICE = 3, 2, 4, 5
SECONDS = 230
JOBS = ("intake.check_batch", "intake.record_batch")


def good_in(number: int) -> int:
    """Good rows of the file: of the third more than are recorded in one transaction."""
    return CHUNK + 1_000 if number == 3 else 400


def table(number: int) -> bytes:
    """A file of every kind of row; the documents of each file are its own."""

    def document(row: int) -> str:
        return f"榕示市监罚〔2026〕{number}-{row}号"

    count = good_in(number)
    good = [penalty(**{DOCUMENT: document(row)}) for row in range(count)]
    rows = [
        *good,
        *(penalty(处罚决定日期="2026-02-31", **{DOCUMENT: document(count + row)}) for row in range(WRONG)),
        *(penalty(行政相对人类别="自然人") for _ in range(PERSONS)),
        *(unclear(**{DOCUMENT: document(2 * count + row)}) for row in range(UNCLEAR)),
        *good[:TWICE],
    ]
    return as_xlsx(rows) if number % 4 == 0 else as_csv(rows, encoding=("utf-8", "gb18030")[number % 2])


NURSERY = """
import os, signal, sys
from rongxin.cli.django import start
start()
from django.db import connections
from rongxin.jobs import registry
from rongxin.jobs.worker import Worker
from rongxin.rulebook import queries
registry.load()
queries.current()
connections.close_all()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        Worker(("default", "bulk"), interval=0.1).run()
    print(pid, flush=True)
"""
"""A process in which everything is loaded; at each line it gives birth to a worker, which so begins its work at once."""


class Workers:
    """Some workers as processes, by their numbers; one that is killed is followed by another."""

    def __init__(self, nursery: subprocess.Popen[str]) -> None:
        self.nursery = nursery
        self.alive = [self._born() for _ in range(WORKERS)]

    def holders(self, job: str) -> list[int]:
        """Those that carry out a run of ``job``."""
        busy = list(Run.objects.filter(state=State.RUNNING, job=job).values_list("worker", flat=True))
        return [worker for worker in self.alive if any(f"-{worker}-" in name for name in busy)]

    def kill(self, worker: int) -> None:
        """Without a word, and wait until it is gone."""
        os.kill(worker, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(worker, 0)
                time.sleep(0.01)
        self.alive.remove(worker)

    def replace(self, worker: int) -> None:
        """Kill one and let another begin."""
        self.kill(worker)
        self.alive.append(self._born())

    def _born(self) -> int:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())


@contextmanager
def working(variables: dict[str, str]) -> Iterator[Workers]:
    """Workers for the time of the block."""
    command = [sys.executable, "-c", NURSERY]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=variables, text=True, cwd=ROOT, **pipes) as nursery:
        workers = Workers(nursery)
        try:
            yield workers
        finally:
            for worker in list(workers.alive):
                workers.kill(worker)
            nursery.kill()


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_twenty_random_points_lose_nothing_and_do_nothing_twice(
    request: pytest.FixtureRequest, process_environment: dict[str, str]
) -> None:
    seed = int(os.environ.get("KILL_SEED") or random.randrange(1 << 32))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    desk: Desk = request.getfixturevalue("desk")  # noqa: F811
    variables = process_environment | {"RONGXIN_WORKER_LEASE_SECONDS": "2"}
    hit: list[str] = []
    sent = 0

    def under_way() -> int:
        return Batch.objects.exclude(state=BatchState.RECORDED).count()

    def keep_going(*, more: bool) -> None:
        """Files come in and checked batches are released, as on any day. Kills count as attempts, and here are many."""
        nonlocal sent
        Run.objects.live().update(max_attempts=1000)
        for number in Batch.objects.filter(state=BatchState.CHECKED).values_list("number", flat=True):
            releasing.release(number, desk.office.reviewer)
        while more and under_way() < UNDER_WAY:
            sent += 1
            receive(
                [table(sent)],
                file_name=f"{sent}.dat",
                kind="administrative_penalty",
                provider=desk.office.department,
                by=desk.office.clerk,
                channel=Channel.API,
            )

    keep_going(more=True)
    ends = time.monotonic() + SECONDS
    with working(variables) as workers:
        while len(hit) < KILLS:
            wanted = chance.choice(JOBS)
            while not (busy := workers.holders(wanted)):
                assert time.monotonic() < ends, f"KILL_SEED={seed}: nobody does {wanted}"
                keep_going(more=True)
                time.sleep(0.02)
            victim = chance.choice(busy)
            time.sleep(chance.uniform(0, 1) ** 2)
            run = Run.objects.filter(state=State.RUNNING, worker__contains=f"-{victim}-").first()
            hit.append(f"{run.job} {run.phase or '…'}" if run else "between two runs")
            workers.replace(victim)
        while under_way():
            keep_going(more=False)
            assert time.monotonic() < ends, f"KILL_SEED={seed}: {list(Run.objects.live().values())}"
            time.sleep(0.1)
        while Run.objects.live().exists():
            assert time.monotonic() < ends, f"KILL_SEED={seed}: {list(Run.objects.live().values())}"
            time.sleep(0.1)
    print(f"{sent} batches; killed in {sorted(Counter(hit).items())}")
    rows = sum(good_in(number) for number in range(1, sent + 1))

    for batch in Batch.objects.all():
        counts = (batch.accepted, batch.rejected, batch.refused_person, batch.in_review, batch.duplicates)
        good = good_in(int(batch.file_name.removesuffix(".dat")))
        assert counts == (good, WRONG, PERSONS, UNCLEAR, TWICE), f"KILL_SEED={seed}"
        assert batch.rows == sum(counts)
        assert (batch.state, batch.recorded) == (BatchState.RECORDED, good)
        refused = RowProblem.objects.filter(batch=batch, severity=StepSeverity.REFUSE.value)
        assert refused.values("row").distinct().count() == WRONG
        assert Question.objects.filter(batch=batch).count() == UNCLEAR
        assert Sighting.objects.filter(batch=batch.number).count() == good + TWICE
        folder = files.accepted_path(batch.number).parent
        assert {path.name for path in folder.iterdir()} == {"waiting.parquet", "returned.xlsx", "received.csv"}
    assert Batch.objects.count() == sent
    assert Record.objects.count() == RecordEvent.objects.count() == Resolution.objects.count() == rows
    assert not Record.objects.filter(version__gt=1).exists()
    positions = RecordEvent.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, rows + 1))
    demand_all_told()
    assert list((environment.var / "received").iterdir()) == []
    assert set(Run.objects.values_list("state", flat=True)) == {State.SUCCEEDED}
