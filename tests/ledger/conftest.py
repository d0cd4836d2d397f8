"""A log of its own for every test: published in a folder that goes with it."""

from pathlib import Path

import pytest

from config.environment import environment


def publish_to(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """What is published until the patch is undone lies in ``folder``."""
    environment.ledger_key("signing"), environment.ledger_key("stream"), environment.ledger_key("payload")
    patch.setattr("rongxin.ledger.logs.published_root", lambda: folder)


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a test publishes lies in a folder of its own."""
    publish_to(tmp_path / "ledger", monkeypatch)
    return tmp_path / "ledger"
