"""A stand-alone Spark cluster of our own for the time of a test: a master and two workers on loopback, gone afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.plugin import absent

# Rows that the driver asks for come over a socket that pyspark leaves to the collector of garbage.
MARKS = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
LOOPBACK = "127.0.0.1"
WORKERS = 2
START_SECONDS = 120


def needed() -> None:
    """Skip the test, or fail it where Spark is required, on a machine without pyspark or Java."""
    os.environ["SPARK_LOCAL_IP"] = LOOPBACK  # of the driver, which this process starts
    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"  # runs this short do not win back what C2 costs
    if find_spec("pyspark") is None:
        absent("Spark", "pyspark is not installed; make cluster")
    if shutil.which("java") is None:
        absent("Spark", "there is no Java; apt install openjdk-17-jre-headless")


@dataclass(frozen=True)
class Cluster:
    """The address of its master, and its workers."""

    address: str
    workers: list["subprocess.Popen[bytes]"]

    def lose(self, number: int) -> None:
        """A machine goes, without a word: the worker and the executor that it started."""
        os.killpg(self.workers[number].pid, signal.SIGKILL)


@contextmanager
def stand_alone(folder: Path) -> Iterator[Cluster]:
    """A cluster of WORKERS workers with one core each, whose logs lie in ``folder``."""
    port, page = free_port(), free_port()
    address = f"spark://{LOOPBACK}:{port}"
    here = ["--host", LOOPBACK, "--webui-port"]
    with ExitStack() as started:
        started.enter_context(process(folder, "master.Master", *here, str(page), "--port", str(port)))
        workers = []
        for number in range(WORKERS):
            own = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{number}"), address]
            workers.append(started.enter_context(process(folder, "worker.Worker", *here, "0", *own)))
        wait_for_workers(f"http://{LOOPBACK}:{page}/json/", folder)
        yield Cluster(address, workers)


@contextmanager
def process(folder: Path, name: str, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process of Spark's own at the head of a group of processes, ended with the block."""
    home = Path(find_spec("pyspark").origin).parent
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_NO_DAEMONIZE": "1", "SPARK_DAEMON_MEMORY": "256m"}
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    with (folder / f"{name}.log").open("ab") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def wait_for_workers(page: str, folder: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        try:
            with urlopen(page, timeout=5) as answer:
                if json.load(answer)["aliveworkers"] == WORKERS:
                    return
        except (URLError, OSError, ValueError):
            pass
        time.sleep(0.2)
    logs = "\n".join(log.read_text(errors="replace")[-2000:] for log in sorted(folder.glob("*.log")))
    raise RuntimeError(f"Spark's workers did not come within {START_SECONDS} s:\n{logs}")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])
