"""Which log is written, under which name and keys; beginning the next one."""

import hashlib
import hmac
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from config.environment import environment
from rongxin.ledger import suites
from rongxin.ledger.models import Checkpoint, Cut, Log
from rongxin.ledger.notes import Key, Signer
from rongxin.ledger.tree.frontier import Frontier
from rongxin.storage.turns import in_turn

SEQUENCING: Final = "ledger: sequencing"
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class NoLog(LookupError):
    """Nothing was logged yet, or there is no log of this name."""


def current() -> Log:
    """The log that is written, or was last. Raises NoLog."""
    log = Log.objects.order_by("-pk").first()
    if log is None:
        raise NoLog("nothing was logged yet")
    return log


def found(origin: str = "") -> Log:
    """The log of this name; without one :func:`current`. Raises NoLog."""
    if not origin:
        return current()
    log = Log.objects.filter(origin=origin).first()
    if log is None:
        raise NoLog(f"no log {origin}: {', '.join(Log.objects.values_list('origin', flat=True))}")
    return log


def year_of(now: datetime) -> str:
    """The year in Fuzhou, which names a log."""
    return str(now.astimezone(_SHANGHAI).year)


def opened() -> Log:
    """The log to write in, begun where there is none; inside the transaction and turn of the sequencer."""
    log = Log.objects.order_by("-pk").first()
    return log or begin(f"{environment.ledger_base()}/{year_of(timezone.now())}")


def begin(origin: str) -> Log:
    """A new log, from now on the one that is written; inside the turn of the sequencer."""
    with transaction.atomic():
        in_turn(SEQUENCING)
        return Log.objects.create(
            origin=origin, suite=suites.named(environment.ledger_suite).number, began_at=timezone.now()
        )


def signer(log: Log) -> Signer:
    """The key that signs checkpoints of ``log``, under its name."""
    return Signer(log.origin, environment.ledger_key("signing"))


def key_of(log: Log) -> Key:
    """The public half of :func:`signer`."""
    return Key(log.origin, signer(log).public)


@cache
def stream_key(origin: str) -> bytes:
    """The secret that makes pseudonyms in the log of this name: one for each log, so that nobody follows a subject across years."""
    return hmac.digest(environment.ledger_key("stream"), f"ledger/1|stream key|{origin}".encode(), hashlib.sha256)


def folder_of(log: Log) -> Path:
    """Where the log is published: checkpoints and tiles."""
    return published_root() / log.origin.rpartition("/")[2]


def published_root() -> Path:
    """The folder of all logs, one below it for each."""
    return environment.var / "ledger"


def latest_cut(log: Log) -> Cut | None:
    """The log as far as it is sequenced."""
    return Cut.objects.filter(log=log).order_by("-size").first()


def latest_checkpoint(log: Log) -> Checkpoint | None:
    """The log as far as it is signed."""
    return Checkpoint.objects.filter(cut__log=log).select_related("cut").order_by("-cut__size").first()


def frontier_of(log: Log, cut: Cut | None) -> Frontier:
    """The right edge of the tree at ``cut``; of the empty tree without one."""
    if cut is None:
        return Frontier(log.hashing)
    return Frontier.unpacked(log.hashing, cut.size, bytes(cut.frontier))
