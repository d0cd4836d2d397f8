from collections.abc import Iterator
from pathlib import Path

import pytest

from rongxin.policy.loader import pack_sources
from rongxin.policy.pack import Policy
from rongxin.rulebook import queries
from tests.policy.packs import LAND, changed, loaded


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """No test remembers the rules of another."""
    queries.forget()
    yield
    queries.forget()


@pytest.fixture
def land(tmp_path: Path) -> Policy:
    """A small policy."""
    return loaded(tmp_path / "land", LAND)


@pytest.fixture
def stricter(tmp_path: Path) -> Policy:
    """The same with another deadline."""
    return loaded(tmp_path / "stricter", changed("land/values/publicity.yaml", "value: 7", "value: 3"))


@pytest.fixture
def sources(land: Policy, tmp_path: Path) -> dict[str, str]:
    """The files of the small policy."""
    return pack_sources(tmp_path / "land", "land")
