"""What killed processes leave lies about for some hours at most, and what they had begun is begun again."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from config.environment import environment
from rongxin.departments.models import Department
from rongxin.intake import files, jobs, releasing
from rongxin.intake.checking import CheckedFile
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.questions import asking
from rongxin.intake.receiving import receive
from rongxin.intake.tidy import GRACE, tidy_files
from rongxin.jobs.models import Run
from tests.intake.conftest import Office
from tests.intake.tables import as_csv, penalties

KIND = "administrative_penalty"


@pytest.fixture(autouse=True)
def _nothing_is_left_for_other_tests() -> Iterator[None]:
    yield
    shutil.rmtree(environment.var / "received", ignore_errors=True)


def old(path: Path) -> Path:
    then = time.time() - GRACE.total_seconds() - 60
    os.utime(path, (then, then))
    return path


def placed(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def sent(office: Office, number: int) -> Batch:
    table = as_csv(penalties(number))
    return receive([table], file_name="本周.csv", kind=KIND, provider=office.department, by=office.clerk).batch


def test_what_no_batch_needs_goes_after_some_hours_and_everything_else_stays(office: Office) -> None:
    waiting, finished = sent(office, 1), sent(office, 2)
    for batch in (waiting, finished):
        jobs.check_batch.call_now(batch.number)
    releasing.stop(finished.number, office.clerk)
    received = environment.var / "received"
    gone = [
        old(placed(received / "arriving-abc")),
        old(placed(files.received_path(finished.number))),
        old(placed(files.received_path("B-20200101-0001"))),
        old(placed(received / f"reading-{waiting.number}-abc" / "copy").parent),
        old(placed(files.accepted_path(finished.number))),
        old(placed(files.accepted_path(waiting.number).parent / "making-abc" / "accepted").parent),
    ]
    kept = [
        placed(received / "arriving-now"),
        old(files.received_path(waiting.number)),
        old(files.accepted_path(waiting.number)),
        old(files.copy_path(finished.number)),
    ]

    tidy_files.call_now()

    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert tidy_files.call_now() == {"removed": 0, "asked": 0}


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_nobody_checks_is_checked_after_some_hours(request: pytest.FixtureRequest) -> None:
    """Its sender's process was to check it at once, and died."""
    office: Office = request.getfixturevalue("office")
    batch = sent(office, 1)
    Run.objects.all().delete()
    Batch.objects.update(run=None)
    assert tidy_files.call_now()["asked"] == 0
    Batch.objects.update(received_at=timezone.now() - 2 * GRACE)

    assert [tidy_files.call_now()["asked"] for _ in range(2)] == [1, 0]
    assert Run.objects.get().key == batch.number


@pytest.mark.parametrize("state", [BatchState.CHECKED, BatchState.RELEASED])
def test_an_attempt_that_was_killed_before_it_tidied_up_is_finished_by_the_next(office: Office, state: str) -> None:
    batch = office.send(as_csv(penalties(1)))
    if state == BatchState.RELEASED:
        office.release(batch)
    else:
        releasing.stop(batch.number, office.clerk)
    for path in (files.received_path(batch.number), files.accepted_path(batch.number)):
        placed(path)

    (jobs.record_batch if state == BatchState.RELEASED else jobs.check_batch).call_now(batch.number)

    assert not files.received_path(batch.number).exists()
    assert not files.accepted_path(batch.number).exists()


def test_a_batch_stopped_while_its_files_are_made_leaves_none_of_its_rows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = sent(office, 3)
    ask = asking.questions_of

    def stop_meanwhile(checked: CheckedFile, provider: Department) -> pl.DataFrame:
        releasing.stop(batch.number, office.clerk)
        return ask(checked, provider)

    monkeypatch.setattr(asking, "questions_of", stop_meanwhile)
    assert jobs.check_batch.call_now(batch.number) == {"state": BatchState.STOPPED}
    assert not files.accepted_path(batch.number).exists()
