"""A full disk wherever something is written: nothing half done, nothing lost, told clearly, done when there is room."""

import json
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from config.environment import environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.keys import make_key
from rongxin.accounts.permissions import Role
from rongxin.cli.main import app
from rongxin.intake import checking, files, jobs, releasing
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.intake.receiving import receive
from rongxin.jobs.errors import NO_ROOM
from rongxin.jobs.models import Run, State
from rongxin.jobs.worker import Worker
from rongxin.primitives.room import is_no_room
from rongxin.records.models import EventCursor, Record, RecordEvent, Sighting
from tests.disks import Disk, small_disk
from tests.intake.conftest import PASSWORD, Office
from tests.intake.tables import as_csv, as_xlsx, penalties, penalty
from tests.postgresql import OWNER, asking_as

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # A library that could not write says so again when its half-written file is thrown away.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

KIND = "administrative_penalty"
CHECK = "intake.check_batch"
MIXED = [*penalties(40), penalty(处罚决定日期="2026-02-31"), penalty(行政相对人类别="自然人")]


@pytest.fixture(autouse=True)
def _nothing_of_other_tests() -> None:
    for name in ("received", "batches"):
        shutil.rmtree(environment.var / name, ignore_errors=True)


def room(name: str, kilobytes: int) -> AbstractContextManager[Disk]:
    """A small disk for one folder of the platform."""
    return small_disk(environment.var / name, kilobytes=kilobytes)


def left_over() -> list[str]:
    """Temporary files of whatever kind, and files of batches that are not."""
    known = set(Batch.objects.values_list("number", flat=True))
    received = [path.name for path in (environment.var / "received").glob("*") if path.name not in known]
    made = [str(path) for path in (environment.var / "batches").glob("*/making-*")]
    return [*(name for name in received if name != "ballast"), *made]


def work() -> None:
    """The worker carries out what is ready."""
    Worker(["bulk"], interval=0.02, batch=True).run()


def minute_passes() -> None:
    DBTaskResult.objects.update(run_after=timezone.now())


def sent(office: Office, table: bytes = as_csv(MIXED), name: str = "本周.csv") -> Batch:
    return receive([table], file_name=name, kind=KIND, provider=office.department, by=office.clerk).batch


def browser(office: Office) -> Client:
    client = Client(raise_request_exception=False, enforce_csrf_checks=False)
    client.force_login(office.clerk)
    return client


def upload(client: Client, table: bytes, **more: str) -> Any:
    return client.post("/desk/upload", {"kind": KIND, **more, "file": SimpleUploadedFile("本周.csv", table)})


def test_an_upload_that_finds_no_room_keeps_nothing_and_is_told_so(office: Office) -> None:
    client, table = browser(office), as_csv(penalties(400))
    with room("received", kilobytes=64):
        answer = upload(client, table)

        assert answer.status_code == 507
        told = answer.content.decode()
        assert '<p id="errors">平台存储空间已满' in told  # where the upload script looks for it, too
        assert "no room" in told
        assert (Batch.objects.count(), Run.objects.count(), left_over()) == (0, 0, [])

    assert upload(client, table).status_code == 302
    work()
    assert Batch.objects.get().state == BatchState.CHECKED


def test_an_upload_that_does_not_even_arrive_is_told_the_same(
    office: Office, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A large file stands in the system's folder for temporary files before any page sees it."""
    with room("temporary", kilobytes=64) as disk:
        settings.FILE_UPLOAD_TEMP_DIR = str(disk.at)
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024
        client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        client.force_login(office.clerk)
        client.get("/desk/upload")
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
        assert upload(client, as_csv(penalties(400)), **token).status_code == 507
        assert "Insufficient Storage" in caplog.text  # the operator reads it, too
        assert list(disk.at.iterdir()) == []
    assert Batch.objects.count() == 0


def test_a_machine_is_told_in_the_shape_of_every_refusal_and_sends_the_same_again(office: Office) -> None:
    machine = Client(headers={"authorization": f"Bearer {make_key(office.clerk, label='示例系统')}"})

    def send() -> Any:
        return machine.post(
            f"/api/v1/batches?kind={KIND}",
            data=as_csv(penalties(400)),
            content_type="text/csv",
            headers={"idempotency-key": "2026-W47"},
        )

    with room("received", kilobytes=64):
        answer = send()
        told = answer.json()
        assert (answer.status_code, told["code"], set(told)) == (
            507,
            "no_room",
            {"code", "message", "details", "trace_id"},
        )
        assert answer["Retry-After"] == "600"
        assert (Batch.objects.count(), left_over()) == (0, [])

    assert send().status_code == send().status_code == 202
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("made_before", range(4), ids=["copy", "accepted", "waiting", "returned"])
def test_a_check_that_finds_no_room_waits_for_it_at_every_file(
    office: Office, monkeypatch: pytest.MonkeyPatch, made_before: int
) -> None:
    batch = sent(office)
    monkeypatch.setattr(jobs, "WRITERS", 1)
    put = files.replace_whole
    with room("batches", kilobytes=256) as disk:
        made: list[Path] = []

        def put_and_fill(source: Path, target: Path) -> None:
            put(source, target)
            made.append(target)
            if len(made) == made_before:
                disk.fill()

        monkeypatch.setattr(files, "replace_whole", put_and_fill)
        (disk.at / batch.number).mkdir()
        if made_before == 0:
            disk.fill()
        work()

        batch.refresh_from_db()
        run = Run.objects.get(job=CHECK)
        assert (batch.state, RowProblem.objects.count(), len(made)) == (BatchState.RECEIVED, 0, made_before)
        assert (run.state, run.message, run.attempt, run.wants_room) == (State.WAITING, NO_ROOM, 0, True)
        assert left_over() == []
        assert files.received_path(batch.number).exists()

        disk.free()
        monkeypatch.setattr(files, "replace_whole", put)
        minute_passes()
        work()
        batch.refresh_from_db()
        assert (batch.state, batch.rows, batch.accepted, batch.rejected, batch.refused_person) == (
            BatchState.CHECKED,
            42,
            40,
            1,
            1,
        )
        assert {path.name for path in files.copy_path(batch.number).parent.iterdir()} == {
            "accepted.parquet",
            "waiting.parquet",
            "returned.xlsx",
            "received.csv",
        }
        assert left_over() == []


def test_however_often_there_is_no_room_the_check_does_not_give_up(office: Office) -> None:
    batch = sent(office)
    with room("batches", kilobytes=64) as disk:
        (disk.at / batch.number).mkdir()
        disk.fill()
        for _ in range(8):
            work()
            minute_passes()
        assert Run.objects.get(job=CHECK).wants_room
    Path(environment.var / "batches" / batch.number).mkdir(exist_ok=True)
    work()
    assert Batch.objects.get().state == BatchState.CHECKED


@pytest.mark.parametrize("table", [as_csv(MIXED, encoding="gb18030"), as_xlsx(MIXED)], ids=["csv", "xlsx"])
def test_a_file_that_cannot_be_unpacked_for_want_of_room_is_not_called_damaged(office: Office, table: bytes) -> None:
    """The parser of workbooks is a process of its own; its full disk is no fault of the file."""
    with room("received", kilobytes=96) as disk:
        batch = sent(office, table, "本周.dat")
        disk.fill()
        with pytest.raises(OSError, match=r"no room|No space") as caught:
            jobs.check_batch.call_now(batch.number)
        assert is_no_room(caught.value)
        batch.refresh_from_db()
        assert (batch.state, left_over()) == (BatchState.RECEIVED, [])
        disk.free()
        disk.grow(4)
        jobs.check_batch.call_now(batch.number)
        batch.refresh_from_db()
        assert (batch.state, batch.accepted) == (BatchState.CHECKED, 40)


def test_a_large_table_that_cannot_be_put_aside_waits_for_room(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "WORTH_PUTTING_ASIDE", 1)
    with room("received", kilobytes=96) as disk:
        batch = sent(office)
        disk.fill()
        with pytest.raises(OSError, match=r"no room|No space") as caught:
            jobs.check_batch.call_now(batch.number)
        assert is_no_room(caught.value)
        batch.refresh_from_db()
        assert (batch.state, left_over()) == (BatchState.RECEIVED, [])
        disk.free()
        disk.grow(4)
        jobs.check_batch.call_now(batch.number)
        batch.refresh_from_db()
        assert (batch.state, batch.accepted) == (BatchState.CHECKED, 40)


@contextmanager
def full_database() -> Iterator[None]:
    """No new page for the record table, as each database says it itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]

        def limit(sender: object, connection: Any, **_: object) -> None:
            connection.cursor().execute(f"PRAGMA max_page_count = {pages + 20}")

        connection_created.connect(limit)
        connection.close()
        yield
        connection_created.disconnect(limit)
        connection.close()
        return
    with asking_as(OWNER) as owner:
        owner.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        owner.execute("CREATE TRIGGER no_room BEFORE INSERT ON records_recordcontent EXECUTE FUNCTION no_room()")
    yield
    with asking_as(OWNER) as owner:
        owner.execute("DROP TRIGGER no_room ON records_recordcontent")
        owner.execute("DROP FUNCTION no_room")


def test_recording_that_finds_no_room_goes_on_where_it_stood(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 200)
    sent(office, as_csv(penalties(1000)))
    work()
    batch = Batch.objects.get()
    releasing.release(batch.number, office.reviewer)
    with full_database():
        work()
        batch.refresh_from_db()
        run = Run.objects.get(pk=batch.run)
        recorded = Record.objects.count()
        assert recorded < 1000
        assert recorded % 200 == 0
        assert (batch.state, run.wants_room, run.attempt) == (BatchState.RELEASED, True, 0)
        assert files.accepted_path(batch.number).exists()

    minute_passes()
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.recorded) == (BatchState.RECORDED, 1000)
    assert Record.objects.count() == Sighting.objects.count() == RecordEvent.objects.count() == 1000
    assert EventCursor.objects.get().value == 1000
    assert not files.accepted_path(batch.number).exists()


def test_a_release_that_finds_no_room_releases_nothing_and_is_told_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = office.send(as_csv(penalties(2)))
    client = Client(raise_request_exception=False)
    client.force_login(office.reviewer)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(jobs.record_batch, "enqueue", full)
        answer = client.post(f"/desk/batches/{batch.number}/release")
    batch.refresh_from_db()
    assert (answer.status_code, batch.state, batch.decided_by) == (507, BatchState.CHECKED, None)
    client.post(f"/desk/batches/{batch.number}/release")
    work()
    batch.refresh_from_db()
    assert batch.state == BatchState.RECORDED


def test_one_record_that_cannot_be_checked_at_once_is_checked_in_the_background(office: Office) -> None:
    with room("batches", kilobytes=4):
        batch = office.send(as_csv(penalties(1)))
        assert batch.state == BatchState.RECEIVED
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.accepted) == (BatchState.CHECKED, 1)


def test_clerk_credit_office_and_operator_see_that_there_is_no_room(office: Office) -> None:
    lead_officer = open_account(
        "lead-officer", PASSWORD, display_name="管理员丙", department=office.department, role=Role.CITY_OFFICE
    )
    batch = sent(office)

    def seen(account: object, address: str) -> bool:
        client = Client()
        client.force_login(account)
        return "平台存储空间已满" in client.get(address).content.decode()

    def listed() -> tuple[int, dict[str, object]]:
        told = CliRunner().invoke(app, ["jobs", "list", "--json"])
        return told.exit_code, json.loads(told.stdout)

    with room("batches", kilobytes=8) as disk:
        (disk.at / batch.number).mkdir()
        disk.fill()
        work()
        assert seen(office.clerk, f"/desk/batches/{batch.number}/progress")
        assert seen(lead_officer, "/desk/")
        assert not seen(office.clerk, "/desk/")
        code, told = listed()
        assert (code, [run["job"] for run in told["runs"] if run["wants_room"]]) == (1, [CHECK])
        assert isinstance(told["free_bytes"], int)

    Path(environment.var / "batches" / batch.number).mkdir(exist_ok=True)
    minute_passes()
    work()
    assert not seen(lead_officer, "/desk/")
    assert listed()[0] == 0
