import json
import subprocess
import sys

import pytest

from bench.measure import Benchmark, Goal


def test_a_goal_is_met_from_its_side() -> None:
    assert Goal("times a peer", 120, 100).met
    assert not Goal("seconds", 60, 50, "lower").met


def test_the_object_has_the_agreed_keys() -> None:
    told = Benchmark("codes", 10, 0.1, {"peer": 1.0}, (Goal("times", 10, 5),)).as_json()
    assert list(told) == ["name", "size", "seconds", "peak_mb", "peers", "goals"]
    assert told["goals"] == [{"goal": "times", "value": 10, "target": 5, "met": True}]


@pytest.mark.soak
@pytest.mark.parametrize("name", ["codes", "search"])
def test_a_benchmark_runs(name: str) -> None:
    # A process of its own: a benchmark runs on a platform that is made for it and thrown away.
    command = [sys.executable, "-m", "rongxin.cli", "bench", name, "--size", "20000", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert json.loads(told)["size"] == 20_000
