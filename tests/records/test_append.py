from datetime import date

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from rongxin.departments import actions as departments
from rongxin.records import actions
from rongxin.records.appending import SCHEMA, Appended, Origin, append
from rongxin.records.models import Effect, Record, RecordContent, RecordEvent, Resolution, Sighting
from rongxin.subjects.models import Subject
from rongxin.subjects.registration import register

pytestmark = pytest.mark.django_db

TEA = "91990000MA0000015Q"


@pytest.fixture
def origin() -> Origin:
    return Origin(
        batch="B-20261120-0001",
        provider=departments.enter("demo", "福州市示例市场监督管理局", region="990000"),
        kind="administrative_penalty",
        kind_digest="k" * 64,
        policy_digest="p" * 64,
        platform="350100",
        released_by="demo-reviewer",
    )


@pytest.fixture
def subject() -> Subject:
    register(pl.DataFrame({"uscc": [TEA], "name": ["福州示例榕海茶业有限公司"]}), source="示例", on=date(2026, 1, 5))
    return Subject.objects.get(uscc=TEA)


def acts(subject: Subject, *documents: str, content: str = "{}", first_row: int = 2) -> pl.DataFrame:
    count = len(documents)
    columns: dict[str, object] = {name: [None] * count for name in SCHEMA}
    columns |= {
        "row": list(range(first_row, first_row + count)),
        "subject": [subject.pk] * count,
        "method": ["code"] * count,
        "party_name": [subject.name] * count,
        "act_key": [f"{document:0>64}" for document in documents],
        "authority": ["福州市示例市场监督管理局"] * count,
        "document_number": list(documents),
        "document_key": list(documents),
        "decided_on": [date(2026, 11, 18)] * count,
        "polarity": ["adverse"] * count,
        "severity": ["general"] * count,
        "display": ["public"] * count,
        "content": [content] * count,
        "content_hash": [f"{content:0>64}"] * count,
        "title": ["标签不符合规定"] * count,
    }
    return pl.DataFrame(columns, schema=SCHEMA)


def positions() -> list[int]:
    return list(RecordEvent.objects.order_by("pk").values_list("position", flat=True))


def test_each_row_becomes_a_record_with_its_subject_content_event_and_sighting(
    origin: Origin, subject: Subject
) -> None:
    assert append(acts(subject, "1", "2"), origin) == Appended(recorded=2)

    record = Record.objects.get(document_number="1")
    assert record.number.startswith("350100-")
    assert Resolution.objects.get(record=record).subject == subject
    assert RecordContent.objects.get(record=record).title == "标签不符合规定"
    assert RecordEvent.objects.get(record=record).effect == Effect.RECORDED
    assert Sighting.objects.get(record=record).row == 2


def test_the_same_act_sent_again_is_only_seen_again(origin: Origin, subject: Subject) -> None:
    append(acts(subject, "1"), origin)
    later = Origin(**{**origin.__dict__, "batch": "B-20261121-0001"})

    assert append(acts(subject, "1"), later) == Appended(seen_again=1)
    assert Record.objects.count() == 1
    assert Sighting.objects.count() == 2
    assert positions() == [1]


def test_a_changed_act_is_a_new_version_under_the_same_number(origin: Origin, subject: Subject) -> None:
    append(acts(subject, "1"), origin)
    later = Origin(**{**origin.__dict__, "batch": "B-20261121-0001"})

    assert append(acts(subject, "1", content='{"a":1}'), later) == Appended(corrected=1)
    first, second = Record.objects.order_by("version")
    assert (second.version, second.supersedes, second.number) == (2, first, first.number)
    assert RecordEvent.objects.get(record=second).effect == Effect.CORRECTED


def test_an_old_copy_sent_after_a_correction_does_not_bring_the_old_back(origin: Origin, subject: Subject) -> None:
    for day, content in ((1, "{}"), (2, '{"a":1}'), (3, "{}")):
        append(acts(subject, "1", content=content), Origin(**{**origin.__dict__, "batch": f"B-{day}"}))

    assert Record.objects.count() == 2
    assert Record.objects.order_by("-version")[0].content_hash.endswith('{"a":1}')


def test_a_batch_begun_again_does_nothing_twice(origin: Origin, subject: Subject) -> None:
    append(acts(subject, "1", "2"), origin)

    assert append(acts(subject, "1", "2", "3"), origin) == Appended(recorded=1)
    assert Sighting.objects.count() == 3


def test_the_same_act_twice_in_a_batch_is_one_record_seen_twice(origin: Origin, subject: Subject) -> None:
    assert append(acts(subject, "1", "1"), origin) == Appended(recorded=1, seen_again=1)
    assert sorted(Sighting.objects.values_list("row", flat=True)) == [2, 3]


def test_positions_have_no_gaps_even_after_a_transaction_that_failed(origin: Origin, subject: Subject) -> None:
    append(acts(subject, "1"), origin)
    with pytest.raises(RuntimeError), transaction.atomic():
        append(acts(subject, "2", first_row=3), origin)
        raise RuntimeError("the disk was full")
    append(acts(subject, "3", "4", first_row=9), origin)
    actions.note(
        Record.objects.get(document_number="3"),
        Effect.WITHDRAWN,
        by="demo-reviewer",
        basis="决定被撤销",
        told="annulled",
    )

    assert positions() == [1, 2, 3, 4]


def test_an_event_needs_its_basis(origin: Origin, subject: Subject) -> None:
    append(acts(subject, "1"), origin)
    with pytest.raises(ValueError, match="basis"):
        actions.note(Record.objects.get(), Effect.WITHDRAWN, by="demo-reviewer", basis=" ", told="")


@pytest.mark.parametrize("table", ["records_record", "records_recordevent", "records_sighting"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(origin: Origin, subject: Subject, table: str, statement: str) -> None:
    append(acts(subject, "1"), origin)
    with pytest.raises((IntegrityError, DatabaseError), match=r"never changed|permission denied"), transaction.atomic():
        connection.cursor().execute(statement.format(table))
