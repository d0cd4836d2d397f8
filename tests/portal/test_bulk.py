"""批量下载 as anybody meets it, and the promise: how long after a withdrawal the record stands in which place."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from config.jobs import SCHEDULES
from rongxin.disclosure.bulk import folder_of
from rongxin.disclosure.bulk_jobs import keep_bulk_files
from rongxin.disclosure.bulk_making import make_edition
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.jobs.schedules import Every
from rongxin.records.models import Effect, Record
from rongxin.subjects.models import Subject
from tests.disclosure.status_verifier import may_be_displayed
from tests.factories import a_record, a_subject, at, note, some_records

pytestmark = pytest.mark.django_db

NOW = "2026-11-22"
RECORDED = at("2026-11-13")
DECIDED = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("config.environment.environment.var", tmp_path)
    return tmp_path / "bulk"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(NOW), tick=False) as clock:
        yield clock


@pytest.fixture
def subject(policy: Any) -> Subject:
    return a_subject("福州示例榕海茶业有限公司")


def body_of(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined,no-any-return]


def addresses(client: Client) -> dict[str, str]:
    told = client.get("/bulk/manifest.json").json()
    return {each["name"]: each["url"].removeprefix("http://testserver") for each in told["files"]}


# ── pages and files ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("clock")
def test_before_the_first_edition_the_page_says_so(client: Client, subject: Subject) -> None:
    assert "现在没有可以下载的文件" in client.get("/bulk/").content.decode()
    assert client.get("/bulk/manifest.json").status_code == 404


@pytest.mark.usefixtures("clock")
def test_the_manifest_leads_to_files_that_are_what_it_says(client: Client, subject: Subject) -> None:
    some_records(3, subject, recorded_at=RECORDED, decided_on=DECIDED)
    version = make_edition().version
    told = client.get("/bulk/manifest.json").json()
    assert (told["version"], told["records"], told["position"]) == (version, 3, 3)
    assert told["generated_at"].startswith("2026-11-22T02:00:00")
    page = client.get("/bulk/").content.decode()
    for each in told["files"]:
        address = each["url"].removeprefix("http://testserver")
        response = client.get(address)
        data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (each["bytes"], each["sha256"])
        assert f'href="{address}"' in page
        assert each["sha256"] in page
        assert f'filename="rongxin-{version}-{each["name"]}"' in response["Content-Disposition"]
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.usefixtures("clock")
def test_nothing_else_of_the_folder_is_given_out(client: Client, subject: Subject) -> None:
    some_records(1, subject, recorded_at=RECORDED, decided_on=DECIDED)
    version = make_edition().version
    for path in (
        f"{version}/present.parquet", f"{version}/since-today.parquet", f"{version}/manifest.json", f"{version}/..%2f..",
        "20200101T000000Z/full.csv", f"{version}/full.csv/",
    ):  # fmt: skip
        assert client.get(f"/bulk/{path}").status_code == 404, path
    assert client.post(f"/bulk/{version}/full.csv").status_code in (403, 405)


def test_an_older_edition_is_gone_and_a_download_that_began_goes_on(
    client: Client, clock: time_machine.Traveller, subject: Subject
) -> None:
    record = some_records(2, subject, recorded_at=RECORDED, decided_on=DECIDED)[0]
    old = make_edition().version
    begun = client.get(f"/bulk/{old}/full.csv")
    clock.shift(timedelta(minutes=5))
    note(record, Effect.WITHDRAWN)
    new = make_edition().version
    assert not folder_of(old).exists()
    gone = client.get(f"/bulk/{old}/full.csv")
    assert (gone.status_code, gone["Cache-Control"]) == (410, "no-store")
    assert "已经撤下" in gone.content.decode()
    assert old not in client.get("/bulk/").content.decode()
    whole = b"".join(begun.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(list(csv.DictReader(io.StringIO(whole)))) == 2
    assert record.number not in body_of(client, f"/bulk/{new}/full.csv").decode("utf-8-sig")


def test_files_that_nobody_confirmed_for_an_hour_are_not_linked_and_not_given(
    client: Client, clock: time_machine.Traveller, subject: Subject
) -> None:
    version = make_edition().version
    clock.shift(timedelta(minutes=61))
    assert "现在没有可以下载的文件" in client.get("/bulk/").content.decode()
    assert client.get("/bulk/manifest.json").status_code == 404
    assert client.get(f"/bulk/{version}/full.csv").status_code == 410


# ── the promise ──────────────────────────────────────────────────────────────────────────────────────────────────────
def due(clock_now: Any, began: Any) -> None:
    """Run what falls due at this minute, as the scheduler would, in its order."""
    for schedule in SCHEDULES:
        is_ours = schedule.job in (keep_status_lists, keep_bulk_files) and isinstance(schedule, Every)
        if is_ours and schedule.latest(clock_now) > began:
            schedule.job.call_now()


@pytest.mark.parametrize("minute", [1, 9, 18, 31])
def test_after_a_withdrawal_every_place_is_right_in_its_time(
    client: Client, clock: time_machine.Traveller, subject: Subject, minute: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes from the event to each place, on the platform's own schedules, wherever in their rhythm it falls."""
    record, _other = some_records(2, subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    key = client.get("/status/?format=json").json()["key"]
    for _ in range(minute):
        clock.shift(timedelta(minutes=1))
        due(timezone.now(), timezone.now() - timedelta(minutes=1))
    entry = client.get(f"/r/{record.number}?format=json").json()["credentialStatus"]

    def fetched(address: str) -> bytes:
        return client.get(f"/status{address.partition('/status')[2]}").content

    places: dict[str, Callable[[], bool]] = {
        "page": lambda: client.get(f"/r/{record.number}").status_code == 410,
        "page as JSON": lambda: client.get(f"/r/{record.number}?format=json").status_code == 410,
        "API": lambda: client.get(f"/api/v1/records/{record.number}").status_code == 410,
        "feed": lambda: client.get("/feed.json").json()["items"][0]["_rongxin"]["change"] == "DEL",
        "status list": lambda: not may_be_displayed(entry, fetched, key, timezone.now()),
        "bulk file": lambda: record.number.encode() not in body_of(client, addresses(client)["full.csv"]),
    }
    assert not any(is_right() for is_right in places.values())
    note(record, Effect.WITHDRAWN, reason="重复。")
    took: dict[str, int] = {}
    for after in range(61):
        took |= {place: after for place, is_right in places.items() if place not in took and is_right()}
        if len(took) == len(places):
            break
        clock.shift(timedelta(minutes=1))
        due(timezone.now(), timezone.now() - timedelta(minutes=1))
    with capsys.disabled():
        print(f"\nwithdrawn {minute} min after the files were made, right after (min): {took}")
    at_once = {"page", "page as JSON", "API", "feed"}
    assert {place: after for place, after in took.items() if place in at_once} == dict.fromkeys(at_once, 0)
    assert took["status list"] <= 1
    assert took["bulk file"] <= 60


def test_one_run_of_each_job_is_enough(client: Client, clock: time_machine.Traveller, subject: Subject) -> None:
    record: Record = a_record(subject, recorded_at=RECORDED, decided_on=DECIDED)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    clock.shift(timedelta(minutes=30))
    note(record, Effect.WITHDRAWN)
    keep_status_lists.call_now()
    keep_bulk_files.call_now()
    assert record.number not in body_of(client, addresses(client)["full.csv"]).decode("utf-8-sig")
