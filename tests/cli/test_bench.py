import json

import pytest
from typer.testing import CliRunner

from bench.measure import Benchmark, Goal
from rongxin.cli.main import app


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
    result = CliRunner().invoke(app, ["bench", name, "--size", "20000", "--json"])
    assert json.loads(result.stdout)["size"] == 20_000
