"""Whoever is logged in and is refused is told to the ledger, once an hour for a page, and never what stood in the address."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from rongxin.accounts.askers import asker_of
from rongxin.accounts.denials import TOLD_EVERY, tell_the_rest
from rongxin.accounts.events import SECURITY
from rongxin.accounts.keys import make_key
from rongxin.accounts.models import Account, Denial
from rongxin.accounts.permissions import Action, Role
from rongxin.entrance.tidy import tell_denials
from rongxin.storage.askers import asks
from tests.factories import a_department, a_record, a_subject, an_account, at
from tests.ledger.told import Kind, told
from tests.subjects.mandates.firms import a_firm, a_login

pytestmark = pytest.mark.django_db
MOMENT = at("2026-11-20")


def as_login(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def an_officer(role: Role = Role.CLERK) -> Account:
    return an_account(role, a_department("own", "福州市示例局", region="350100"), f"own-{role.value}")


def said(account: Account, act: str, route: str, *, action: str = "", count: int = 1) -> dict[str, object]:
    department = account.department.code if account.department else ""
    who = {"act": act, "by": account.username, "department": department, "role": account.role}
    return who | {"action": action, "route": route, "count": count}


def test_what_the_matrix_does_not_give_is_told_with_the_action() -> None:
    auditor = an_officer(Role.AUDITOR)
    assert as_login(auditor).get("/desk/upload").status_code == 403
    assert told(Kind.SECURITY, SECURITY) == [said(auditor, "denied", "desk:upload", action=Action.BATCH_SUBMIT.value)]


def test_a_record_of_another_department_and_one_that_is_not_there_are_told_alike() -> None:
    clerk, other = an_officer(), a_department("other", "福州市另一示例局", region="350100")
    foreign = a_record(a_subject(), department=other, violation_facts=None)
    client = as_login(clerk)
    for number in (foreign.number, "R-0"):
        assert client.get(f"/desk/records/{number}").status_code == 404
    assert told(Kind.SECURITY, SECURITY) == [said(clerk, "not_found", "desk:kept_record")]
    assert Denial.objects.get().untold == 1
    assert foreign.number not in str(told(Kind.SECURITY))


def test_a_role_that_works_elsewhere_is_told_of() -> None:
    clerk, login = an_officer(), a_login()
    assert as_login(clerk).get("/administration/accounts").status_code == 403
    assert as_login(login).get("/desk/cases").status_code == 403
    assert told(Kind.SECURITY, SECURITY) == [
        said(clerk, "denied", "administration:accounts"),
        said(login, "denied", "desk:cases"),
    ]


def test_an_enterprise_that_asks_for_another_is_told_of_without_its_code() -> None:
    login, firm = a_login(), a_firm()
    assert as_login(login).get(f"/enterprise/firms/{firm.uscc}").status_code == 404
    assert told(Kind.SECURITY, SECURITY) == [said(login, "not_found", "enterprise:firm")]
    assert firm.uscc not in str(told(Kind.SECURITY))


def test_a_machine_is_told_of_as_one() -> None:
    clerk, auditor = an_officer(), an_officer(Role.AUDITOR)
    of_clerk, of_auditor = (
        Client(headers={"authorization": f"Bearer {make_key(account, label='示例系统')}"})
        for account in (clerk, auditor)
    )
    assert of_clerk.get("/api/v1/batches/B-0").status_code == 404
    assert of_auditor.post("/api/v1/batches?kind=x", b"x", content_type="text/csv").status_code == 403
    found = told(Kind.SECURITY, SECURITY)
    assert all(each["key"] for each in found)
    assert [(each["by"], each["act"], each["route"], each["action"]) for each in found] == [
        ("own-clerk", "not_found", "api-1:batch", ""),
        ("own-auditor", "denied", "api-1:send", Action.BATCH_SUBMIT.value),
    ]


def test_of_strangers_public_pages_and_forged_forms_nothing_is_kept() -> None:
    clerk = an_officer()
    for place in ("/desk/cases/x", "/r/x", "/enterprise/firms/x", "/no-such-page", "/api/v1/records/x"):
        Client().get(place)
    inside = as_login(clerk)
    assert inside.get("/r/x").status_code == 404
    assert inside.get("/no-such-page").status_code == 404
    forging = Client(enforce_csrf_checks=True)
    forging.force_login(clerk)
    assert forging.post("/desk/cases/x/take").status_code == 403
    assert not told(Kind.SECURITY)
    assert not Denial.objects.exists()


def test_a_flood_is_one_event_an_hour_and_none_of_it_is_forgotten() -> None:
    auditor = an_officer(Role.AUDITOR)
    client = as_login(auditor)
    with time_machine.travel(MOMENT, tick=False) as clock:
        for _ in range(30):
            client.get("/desk/upload")
        assert [each["count"] for each in told(Kind.SECURITY, SECURITY)] == [1]
        assert tell_the_rest() == 0
        # The next request tells of those before it; what nobody follows is told by the clock.
        clock.shift(TOLD_EVERY)
        for _ in range(5):
            client.get("/desk/upload")
        assert [each["count"] for each in told(Kind.SECURITY, SECURITY)] == [1, 30]
        clock.shift(TOLD_EVERY + timedelta(seconds=1))
        assert tell_denials.call_now() == 4
        assert [each["count"] for each in told(Kind.SECURITY, SECURITY)] == [1, 30, 4]
        assert sum(each["count"] for each in told(Kind.SECURITY, SECURITY)) == 35
        assert not Denial.objects.exists()
        assert tell_the_rest() == 0


def test_many_accounts_and_pages_are_told_apart_in_one_pass() -> None:
    people = [an_officer(role) for role in (Role.AUDITOR, Role.INSPECTOR)]
    with time_machine.travel(MOMENT, tick=False) as clock:
        for person in people:
            for place in ("/desk/upload", "/administration/accounts"):
                for _ in range(3):
                    as_login(person).get(place)
        before = len(told(Kind.SECURITY, SECURITY))
        clock.shift(TOLD_EVERY)
        assert tell_the_rest() == 8
    rest = told(Kind.SECURITY, SECURITY)[before:]
    assert sorted((each["by"], each["route"], each["count"]) for each in rest) == sorted(
        (person.username, route, 2) for person in people for route in ("desk:upload", "administration:accounts")
    )


def test_on_postgresql_an_account_counts_its_own_and_removes_none() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    own, other = an_officer(Role.AUDITOR), an_officer(Role.INSPECTOR)
    for person in (own, other):
        as_login(person).get("/desk/upload")
    with asks(asker_of(own)):
        assert [each.account for each in Denial.objects.select_related("account")] == [own]
        assert Denial.objects.all().delete() == (0, {})
    assert Denial.objects.count() == 2


def test_where_it_cannot_be_logged_it_is_refused_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    client = as_login(an_officer(Role.AUDITOR))
    monkeypatch.setattr("rongxin.ledger.actions._insert", fails)
    with caplog.at_level(logging.ERROR):
        assert client.get("/desk/upload").status_code == 403
    assert "a refused request could not be logged" in caplog.text
    # Nothing counts as told that was not.
    assert not Denial.objects.exists()
    monkeypatch.undo()
    assert client.get("/desk/upload").status_code == 403
    assert len(told(Kind.SECURITY, SECURITY)) == 1
    assert Denial.objects.get().told_at <= timezone.now()
