"""A whole platform on one full disk: database, received files and results."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from config.environment import environment
from rongxin.intake.receiving import receive
from rongxin.jobs.errors import NO_ROOM
from tests.disks import small_disk
from tests.intake.conftest import Office
from tests.intake.tables import as_csv, penalties
from tests.jobs.processes import ROOT

DATABASE = "rongxin.sqlite3"
WORKER = """
from datetime import timedelta
from rongxin.cli.django import start
start()
from rongxin.jobs import actions
from rongxin.jobs.worker import Worker
actions.ROOM_PAUSE = timedelta(seconds=1)
print("ready", flush=True)
Worker(("default", "bulk"), interval=0.2).run()
"""
SECONDS = 120


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_platform_whose_disk_is_full_waits_and_goes_on(
    request: pytest.FixtureRequest, process_environment: dict[str, str], tmp_path: Path
) -> None:
    """Not one byte of room, then too little, then enough; nobody restarts anything."""
    if connection.vendor != "sqlite":
        pytest.skip("only the database of SQLite lies on the platform's own disk")
    office: Office = request.getfixturevalue("office")
    shutil.rmtree(environment.var / "received", ignore_errors=True)
    table = as_csv(penalties(3_000))
    receive([table], file_name="大表.csv", kind="administrative_penalty", provider=office.department, by=office.clerk)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = (environment.var / DATABASE).stat().st_size + len(table)

    with small_disk(tmp_path / "var", kilobytes=(size >> 10) + 16_000) as disk:
        shutil.copy(environment.var / DATABASE, disk.at / DATABASE)
        shutil.copytree(environment.var / "received", disk.at / "received")

        def stands() -> tuple[str, str, int, str]:
            with sqlite3.connect(f"file:{disk.at / DATABASE}?mode=ro", uri=True) as database:
                (state,) = database.execute("SELECT state FROM intake_batch").fetchone()
                # The check alone: messages about the batch are a run of their own, and may be told meanwhile.
                run = "SELECT state, attempt, message FROM jobs_run WHERE job LIKE '%check_batch'"
                return (state, *database.execute(run).fetchone())

        def wait_for(reached: Callable[[], bool]) -> None:
            ends = time.monotonic() + SECONDS
            while not reached():
                assert worker.poll() is None, "the worker has ended"
                assert time.monotonic() < ends, stands()
                time.sleep(0.1)

        variables = process_environment | {"RONGXIN_VAR": str(disk.at)}
        command = [sys.executable, "-c", WORKER]
        with subprocess.Popen(command, env=variables, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
            try:
                stands()  # SQLite makes the files it needs for reading while there is room
                disk.fill()
                assert worker.stdout is not None
                assert worker.stdout.readline() == "ready\n"
                time.sleep(3)
                assert worker.poll() is None
                assert stands() == ("received", "waiting", 0, "")

                disk.free()
                disk.fill(but=300_000)
                wait_for(lambda: stands()[1:] == ("waiting", 0, NO_ROOM))
                assert stands()[0] == "received"
                disk.free()
                wait_for(lambda: stands()[:2] == ("checked", "succeeded"))
            finally:
                worker.kill()
        with sqlite3.connect(disk.at / DATABASE) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("SELECT rows, accepted, rejected FROM intake_batch").fetchone() == (3_000, 3_000, 0)
        database.close()
        left = {path.name for folder in ("received", "batches") for path in (disk.at / folder).rglob("*")}
        number = next((disk.at / "received").iterdir()).name
        assert left == {number, "accepted.parquet", "waiting.parquet", "received.csv"}
