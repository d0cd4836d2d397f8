"""A log of its own for every test: published in a folder that goes with it."""

from pathlib import Path

import pytest

from config.environment import environment


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a test publishes lies in a folder of its own."""
    environment.ledger_key("signing"), environment.ledger_key("stream"), environment.ledger_key("payload")
    monkeypatch.setattr("rongxin.ledger.logs.published_root", lambda: tmp_path / "ledger")
    return tmp_path / "ledger"
