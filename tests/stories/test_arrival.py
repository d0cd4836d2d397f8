"""A withdrawal on a running platform: web, worker and scheduler as ``make run`` starts them, the real clock, the real schedules.

How long until the portal, the interface, the feed, the signed status list and the bulk file have dropped the record. Long (the
bulk file is made twenty minutes apart at least), so part of ``make soak``; what was measured is printed.
"""

import base64
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

WITHDRAW: Final = """
import sys, time
from rongxin.cli.django import start
start()
from rongxin.records.actions import note
from rongxin.records.models import Effect, Record
record = Record.objects.filter(number=sys.argv[1]).latest("version")
note(record, Effect.WITHDRAWN, by="示例经办人", basis="示例：报送错误", told="misfiled", reason="报送错误，不应归集。")
print(time.time(), flush=True)
"""
MUST: Final = {"portal": 1.0, "interface": 1.0, "feed": 60.0, "status list": 3600.0, "bulk file": 3600.0}
READY: Final = 900.0


class Platform:
    """A platform of its own, as a newcomer starts it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.others = folder, list[subprocess.Popen[bytes]]()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RONGXIN_")}
        kept.pop("POLARS_MAX_THREADS", None)
        self.environment = kept | {"RONGXIN_VAR": str(folder), "RONGXIN_ADDRESS": self.base}
        command = [sys.executable, "-m", "rongxin.cli", "quickstart", "--port", str(self.port), "--subjects", "300"]
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)

    def ask(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(path if path.startswith("http") else self.base + path, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
        except OSError:
            return 0, b""

    def json(self, path: str) -> Any:
        status, body = self.ask(path)
        return json.loads(body) if status == 200 else {}

    def stop(self) -> None:
        for other in self.others:
            assert other.wait(60) == 0
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    started = Platform(tmp_path)
    yield started
    started.stop()


def wait(until: Callable[[], bool], seconds: float, what: str) -> None:
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends, f"{what}: not within {seconds} seconds"
        time.sleep(0.1)


def bit(token: bytes, index: int) -> bool:
    body = token.split(b".")[1]
    told = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    packed = told["credentialSubject"]["encodedList"].removeprefix("u")
    bits = gzip.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    return bool(bits[index // 8] >> (7 - index % 8) & 1)


def withdrawn(command: list[str], platform: Platform) -> float:
    """The instant at which another process committed the withdrawal; it goes on to its end by itself."""
    with (platform.folder / "withdrawn").open("wb") as told:
        platform.others.append(subprocess.Popen(command, env=platform.environment, stdout=told))
    wait(lambda: (platform.folder / "withdrawn").read_text().strip() != "", 60, "the withdrawal")
    return float((platform.folder / "withdrawn").read_text())


@pytest.mark.soak
def test_a_withdrawal_arrives_everywhere_in_time(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    wait(lambda: platform.json("/bulk/manifest.json").get("files") is not None, READY, "the platform with its data")
    feed = platform.json("/feed.json")
    item = next(
        each for each in feed["items"] if each["_rongxin"]["change"] != "DEL" and "penalty" in each["_rongxin"]["kind"]
    )
    number, cursor = item["_rongxin"]["number"], feed["_rongxin"]["cursor"]
    entry = item["_rongxin"]["credentialStatus"]
    assert entry is not None
    listed, index = entry["statusListCredential"], int(entry["statusListIndex"])

    def in_bulk() -> bool:
        files = platform.json("/bulk/manifest.json").get("files", ())
        address = next(each["url"] for each in files if each["name"] == "full.csv")
        status, body = platform.ask(address)
        return status != 200 or number.encode() in body  # being made anew: not gone yet

    assert platform.ask(f"/r/{number}")[0] == 200
    wait(lambda: bit(platform.ask(listed)[1], index), 300, "its bit")
    assert in_bulk()

    command = [sys.executable, "-c", WITHDRAW, number]
    withdrawn_at = withdrawn(command, platform)
    gone: dict[str, Callable[[], bool]] = {
        "portal": lambda: "报送错误，不应归集。" in platform.ask(f"/r/{number}")[1].decode(),
        "interface": lambda: platform.ask(f"/api/v1/records/{number}")[0] in (404, 410),
        "feed": lambda: any(
            each["_rongxin"]["number"] == number and each["_rongxin"]["change"] == "DEL"
            for each in platform.json(f"/feed.json?after={cursor}").get("items", ())
        ),
        "status list": lambda: not bit(platform.ask(listed)[1], index),
        "bulk file": lambda: not in_bulk(),
    }
    took = {}
    for where, is_gone in gone.items():
        wait(is_gone, MUST[where] + 5, where)
        took[where] = round(time.time() - withdrawn_at, 1)
        with capsys.disabled():
            print(f"\n{where}: gone {took[where]} s after the withdrawal", end="", flush=True)
    assert all(took[where] <= MUST[where] + (5 if where in ("portal", "interface") else 0) for where in took), took
