"""What decides, and what leaves as a file, asks for the second factor anew; and then goes on with the very request."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.keys import account_of, make_key
from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import ProofTooOld, demand
from rongxin.entrance.gate import holds_nothing_kept
from tests.entrance.conftest import Person, a_person
from tests.entrance.soft_key import SoftKey, asked_on
from tests.factories import a_department
from tests.logins import next_code

pytestmark = pytest.mark.django_db
INVITE = "/administration/accounts/invite"
LONG_AGO = timedelta(minutes=environment.proof_minutes + 1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


def waits(clock: time_machine.Traveller, client: Client) -> None:
    """Time goes by at the desk until the proof is old; the session lives on."""
    for _ in range(2):
        clock.shift(LONG_AGO / 2)
        assert client.get("/account").status_code == 200


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("action", list(Action))
def test_every_decision_of_the_matrix_and_nothing_else_wants_a_fresh_proof(role: Role, action: Action) -> None:
    account = Account(username="x", department=a_department(region="350100"), role=role)
    if not account.may(action, account.department):
        return
    demand(account, action, account.department)
    account.must_prove = True
    if matrix().actions[action].decides:
        with pytest.raises(ProofTooOld):
            demand(account, action, account.department)
    else:
        demand(account, action, account.department)


def test_a_machines_key_decides_nothing() -> None:
    reviewer = a_person(Role.REVIEWER).account
    speaking = account_of(make_key(reviewer, label="示例系统"))
    assert speaking is not None
    demand(speaking, Action.BATCH_READ, speaking.department)
    with pytest.raises(PermissionDenied):
        demand(speaking, Action.BATCH_RELEASE, speaking.department)


# ── the very request goes on ─────────────────────────────────────────────────────────────────────────────────────────
def hidden(page: str) -> dict[str, list[str]]:
    """What the question carries, read as a browser would."""
    page = page[page.index("<form", page.index("<h1>")) :]
    page = page[: page.index("</form>")]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)">', page):
        fields.setdefault(unescape(name), []).append(unescape(value))
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def confirm(client: Client, place: str, fields: dict[str, list[str]], **answer: str) -> HttpResponse:
    """Send the question's form back, as a browser does."""
    body = urlencode({**fields, **answer}, doseq=True)
    return client.post(place, body, content_type="application/x-www-form-urlencoded")


def invite(person: Person, **more: object) -> HttpResponse:
    given = {"display_name": '李<示例>&"四"', "username": "li.si", "department": "demo", "role": "clerk"}
    return person.client.post(INVITE, {**given, **more})


@pytest.fixture
def administrator(db: None) -> Person:
    person = a_person(Role.SECURITY_ADMIN, "security")
    person.enter()
    return person


def test_a_decision_with_a_fresh_proof_is_not_held_up(administrator: Person, clock: time_machine.Traveller) -> None:
    assert invite(administrator).status_code == 200
    assert Account.objects.filter(username="li.si").exists()


def test_an_old_proof_is_asked_for_anew_and_the_form_goes_on_as_it_was(
    administrator: Person, clock: time_machine.Traveller
) -> None:
    waits(clock, administrator.client)
    asked = invite(administrator, remark=["一", "二\n三"])
    page = asked.content.decode()
    assert asked.status_code == 403
    assert "no-store" in asked["Cache-Control"]
    assert not Account.objects.filter(username="li.si").exists()
    fields = hidden(page)
    assert fields["display_name"] == ['李<示例>&"四"']
    assert fields["remark"] == ["一", "二\n三"]
    assert re.search(r'<form method="post" action="/administration/accounts/invite"', page)

    answer = confirm(administrator.client, INVITE, fields, second_factor_code=next_code(administrator.account))
    assert answer.status_code == 200
    assert Account.objects.get(username="li.si").display_name == '李<示例>&"四"'
    assert administrator.events()[-1] == ("confirmed", "code")
    assert invite(administrator, username="wang.wu").status_code == 200


def test_a_wrong_answer_asks_again_keeps_the_form_and_counts(
    administrator: Person, clock: time_machine.Traveller
) -> None:
    waits(clock, administrator.client)
    fields = hidden(invite(administrator).content.decode())
    for _ in range(5):
        answer = confirm(administrator.client, INVITE, fields, second_factor_code="000000")
        assert answer.status_code == 403
        assert hidden(answer.content.decode()) == fields
    right = confirm(administrator.client, INVITE, fields, second_factor_code=next_code(administrator.account))
    assert right.status_code == 403
    assert not Account.objects.filter(username="li.si").exists()
    assert ("locked", "second_factor") in administrator.events()


def test_a_security_key_confirms_too(administrator: Person, clock: time_machine.Traveller) -> None:
    key, place = SoftKey(), "/account/factor"
    asked = asked_on(administrator.client.get(place).content.decode())
    assert administrator.client.post(place, {"second_factor_key": key.create(asked), "label": ""}).status_code == 302
    waits(clock, administrator.client)
    page = invite(administrator).content.decode()
    confirm(administrator.client, INVITE, hidden(page), second_factor_key=key.get(asked_on(page)))
    assert Account.objects.filter(username="li.si").exists()
    assert administrator.events()[-1] == ("confirmed", "key")


def test_confirming_needs_the_token_of_the_form(administrator: Person, clock: time_machine.Traveller) -> None:
    waits(clock, administrator.client)
    strict = Client(enforce_csrf_checks=True, headers={"User-Agent": "示例浏览器 1"})
    strict.cookies = administrator.client.cookies
    fields = {"proof_for": ["POST"]}
    answer = confirm(strict, INVITE, fields, second_factor_code=next_code(administrator.account))
    assert answer.status_code == 403
    assert ("confirmed", "code") not in administrator.events()


def test_an_answer_without_a_login_confirms_nothing(officer: Person) -> None:
    fields = {"proof_for": ["GET"]}
    code = next_code(officer.account)
    assert confirm(officer.client, "/desk/duties.csv", fields, second_factor_code=code).status_code == 302
    assert officer.events() == [("opened", "clerk")]


@pytest.mark.parametrize(
    "change",
    ["/account/password", "/account/recovery-codes", "/account/factor", "/account/keys/1/remove"],
)
def test_what_guards_the_account_itself_asks_too(officer: Person, clock: time_machine.Traveller, change: str) -> None:
    officer.enter()
    waits(clock, officer.client)
    answer = officer.client.post(change)
    assert answer.status_code == 403
    assert "请再验证一次" in answer.content.decode()


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
FILES = (
    "/desk/clocks.csv",
    "/desk/coverage/report.xlsx",
    "/desk/coverage/series.csv",
    "/desk/records/withdrawn.csv",
    "/desk/mappings.csv",
    "/desk/questions.csv",
    "/desk/duties.csv",
    "/desk/subjects.csv",
    "/desk/codes.csv",
)


@pytest.mark.parametrize("place", FILES)
def test_a_file_is_given_with_a_fresh_proof_only(officer: Person, clock: time_machine.Traveller, place: str) -> None:
    officer.enter()
    assert officer.client.get(place)["Content-Disposition"].startswith("attachment")
    waits(clock, officer.client)
    asked = officer.client.get(f"{place}?q=示例")
    assert asked.status_code == 403
    assert "Content-Disposition" not in asked
    fields = hidden(asked.content.decode())
    assert fields == {"proof_for": ["GET"]}
    answer = confirm(officer.client, f"{place}?q=示例", fields, second_factor_code=next_code(officer.account))
    assert answer.status_code == 302
    assert officer.client.get(answer["Location"])["Content-Disposition"].startswith("attachment")


def test_an_empty_form_is_given_at_any_time(officer: Person, clock: time_machine.Traveller) -> None:
    officer.enter()
    waits(clock, officer.client)
    assert officer.client.get("/desk/templates/administrative_penalty.xlsx").status_code == 200


def test_only_the_empty_form_and_ones_own_recovery_codes_are_said_to_hold_nothing() -> None:
    from django.urls import get_resolver

    from rongxin.desk.sending import template
    from rongxin.entrance.setting_up import codes_file

    marked = set()
    stack = list(get_resolver().url_patterns)
    while stack:
        pattern = stack.pop()
        stack.extend(getattr(pattern, "url_patterns", ()))
        if getattr(getattr(pattern, "callback", None), "holds_nothing_kept", False):
            marked.add(pattern.callback)
    assert marked == {template, codes_file}
    assert holds_nothing_kept(lambda: None).holds_nothing_kept  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/desk/codes?x=1", "/desk/codes?x=1"),
        ("https://example.org/desk/codes", "/login/inside"),
        ("", "/login/inside"),
    ],
)
def test_whoever_sent_a_file_comes_back_to_its_form(
    officer: Person, clock: time_machine.Traveller, referer: str, back: str
) -> None:
    officer.enter()
    waits(clock, officer.client)
    file = SimpleUploadedFile("a.csv", "注册号\n350100100000017\n".encode())
    asked = officer.client.post("/desk/codes/convert", {"file": file}, headers={"Referer": referer})
    assert asked.status_code == 403
    page = asked.content.decode()
    assert "重新选择文件" in page
    assert f'action="{back}"' in page
    answer = confirm(officer.client, back, hidden(page), second_factor_code=next_code(officer.account))
    assert answer["Location"] == back
    file = SimpleUploadedFile("a.csv", "注册号\n350100100000017\n".encode())
    assert officer.client.post("/desk/codes/convert", {"file": file}).status_code == 200
