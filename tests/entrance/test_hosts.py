"""The administrators' pages on a host name of their own: nothing of one host answers on the other, nor does its cookie."""

import pytest
from django.conf import settings
from django.test import Client

from config.environment import environment
from rongxin.accounts.permissions import Role
from rongxin.entrance.hosts import ADMINISTRATION_COOKIE, link_for
from tests.entrance.conftest import PASSWORD, Person, a_person
from tests.logins import next_code

pytestmark = pytest.mark.django_db
ADMIN = "admin.localhost"


@pytest.fixture
def two_hosts(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    monkeypatch.setattr(environment, "admin_host", ADMIN)
    settings.ALLOWED_HOSTS = ["testserver", ADMIN]  # type: ignore[attr-defined]


def a_browser(host: str = ADMIN) -> Client:
    return Client(headers={"User-Agent": "示例浏览器 1", "Host": host})


def log_in(person: Person, client: Client) -> object:
    client.post("/login", {"username": person.account.username, "password": PASSWORD})
    return client.post("/login/code", {"second_factor_code": next_code(person.account)})


@pytest.mark.parametrize(
    "place", ["/desk/", "/desk/batches", "/search", "/rules", "/api/v1/openapi.json", "/newest", "/punctuality"]
)
def test_nothing_but_the_administration_answers_on_its_host(two_hosts: None, place: str) -> None:
    person = a_person(Role.SECURITY_ADMIN)
    client = a_browser()
    log_in(person, client)
    answer = client.get(place)
    assert answer.status_code == 404
    assert "没有这一页" in answer.content.decode()


@pytest.mark.parametrize("written", ["ADMIN.localhost", "admin.localhost.", "admin.localhost:8000"])
def test_the_host_is_the_same_however_it_is_written(two_hosts: None, written: str) -> None:
    assert a_browser(written).get("/desk/").status_code == 404
    assert a_browser(written).get("/administration/").status_code == 302


@pytest.mark.parametrize("place", ["/administration/", "/administration/accounts", "/administration/log"])
def test_the_administration_is_absent_on_the_public_host(two_hosts: None, place: str) -> None:
    assert a_browser("testserver").get(place).status_code == 404


def test_each_logs_in_on_the_own_host_only(two_hosts: None) -> None:
    administrator, officer = a_person(Role.SECURITY_ADMIN, "security"), a_person(name="officer")
    for person, host in ((administrator, "testserver"), (officer, ADMIN)):
        client = a_browser(host)
        answer = client.post("/login", {"username": person.account.username, "password": PASSWORD})
        assert answer.status_code == 200
        assert "请输入一个正确的" in answer.content.decode()  # what a wrong password is told
        assert client.get("/login/code")["Location"] == "/login"
    assert log_in(administrator, a_browser())["Location"] == "/administration/"  # type: ignore[index]
    assert log_in(officer, a_browser("testserver"))["Location"] == "/desk/"  # type: ignore[index]


def test_the_cookies_are_not_each_others(two_hosts: None) -> None:
    administrator, client = a_person(Role.SECURITY_ADMIN), a_browser()
    log_in(administrator, client)
    assert set(client.cookies) >= {ADMINISTRATION_COOKIE}
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    cookie = client.cookies[ADMINISTRATION_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.get("/administration/accounts").status_code == 200

    under_the_public_name = a_browser()
    under_the_public_name.cookies[settings.SESSION_COOKIE_NAME] = cookie.value
    assert under_the_public_name.get("/administration/accounts").status_code == 302
    on_the_public_host = a_browser("testserver")
    on_the_public_host.cookies[ADMINISTRATION_COOKIE] = cookie.value
    assert on_the_public_host.get("/account").status_code == 302
    client.post("/logout")
    assert client.get("/administration/accounts").status_code == 302


def test_the_pages_of_the_door_and_faults_need_nothing_of_the_public_site(two_hosts: None) -> None:
    client = a_browser()
    assert client.get("/")["Location"] == "/login/inside"
    for place, status in (
        ("/login", 200),
        ("/nothing", 404),
        ("/invitation/x", 410),
        ("/robots.txt", 200),
        ("/healthz", 200),
    ):
        answer = client.get(place)
        assert answer.status_code == status, place
        assert "/search" not in answer.content.decode()
    strict = Client(enforce_csrf_checks=True, headers={"Host": ADMIN})
    assert strict.post("/login", {}).status_code == 403
    person = a_person(Role.AUDIT_ADMIN)
    log_in(person, client)
    assert client.get("/administration/accounts/invite").status_code == 403


def test_links_lead_to_the_host_where_the_account_logs_in(two_hosts: None) -> None:
    administrator, officer = a_person(Role.SECURITY_ADMIN, "security").account, a_person(name="officer").account
    assert link_for(administrator, "w") == f"http://{ADMIN}/invitation/w"
    assert link_for(officer, "w") == f"http://{environment.host_names()[0]}/invitation/w"


def test_a_link_opens_on_its_own_host_only(two_hosts: None) -> None:
    from rongxin.accounts.invitations import make_link

    officer = a_person(name="officer").account
    place = f"/invitation/{make_link(officer, None)}"
    assert a_browser().get(place).status_code == 410
    assert a_browser("testserver").get(place).status_code == 200


def test_without_a_host_of_its_own_the_administration_is_a_path(db: None) -> None:
    assert environment.admin_host == ""
    person = a_person(Role.SECURITY_ADMIN)
    assert person.enter()["Location"] == "/administration/"
    assert person.client.get("/administration/accounts").status_code == 200


def test_there_is_no_public_django_admin(db: None) -> None:
    from django.apps import apps

    assert not apps.is_installed("django.contrib.admin")
    assert Client().get("/admin/").status_code == 404
