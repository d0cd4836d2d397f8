from collections.abc import Iterator

import pytest
from django.core.cache import cache

from rongxin.policy.pack import Policy
from tests.factories import the_rules


@pytest.fixture
def policy(db: None) -> Policy:
    return the_rules()


@pytest.fixture(autouse=True)
def fresh_figures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
