"""Jobs for the tests. Each leaves a line in a file, so that a test sees what was really done, however often."""

import os
import time
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from rongxin.jobs import Progress, job
from rongxin.jobs.models import Due

PATIENCE = 60
"""Seconds until a test gives up waiting for another process or thread, even on a busy machine."""


def note(path: str, line: str) -> None:
    """Append one line in one write: lines of several processes do not mix."""
    with Path(path).open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def lines(path: Path | str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def wait_for(path: Path | str, line: str) -> None:
    """Until another process or thread has left ``line``."""
    ends = time.monotonic() + PATIENCE
    while line not in lines(path):
        assert time.monotonic() < ends, f"{line!r} did not come; there is {lines(path)}"
        time.sleep(0.02)


@job(title="示例：记一行")
def write_line(progress: Progress, path: str, line: str) -> str:
    progress.phase("写")
    note(path, line)
    return line


@job(title="示例：逐步处理")
def work(progress: Progress, path: str, steps: int, seconds: float) -> int:
    """Many steps, the first and last noted; a step takes ``seconds``."""
    progress.phase("处理", steps)
    note(path, f"begun by {os.getpid()}")
    for _ in range(steps):
        time.sleep(seconds)
        progress.advance()
    note(path, f"done by {os.getpid()}")
    return steps


@job(title="示例：等放行")
def wait(progress: Progress, path: str) -> None:
    """Begin, then go on only when the file has a line ``go``; progress is called all the time."""
    note(path, "begun")
    ends = time.monotonic() + PATIENCE
    while "go" not in lines(path):
        progress.advance()
        time.sleep(0.01)
        if time.monotonic() > ends:
            raise TimeoutError
    note(path, "done")


@job(title="示例：一半")
def half(progress: Progress, path: str) -> None:
    """Half of forty steps, and the others only when the file has a line ``go``."""
    progress.phase("处理", 40)
    progress.set(20)
    wait_for(path, "go")
    progress.set(40)


@job(title="示例：默默计算")
def compute(progress: Progress, path: str, seconds: float) -> None:
    """Say nothing for ``seconds``, then ask whether the run is still ours."""
    note(path, "begun")
    time.sleep(seconds)
    progress.advance()
    note(path, "done")


@job(title="示例：容错")
def endure(progress: Progress, path: str) -> None:
    """Go on after whatever error, for at most ten seconds."""
    note(path, "begun")
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            progress.advance()
            raise ValueError
        except Exception:
            time.sleep(0.01)


@job(title="示例：长事务")
def write_long(progress: Progress, path: str, seconds: float) -> None:
    """Hold one write transaction for ``seconds``, telling progress inside it; then go on a little without any."""
    note(path, "begun")
    with transaction.atomic():
        Due.objects.create(job="示例", due_at=timezone.now())
        progress.phase("写入", 10)
        tell(progress, seconds)
    progress.phase("收尾", 10)
    tell(progress, 0.5)
    note(path, "done")


def tell(progress: Progress, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        progress.set(5)
        time.sleep(0.01)


@job(title="示例：出错", max_attempts=3)
def refuse(progress: Progress, path: str) -> None:
    note(path, "tried")
    raise ValueError("cannot read '示例公司' of 91990000MA0000000X\nsecond line: 示例")


@job(title="示例：退出", max_attempts=1)
def leave(progress: Progress) -> None:
    raise SystemExit(3)


@job(title="示例：返回不可存之物", max_attempts=1)
def return_object(progress: Progress) -> object:
    return object()
