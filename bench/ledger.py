"""The log: events sequenced, signed and verified in a second, and what logging costs the transaction that it tells of."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import connection, models, transaction
from django.utils import timezone

from bench.measure import Benchmark, Goal
from rongxin.ledger import logs
from rongxin.ledger.actions import Event, log, log_many
from rongxin.ledger.entries import Kind, Of, Subject
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.ledger.verifying import verify

FIRMS: Final = 5_000
_BATCH: Final = 2_000
_ROUNDS: Final = 20
_TRANSACTIONS: Final = 100
_MATTERS: Final = 200


def run(size: int) -> Benchmark:
    """``size`` looks at firms: logged, sequenced, signed, verified; then a step of a matter with and without its event."""
    chance = random.Random(20261122)
    for begin in range(0, size, _BATCH):
        with transaction.atomic():
            log_many(Kind.ACCESS, [_look(chance) for _ in range(min(_BATCH, size - begin))])
    sequencing = _timed(sequence_all)
    signing = _timed(lambda: checkpoint(logs.current()))
    verifying = _timed(lambda: _demand_nothing(list(verify(logs.current(), contents=False))))
    opening = _timed(lambda: _demand_nothing(list(verify(logs.current()))))
    plain, logged = _steps()
    cost = logged / plain - 1
    return Benchmark(
        name="ledger",
        size=size,
        seconds=round(sequencing, 3),
        peers={f"a step without its event, {_TRANSACTIONS} times": round(plain, 4)},
        goals=(
            Goal("events sequenced a second", size / sequencing, 10_000),
            Goal("events verified a second", size / verifying, 100_000),
            Goal("cost on a transaction", cost, 0.5, "lower"),
        ),
        notes={
            "database": connection.vendor,
            "signed_a_second": round(size / signing),
            "verified_with_contents_a_second": round(size / opening),
            "step_ms": round(1000 * plain / _TRANSACTIONS, 3),
            "step_with_event_ms": round(1000 * logged / _TRANSACTIONS, 3),
        },
    )


def _look(chance: random.Random) -> Event:
    """An event as long as they are: about 300 bytes."""
    number = chance.randrange(FIRMS)
    payload = {
        "act": "read",
        "by": f"officer-{chance.randrange(400)}",
        "department": "福州市示例区市场监督管理局",
        "role": "case_officer",
        "purpose": "licence",
        "case": f"榕示例〔2026〕{chance.randrange(10_000)}号",
        "basis": "福建省公共信用信息管理办法",
        "fields": "restricted",
        "count": chance.randrange(1, 40),
    }
    return Event(Subject(Of.FIRM, f"9135010{number:011d}"), payload)


def _steps() -> tuple[float, float]:
    """Median seconds of so many steps of matters, without and with an event, in turn."""
    matter, note = _tables()
    matter.objects.bulk_create(matter(state="open") for _ in range(_MATTERS))
    chance = random.Random(7)

    def step(at: datetime, tell: Callable[[], None]) -> None:
        with transaction.atomic():
            row = matter.objects.select_for_update().get(pk=chance.randrange(1, _MATTERS + 1))
            row.state, row.changed_at = chance.choice(("open", "heard", "decided")), at
            row.save()
            note.objects.create(matter_id=row.pk, text="送达告知书，期限十个工作日", at=at)
            tell()

    def steps(tell: Callable[[], None]) -> None:
        for _ in range(_TRANSACTIONS):
            step(timezone.now(), tell)

    plain, logged = [], []
    for _ in range(_ROUNDS):
        plain.append(_timed(lambda: steps(lambda: None)))
        logged.append(_timed(lambda: steps(lambda: _tell(chance))))
    return statistics.median(plain), statistics.median(logged)


def _tell(chance: random.Random) -> None:
    event = _look(chance)
    log(Kind.DECISION, event.subject, event.payload)


def _tables() -> tuple[Any, Any]:
    """A matter with a state and notes about it, as procedures have them."""

    class Matter(models.Model):
        state = models.CharField(max_length=16)
        changed_at = models.DateTimeField(null=True)

        class Meta:
            app_label = "bench"

    class Note(models.Model):
        matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
        text = models.CharField(max_length=200)
        at = models.DateTimeField()

        class Meta:
            app_label = "bench"

    with connection.schema_editor() as editor:
        editor.create_model(Matter)
        editor.create_model(Note)
    return Matter, Note


def _demand_nothing(faults: list[str]) -> None:
    if faults:
        raise RuntimeError(faults[0])


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
