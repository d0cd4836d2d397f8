"""An officer with a generator of codes, and the way through the pages of the login."""

from dataclasses import dataclass, field

import pytest
from django.http import HttpResponse
from django.test import Client

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from tests.factories import PASSWORD, a_department, an_account, the_rules
from tests.logins import give_generator, next_code


@dataclass
class Person:
    """Somebody with an account, a browser, and a phone."""

    account: Account
    client: Client = field(default_factory=lambda: Client(headers={"User-Agent": "示例浏览器 1"}))

    def password(self, password: str = PASSWORD, **more: str) -> HttpResponse:
        return self.client.post("/login", {"username": self.account.username, "password": password, **more})

    def code(self, code: str | None = None) -> HttpResponse:
        return self.client.post("/login/code", {"second_factor_code": code or next_code(self.account)})

    def enter(self) -> HttpResponse:
        self.password()
        return self.code()

    def events(self) -> list[tuple[str, str]]:
        from rongxin.accounts.events import history

        return [(event.kind, event.detail) for event in history(self.account).order_by("pk")]


def a_person(role: Role = Role.CLERK, name: str = "officer", *, with_generator: bool = True) -> Person:
    account = an_account(role, a_department(), name)
    if with_generator:
        give_generator(account)
    return Person(account)


@pytest.fixture
def officer(db: None) -> Person:
    the_rules()
    return a_person()
