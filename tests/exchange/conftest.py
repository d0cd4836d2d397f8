"""Recipients of a test: registered by two officers of the city office, with a key and a client that bears it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.exchange.recipients import registry
from rongxin.exchange.recipients.models import Recipient, Sort
from tests.factories import a_code, a_department, an_account, at, the_rules

NOW = at("2026-11-20")


@dataclass
class Subscriber:
    """A recipient and its machine."""

    recipient: Recipient
    client: Client
    key: str

    def take(self, after: int = 0, limit: int = 100) -> dict[str, Any]:
        answer = self.client.get("/api/v1/feed", {"after": after, "limit": limit})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def say(self, up_to: int) -> tuple[int, dict[str, Any]]:
        answer = self.client.post(
            "/api/v1/recipients/me/acknowledgements", {"up_to": up_to}, content_type="application/json"
        )
        return answer.status_code, answer.json()

    def keep_up(self, after: int = 0) -> int:
        """Take all there is after a position, and acknowledge it."""
        page = self.take(after)
        while page["more"]:
            page = self.take(page["cursor"])
        assert self.say(page["cursor"])[0] == 200
        return int(page["cursor"])


@dataclass(frozen=True)
class CityOffice:
    department: Department
    first: Account
    second: Account

    def a_recipient(self, name: str = "示例甲信用服务机构") -> Subscriber:
        made = registry.propose(name=name, uscc=a_code(), sort=Sort.AGENCY, office="示例数据部", by=self.first)
        registry.approve(made.pk, self.second)
        key = registry.make_key(made.pk, self.first)
        made.refresh_from_db()
        return Subscriber(made, Client(headers={"authorization": f"Bearer {key}"}), key)


@pytest.fixture(autouse=True)
def _quota() -> None:
    cache.clear()


@pytest.fixture
def city(db: None) -> CityOffice:
    the_rules()
    office = a_department("fz-city", "福州市示例信用办", region="350100")
    return CityOffice(
        office, an_account(Role.CITY_OFFICE, office, "city-one"), an_account(Role.CITY_OFFICE, office, "city-two")
    )


@pytest.fixture
def clock() -> Iterator[Callable[[str, str], None]]:
    """Moves the time: ``clock("2026-11-20", "10:00")``."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield lambda day, hour: traveller.move_to(at(day, hour))
