"""What waits for a person, what a person may decide about it, and what the public reads then."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from rongxin.accounts.access import Access, Purpose
from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.disclosure.records import record_view
from rongxin.disclosure.representation import representation
from rongxin.policy.pack import Policy
from rongxin.primitives.resident_id import HIDDEN
from rongxin.records import clearing
from rongxin.records.clearing import NothingMarked, Stale, Text
from rongxin.records.display import Moment
from rongxin.records.models import Clearing, ClearingDecision, Effect, Record
from tests.factories import a_department, a_record, a_subject, at, note, some_records, the_rules

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"
FACTS = "经查，示例公司销售的茶叶未标注生产日期，经办人张某某在场。"
NAME = (FACTS.index("张某某"), FACTS.index("张某某") + 3)
CONTENT = "罚款8000元"
NOW = "2026-11-22"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at(NOW), tick=False):
        yield


@pytest.fixture
def policy(db: None) -> Policy:
    return the_rules()


@pytest.fixture
def department(db: None) -> Department:
    return a_department()


def an_account(name: str, department: Department, role: Role = Role.REVIEWER) -> Account:
    return open_account(name, PASSWORD, display_name=name, department=department, role=role)


@pytest.fixture
def reviewer(department: Department) -> Account:
    return an_account("reviewer", department)


@pytest.fixture
def record(department: Department, policy: Policy) -> Record:
    return a_record(
        department=department,
        decided_on=date(2026, 11, 10),
        recorded_at=at("2026-11-13"),
        penalty_document_no="榕示市监罚〔2026〕118号",
        violation_facts=FACTS,
        penalty_content=CONTENT,
    )


def text_of(reviewer: Account, record: Record, field: str = "violation_facts") -> Text:
    found = clearing.text_of(Access(reviewer, Purpose.CLEARING), record.number, field, the_rules())
    assert found is not None
    return found


def clear(reviewer: Account, text: Text, decision: ClearingDecision, *spans: tuple[int, int]) -> Clearing:
    return clearing.clear(text, decision, by=reviewer, digest=text.digest, spans=spans)


def shown(record: Record, field: str = "violation_facts", moment: Moment | None = None) -> tuple[str, bool, str]:
    view = record_view(record.number, the_rules(), moment or Moment.now(), began_on=date(2026, 1, 5))
    assert view is not None
    fact = next(fact for fact in view.facts if fact.name == field)
    fields = representation(view)["record"]
    assert fields["fields"].get(field) == (None if fact.withheld else fact.value)
    assert (field in fields["withheld_fields"]) is fact.withheld
    return fact.value, fact.withheld, fact.note


def waiting(officer: Account, **more: object) -> list[str]:
    return [text.field for text in clearing.queue(officer, the_rules(), **more)]  # type: ignore[arg-type]


# ── what waits ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_text_that_may_name_persons_waits(reviewer: Account, record: Record) -> None:
    assert waiting(reviewer) == ["violation_facts", "penalty_content"]


def test_an_empty_text_does_not_wait(reviewer: Account, department: Department, policy: Policy) -> None:
    a_record(department=department, violation_facts=None, penalty_content="")
    assert waiting(reviewer) == []


def test_what_is_not_displayed_does_not_wait(reviewer: Account, record: Record, department: Department) -> None:
    a_record(a_subject(), department=department, severity="minor")
    note(record, Effect.WITHDRAWN)
    assert waiting(reviewer) == []


def test_the_oldest_decision_comes_first_and_the_next_follows_the_one_before(
    reviewer: Account, record: Record, department: Department, policy: Policy
) -> None:
    older = a_record(a_subject(), department=department, decided_on=date(2026, 11, 2), penalty_content=None)

    texts = clearing.queue(reviewer, policy)
    first = clearing.place_of(texts[0], ("violation_facts", "penalty_content"))

    assert [text.record.number for text in texts] == [older.number, record.number, record.number]
    assert clearing.queue(reviewer, policy, after=first) == texts[1:]
    assert clearing.queue(reviewer, policy, limit=1) == texts[:1]


def test_another_department_sees_nothing_and_a_credit_office_everything(record: Record) -> None:
    other = a_department("other", "福州市示例城市管理局")
    assert waiting(an_account("stranger", other)) == []
    assert len(waiting(an_account("lead-officer", other, Role.CITY_OFFICE))) == 2
    assert waiting(an_account("clerk", record.provider, Role.CLERK)) == []
    assert (
        clearing.text_of(
            Access(Account.objects.get(username="stranger"), Purpose.CLEARING),
            record.number,
            "violation_facts",
            the_rules(),
        )
        is None
    )


def test_the_queue_asks_as_often_for_many_as_for_one(
    reviewer: Account,
    department: Department,
    policy: Policy,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    some_records(30, a_subject(), department=department)
    with django_assert_max_num_queries(6):
        assert len(clearing.queue(reviewer, policy)) == 60


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_before_anybody_decides_the_text_is_withheld_with_the_reason(record: Record) -> None:
    assert shown(record) == ("", True, "可能含个人信息，核对后公开")


def test_shown_as_filed(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record, "penalty_content"), ClearingDecision.AS_FILED)

    assert shown(record, "penalty_content") == (CONTENT, False, "")
    assert waiting(reviewer) == ["violation_facts"]


def test_shown_with_what_was_marked_hidden(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.MASKED, NAME)

    value, withheld, told = shown(record)
    assert value == FACTS.replace("张某某", HIDDEN)
    assert not withheld
    assert told == "其中的个人信息已隐去"


def test_not_shown_at_all(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.WITHHELD)
    assert shown(record) == ("", True, "经核对，为保护个人信息不公开")
    assert waiting(reviewer) == ["penalty_content"]


def test_masking_needs_a_mark_and_a_decision_the_words_it_is_about(reviewer: Account, record: Record) -> None:
    text = text_of(reviewer, record)
    with pytest.raises(NothingMarked):
        clear(reviewer, text, ClearingDecision.MASKED, (5, 5), (-1, 3))
    with pytest.raises(Stale):
        clearing.clear(text, ClearingDecision.AS_FILED, by=reviewer, digest="another")
    assert Clearing.objects.count() == 0


def test_only_who_may_decides(reviewer: Account, record: Record) -> None:
    text = text_of(reviewer, record)
    stranger = an_account("stranger", a_department("other", "福州市示例城市管理局"))
    for officer in (stranger, an_account("clerk", record.provider, Role.CLERK)):
        with pytest.raises(PermissionDenied):
            clear(officer, text, ClearingDecision.AS_FILED)
        with pytest.raises(PermissionDenied):
            clearing.undo(text, by=officer)
    assert Clearing.objects.count() == 0


def test_a_decision_taken_back_lets_the_text_wait_again(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.AS_FILED)
    clearing.undo(text_of(reviewer, record), by=reviewer)

    assert shown(record)[1:] == (True, "可能含个人信息，核对后公开")
    assert waiting(reviewer) == ["violation_facts", "penalty_content"]
    assert [row.decision for row in Clearing.objects.order_by("pk")] == ["as_filed", "reopened"]
    assert clearing.undo(text_of(reviewer, record), by=reviewer) is None


def test_taking_back_a_second_decision_brings_the_first_one_back(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.MASKED, NAME)
    clear(reviewer, text_of(reviewer, record), ClearingDecision.AS_FILED)
    clearing.undo(text_of(reviewer, record), by=reviewer)

    assert shown(record)[0] == FACTS.replace("张某某", HIDDEN)
    assert Clearing.objects.count() == 3


@pytest.mark.parametrize("statement", ["UPDATE records_clearing SET text = 'x'", "DELETE FROM records_clearing"])
def test_the_database_refuses_to_change_a_decision(reviewer: Account, record: Record, statement: str) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.AS_FILED)
    with pytest.raises(DatabaseError, match=r"never changed or removed|permission denied"), transaction.atomic():
        from django.db import connection

        connection.cursor().execute(statement)
    assert Clearing.objects.get().text == FACTS


# ── together ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def digests(reviewer: Account) -> dict[tuple[str, str], str]:
    return {
        (each.record.number, each.field): text_of(reviewer, each.record, each.field).digest
        for each in clearing.queue(reviewer, the_rules())
    }


def test_texts_without_suspicion_are_shown_together_each_with_its_own_row(
    reviewer: Account, department: Department, policy: Policy
) -> None:
    records = some_records(12, a_subject(), department=department, violation_facts="未按规定公示价目表。")

    assert clearing.clear_unsuspected(digests(reviewer), by=reviewer, policy=policy) == 24
    assert Clearing.objects.filter(by="reviewer", decision="as_filed").count() == 24
    assert shown(records[3]) == ("未按规定公示价目表。", False, "")
    assert clearing.clear_unsuspected(digests(reviewer), by=reviewer, policy=policy) == 0


def test_a_text_with_a_suspicion_or_other_words_is_not_shown_together(
    reviewer: Account, record: Record, policy: Policy
) -> None:
    asked = digests(reviewer) | {(record.number, "penalty_content"): "other words"}
    assert clearing.clear_unsuspected(asked, by=reviewer, policy=policy) == 0
    stranger = an_account("stranger", a_department("other", "福州市示例城市管理局"))
    assert clearing.clear_unsuspected(digests(reviewer), by=stranger, policy=policy) == 0


def test_clearing_many_asks_as_often_as_clearing_one(
    reviewer: Account, department: Department, policy: Policy, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    some_records(40, a_subject(), department=department, violation_facts="未按规定公示价目表。")
    asked = digests(reviewer)
    with django_assert_max_num_queries(8):
        assert clearing.clear_unsuspected(asked, by=reviewer, policy=policy) == 80


# ── versions and past days ───────────────────────────────────────────────────────────────────────────────────────────
def correct(record: Record, **fields: object) -> Record:
    """Sent again with other fields: a new version of the act."""
    subject = a_subject(record.party_name, record.party_code)
    given = {"violation_facts": FACTS, "penalty_content": CONTENT} | fields
    return a_record(
        subject,
        department=record.provider,
        decided_on=record.decided_on,
        recorded_at=at("2026-11-21"),
        penalty_document_no=record.document_number,
        **given,
    )


def test_a_new_version_with_the_same_words_keeps_the_decision(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.MASKED, NAME)
    newer = correct(record, violation_type="标签标注不符合规定（更正）")

    assert newer.version == 2
    assert shown(newer)[0] == FACTS.replace("张某某", HIDDEN)
    assert waiting(reviewer) == ["penalty_content"]


def test_a_new_version_with_other_words_asks_again(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.AS_FILED)
    newer = correct(record, violation_facts="经查，李某某在场。")

    assert shown(newer)[1]
    assert waiting(reviewer) == ["violation_facts", "penalty_content"]


def test_undoing_after_a_correction_reaches_every_version(reviewer: Account, record: Record) -> None:
    clear(reviewer, text_of(reviewer, record), ClearingDecision.AS_FILED)
    newer = correct(record, violation_type="更正")
    clearing.undo(text_of(reviewer, newer), by=reviewer)
    assert shown(newer)[1]


def test_looking_back_shows_no_more_than_was_shown_then(reviewer: Account, record: Record) -> None:
    text = text_of(reviewer, record)
    with time_machine.travel(at("2026-11-16"), tick=False):
        clear(reviewer, text, ClearingDecision.MASKED, NAME)
    with time_machine.travel(at("2026-11-18"), tick=False):
        clear(reviewer, text, ClearingDecision.AS_FILED)

    assert shown(record, moment=Moment.of(date(2026, 11, 14)))[1]
    assert shown(record, moment=Moment.of(date(2026, 11, 17)))[0] == FACTS.replace("张某某", HIDDEN)
    assert shown(record, moment=Moment.of(date(2026, 11, 19)))[0] == FACTS


@pytest.mark.parametrize("later", [ClearingDecision.WITHHELD, ClearingDecision.MASKED, None])
def test_looking_back_never_brings_back_what_was_hidden_since(
    reviewer: Account, record: Record, later: ClearingDecision | None
) -> None:
    text = text_of(reviewer, record)
    with time_machine.travel(at("2026-11-16"), tick=False):
        clear(reviewer, text, ClearingDecision.AS_FILED)
    if later is None:
        clearing.undo(text_of(reviewer, record), by=reviewer)
    else:
        clear(reviewer, text, later, NAME)

    assert "张某某" not in shown(record, moment=Moment.of(date(2026, 11, 17)))[0]
