"""Taking a record off display: who may, on which grounds, how soon, and what remains for the public."""

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.policy.pack import Policy
from rongxin.records import withdrawing
from rongxin.records.models import Effect, Record, RecordEvent
from rongxin.records.withdrawing import AFTER_A_DECISION, FELL, LABELS, Ground, NotPossible, Problem, Wish
from tests.factories import a_department, a_record, a_sole_trader, a_subject, at, the_rules

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"
NOW = "2026-11-22"
DECIDED = date(2026, 11, 10)


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
        a_subject("福州示例榕海茶业有限公司"),
        department=department,
        decided_on=DECIDED,
        recorded_at=at("2026-11-13"),
        penalty_document_no="榕示市监罚〔2026〕118号",
    )


def wish(ground: Ground = Ground.MISFILED, **more: object) -> Wish:
    return Wish(ground=ground, **{"basis": "示例核实单", **more})  # type: ignore[arg-type]


def withdraw(record: Record, by: Account, ground: Ground = Ground.MISFILED, **more: object) -> RecordEvent:
    return withdrawing.withdraw(record.number, wish(ground, **more), by=by)


def refused(record: Record, by: Account, ground: Ground = Ground.MISFILED, **more: object) -> Problem:
    with pytest.raises(NotPossible) as bar:
        withdraw(record, by, ground, **more)
    assert not RecordEvent.objects.filter(effect__in=(Effect.WITHDRAWN, Effect.ANNULLED)).exists()
    return bar.value.problem


def page(client: Client, address: str, status: int) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


# ── what remains ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_withdrawn_record_leaves_a_tombstone_with_day_reason_and_unit_and_nothing_of_its_content(
    client: Client, record: Record, reviewer: Account
) -> None:
    assert "标签标注" in page(client, f"/r/{record.number}", 200)
    withdraw(record, reviewer, Ground.ANNULLED, decided_on=date(2026, 11, 20), words="复议机关撤销")

    told = page(client, f"/r/{record.number}", 410)
    for said in ("原决定被依法撤销（2026-11-20）。复议机关撤销。", "2026-11-22 10:00", record.provider.name):
        assert said in told
    for hidden in ("标签标注", "118号", "榕海茶业", "示例核实单", "reviewer"):
        assert hidden not in told


def test_a_program_is_told_the_same(client: Client, record: Record, reviewer: Account) -> None:
    withdraw(record, reviewer, Ground.DUPLICATE)
    answer = client.get(f"/r/{record.number}?format=json")
    assert answer.status_code == 410
    assert answer.json() == {
        "number": record.number,
        "state": "withdrawn",
        "withdrawn": {
            "at": "2026-11-22T02:00:00+00:00",
            "reason": "与另一条记录重复。",
            "provider": record.provider.name,
        },
    }


def test_it_is_found_no_longer_not_even_on_an_earlier_day(client: Client, record: Record, reviewer: Account) -> None:
    withdraw(record, reviewer)
    assert record.number not in page(client, "/search?q=榕示市监罚〔2026〕118号", 200)
    assert record.number not in page(client, "/newest", 200)
    assert "标签标注" not in page(client, f"/r/{record.number}?as_of=2026-11-15", 410)
    uscc = record.party_code
    assert record.number not in page(client, f"/s/{uscc}?as_of=2026-11-15", 200)


def test_the_tombstone_of_a_sole_traders_record_names_nobody(
    client: Client, department: Department, reviewer: Account, policy: Policy
) -> None:
    record = a_record(a_sole_trader("示例陈三小吃店"), department=department, recorded_at=at("2026-11-13"))
    withdraw(record, reviewer)
    assert "陈三" not in page(client, f"/r/{record.number}", 410)


def test_what_was_never_public_has_no_tombstone_with_a_reason(
    client: Client, department: Department, reviewer: Account, policy: Policy
) -> None:
    record = a_record(department=department, severity="minor", recorded_at=at("2026-11-13"))
    withdraw(record, reviewer)
    assert "报送错误" not in page(client, f"/r/{record.number}", 410)


def test_the_same_act_sent_again_stays_withdrawn(client: Client, record: Record, reviewer: Account) -> None:
    withdraw(record, reviewer)
    subject = a_subject(record.party_name, record.party_code)
    again = a_record(
        subject,
        department=record.provider,
        decided_on=DECIDED,
        penalty_document_no=record.document_number,
        violation_type="更正后的类型",
    )
    assert again.number == record.number
    assert "更正后的类型" not in page(client, f"/r/{record.number}", 410)


# ── who and why ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("ground", Ground)
def test_every_ground_ends_the_display(record: Record, reviewer: Account, ground: Ground) -> None:
    event = withdraw(record, reviewer, ground, decided_on=date(2026, 11, 20), words="示例说明")
    assert event.effect == (Effect.ANNULLED if ground in FELL else Effect.WITHDRAWN)
    assert event.by == "reviewer"
    assert event.basis == f"{LABELS[ground].zh}；示例核实单"
    assert ("2026-11-20" in (event.reason or "")) is (ground in AFTER_A_DECISION)


def test_only_the_providers_reviewer_may(record: Record) -> None:
    other = a_department("other", "福州市示例城市管理局")
    officers = (
        an_account("clerk", record.provider, Role.CLERK),
        an_account("stranger", other),
        an_account("lead-officer", other, Role.CITY_OFFICE),
    )
    for officer in officers:
        with pytest.raises(PermissionDenied):
            withdraw(record, officer)


def test_a_withdrawal_needs_what_belongs_to_it(record: Record, reviewer: Account) -> None:
    assert refused(record, reviewer, basis=" ") == Problem.NO_BASIS
    assert refused(record, reviewer, Ground.OTHER) == Problem.NO_WORDS
    assert refused(record, reviewer, words="长" * 220) == Problem.TOO_LONG
    for ground in AFTER_A_DECISION:
        assert refused(record, reviewer, ground) == Problem.NO_DECISION_DAY
        assert refused(record, reviewer, ground, decided_on=date(2026, 11, 9)) == Problem.DECISION_DAY
        assert refused(record, reviewer, ground, decided_on=date(2026, 11, 23)) == Problem.DECISION_DAY


def test_what_the_public_is_told_names_no_person(record: Record, reviewer: Account) -> None:
    assert refused(record, reviewer, words="当事人陈某某申请复议") == Problem.MAY_NAME_A_PERSON
    assert refused(record, reviewer, words="咨询13900000000", names_nobody=True) == Problem.NAMES_A_NUMBER
    withdraw(record, reviewer, words="当事人陈某某申请复议", names_nobody=True)


def test_it_is_done_once(record: Record, reviewer: Account) -> None:
    withdraw(record, reviewer)
    with pytest.raises(NotPossible) as bar:
        withdraw(record, reviewer)
    assert bar.value.problem == Problem.ALREADY
    assert RecordEvent.objects.filter(effect=Effect.WITHDRAWN).count() == 1


# ── the time limit ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("decided_on", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 25)),  # a Friday
        (date(2026, 9, 29), date(2026, 10, 9)),  # over the National Day holiday: 30 September, 8 and 9 October
    ],
)
def test_three_working_days_after_the_new_decision(policy: Policy, decided_on: date, due: date) -> None:
    limit = withdrawing.time_limit(decided_on, policy)
    assert limit is not None
    assert (limit.due, limit.days, limit.is_provisional) == (due, 3, False)


def test_before_the_law_there_was_no_limit(policy: Policy) -> None:
    assert withdrawing.time_limit(date(2021, 7, 14), policy) is None
