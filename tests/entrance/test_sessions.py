"""One session, of one browser, for a time; and whoever is out is told why."""

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.models import Account, EventKind
from tests.entrance.conftest import Person

pytestmark = pytest.mark.django_db


def why_out(client: Client, place: str = "/desk/") -> str:
    answer = client.get(place)
    assert answer.status_code == 302
    where = urlparse(answer["Location"])
    assert where.path == "/login"
    return parse_qs(where.query).get("ended", [""])[0]


def test_an_idle_session_ends(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.enter()
        for _ in range(3):
            clock.shift(timedelta(minutes=environment.idle_minutes))
            assert officer.client.get("/desk/").status_code == 200
        clock.shift(timedelta(minutes=environment.idle_minutes, seconds=1))
        assert why_out(officer.client) == "idle"
    assert officer.events()[-1] == ("session_ended", "idle")
    assert "较长时间没有操作" in officer.client.get("/login?ended=idle").content.decode()


def test_a_session_ends_after_eight_hours_however_busy(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.enter()
        for _ in range(environment.session_hours * 6):
            clock.shift(timedelta(minutes=10))
            assert officer.client.get("/desk/").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert why_out(officer.client) == "age"
    assert officer.events()[-1] == ("session_ended", "age")


def test_a_new_login_ends_the_older_one_which_is_told_why(officer: Person) -> None:
    officer.enter()
    elsewhere = Person(officer.account)
    elsewhere.enter()
    assert why_out(officer.client) == "elsewhere"
    assert elsewhere.client.get("/desk/").status_code == 200  # the older one's end does not end the newer
    assert [event for event in officer.events() if event[0] == "session_ended"] == [("session_ended", "elsewhere")]
    assert "在别处登录" in officer.client.get("/login?ended=elsewhere").content.decode()


def test_a_stolen_cookie_is_of_no_use_in_another_browser_and_the_session_is_over(officer: Person) -> None:
    officer.enter()
    thief = Client(headers={"User-Agent": "另一个浏览器"})
    thief.cookies[settings.SESSION_COOKIE_NAME] = officer.client.cookies[settings.SESSION_COOKIE_NAME].value
    assert why_out(thief) == "other_browser"
    assert officer.client.get("/desk/").status_code == 302
    assert officer.events()[-1] == ("session_ended", "other_browser")


def test_the_session_gets_a_new_key_at_each_step(officer: Person) -> None:
    keys = []
    officer.client.get("/login")
    officer.password()
    keys.append(officer.client.session.session_key)
    officer.code()
    keys.append(officer.client.session.session_key)
    assert len(set(keys)) == 2


def test_logging_out_ends_the_session_for_good(officer: Person) -> None:
    officer.enter()
    kept = officer.client.cookies[settings.SESSION_COOKIE_NAME].value
    officer.client.post("/logout")
    officer.client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert why_out(officer.client) == ""
    assert officer.events()[-1] == ("session_ended", "logout")
    assert Account.objects.get().live_session == ""


def test_out_everywhere_is_out_here(officer: Person) -> None:
    officer.enter()
    assert officer.client.post("/account/everywhere").status_code == 302
    assert officer.client.get("/desk/").status_code == 302
    assert officer.events()[-1] == ("session_ended", "everywhere")


def test_an_account_that_is_switched_off_is_out_at_once(officer: Person) -> None:
    officer.enter()
    Account.objects.update(is_active=False)
    assert officer.client.get("/desk/").status_code == 302


def test_a_public_page_stays_open_to_whoever_was_logged_in(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.enter()
        clock.shift(timedelta(hours=1))
        assert officer.client.get("/rules").status_code == 200


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(officer: Person) -> None:
    answer = officer.client.get("/desk/batches", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/login"


def test_the_cookie_is_for_this_site_alone(officer: Person) -> None:
    officer.enter()
    cookie = officer.client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["domain"]
    assert not cookie["expires"]  # gone with the browser
    assert bool(cookie["secure"]) == environment.https


def test_failures_of_the_password_are_kept_with_the_account(officer: Person) -> None:
    for _ in range(5):
        officer.password("wrong")
    kinds = [kind for kind, _ in officer.events()]
    assert kinds.count(EventKind.FAILED) == 5
    assert kinds.count(EventKind.LOCKED) == 1
    assert officer.password().status_code == 429


def test_sessions_that_ran_out_are_removed_and_the_others_stay(officer: Person) -> None:
    from django.contrib.sessions.models import Session

    from rongxin.entrance.tidy import tidy_sessions

    officer.enter()
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        Person(officer.account).password()
    assert Session.objects.count() == 2
    assert tidy_sessions.call_now() == {"sessions": 1, "sign_ups": 0}
    assert Session.objects.get().session_key == officer.client.session.session_key


def test_a_page_is_shown_though_nothing_can_be_written(officer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import OperationalError

    def full(*given: object, **more: object) -> None:
        raise OperationalError("database or disk is full")

    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.enter()
        clock.shift(timedelta(minutes=2))
        with monkeypatch.context() as patch:
            patch.setattr(SessionStore, "save", full)
            assert officer.client.get("/desk/").status_code == 200
        clock.shift(timedelta(minutes=14))
        assert why_out(officer.client) == "idle"  # the visit was not kept: it ends the sooner
