"""Files that do not fit the database: left under a number that is given again, or gone with a restored backup."""

import shutil

import pytest
from django.test import Client

from rongxin.intake import files, releasing
from rongxin.intake.models import Batch, BatchState, Channel, Question
from rongxin.intake.questions import actions
from rongxin.records.models import Record, Sighting
from tests.intake.questions.conftest import TRADE, Desk, subject, unclear
from tests.intake.tables import penalty


def lying_about(number: str) -> None:
    """Files of an earlier life of this number."""
    folder = files.accepted_path(number).parent
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("accepted.parquet", "waiting.parquet", "returned.xlsx", "received.csv", "columns.json", "round.json"):
        (folder / name).write_bytes(b"of another day")
    files.received_path(number).parent.mkdir(parents=True, exist_ok=True)
    files.received_path(number).write_bytes(b"of another day")


def test_a_batch_whose_number_comes_again_begins_with_an_empty_folder(desk: Desk) -> None:
    lying_about("B-20261120-0001")

    batch = desk.send(penalty())

    assert batch.number == "B-20261120-0001"
    assert batch.state == BatchState.CHECKED
    kept = {path.name for path in files.accepted_path(batch.number).parent.iterdir()}
    assert kept == {"accepted.parquet", "waiting.parquet", "received.csv"}
    assert desk.office.release(batch).recorded == 1


def test_a_follow_up_records_the_answered_rows_and_nothing_that_lay_under_its_number(desk: Desk) -> None:
    """The rows of its origin under the follow-up's number would have the same row numbers: recorded twice, or refused."""
    batch = desk.send(penalty(), unclear())
    accepted = files.accepted_path(batch.number).read_bytes()
    desk.office.release(batch)
    lying_about("B-20261120-0002")
    files.accepted_path("B-20261120-0002").write_bytes(accepted)

    carried = actions.choose(Question.objects.get().pk, subject(TRADE).pk, desk.office.clerk).carried_by

    assert carried is not None
    assert (carried.number, carried.channel) == ("B-20261120-0002", Channel.QUESTION)
    assert list(files.accepted_path(carried.number).parent.iterdir()) == []
    assert not files.received_path(carried.number).exists()
    assert desk.office.release(carried).recorded == 1
    assert (Record.objects.count(), Sighting.objects.count()) == (2, 2)


@pytest.mark.parametrize("which", ["accepted", "waiting"])
def test_a_batch_whose_rows_are_gone_is_not_released_but_sent_again(desk: Desk, which: str) -> None:
    """A database from before a release was restored: the rows were recorded and removed since, as the files know."""
    batch = desk.send(penalty(), unclear())
    actions.choose(Question.objects.get().pk, subject(TRADE).pk, desk.office.clerk)
    (files.accepted_path if which == "accepted" else files.waiting_path)(batch.number).unlink()

    with pytest.raises(releasing.RowsGone):
        releasing.release(batch.number, desk.office.reviewer)
    client = Client()
    client.force_login(desk.office.reviewer)
    page = client.get(f"/desk/batches/{batch.number}").content.decode()
    assert "不能发布" in page
    assert f"/desk/batches/{batch.number}/release" not in page
    client.post(f"/desk/batches/{batch.number}/release")
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED

    client.post(f"/desk/batches/{batch.number}/send-back", {"reason": "备份恢复后请重报"})
    again = desk.send(penalty(), unclear())
    assert again.number != batch.number
    assert desk.office.release(again).recorded == 1


def test_a_batch_that_lost_its_whole_folder_says_so(desk: Desk) -> None:
    batch = desk.send(penalty())
    shutil.rmtree(files.accepted_path(batch.number).parent)

    with pytest.raises(releasing.RowsGone):
        releasing.release(batch.number, desk.office.reviewer)
    releasing.stop(batch.number, desk.office.clerk)
    assert Batch.objects.get().state == BatchState.STOPPED
