"""What must not hurt: a killed worker, a full disk, a stop in the middle."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rongxin.engine import returning
from rongxin.intake import files, jobs, releasing
from rongxin.intake.models import Batch, BatchState, RowProblem
from rongxin.intake.questions import asking
from rongxin.intake.receiving import receive
from rongxin.policy.pack import Policy
from rongxin.records.models import Record, RecordEvent, Sighting
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries as rulebook_queries
from tests.intake.conftest import Office
from tests.intake.tables import DOCUMENT, TEA, as_csv, penalties, penalty
from tests.ledger.told import PLATFORM, Kind, of, told


def test_a_full_disk_while_receiving_keeps_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        office.send(as_csv(penalties(1)))
    assert Batch.objects.count() == 0
    assert not list((files.environment.var / "received").glob("arriving-*"))


def test_a_check_that_dies_before_its_end_can_be_begun_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = receive(
        [as_csv(penalties(3))],
        file_name="本周.csv",
        kind="administrative_penalty",
        provider=office.department,
        by=office.clerk,
    )
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_conclude", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            jobs.check_batch.call_now(receipt.batch.number)
    assert RowProblem.objects.count() == 0
    for _ in range(2):
        jobs.check_batch.call_now(receipt.batch.number)
    batch = Batch.objects.get()
    assert (batch.state, batch.accepted) == (BatchState.CHECKED, 3)


def test_recording_that_dies_half_way_goes_on_where_it_stood(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rongxin.records.appending.CHUNK", 4)
    batch = office.send(as_csv(penalties(10)))
    releasing.release(batch.number, office.reviewer)
    steps = iter([None, None])

    def die_after_two(_: int) -> None:
        if next(steps, StopIteration) is StopIteration:
            raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("rongxin.jobs.progress.Progress.advance", lambda _self, n: die_after_two(n))
        with pytest.raises(OSError, match="killed"):
            jobs.record_batch.call_now(batch.number)
    assert Record.objects.count() == 10
    jobs.record_batch.call_now(batch.number)
    batch.refresh_from_db()
    assert (batch.state, Record.objects.count(), Sighting.objects.count()) == (BatchState.RECORDED, 10, 10)
    assert sorted(RecordEvent.objects.values_list("position", flat=True)) == list(range(1, 11))
    chunks = [each["count"] for each in told(Kind.RECORD, PLATFORM, act="record.chunk")]
    assert chunks == [4, 4, 2]
    assert [each["count"] for each in told(Kind.RECORD, of(TEA), act="record.create")] == [10]


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_loses_nothing_and_does_nothing_twice(
    request: pytest.FixtureRequest, process_environment: dict[str, str], tmp_path: Path
) -> None:
    office: Office = request.getfixturevalue("office")
    environment = process_environment | {"RONGXIN_WORKER_LEASE_SECONDS": "2"}
    receipt = receive(
        [as_csv(penalties(60_000))],
        file_name="大表.csv",
        kind="administrative_penalty",
        provider=office.department,
        by=office.clerk,
    )

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "rongxin.cli", "worker"], env=environment)

    def wait_for(state: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while Batch.objects.get(pk=receipt.batch.pk).state != state:
            assert time.monotonic() < deadline, Batch.objects.get(pk=receipt.batch.pk).state
            time.sleep(0.1)

    first = worker()
    time.sleep(4)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = worker()
    try:
        wait_for(BatchState.CHECKED, 120)
        releasing.release(receipt.batch.number, office.reviewer)
        while Record.objects.count() < 10_000:
            time.sleep(0.05)
        second.send_signal(signal.SIGKILL)
        second.wait()
        assert Record.objects.count() < 60_000
        second = worker()
        wait_for(BatchState.RECORDED, 180)
    finally:
        second.kill()
        second.wait()
    assert Record.objects.count() == Sighting.objects.count() == RecordEvent.objects.count() == 60_000
    assert RecordEvent.objects.order_by("-position").values_list("position", flat=True)[0] == 60_000


def with_remark_required(policy: Policy) -> Policy:
    kind = policy.kinds["administrative_penalty"]
    fields = tuple(
        field.model_copy(update={"constraints": field.constraints.model_copy(update={"required": True})})
        if field.name == "remark"
        else field
        for field in kind.table.fields
    )
    stricter = kind.model_copy(update={"table": kind.table.model_copy(update={"fields": fields})})
    parts = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy(**parts | {"kinds": policy.kinds | {kind.name: stricter}})


@pytest.mark.parametrize("when", ["before its check", "in the middle of it", "before it is recorded"])
def test_rules_released_while_a_batch_is_under_way_do_not_touch_it(
    office: Office, policy: Policy, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """A batch is checked and recorded under the rules it was received under, whatever is released meanwhile."""
    receipt = receive(
        [as_csv(penalties(2))],
        file_name="本周.csv",
        kind="administrative_penalty",
        provider=office.department,
        by=office.clerk,
    )

    def release_stricter() -> None:
        stricter = with_remark_required(policy)
        rulebook.release(stricter, {}, asked_by="示例甲", approved_by="示例乙", note="备注改为必填")
        rulebook_queries.forget()

    if when == "before its check":
        release_stricter()
    if when == "in the middle of it":
        ask = asking.questions_of

        def ask_under_new_rules(*arguments: Any) -> Any:
            release_stricter()
            return ask(*arguments)

        monkeypatch.setattr(asking, "questions_of", ask_under_new_rules)
    jobs.check_batch.call_now(receipt.batch.number)
    batch = Batch.objects.get()
    releasing.release(batch.number, office.reviewer)
    if when == "before it is recorded":
        release_stricter()
    jobs.record_batch.call_now(batch.number)

    batch.refresh_from_db()
    assert (batch.state, batch.recorded, batch.policy_digest) == (BatchState.RECORDED, 2, policy.digest)
    assert office.send(as_csv(penalties(2)), name="下周.csv").findings[0]["code"] == "heads_missing"
    assert set(Record.objects.values_list("policy_digest", flat=True)) == {policy.digest}


def test_a_batch_of_very_many_returned_rows_says_that_not_all_are_listed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (returning, jobs):
        monkeypatch.setattr(module, "MOST_ROWS", 2)
    rows = [penalty(**{DOCUMENT: f"榕示市监罚〔2026〕{number}号", "处罚依据": ""}) for number in range(3)]
    batch = office.send(as_csv(rows))
    assert batch.rejected == 3
    assert {"code": "returned_cut", "params": {"count": "3", "limit": "2"}} in batch.findings
