"""The promise of performance.md: a file of a million rows and thirty columns within two gigabytes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import large

ROWS = 1_000_000
PEAK_MB = 2_000


@pytest.mark.soak
def test_a_million_rows_are_read_and_judged_within_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    large.write(path, ROWS)

    done = subprocess.run([sys.executable, "-m", large.__name__, str(path)], capture_output=True, check=True)

    told = json.loads(done.stdout)
    assert path.stat().st_size > 700 * ROWS
    assert (told["rows"], told["problems"]) == (ROWS, 0)
    assert told["peak_mb"] <= PEAK_MB


@pytest.mark.soak
def test_one_ragged_row_among_many_is_found(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    large.write(path, 200_000)
    with path.open("a", encoding="utf-8") as file:
        file.write("示例商行,乙\n")

    done = subprocess.run([sys.executable, "-m", large.__name__, str(path)], capture_output=True, check=True)

    assert json.loads(done.stdout)["problems"] > 0
