import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.measure import Benchmark, Goal


def test_a_goal_is_met_from_its_side() -> None:
    assert Goal("times a peer", 120, 100).met
    assert not Goal("seconds", 60, 50, "lower").met


def test_the_object_has_the_agreed_keys() -> None:
    told = Benchmark("codes", 10, 0.1, {"peer": 1.0}, (Goal("times", 10, 5),)).as_json()
    assert list(told) == ["name", "size", "seconds", "peak_mb", "peers", "goals"]
    assert told["goals"] == [{"goal": "times", "value": 10, "target": 5, "met": True}]


def test_a_benchmark_touches_nothing_of_the_platform_it_is_called_on(tmp_path: Path) -> None:
    real = tmp_path / "real"
    told = benched("codes", 1_000, RONGXIN_VAR=str(real), RONGXIN_DATABASE_URL="postgresql://nobody@nowhere/none")
    assert told["size"] == 1_000
    assert not real.exists()


@pytest.mark.soak
@pytest.mark.parametrize("name", ["codes", "intake", "resolve", "search", "status"])
def test_a_benchmark_runs(name: str) -> None:
    assert benched(name, 20_000)["size"] == 20_000


def benched(name: str, size: int, **environment: str) -> Any:
    """What the command says, called as an operator calls it."""
    command = [sys.executable, "-m", "rongxin.cli", "bench", name, "--size", str(size), "--json"]
    called = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return json.loads(called.stdout)
