"""Nobody is inside with one factor, and every way to the second leads inside."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from config.environment import environment
from rongxin.accounts import one_time_codes
from rongxin.accounts.models import Account, CodeGenerator, RecoveryCode
from rongxin.accounts.permissions import Role
from rongxin.accounts.second_factor import new_recovery_codes, set_code_generator
from rongxin.entrance import sessions
from tests.entrance.conftest import PASSWORD, Person, a_person
from tests.logins import next_code, with_one_factor

pytestmark = pytest.mark.django_db

STAFF = ("desk", "administration")
OF_THE_DOOR = {"login", "code", "setup", "logout", "invitation"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name in (*STAFF, "entrance"):
                yield from addresses(pattern.url_patterns, place)
        elif pattern.name not in OF_THE_DOOR:
            yield re.sub(r"<\w+:\w+>", "1", place), str(pattern.name)


EVERY_STAFF_ROUTE = sorted(dict(addresses(get_resolver().url_patterns)))


def test_the_routes_of_staff_are_found() -> None:
    assert len(EVERY_STAFF_ROUTE) > 70
    assert not [place for place in EVERY_STAFF_ROUTE if "<" in place]
    assert {"/desk/", "/administration/accounts", "/account"} <= set(EVERY_STAFF_ROUTE)


def assert_closed(client: Client, place: str) -> None:
    for method in (client.get, client.post):
        answer = method(place)
        assert answer.status_code == 302, place
        assert re.match(r"/login(\?|$)", answer["Location"]), place


@pytest.mark.parametrize("role", [Role.CLERK, Role.SECURITY_ADMIN])
def test_no_route_of_staff_is_reached_with_the_password_alone(role: Role) -> None:
    person = a_person(role)
    assert person.password()["Location"] == "/login/code"
    for place in EVERY_STAFF_ROUTE:
        assert_closed(person.client, place)


@pytest.mark.parametrize("role", [Role.CLERK, Role.SECURITY_ADMIN])
def test_no_route_of_staff_is_reached_before_a_second_factor_is_set_up(role: Role) -> None:
    person = a_person(role, with_generator=False)
    person.password()
    assert person.client.get("/login/code")["Location"] == "/login/setup"
    assert person.client.get("/login/setup").status_code == 200
    for place in EVERY_STAFF_ROUTE:
        assert_closed(person.client, place)


def test_a_session_that_django_alone_calls_logged_in_reaches_no_route(officer: Person) -> None:
    client = Client()
    for place in EVERY_STAFF_ROUTE:
        with_one_factor(client, officer.account, sessions.BACKEND)
        assert_closed(client, place)


def test_password_and_code_lead_inside(officer: Person) -> None:
    assert officer.enter()["Location"] == "/desk/"
    assert officer.client.get("/desk/").status_code == 200
    assert officer.events()[-1] == ("login", "code")


def test_the_page_that_was_asked_for_comes_after_the_login(officer: Person) -> None:
    asked = officer.client.get("/desk/batches?kind=x")["Location"]
    assert asked == "/login?next=%2Fdesk%2Fbatches%3Fkind%3Dx"
    officer.password(next="/desk/batches?kind=x")
    assert officer.code()["Location"] == "/desk/batches?kind=x"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_after_the_login(officer: Person, elsewhere: str) -> None:
    officer.password(next=elsewhere)
    assert officer.code()["Location"] == "/desk/"


def test_the_password_holds_for_ten_minutes_without_the_code(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.password()
        clock.shift(timedelta(minutes=10, seconds=1))
        assert officer.code()["Location"] == "/login"


# ── the code ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_code_is_taken_once(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        used = next_code(officer.account)
        officer.password()
        assert officer.code(used).status_code == 302
        again = Person(officer.account)
        again.password()
        assert again.code(used).status_code == 422


def test_no_code_is_taken_after_a_later_one(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        step = one_time_codes.present_step()
        secret = one_time_codes.unseal(CodeGenerator.objects.get().secret)
        assert one_time_codes.take_code(officer.account, one_time_codes.code_at(secret, step + 1))
        assert not one_time_codes.take_code(officer.account, one_time_codes.code_at(secret, step))


@pytest.mark.parametrize(("beside", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_half_a_minute_off(officer: Person, beside: int, taken: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        secret = one_time_codes.unseal(CodeGenerator.objects.get().secret)
        code = one_time_codes.code_at(secret, one_time_codes.present_step() + beside)
        assert one_time_codes.take_code(officer.account, code) == taken


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    for seconds, digits in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert one_time_codes.code_at(secret, seconds // 30) == digits


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000\n"])
def test_whatever_is_no_code_is_refused(officer: Person, code: str) -> None:
    officer.password()
    answer = officer.client.post("/login/code", {"second_factor_code": code})
    assert answer.status_code == 422
    assert officer.client.get("/desk/").status_code == 302


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour(officer: Person) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        officer.password()
        answers = [officer.code("000000").status_code for _ in range(5)]
        assert answers == [422, 422, 422, 422, 429]
        assert officer.code().status_code == 429  # even the right one
        clock.shift(timedelta(minutes=14, seconds=59))
        officer.password()
        assert officer.code().status_code == 429
        clock.shift(timedelta(seconds=2))
        officer.password()
        assert officer.code().status_code == 302
    kinds = [kind for kind, _ in officer.events()]
    assert kinds.count("factor_failed") == 5
    assert kinds.count("locked") == 1


def test_a_right_code_forgives_the_wrong_ones(officer: Person) -> None:
    for _ in range(2):
        officer.password()
        assert [officer.code("000000").status_code for _ in range(4)] == [422] * 4
        assert officer.code().status_code == 302
        officer.client.post("/logout")


def test_the_secret_is_sealed_and_the_former_signing_key_still_opens_it(officer: Person, settings: object) -> None:
    kept = CodeGenerator.objects.get()
    secret = one_time_codes.unseal(kept.secret)
    assert secret not in kept.secret

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-signing-key-" + "1" * 40  # type: ignore[attr-defined]
    assert one_time_codes.take_code(officer.account, next_code(officer.account))
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert one_time_codes.unseal(CodeGenerator.objects.get().secret) == secret  # sealed anew when it was used


def test_a_secret_that_cannot_be_opened_proves_nothing(officer: Person, settings: object) -> None:
    code = next_code(officer.account)
    settings.SECRET_KEY = "another-signing-key-" + "1" * 40  # type: ignore[attr-defined]
    assert not one_time_codes.take_code(officer.account, code)


# ── recovery ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_recovery_code_leads_inside_once(officer: Person) -> None:
    codes = new_recovery_codes(officer.account)
    assert len(codes) == len(set(codes)) == 10
    officer.password()
    assert officer.code(codes[3].lower().replace("-", " ")).status_code == 302
    assert officer.events()[-1] == ("login", "recovery")
    again = Person(officer.account)
    again.password()
    assert again.code(codes[3]).status_code == 422
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_new_recovery_codes_void_the_old_and_are_no_ones_else(officer: Person) -> None:
    old = new_recovery_codes(officer.account)
    new_recovery_codes(officer.account)
    other = a_person(name="other")
    of_other = new_recovery_codes(other.account)
    officer.password()
    assert officer.code(old[0]).status_code == 422
    assert officer.code(of_other[0]).status_code == 422


def test_recovery_codes_are_kept_as_digests_only(officer: Person) -> None:
    codes = new_recovery_codes(officer.account)
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


# ── setting up ───────────────────────────────────────────────────────────────────────────────────────────────────────
def secret_shown(page: str) -> str:
    found = re.search(r'rx-secret">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def test_the_first_login_sets_the_generator_up_and_shows_recovery_codes_once(db: None) -> None:
    person = a_person(with_generator=False)
    person.password()
    page = person.client.get("/login/setup").content.decode()
    assert re.search(r"<svg[^>]* viewBox=", page)  # without it the picture is cut off, not scaled
    assert 'style="' not in page
    secret = secret_shown(page)
    wrong = person.client.post("/login/setup", {"second_factor_code": "000000"})
    assert wrong.status_code == 422
    assert secret_shown(wrong.content.decode()) == secret  # the picture on the phone still counts

    code = one_time_codes.code_at(secret, one_time_codes.present_step())
    answer = person.client.post("/login/setup", {"second_factor_code": code})
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", answer.content.decode())
    assert len(codes) == 10
    assert "no-store" in answer["Cache-Control"]
    assert person.client.get("/account").status_code == 200
    file = person.client.post("/account/recovery-codes.txt", {"code": codes})
    assert file.content.decode().split() == codes
    assert person.client.post("/account/recovery-codes.txt", {"code": ["AAAA-AAAA-AAAA-AAAA"]}).status_code == 400
    assert [kind for kind, _ in person.events()][-3:] == ["factor_set", "recovery_codes", "login"]


def test_whoever_has_a_factor_sets_none_up_with_the_password_alone(officer: Person) -> None:
    officer.password()
    for method in (officer.client.get, officer.client.post):
        assert method("/login/setup")["Location"] == "/login/code"


def test_another_phone_takes_the_place_of_the_first(officer: Person) -> None:
    officer.enter()
    before = CodeGenerator.objects.get().secret
    secret = secret_shown(officer.client.get("/account/factor").content.decode())
    code = one_time_codes.code_at(secret, one_time_codes.present_step())
    assert officer.client.post("/account/factor", {"second_factor_code": code})["Location"] == "/account"
    assert one_time_codes.unseal(CodeGenerator.objects.get().secret) == secret != one_time_codes.unseal(before)


# ── demonstration ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def made_up(db: None) -> Person:
    person = a_person(with_generator=False)
    secret = one_time_codes.new_secret()
    code = one_time_codes.code_at(secret, one_time_codes.present_step())
    assert set_code_generator(person.account, secret, code, is_demonstration=True)
    return person


def test_a_demonstration_shows_the_code_of_its_made_up_generators(
    made_up: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "demo", True)
    for _ in range(2):  # also to whoever comes back within half a minute
        made_up.password()
        page = made_up.client.get("/login/code").content.decode()
        shown = re.search(r"仅演示平台显示.*?(\d{6})", page, re.S)
        assert shown
        CodeGenerator.objects.update(last_step=one_time_codes.present_step() - 1)
        page = made_up.client.get("/login/code").content.decode()
        shown = re.search(r"仅演示平台显示.*?(\d{6})", page, re.S)
        assert shown
        assert made_up.code(shown[1])["Location"] == "/desk/"
        made_up.client.post("/logout")


def test_a_real_platform_shows_no_code_and_takes_none_of_a_made_up_generator(made_up: Person) -> None:
    assert not environment.demo
    made_up.password()
    page = made_up.client.get("/login/code").content.decode()
    assert "仅演示平台显示" not in page
    assert not re.search(r"\b\d{6}\b", re.sub(r"<script.*?</script>|value=\"[^\"]*\"", "", page, flags=re.S))
    assert made_up.code().status_code == 422


def test_a_demonstration_shows_no_code_of_a_generator_that_is_real(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "demo", True)
    officer.password()
    assert "仅演示平台显示" not in officer.client.get("/login/code").content.decode()


# ── passwords ────────────────────────────────────────────────────────────────────────────────────────────────────────
def change(person: Person, present: str, new: str, again: str | None = None) -> int:
    given = {"present": present, "new": new, "again": new if again is None else again}
    return person.client.post("/account/password", given).status_code


def test_none_of_the_last_five_passwords_is_taken_again(officer: Person) -> None:
    officer.enter()
    names = [f"示例口令-number-{number}" for number in range(6)]
    present = PASSWORD
    for name in names[:4]:
        assert change(officer, present, name) == 302
        present = name
    for used in (PASSWORD, *names[:4]):
        assert change(officer, present, used) == 422, used
    assert change(officer, present, names[4]) == 302
    assert change(officer, names[4], PASSWORD) == 302  # the sixth back


def test_a_changed_password_keeps_the_session_and_is_needed_from_then_on(officer: Person) -> None:
    officer.enter()
    assert change(officer, "wrong", "another-long-password") == 422
    assert change(officer, PASSWORD, "another-long-password", "not-the-same-at-all") == 422
    assert change(officer, PASSWORD, "password1234") == 422
    assert change(officer, PASSWORD, "another-long-password") == 302
    assert officer.client.get("/desk/").status_code == 200
    later = Person(officer.account)
    assert later.password().status_code == 200
    assert later.password("another-long-password").status_code == 302


def test_a_password_that_is_too_old_is_changed_before_anything_else(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.objects.update(password_set_at=timezone.now() - timedelta(days=90, minutes=1))
    officer.enter()
    assert officer.client.get("/desk/").status_code == 200  # off unless the platform says so
    monkeypatch.setattr(environment, "password_days", 90)
    for place in ("/desk/", "/desk/batches", "/account"):
        assert officer.client.get(place)["Location"] == "/account/password"
    assert change(officer, PASSWORD, "another-long-password") == 302
    assert officer.client.get("/desk/").status_code == 200


def test_passwords_are_hashed_with_argon2() -> None:
    import subprocess
    import sys

    told = subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.PASSWORD_HASHERS)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['django.contrib.auth.hashers.Argon2PasswordHasher']"
