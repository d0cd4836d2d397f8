"""What the ledger is told of cases, accounts, mandates, documents, departments and of who is who."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from rongxin.accounts import events, keeping
from rongxin.accounts.actions import open_account
from rongxin.accounts.keys import end_key, make_key
from rongxin.accounts.models import AccountEvent, EventKind
from rongxin.accounts.permissions import Role
from rongxin.departments.duties import end_duty, enter_duty, say_nothing_new
from rongxin.ledger.entries import Of, Subject
from rongxin.ledger.models import Pending
from rongxin.subjects import judging, merging, succession
from rongxin.subjects.judging import FiledParty
from rongxin.subjects.models import SuccessionKind, Verdict
from tests.factories import PASSWORD, a_department, a_subject, an_account
from tests.ledger.told import Kind, acts, of, told

pytestmark = pytest.mark.django_db
DEPARTMENTS = Subject(Of.SYSTEM, "departments")


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_rights_are_told_and_logins_are_not() -> None:
    office = a_department()
    clerk = open_account("clerk-01", PASSWORD, display_name="示例人员", department=office, role=Role.CLERK)
    events.note(clerk, EventKind.LOGIN, detail="code")
    events.note(clerk, EventKind.FAILED)
    keeping.change_role(None, clerk, Role.REVIEWER, "岗位调整：张三示例")
    keeping.end(None, clerk, "调离")

    found = [each for each in told(Kind.ADMIN, events.ACCOUNTS) if each["account"] == "clerk-01"]
    assert found == [
        {"act": "account.opened", "account": "clerk-01", "by": "", "detail": "clerk"},
        {"act": "account.role_changed", "account": "clerk-01", "by": "", "detail": "clerk reviewer"},
        {"act": "account.ended", "account": "clerk-01", "by": "", "detail": ""},
    ]
    assert AccountEvent.objects.filter(account=clerk).count() == 5


def test_every_kind_of_an_account_is_told_or_an_everyday_one() -> None:
    everyday = {"login", "confirmed", "failed", "factor_failed", "session_ended"}
    assert {kind.value for kind in events.UNTOLD} == everyday


def test_a_lock_out_is_told_without_the_name_that_was_tried() -> None:
    office = a_department()
    open_account("clerk-01", PASSWORD, display_name="示例人员", department=office, role=Role.CLERK)
    events.note_lock(object(), username="clerk-01")
    events.note_lock(object(), username="张三的密码")

    locked = {"act": "account.locked", "by": "", "detail": "password"}
    assert told(Kind.SECURITY, events.SECURITY) == [
        {"act": "account.locked", "account": "clerk-01", "by": "", "detail": "password"},
        locked | {"account": ""},
    ]
    assert "张三" not in str(list(Pending.objects.values_list("payload", flat=True)))


def test_keys_of_machines_are_told_by_their_public_part() -> None:
    clerk = an_account(Role.CLERK, a_department())
    key = make_key(clerk, label="示例系统")
    prefix, _, secret = key.partition(".")
    end_key(prefix)
    end_key(prefix)

    assert told(Kind.ADMIN, events.ACCOUNTS, act="key") == [
        {"act": "key.make", "account": "officer", "key": prefix},
        {"act": "key.end", "account": "officer", "key": prefix},
    ]
    assert secret not in str(list(Pending.objects.values_list("payload", flat=True)))


# ── departments ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_department_is_told_when_it_changes_and_not_when_it_is_entered_again() -> None:
    for _ in range(2):
        a_department()
    a_department(name="福州市示例市场监管局")
    assert [(each["act"], each["department"], each["name"]) for each in told(Kind.ADMIN, DEPARTMENTS)] == [
        ("department.enter", "demo", "福州市示例市场监督管理局"),
        ("department.change", "demo", "福州市示例市场监管局"),
    ]


def test_duties_are_told_with_who_keeps_them() -> None:
    duty = enter_duty(a_department(), "X-01", known=["X-01"], since=date(2026, 11, 2), by="office-01")
    say_nothing_new(duty, on=date(2026, 11, 9), by="clerk-01")
    for _ in range(2):
        end_duty(duty, on=date(2026, 11, 10), by="office-01")

    common = {"department": "demo", "item": "X-01"}
    assert told(Kind.ADMIN, DEPARTMENTS, act="duty") == [
        {"act": "duty.enter", **common, "on": "2026-11-02", "by": "office-01"},
        {"act": "duty.nothing_new", **common, "on": "2026-11-09", "by": "clerk-01"},
        {"act": "duty.end", **common, "on": "2026-11-10", "by": "office-01"},
    ]


# ── who is who ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_merge_and_its_end_are_told_to_both() -> None:
    tea, oil = a_subject(), a_subject("福州示例榕海油脂有限公司")
    made = merging.merge(
        tea, oil, by="officer", basis="同一家企业", answers={merging.Doubt.TWO_CODES: "换码前后，示例"}
    )
    merging.unmerge(made, by="officer", basis="弄错了")

    both = {"kept": tea.uscc, "absorbed": oil.uscc, "by": "officer"}
    for subject in (tea, oil):
        assert told(Kind.DECISION, of(subject.uscc)) == [
            {"act": "subject.merge", **both},
            {"act": "subject.unmerge", **both},
        ]


def test_a_succession_and_its_end_are_told_to_both() -> None:
    tea, oil = a_subject(), a_subject("福州示例榕海油脂有限公司")
    on = date(2026, 1, 2)
    made = succession.succeed(
        SuccessionKind.MERGER, tea, oil, effective_on=on, document="榕示〔2026〕1号", by="officer"
    )
    succession.end_succession(made, by="officer", basis="弄错了")
    for subject in (tea, oil):
        assert acts(Kind.DECISION, of(subject.uscc)) == ["subject.succeed", "subject.end_succession"]
    assert told(Kind.DECISION, of(tea.uscc))[0] == {
        "act": "subject.succeed",
        "kind": "merger",
        "predecessor": tea.uscc,
        "successor": oil.uscc,
        "on": "2026-01-02",
        "by": "officer",
    }


def test_a_judgement_and_what_it_ends_are_told_to_the_subjects_without_the_name_that_was_filed() -> None:
    tea, oil = a_subject(), a_subject("福州示例榕海油脂有限公司")
    party, given = FiledParty("示例榕海"), {"provider": "demo", "by": "officer"}
    judging.judge(party, tea, Verdict.SAME, basis="", **given)
    judging.judge(party, tea, Verdict.SAME, basis="", **given)
    judging.judge(party, oil, Verdict.SAME, basis="", **given)
    judging.take_back(party, oil, Verdict.SAME, **given)

    same: dict[str, Any] = {"verdict": "same", "department": "demo", "by": "officer"}
    for subject in (tea, oil):
        assert told(Kind.DECISION, of(subject.uscc)) == [
            {"act": "subject.judge", **same},
            {"act": "subject.unjudge", **same},
        ]


def test_what_is_undone_leaves_no_event() -> None:
    tea, oil = a_subject(), a_subject("福州示例榕海油脂有限公司")
    with pytest.raises(RuntimeError), transaction.atomic():
        merging.merge(tea, oil, by="officer", basis="示例", answers={merging.Doubt.TWO_CODES: "示例"})
        raise RuntimeError
    assert not Pending.objects.exists()
