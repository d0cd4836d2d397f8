"""What the ledger is told of records: in the transaction of the change, once, with hashes and no text."""

from hashlib import sha256

import pytest
from django.db import transaction

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.permissions import Role
from rongxin.ledger.actions import NotLogged, log_firms
from rongxin.ledger.models import Pending
from rongxin.records import actions, clearing, splitting, withdrawing
from rongxin.records.appending import Origin, append
from rongxin.records.committed import lines_of
from rongxin.records.models import Effect, Record, RecordEvent, Untold
from rongxin.records.telling import ACTS, firms_to_tell, tell_firms
from rongxin.subjects.models import Subject
from tests.factories import a_department, a_record, a_subject, an_account, some_records, the_pack
from tests.ledger.told import PLATFORM, Kind, acts, of, told
from tests.records.test_append import acts as rows

pytestmark = pytest.mark.django_db
BATCH = "B-20261120-0001"


@pytest.fixture
def tea() -> Subject:
    return a_subject()


def sent(
    subject: Subject, *documents: str, batch: str = BATCH, content: str = "{}", first_row: int = 2
) -> list[Record]:
    """Rows of a batch, recorded; the newest version of each act."""
    origin = Origin(
        batch=batch,
        provider=a_department(),
        kind="administrative_penalty",
        kind_digest="k" * 64,
        policy_digest="p" * 64,
        platform="350100",
        released_by="demo-reviewer",
    )
    append(rows(subject, *documents, content=content, first_row=first_row), origin)
    newest = Record.objects.filter(document_number__in=documents).order_by("version")
    return list({record.document_number: record for record in newest}.values())


def digest(*records: Record) -> str:
    """As a stranger computes it: SHA-256 of the sorted lines, each ended by LF."""
    lines = sorted(f"{record.number} {record.content_hash}\n" for record in records)
    return sha256("".join(lines).encode()).hexdigest()


def conclude(batch: str = BATCH) -> None:
    firms = firms_to_tell(batch)
    with transaction.atomic():
        tell_firms(batch, firms)


def test_every_effect_of_a_record_has_its_act() -> None:
    assert ACTS.keys() == set(Effect)
    assert len(set(ACTS.values())) == len(Effect)


def test_a_chunk_commits_to_numbers_and_hashes_in_its_own_transaction(tea: Subject) -> None:
    made = sent(tea, "1", "2", "3")
    chunk = {"act": "record.chunk", "batch": BATCH, "from": 2, "to": 4, "count": 3, "corrected": 0}
    assert told(Kind.RECORD, PLATFORM) == [{**chunk, "records": digest(*made)}]
    assert told(Kind.RECORD, of(tea.uscc)) == []


def test_the_end_of_a_batch_tells_each_enterprise_once_of_what_is_its(tea: Subject) -> None:
    oil = a_subject("福州示例榕海油脂有限公司")
    teas = [*sent(tea, "1", "2"), *sent(tea, "3", first_row=4)]
    oils = sent(oil, "4", "5", first_row=5)
    conclude()
    conclude()

    whole = {"act": "record.create", "batch": BATCH}
    assert told(Kind.RECORD, of(tea.uscc)) == [{**whole, "count": 3, "records": digest(*teas)}]
    assert told(Kind.RECORD, of(oil.uscc)) == [{**whole, "count": 2, "records": digest(*oils)}]
    assert not Untold.objects.exists()


def test_a_chunk_that_is_begun_again_is_told_once(tea: Subject) -> None:
    sent(tea, "1", "2")
    sent(tea, "1", "2")
    assert acts(Kind.RECORD, PLATFORM) == ["record.chunk"]
    made = sent(tea, "1", "2", "3")
    conclude()
    assert [each["count"] for each in told(Kind.RECORD, PLATFORM)] == [2, 1]
    assert [each["records"] for each in told(Kind.RECORD, of(tea.uscc))] == [digest(*made)]


def test_a_correction_is_told_apart_from_what_is_new(tea: Subject) -> None:
    sent(tea, "1", batch="B-1")
    conclude("B-1")
    (corrected,) = sent(tea, "1", content='{"a":1}')
    (new,) = sent(tea, "2", first_row=3)
    conclude()

    assert corrected.version == 2
    batch = [payload for payload in told(Kind.RECORD, of(tea.uscc)) if payload["batch"] == BATCH]
    assert [(each["act"], each["count"], each["records"]) for each in batch] == [
        ("record.correct", 1, digest(corrected)),
        ("record.create", 1, digest(new)),
    ]
    assert [each["corrected"] for each in told(Kind.RECORD, PLATFORM)] == [0, 1, 0]


def test_the_same_act_sent_again_is_no_event(tea: Subject) -> None:
    sent(tea, "1", batch="B-1")
    conclude("B-1")
    before = Pending.objects.count()
    sent(tea, "1")
    conclude()
    assert Pending.objects.count() == before


def test_another_batch_meanwhile_is_not_mixed_in(tea: Subject) -> None:
    own = sent(tea, "1")
    other = sent(tea, "2", batch="B-2")
    own_too = sent(tea, "3", first_row=3)
    conclude()
    conclude("B-2")
    assert [(each["batch"], each["records"]) for each in told(Kind.RECORD, of(tea.uscc))] == [
        (BATCH, digest(*own, *own_too)),
        ("B-2", digest(*other)),
    ]


def test_what_is_taken_off_an_enterprise_before_the_end_is_told_to_it_all_the_same(tea: Subject) -> None:
    made = sent(tea, "1")
    actions.unresolve(BATCH, 2, by="officer", basis="不是该企业")
    conclude()
    assert acts(Kind.RECORD, of(tea.uscc)) == ["record.take", "record.suspend", "record.create"]
    assert {each["records"] for each in told(Kind.RECORD, of(tea.uscc), act="record.c")} == {digest(*made)}


def test_what_was_taken_off_and_is_filed_again_is_told_to_whom_it_is_given(tea: Subject) -> None:
    sent(tea, "1", batch="B-1")
    actions.unresolve("B-1", 2, by="officer", basis="不是该企业")
    oil = a_subject("福州示例榕海油脂有限公司")
    sent(oil, "1")
    assert acts(Kind.RECORD, of(oil.uscc)) == ["record.give", "record.resume"]


def test_nothing_stays_of_what_is_undone(tea: Subject) -> None:
    record = a_record(tea, batch=BATCH)
    before = Pending.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.note(record, Effect.DISPUTED, by="officer", basis="示例", told="X")
        conclude()
        raise RuntimeError
    assert Pending.objects.count() == before
    assert RecordEvent.objects.count() == 1
    assert Untold.objects.get().since == 1


def test_a_withdrawal_is_told_by_its_ground_and_without_its_words(tea: Subject) -> None:
    office = a_department()
    record = a_record(tea, department=office)
    head = an_account(Role.HEAD, office)
    wish = withdrawing.Wish(withdrawing.Ground.MISFILED, basis="本单位报送错误，示例", words="数据来源有误")
    withdrawing.withdraw(record.number, wish, by=head)

    (found,) = told(Kind.RECORD, of(tea.uscc))
    assert found == {
        "act": "record.withdraw",
        "record": record.number,
        "hash": record.content_hash,
        "basis": "misfiled",
        "by": "officer",
    }


def test_a_cleared_text_is_told_by_its_digest(tea: Subject) -> None:
    office = a_department()
    record = a_record(tea, department=office)
    reviewer = an_account(Role.REVIEWER, office)
    access = Access(reviewer, Purpose.CLEARING)
    text = clearing.text_of(access, record.number, "violation_facts", the_pack()[0])
    assert text is not None
    clearing.clear(text, clearing.Verdict.AS_FILED, by=reviewer, digest=text.digest)

    (found,) = told(Kind.RECORD, of(tea.uscc), act="record.clear")
    assert (found["record"], found["field"], found["decision"]) == (record.number, "violation_facts", "as_filed")
    assert found["shown"] == sha256(text.words.encode()).hexdigest()
    assert text.words not in str(list(Pending.objects.values_list("payload", flat=True)))


def test_a_split_and_its_end_are_told_to_both(tea: Subject) -> None:
    oil = a_subject("福州示例榕海油脂有限公司")
    going, _stays = some_records(2, tea)
    done = splitting.split(
        tea, oil, splitting.Portion(numbers=(going.number,)), by="officer", provider="demo", basis="两家企业"
    )
    splitting.rejoin(done, by="officer", basis="原来没错")

    both = {"origin": tea.uscc, "other": oil.uscc, "count": 1, "records": digest(going), "by": "officer"}
    for subject in (tea, oil):
        found = told(Kind.DECISION, of(subject.uscc), act="subject")
        assert found == [{"act": "subject.split", **both}, {"act": "subject.rejoin", **both}]
        lines = (f"{going.number} {going.content_hash}",)
        assert [lines_of(subject.uscc, each) for each in found] == [lines, lines]


def test_the_records_of_each_event_are_found_again(tea: Subject) -> None:
    first = sent(tea, "1", "2")
    conclude()
    later = [*sent(tea, "3", first_row=4), *sent(tea, "1", content='{"a":1}', first_row=5)]
    conclude()
    expected = [first, later[1:], later[:1]]
    found = told(Kind.RECORD, of(tea.uscc))
    assert [each["act"] for each in found] == ["record.create", "record.correct", "record.create"]
    for each, records in zip(found, expected, strict=True):
        assert lines_of(tea.uscc, each) == tuple(sorted(f"{one.number} {one.content_hash}" for one in records))
    assert lines_of(tea.uscc, found[0] | {"records": "0" * 64}) is None
    assert lines_of(a_subject().uscc, found[0]) is None


@pytest.mark.django_db(transaction=True)
def test_events_of_bulk_work_are_refused_outside_of_a_transaction() -> None:
    with pytest.raises(NotLogged):
        log_firms(Kind.RECORD, firms_to_tell(BATCH))
