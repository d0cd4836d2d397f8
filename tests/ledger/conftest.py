"""A log of its own for every test: published in a folder that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.environment import environment


@contextmanager
def publishing_to(folder: Path) -> Iterator[None]:
    """What is published inside lies in ``folder``."""
    environment.ledger_key("signing"), environment.ledger_key("stream"), environment.ledger_key("payload")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rongxin.ledger.logs.published_root", lambda: folder)
        yield


@pytest.fixture(autouse=True)
def published(tmp_path: Path) -> Iterator[Path]:
    """What a test publishes lies in a folder of its own."""
    with publishing_to(tmp_path / "ledger"):
        yield tmp_path / "ledger"
