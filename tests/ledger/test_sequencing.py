"""From the transaction of a change to a place in the log."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rongxin.ledger import logs
from rongxin.ledger.actions import Event, NotLogged, Sealing, SealingRefused, log, log_access
from rongxin.ledger.entries import FIRST, PLATFORM, Entry, Kind, Of, Subject
from rongxin.ledger.models import Cut, Pending, Stream, Withholding
from rongxin.ledger.models import Entry as Row
from rongxin.ledger.sequencing import sequence, sequence_all
from rongxin.ledger.suites import SHA256
from rongxin.ledger.tree.frontier import root_of
from rongxin.ledger.verifying import verify
from rongxin.rulebook.models import Release
from rongxin.storage.askers import NOBODY, asks
from tests.factories import the_rules
from tests.ledger.events import FIRM, OTHER, logged


def rows() -> list[Row]:
    return list(Row.objects.order_by("index"))


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_logged() -> None:
    with pytest.raises(NotLogged):
        log(Kind.ACCESS, FIRM, {"act": "read"})


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_transaction() -> None:
    with pytest.raises(LookupError), transaction.atomic():
        log(Kind.RECORD, FIRM, {"act": "record.create"})
        raise LookupError
    assert sequence_all() == 0
    assert not Cut.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("payload", [{}, {"act": 3}, {"act": "x", "n": float("nan")}, {"act": "\ud800"}], ids=str)
def test_a_payload_says_what_happened(payload: dict) -> None:
    with pytest.raises(ValueError, match=r"act|JSON|surrogates"), transaction.atomic():
        log(Kind.RECORD, FIRM, payload)


@pytest.mark.django_db(transaction=True)
def test_streams_are_numbered_and_chained() -> None:
    logged(FIRM, OTHER, FIRM)
    logged(FIRM, OTHER)
    assert sequence_all() == 5
    assert sequence_all() == 0
    entries = [Entry.unpacked(bytes(row.entry)) for row in rows()]
    assert [row.index for row in rows()] == list(range(5))
    assert [entry.number for entry in entries] == [0, 0, 1, 2, 1]
    leaves = [SHA256.leaf(bytes(row.entry)) for row in rows()]
    assert [bytes(row.leaf) for row in rows()] == leaves
    assert [entry.previous for entry in entries] == [FIRST, FIRST, leaves[0], leaves[2], leaves[1]]
    cut = Cut.objects.get()
    assert (cut.size, bytes(cut.root)) == (5, root_of(SHA256, leaves))
    assert {(stream.count, bytes(stream.head)) for stream in Stream.objects.all()} == {(3, leaves[3]), (2, leaves[4])}


@pytest.mark.django_db(transaction=True)
def test_batches_go_on_where_the_last_ended() -> None:
    logged(*[FIRM, OTHER] * 10)
    assert [sequence(8), sequence(8), sequence(8), sequence(8)] == [8, 8, 4, 0]
    assert list(Cut.objects.order_by("size").values_list("size", flat=True)) == [8, 16, 20]
    leaves = [bytes(row.leaf) for row in rows()]
    for cut in Cut.objects.all():
        assert bytes(cut.root) == root_of(SHA256, leaves[: cut.size])


@pytest.mark.django_db(transaction=True)
def test_a_sequencer_asks_a_fixed_number_of_statements(django_assert_max_num_queries) -> None:
    logged(*[Subject(Of.FIRM, f"firm {number}") for number in range(500)])
    with django_assert_max_num_queries(30):
        sequence_all()


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_goes_back_is_noted_and_time_never_falls() -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        logged(FIRM)
        sequence_all()
    with time_machine.travel(now - timedelta(days=365), tick=False):
        logged(FIRM)
        sequence_all()
        logged(FIRM, OTHER)
        sequence_all()
    entries = [Entry.unpacked(bytes(row.entry)) for row in rows()]
    ahead = int(now.timestamp() * 1000)
    assert [entry.kind for entry in entries] == [Kind.ACCESS, Kind.SECURITY, Kind.ACCESS, Kind.ACCESS, Kind.ACCESS]
    of_firm = [entries[at].time for at in (0, 2, 3)]
    assert of_firm == [of_firm[0]] * 3
    assert abs(of_firm[0] - ahead) <= 1
    assert entries[4].time < ahead - 1000 * 86_400 * 364


@pytest.mark.django_db(transaction=True)
def test_a_look_is_on_the_disk_before_the_answer() -> None:
    assert log_access([Event(FIRM, {"act": "read"}), Event(OTHER, {"act": "read"})]) == 2
    with pytest.raises(RuntimeError), transaction.atomic():
        log_access([Event(FIRM, {"act": "read"})])
    assert sequence_all() == 2


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_logged_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr("rongxin.ledger.actions._insert", fails)
    with pytest.raises(NotLogged):
        log_access([Event(FIRM, {"act": "read"})])


@pytest.mark.django_db(transaction=True)
def test_anybodys_work_is_logged_and_read_back_by_nobody() -> None:
    with asks(NOBODY):
        log_access([Event(FIRM, {"act": "read"})])
        if connection.vendor == "postgresql":
            assert Pending.objects.count() == 0
    assert Pending.objects.count() == 1
    assert sequence_all() == 1


def sealing(**more: object) -> Sealing:
    until = timezone.localdate() + timedelta(days=30)
    return Sealing(**{"until": until, "order": "榕侦〔2026〕1号", "by": "a", "approved_by": "b", **more})  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_sealed_event_is_counted_at_once() -> None:
    with transaction.atomic():
        log(Kind.ACCESS, FIRM, {"act": "read"}, sealing=sealing())
    sequence_all()
    assert Stream.objects.get().count == 1
    assert Withholding.objects.get().order == "榕侦〔2026〕1号"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "more",
    [
        {"approved_by": "a"},
        {"order": ""},
        {"by": ""},
        {"until": timezone.localdate()},
        {"until": timezone.localdate() + timedelta(days=181)},
    ],
    ids=str,
)
def test_sealing_takes_two_an_order_and_an_end(more: dict) -> None:
    with pytest.raises(SealingRefused), transaction.atomic():
        log(Kind.ACCESS, FIRM, {"act": "read"}, sealing=sealing(**more))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET leaf = salt",
        "UPDATE ledger_entry SET salt = NULL",
        "UPDATE ledger_entry SET salt = NULL, payload = NULL, key = NULL, number = 7",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_stream SET count = 0",
        "UPDATE ledger_stream SET head = head",
        "DELETE FROM ledger_stream",
        "UPDATE ledger_cut SET size = 3",
        "DELETE FROM ledger_cut",
        "DELETE FROM ledger_log",
        "UPDATE ledger_pending SET kind = 1",
        "UPDATE ledger_subjectkey SET sealed = sealed",
    ],
)
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    logged(FIRM, PLATFORM)
    sequence_all()
    logged(FIRM)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Row.objects.filter(salt__isnull=False).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_log_has_the_year_and_its_own_pseudonyms() -> None:
    logged(FIRM)
    sequence_all()
    log_ = logs.current()
    assert log_.origin == f"localhost/ledger/{timezone.localdate().year}"
    assert logs.stream_key(log_.origin) != logs.stream_key("localhost/ledger/1999")
    assert FIRM.identifier.encode() not in bytes(rows()[0].entry) + bytes(rows()[0].payload)
    assert json.loads(Pending.objects.values_list("payload", flat=True).first() or "{}") == {}


@pytest.mark.django_db(transaction=True)
def test_a_release_of_rules_is_logged_with_who_wanted_and_approved_it() -> None:
    the_rules()
    told = [json.loads(payload) for payload in Pending.objects.order_by("pk").values_list("payload", flat=True)]
    assert {each["act"] for each in told} == {"rules.release"}
    assert told[0]["supersedes"] is None
    assert [each["digest"] for each in told] == list(Release.objects.order_by("pk").values_list("digest", flat=True))
    sequence_all()
    assert list(verify(logs.current())) == []
