"""A security key instead of the phone: set up, used, copied, lost."""

import pytest

from rongxin.accounts.models import SecurityKey
from rongxin.accounts.permissions import Role
from tests.entrance.conftest import Person, a_person
from tests.entrance.soft_key import SoftKey, asked_on

pytestmark = pytest.mark.django_db


def set_up(person: Person, key: SoftKey, place: str = "/login/setup", **more: object) -> int:
    asked = asked_on(person.client.get(place).content.decode())
    given = {"second_factor_key": key.create(asked, **more), "label": "蓝色示例钥匙"}  # type: ignore[arg-type]
    return person.client.post(place, given).status_code


def enter_with(person: Person, key: SoftKey, **more: object) -> int:
    person.password()
    asked = asked_on(person.client.get("/login/code").content.decode())
    return person.client.post("/login/code", {"second_factor_key": key.get(asked, **more)}).status_code  # type: ignore[arg-type]


@pytest.fixture
def bearer(db: None) -> tuple[Person, SoftKey]:
    from tests.factories import the_rules

    the_rules()
    person, key = a_person(with_generator=False), SoftKey()
    person.password()
    assert set_up(person, key) == 200
    person.client.post("/logout")
    return person, key


def test_a_key_set_up_at_the_first_login_leads_inside(bearer: tuple[Person, SoftKey]) -> None:
    person, key = bearer
    assert SecurityKey.objects.get().label == "蓝色示例钥匙"
    assert enter_with(person, key) == 302
    assert person.client.get("/desk/").status_code == 200
    assert person.events()[-1] == ("login", "key")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://example.org"},
        {"origin": "http://testserver"},
        {"flags": 0},  # nobody touched it
    ],
)
def test_a_wrong_answer_proves_nothing(bearer: tuple[Person, SoftKey], wrong: dict[str, object]) -> None:
    person, key = bearer
    assert enter_with(person, key, **wrong) == 422
    assert person.client.get("/desk/").status_code == 302


def test_the_key_of_another_proves_nothing(bearer: tuple[Person, SoftKey]) -> None:
    person, _ = bearer
    assert enter_with(person, SoftKey()) == 422


def test_an_answer_is_taken_once(bearer: tuple[Person, SoftKey]) -> None:
    person, key = bearer
    person.password()
    asked = asked_on(person.client.get("/login/code").content.decode())
    answer = key.get(asked)
    assert person.client.post("/login/code", {"second_factor_key": answer}).status_code == 302
    person.client.post("/logout")
    person.password()
    assert person.client.post("/login/code", {"second_factor_key": answer}).status_code == 422
    person.client.get("/login/code")
    assert person.client.post("/login/code", {"second_factor_key": answer}).status_code == 422


def test_a_copy_of_the_key_is_noticed(bearer: tuple[Person, SoftKey]) -> None:
    person, key = bearer
    assert enter_with(person, key, uses=7) == 302
    person.client.post("/logout")
    assert enter_with(person, key, uses=7) == 422


@pytest.mark.parametrize("rubbish", ["x", "{}", "[]", '{"id":"AA","response":{}}', "null"])
def test_rubbish_sets_nothing_up_and_proves_nothing(bearer: tuple[Person, SoftKey], rubbish: str) -> None:
    person, _ = bearer
    person.password()
    person.client.get("/login/code")
    assert person.client.post("/login/code", {"second_factor_key": rubbish}).status_code == 422
    fresh = a_person(Role.REVIEWER, "fresh", with_generator=False)
    fresh.password()
    fresh.client.get("/login/setup")
    assert fresh.client.post("/login/setup", {"second_factor_key": rubbish}).status_code == 422
    assert SecurityKey.objects.count() == 1


def test_the_last_factor_is_not_removed_and_others_are_not_touched(bearer: tuple[Person, SoftKey]) -> None:
    person, key = bearer
    enter_with(person, key)
    first = SecurityKey.objects.get()
    person.client.post(f"/account/keys/{first.pk}/remove")
    assert SecurityKey.objects.count() == 1
    assert set_up(person, SoftKey(), "/account/factor") == 302
    person.client.post(f"/account/keys/{first.pk}/remove")
    assert SecurityKey.objects.exclude(pk=first.pk).count() == SecurityKey.objects.count() == 1
    other = a_person(name="other")
    other.enter()
    left = SecurityKey.objects.get().pk
    assert other.client.post(f"/account/keys/{left}/remove").status_code == 404


def test_five_keys_are_enough(bearer: tuple[Person, SoftKey]) -> None:
    person, key = bearer
    enter_with(person, key)
    assert [set_up(person, SoftKey(), "/account/factor") for _ in range(5)] == [302] * 4 + [422]
