"""Killed at every step, many at once, full and read-only disks: nothing lost, nothing doubled, nothing shown unlogged."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from rongxin.ledger import logs
from rongxin.ledger.actions import Event, NotLogged, log, log_access
from rongxin.ledger.entries import Entry, Kind, Of, Subject
from rongxin.ledger.models import Checkpoint, Cut
from rongxin.ledger.models import Entry as Row
from rongxin.ledger.notes import Note
from rongxin.ledger.proving import openings
from rongxin.ledger.sequencing import sequence, sequence_all
from rongxin.ledger.signing import checkpoint
from rongxin.ledger.verifying import verify
from rongxin.primitives.room import is_no_room
from tests.disks import small_disk
from tests.ledger.crashing import STEPS
from tests.ledger.events import FIRM, OTHER, logged, signed_log

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*works: Callable[[], None]) -> None:
    """All at once; the first error of any is raised here."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def told() -> Counter[str]:
    """What every event says, counted."""
    rows = list(Row.objects.order_by("index"))
    return Counter(json.loads(opening.payload)["act"] for opening in openings(logs.current(), rows).values())  # type: ignore[union-attr]


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nothing_is_lost_and_nothing_doubled(
    step: str, published: Path, process_environment: dict[str, str]
) -> None:
    signed_log(300)
    notes = list(Checkpoint.objects.values_list("note", flat=True))
    written: list[str] = []
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            with transaction.atomic():
                log(Kind.RECORD, random.choice((FIRM, OTHER)), {"act": f"number {len(written)}"})
            written.append(f"number {len(written)}")
            time.sleep(0.02)

    def kill() -> None:
        try:
            while not written:
                time.sleep(0.01)
            command = [sys.executable, "-m", "tests.ledger.crashing", step, str(published)]
            killed = subprocess.run(command, env=process_environment, capture_output=True, text=True, check=False)
            assert killed.returncode == -9, killed.stderr
        finally:
            ended.set()

    in_threads(write, kill)
    sequence_all()
    log_ = logs.current()
    checkpoint(log_)
    assert list(verify(log_)) == []
    assert told() == Counter(written) + Counter({"read": 300})
    assert Checkpoint.objects.filter(note__in=notes).count() == 1
    assert not list(published.rglob(".*.new"))
    for path in (logs.folder_of(log_) / "checkpoints").iterdir():
        note = Note.parsed(path.read_text(encoding="utf-8"))
        assert Checkpoint.objects.filter(cut__size=int(path.name), note=str(note)).exists()


def test_two_sequencers_at_once_are_one() -> None:
    logged(*[FIRM, OTHER] * 600)
    done: list[int] = []

    def work() -> None:
        while taken := sequence(100):
            done.append(taken)

    in_threads(work, work)
    assert sum(done) == 1200
    assert list(verify(logs.current())) == []
    assert Cut.objects.order_by("-size").values_list("size", flat=True)[0] == 1200


def test_of_many_writers_that_take_their_time_none_is_lost() -> None:
    writers, each = 32, 4
    left = threading.Semaphore(0)

    def write(number: int) -> None:
        chance = random.Random(number)
        for turn in range(each):
            with transaction.atomic():
                log(Kind.RECORD, Subject(Of.FIRM, f"firm {number % 5}"), {"act": f"{number}/{turn}"})
                time.sleep(chance.random() * (0.1 if connection.vendor == "postgresql" else 0.005))
        left.release()

    def take() -> None:
        while not all_done():
            sequence(7)

    def all_done() -> bool:
        with left._cond:
            return left._value == writers

    in_threads(*[lambda number=number: write(number) for number in range(writers)], take)  # type: ignore[misc]
    sequence_all()
    assert told() == Counter(f"{number}/{turn}" for number in range(writers) for turn in range(each))
    assert list(verify(logs.current())) == []
    numbers: dict[bytes, list[int]] = {}
    for row in Row.objects.order_by("index"):
        entry = Entry.unpacked(bytes(row.entry))
        numbers.setdefault(entry.stream, []).append(entry.number)
    assert all(found == list(range(len(found))) for found in numbers.values())


def test_a_full_disk_publishes_nothing_half_and_goes_on_when_there_is_room(published: Path) -> None:
    log_ = signed_log(5)
    newest = logs.folder_of(log_) / "checkpoint"
    kept = newest.read_text(encoding="utf-8")
    with small_disk(published, kilobytes=256) as disk:
        newest.parent.mkdir(parents=True)
        newest.write_text(kept, encoding="utf-8")
        logged(*[FIRM] * 300)
        sequence_all()
        disk.fill()
        with pytest.raises(OSError, match="No space left") as full:
            checkpoint(log_)
        assert is_no_room(full.value)
        assert newest.read_text(encoding="utf-8") == kept
        disk.free()
        checkpoint(log_, rebuild=True)
        assert newest.read_text(encoding="utf-8") != kept
        assert list(verify(log_)) == []


def test_where_the_database_takes_nothing_no_look_is_answered() -> None:
    signed_log(5)
    refuse, accept = {
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        "postgresql": ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(refuse)
        try:
            with pytest.raises(NotLogged) as refused:
                log_access([Event(FIRM, {"act": "read"})])
            assert refused.value.__cause__ is not None
            with pytest.raises(DatabaseError):
                sequence()
            assert Row.objects.count() == 5
        finally:
            cursor.execute(accept)
    assert log_access([Event(FIRM, {"act": "read"})]) == 1
    assert sequence_all() == 1
