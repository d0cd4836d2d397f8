"""How the ledger stands, for everybody: its logs, checkpoints and keys. None of it tells whose stream is whose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.utils import timezone

from config.environment import environment
from rongxin.ledger import logs
from rongxin.ledger.models import Checkpoint, Cosignature, Log
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.witnessing import ENOUGH

DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointLine:
    """One signed checkpoint. ``short``: what papers print of the root. ``witnesses``: how many cosigned it."""

    size: int
    short: str
    signed_at: datetime
    witnesses: int

    @property
    def is_anchored(self) -> bool:
        """Whether enough witnesses of other organisations cosigned it."""
        return self.witnesses >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key, in hexadecimal, under the name that signs."""

    name: str
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """One log. ``newest`` None: nothing was signed yet. ``days``: the last checkpoint of each of the latest days."""

    name: str
    origin: str
    suite: str
    key: PublicKey
    newest: CheckpointLine | None
    days: tuple[CheckpointLine, ...]


def log_names() -> tuple[str, ...]:
    """The names of all logs as they stand in addresses, the newest first."""
    return tuple(name_of(log) for log in Log.objects.order_by("-pk"))


def log_state(name: str = "") -> LogState | None:
    """The log of this name, without one the newest; None where there is none."""
    found = [log for log in Log.objects.order_by("-pk") if not name or name_of(log) == name]
    if not found:
        return None
    log = found[0]
    newest = logs.latest_checkpoint(log)
    return LogState(
        name=name_of(log),
        origin=log.origin,
        suite=log.hashing.name,
        key=PublicKey(name=log.origin, public=logs.key_of(log).public.hex()),
        newest=_lines(log, [newest])[0] if newest else None,
        days=_days(log),
    )


def witness_keys() -> tuple[PublicKey, ...]:
    """The witnesses whose cosignatures count."""
    return tuple(PublicKey(name=name, public=public.hex()) for name, public in environment.witnesses().items())


def name_of(log: Log) -> str:
    """The last part of the origin, which names the folder and the address of a log."""
    return log.origin.rpartition("/")[2]


def _days(log: Log) -> tuple[CheckpointLine, ...]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = Checkpoint.objects.filter(cut__log=log, signed_at__gte=since).annotate(on=TruncDate("signed_at"))
    last = [each["last"] for each in rows.values("on").annotate(last=Max("cut__size"))]
    found = Checkpoint.objects.filter(cut__log=log, cut__size__in=last).select_related("cut").order_by("-cut__size")
    return _lines(log, list(found))


def _lines(log: Log, checkpoints: list[Checkpoint]) -> tuple[CheckpointLine, ...]:
    counted = Cosignature.objects.filter(checkpoint__in=[each.pk for each in checkpoints]).values("checkpoint")
    witnesses = {each["checkpoint"]: each["n"] for each in counted.annotate(n=Count("pk"))}
    return tuple(
        CheckpointLine(
            size=each.cut.size,
            short=Told(log.origin, each.cut.size, bytes(each.cut.root)).short,
            signed_at=each.signed_at,
            witnesses=witnesses.get(each.pk, 0),
        )
        for each in checkpoints
    )
