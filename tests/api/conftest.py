from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from rongxin.accounts.keys import make_key
from rongxin.accounts.models import Account
from tests.intake.conftest import Office, _friday, office, policy

__all__ = ["Office", "_friday", "office", "policy"]

Calling = Callable[[Account], Client]


@pytest.fixture(autouse=True)
def _quota() -> None:
    cache.clear()


@pytest.fixture
def calling() -> Calling:
    """A machine that speaks for an account."""

    def client(account: Account) -> Client:
        return Client(headers={"authorization": f"Bearer {make_key(account, label='示例系统')}"})

    return client


@pytest.fixture
def machine(office: Office, calling: Calling) -> Client:
    """The machine of the demonstration department's clerk."""
    return calling(office.clerk)
