"""Real processes killed with SIGKILL between step, message and sending: told once inside, once for each id outside."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import timezone

from rongxin.notices import sending
from rongxin.notices.models import Notice, Sending, SendingState
from rongxin.workflow.models import CaseEvent
from tests.notices.conftest import SECRET, give_address, telling_rules
from tests.notices.servers import Gateway
from tests.workflow.conftest import Bureau, in_force, open_bureau, toy_is_known  # noqa: F401

ROOT = Path(__file__).resolve().parents[2]
# The process dies by itself at the moment it is told, as a machine without power does.
SCRIPT = """
import os, signal, sys
from rongxin.cli.django import start
start()
from tests.workflow import toy
from rongxin.workflow import registry
registry.register(toy.TOY)
from rongxin.notices import sending, telling
from rongxin.notices.jobs import make_notices
moment = sys.argv[1]
def dying(function, *, after):
    def run(*given, **more):
        outcome = function(*given, **more) if after else None
        os.kill(os.getpid(), signal.SIGKILL)
        return outcome
    return run
if moment == "message":
    telling._sendings = dying(telling._sendings, after=False)
if moment == "claimed":
    sending._try = dying(sending._try, after=False)
if moment == "taken":
    sending._try = dying(sending._try, after=True)
make_notices.call_now()
sending.send_due()
"""


@pytest.fixture
def accepted(transactional_db: None, toy_is_known: None, gateway: Gateway) -> Bureau:  # noqa: F811
    """A step that tells, of today: processes of their own have no made-up time."""
    in_force(telling_rules())
    bureau = open_bureau()
    give_address(bureau, mobile="13800000000")
    bureau.take(bureau.open(), "accept")
    return bureau


@pytest.mark.parametrize(("moment", "transmissions"), [("message", 1), ("claimed", 1), ("taken", 2)])
@pytest.mark.usefixtures("accepted")
def test_whenever_it_is_killed_it_is_told_once(
    process_environment: dict[str, str], gateway: Gateway, moment: str, transmissions: int
) -> None:
    environment = process_environment | {"RONGXIN_SMS_URL": gateway.url, "RONGXIN_SMS_SECRET": SECRET}
    assert run(environment, moment) == -signal.SIGKILL
    # The claim of the dead lapses; nobody waits five minutes for it here.
    Sending.objects.filter(state=SendingState.TAKEN).update(due_at=timezone.now())
    assert run(environment, "never") == 0
    event = CaseEvent.objects.get(step="accept")
    assert [notice.key for notice in Notice.objects.all()] == [f"case-event:{event.position}"]
    assert Sending.objects.get().state == SendingState.SENT
    assert gateway.keys == [str(Sending.objects.get().message_id)] * transmissions


@pytest.mark.usefixtures("accepted")
def test_processes_side_by_side_send_each_once(process_environment: dict[str, str], gateway: Gateway) -> None:
    environment = process_environment | {"RONGXIN_SMS_URL": gateway.url, "RONGXIN_SMS_SECRET": SECRET}
    started = [start(environment, "never") for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    deadline = time.monotonic() + 60
    while not gateway.asked and time.monotonic() < deadline:
        sending.send_due()
    assert len(gateway.asked) == Notice.objects.count() == 1


def start(environment: dict[str, str], moment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, moment], env=environment, cwd=ROOT)


def run(environment: dict[str, str], moment: str) -> int:
    return start(environment, moment).wait(60)
