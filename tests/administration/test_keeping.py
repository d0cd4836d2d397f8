"""Accounts are invited, helped back in, changed and ended by a security administrator; never one's own, always with a reason."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pydantic import SecretStr

from config.environment import environment
from rongxin.accounts import keeping
from rongxin.accounts.models import STAFF_ROLES, Account, AccountEvent, CodeGenerator, EventKind, Invitation
from rongxin.accounts.permissions import ADMINISTRATORS, Action, Role
from tests.entrance.conftest import PASSWORD, Person, a_person
from tests.logins import give_generator

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "示例口令-long-enough"
REASON = "示例：手机丢失"


@pytest.fixture
def administrator(db: None) -> Person:
    person = a_person(Role.SECURITY_ADMIN, "security")
    person.client.force_login(person.account)
    return person


@pytest.fixture
def auditor(db: None) -> Person:
    person = a_person(Role.AUDIT_ADMIN, "audit")
    person.client.force_login(person.account)
    return person


def invite(by: Person, **given: str) -> HttpResponse:
    form = {"display_name": "李示例", "username": "li.si", "department": "demo", "role": "reviewer", **given}
    return by.client.post("/administration/accounts/invite", form)


def link_on(answer: HttpResponse) -> str:
    found = re.search(r'id="link">http://[^/]+(/invitation/[\w-]+)<', answer.content.decode())
    assert found
    return found[1]


def act(by: Person, account: Account, verb: str, **given: str) -> HttpResponse:
    return by.client.post(f"/administration/accounts/{account.pk}/{verb}", {"reason": REASON, **given})


def accept(link: str) -> Person:
    client = Client()
    assert client.get(link).status_code == 200
    answer = client.post(link, {"new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer["Location"] == "/login/code"
    return Person(Account.objects.latest("pk"), client)


# ── inviting ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_invited_set_password_and_second_factor_and_are_in(administrator: Person) -> None:
    from tests.factories import the_rules

    the_rules()
    link = link_on(invite(administrator))
    account = Account.objects.get(username="li.si")
    assert not account.is_active
    assert not account.has_usable_password()

    invited = accept(link)
    page = invited.client.get("/login/setup").content.decode()
    assert "设置第二重验证" in page
    assert invited.client.get("/desk/").status_code == 302  # not before
    from rongxin.accounts import one_time_codes
    from tests.entrance.test_two_factors import secret_shown

    code = one_time_codes.code_at(secret_shown(page), one_time_codes.present_step())
    assert invited.client.post("/login/setup", {"second_factor_code": code}).status_code == 200
    assert invited.client.get("/desk/").status_code == 200
    assert [kind for kind, _ in invited.events()] == [
        "invited",
        "password_set",
        "opened",
        "factor_set",
        "recovery_codes",
        "login",
    ]
    assert AccountEvent.objects.get(kind=EventKind.INVITED).by == administrator.account


def test_a_link_works_once_and_for_its_time_and_until_the_next(administrator: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = link_on(invite(administrator))
        account = Account.objects.get(username="li.si")
        second = link_on(act(administrator, account, "invite-again"))
        assert Client().get(first).status_code == 410
        clock.shift(timedelta(hours=environment.invitation_hours, seconds=-1))
        accept(second)
        assert Client().get(second).status_code == 410
        assert Client().post(second, {"new": NEW_PASSWORD, "again": NEW_PASSWORD}).status_code == 410
        administrator.client.force_login(administrator.account)
        third = link_on(act(administrator, account, "reset-password"))
        clock.shift(timedelta(hours=environment.invitation_hours))
        assert Client().get(third).status_code == 410


def test_a_weak_password_does_not_use_the_link_up(administrator: Person) -> None:
    link = link_on(invite(administrator))
    for weak in ("short", "password1234", "123456789012"):
        assert Client().post(link, {"new": weak, "again": weak}).status_code == 422, weak
    accept(link)


def test_the_word_of_a_link_is_kept_as_a_digest(administrator: Person) -> None:
    word = link_on(invite(administrator)).rsplit("/", 1)[1]
    assert word not in str(list(Invitation.objects.values()))


@pytest.mark.parametrize("guess", ["", "x", "A" * 43, "../login"])
def test_a_guessed_link_opens_nothing(db: None, guess: str) -> None:
    assert Client().get(f"/invitation/{guess}").status_code in (404, 410)


def test_mail_carries_the_link_and_the_address_is_not_kept(
    administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'name="email"' not in administrator.client.get("/administration/accounts/invite").content.decode()
    monkeypatch.setattr(environment, "mail_url", SecretStr("smtp://localhost"))
    link = link_on(invite(administrator, email="li.si@example.gov.cn"))
    assert [message.to for message in mail.outbox] == [["li.si@example.gov.cn"]]
    assert link in mail.outbox[0].body
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith("accounts_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                assert "example.gov.cn" not in str(cursor.fetchall()), table


def test_mail_that_does_not_leave_is_told(administrator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **more: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(environment, "mail_url", SecretStr("smtp://localhost"))
    monkeypatch.setattr("rongxin.administration.links.send_mail", fails)
    answer = invite(administrator, email="li.si@example.gov.cn")
    assert "邮件没有发出去" in answer.content.decode()
    link_on(answer)


def test_a_name_that_is_taken_and_a_role_that_does_not_work_here_are_refused(administrator: Person) -> None:
    invite(administrator)
    assert invite(administrator).status_code == 422
    assert invite(administrator, username="other", role="enterprise").status_code == 422
    assert invite(administrator, username="李四").status_code == 422
    assert Account.objects.count() == 2


# ── helping back in ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_forgotten_password_is_set_anew_and_the_second_factor_still_asked(administrator: Person) -> None:
    officer = a_person()
    officer.client.force_login(officer.account)
    link = link_on(act(administrator, officer.account, "reset-password"))
    assert officer.client.get("/desk/").status_code == 302
    assert Person(officer.account).password().status_code == 200  # the old one is void
    back = accept(link)
    assert "填一个恢复码" in back.client.get("/login/code").content.decode()
    assert CodeGenerator.objects.filter(account=officer.account).exists()


def test_a_lost_phone_voids_the_password_too_and_is_told_at_the_next_login(administrator: Person) -> None:
    from tests.factories import the_rules

    the_rules()
    officer = a_person()
    link = link_on(act(administrator, officer.account, "reset-second-factor"))
    assert not CodeGenerator.objects.filter(account=officer.account).exists()
    assert Person(officer.account).password().status_code == 200  # whoever knows the password alone sets nothing up
    back = accept(link)
    assert back.client.get("/login/code")["Location"] == "/login/setup"
    give_generator(officer.account)
    assert Person(officer.account, back.client).code()["Location"] == "/desk/"
    page = back.client.get("/desk/").content.decode()
    assert REASON in page
    assert "重置第二重验证" in page
    event = AccountEvent.objects.get(kind=EventKind.FACTOR_RESET)
    assert (event.by, event.detail) == (administrator.account, REASON)


def test_nothing_is_done_without_a_reason(administrator: Person) -> None:
    officer = a_person()
    for verb in ("reset-password", "reset-second-factor", "end", "role"):
        act(administrator, officer.account, verb, reason=" 无 ", role="reviewer")
    officer.account.refresh_from_db()
    assert officer.account.is_active
    assert officer.account.check_password(PASSWORD)
    assert officer.account.role == Role.CLERK


# ── ending, reopening, roles ─────────────────────────────────────────────────────────────────────────────────────────
def test_an_ended_account_is_out_at_once_and_its_keys_and_links_are_void(administrator: Person) -> None:
    from rongxin.accounts.keys import account_of, make_key

    officer = a_person()
    key = make_key(officer.account, label="示例系统")
    officer.client.force_login(officer.account)
    link = link_on(act(administrator, officer.account, "reset-password"))
    act(administrator, officer.account, "end")
    assert officer.client.get("/desk/").status_code == 302
    assert account_of(key) is None
    assert Client().get(link).status_code == 410
    assert officer.password().status_code == 200

    act(administrator, officer.account, "reopen")
    officer.account.refresh_from_db()
    assert officer.account.ended_at is None
    assert not officer.account.is_active  # until its bearer has set a new password
    assert not officer.account.has_usable_password()


def test_another_role_ends_the_session_and_is_told(administrator: Person) -> None:
    officer = a_person()
    officer.client.force_login(officer.account)
    act(administrator, officer.account, "role", role="reviewer")
    assert officer.client.get("/desk/").status_code == 302
    event = AccountEvent.objects.get(kind=EventKind.ROLE_CHANGED)
    assert event.told == f"录入员 → 审核员；{REASON}"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CLERK}))
def test_an_officer_becomes_no_administrator_and_nobody_outside(administrator: Person, role: Role) -> None:
    officer = a_person()
    answer = act(administrator, officer.account, "role", role=role)
    officer.account.refresh_from_db()
    is_officer = role not in ADMINISTRATORS and role in STAFF_ROLES
    assert (officer.account.role == role) == is_officer
    assert answer.status_code == (302 if is_officer else 403)


@pytest.mark.parametrize("verb", ["invite-again", "role", "reset-password", "reset-second-factor", "end", "reopen"])
def test_nobody_keeps_the_own_account(administrator: Person, verb: str) -> None:
    before = Account.objects.values().get(pk=administrator.account.pk)
    answer = act(administrator, administrator.account, verb, role="audit_admin")
    assert answer.status_code == 403
    assert Account.objects.values().get(pk=administrator.account.pk) == before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_nobody_but_a_security_administrator_keeps_accounts(role: Role) -> None:
    other, target = a_person(role, "other").account, a_person(name="target").account
    with pytest.raises(PermissionDenied):
        keeping.invite(other, "x.y.z", display_name="示例", department=target.department, role=Role.CLERK)
    for deed in (keeping.end, keeping.reopen, keeping.reset_password, keeping.reset_second_factor):
        with pytest.raises(PermissionDenied):
            deed(other, target, REASON)
    with pytest.raises(PermissionDenied):
        keeping.change_role(other, target, Role.REVIEWER, REASON)
    assert not keeping.accounts_kept_by(other).exists()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_list_is_filtered_and_leaves_as_csv(administrator: Person) -> None:
    a_person(name="li.si")
    invite(administrator, username="wang.wu")
    page = administrator.client.get("/administration/accounts?q=li.si").content.decode()
    assert "li.si" in page
    assert "wang.wu" not in page
    invited = administrator.client.get("/administration/accounts?state=invited").content.decode()
    assert "wang.wu" in invited
    assert ">li.si<" not in invited
    csv = administrator.client.get("/administration/accounts.csv?role=clerk").content.decode()
    assert "li.si,示例人员," in csv
    assert "wang.wu" not in csv


def test_the_list_asks_no_more_of_the_database_for_more_accounts(
    administrator: Person, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        a_person(name=f"officer-{number}", with_generator=False)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert administrator.client.get("/administration/accounts").status_code == 200


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [
        (Role.SECURITY_ADMIN, {"accounts", "accounts.csv", "accounts/invite"}),
        (Role.AUDIT_ADMIN, {"log", "log.csv"}),
        (Role.SYSTEM_ADMIN, {"work"}),
    ],
)
def test_each_administrator_opens_the_own_pages_only(role: Role, open_pages: set[str]) -> None:
    person = a_person(role, "administrator")
    person.client.force_login(person.account)
    for page in ("accounts/invite", "log", "log.csv", "work"):
        assert person.client.get(f"/administration/{page}").status_code == (200 if page in open_pages else 403), page
    lists = person.client.get("/administration/accounts").content.decode()
    assert ("administrator" in lists.split("<main")[1]) == (role == Role.SECURITY_ADMIN)
    home = person.client.get("/administration/")
    assert home.status_code == 302
    assert person.client.get(home["Location"]).status_code == 200
    for place in ("/desk/", "/desk/batches"):
        assert person.client.get(place).status_code == 403


@pytest.mark.parametrize("role", [Role.CLERK, Role.HEAD, Role.CITY_OFFICE, Role.AUDITOR])
def test_no_officer_opens_the_administration(role: Role) -> None:
    person = a_person(role)
    person.client.force_login(person.account)
    for page in ("", "accounts", "accounts/invite", "accounts/1", "log", "log.csv", "work"):
        assert person.client.get(f"/administration/{page}").status_code == 403


# ── the log ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_audit_administrator_reads_what_happened(administrator: Person, auditor: Person) -> None:
    officer = a_person()
    officer.password("wrong")
    act(administrator, officer.account, "end")
    page = auditor.client.get("/administration/log").content.decode()
    assert REASON in page
    assert "密码不对" in page
    only = auditor.client.get("/administration/log?kind=ended").content.decode().split("<tbody>")[1]
    assert only.count("<tr>") == 1
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert "<tbody>" not in auditor.client.get(f"/administration/log?until={yesterday}").content.decode()
    csv = auditor.client.get("/administration/log.csv?q=officer").content.decode()
    assert f",officer,停用,{REASON},security" in csv


def test_what_is_kept_of_an_event_tells_nothing_of_the_person() -> None:
    assert {field.name for field in AccountEvent._meta.fields} == {"id", "account", "kind", "at", "by", "detail"}


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_accountevent SET detail = 'x'", "DELETE FROM accounts_accountevent"]
)
def test_the_log_is_never_changed(statement: str) -> None:
    a_person()
    assert AccountEvent.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AccountEvent.objects.filter(detail="x").count() == 0


def test_the_matrix_says_who_reads_the_log() -> None:
    from rongxin.accounts.matrix import matrix

    assert {role for role in Role if matrix().roles[role].scopes(Action.ACCOUNT_LOG_READ)} == {Role.AUDIT_ADMIN}
    assert matrix().actions[Action.ACCOUNT_KEEP].decides
