"""Timing, and the one object every benchmark gives."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any, Literal, TypeVar

from rongxin.cli.django import start

R = TypeVar("R")


@dataclass(frozen=True)
class Goal:
    """A figure we set out to reach; ``value`` and ``target`` are ratios or seconds as ``goal`` says."""

    goal: str
    value: float
    target: float
    better: Literal["higher", "lower"] = "higher"

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


@dataclass(frozen=True)
class Benchmark:
    """What was measured: our seconds, the peers' seconds, the goals."""

    name: str
    size: int
    seconds: float
    peers: dict[str, float]
    goals: tuple[Goal, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """``{"name", "size", "seconds", "peak_mb", "peers", "goals": [{"goal", "value", "target", "met"}]}``."""
        goals = [
            {"goal": goal.goal, "value": round(goal.value, 4), "target": goal.target, "met": goal.met}
            for goal in self.goals
        ]
        told = asdict(self) | {"goals": goals, "peak_mb": own_peak_mb()}
        return {
            key: told[key]
            for key in ("name", "size", "seconds", "peak_mb", "peers", "goals", "notes")
            if told[key] != {}
        }


def median_seconds(work: Callable[[], R], *, runs: int = 3) -> tuple[float, R]:
    """The median wall time of ``runs`` runs, and what the last one gave."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def own_peak_mb() -> int:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def in_own_process(module: str, function: str, *arguments: object) -> dict[str, Any]:
    """What ``function`` of ``module`` says of ``arguments``, in a process that has done nothing else."""
    command = [sys.executable, "-m", __spec__.name, module, function, *map(str, arguments)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    answer: dict[str, Any] = json.loads(told.splitlines()[-1])
    return answer


def main() -> None:
    """What :func:`in_own_process` starts."""
    module, function, *arguments = sys.argv[1:]
    start()
    print(json.dumps(getattr(import_module(module), function)(*arguments), ensure_ascii=False))


if __name__ == "__main__":
    main()
