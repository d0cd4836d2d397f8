"""A platform for demonstration on a known day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine

from config.environment import environment

A_MONDAY = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
SUBJECTS, WEEKS = 120, 6


@pytest.fixture
def a_monday() -> Iterator[None]:
    """It is Monday, 23 November 2026, half past eleven in Fuzhou."""
    with time_machine.travel(A_MONDAY, tick=True):
        yield


@pytest.fixture
def demo_platform(a_monday: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator has said that this platform holds made-up data; its history is short."""
    make_demo_platform(monkeypatch)


def make_demo_platform(patch: pytest.MonkeyPatch) -> None:
    """As ``demo_platform``, for a fixture that lives longer than a test."""
    from rongxin.demonstration import loading

    patch.setattr(environment, "demo", True)
    patch.setattr(loading, "told", partial(loading.told, weeks=WEEKS))
