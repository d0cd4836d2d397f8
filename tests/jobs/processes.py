"""Workers as processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from rongxin.cli.django import start
start()
import tests.jobs.work
from rongxin.jobs.worker import Worker
lease, batch = float(sys.argv[1]), sys.argv[2] == "batch"
print("ready", flush=True)
Worker(["default"], interval=0.05, batch=batch, lease_seconds=lease).run()
"""

Start = Callable[..., subprocess.Popen[str]]


@contextmanager
def workers(environment: dict[str, str]) -> Iterator[Start]:
    """``start(lease=…, batch=…)`` starts one worker and waits until Django stands; all are gone afterwards."""
    started: list[subprocess.Popen[str]] = []

    def start(*, lease: float = 30, batch: bool = False) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(lease), "batch" if batch else "daemon"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.communicate()


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line == "ready\n", process.communicate()[1]


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code; what the process wrote is shown when the test fails."""
    _, errors = process.communicate(timeout=120)
    print(errors)
    return process.returncode
