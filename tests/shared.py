"""Real public input for tests only. It stands beside the project and may be absent: then the test says so and skips."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("RONGXIN_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared(name: str) -> Path:
    """The file ``name`` of the shared reference data, or skip the test with a clear line."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared reference data absent: {name}")
    return path
