"""What a superuser of the database does is found by one run of verify, with the entry named; and nothing wrong is signed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from rongxin.ledger import logs
from rongxin.ledger.completeness import map_heads
from rongxin.ledger.continuing import NothingToFollow, follow_lost
from rongxin.ledger.erasing import ErasureRefused, erase, erase_subject
from rongxin.ledger.models import Checkpoint, Cut, Log, Stream, SubjectKey
from rongxin.ledger.models import Entry as Row
from rongxin.ledger.notes import Checkpoint as Told
from rongxin.ledger.notes import Note
from rongxin.ledger.proving import prove
from rongxin.ledger.publishing import published
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import SigningRefused, checkpoint
from rongxin.ledger.tile_files import TilesDamaged
from rongxin.ledger.verifying import verify
from tests.ledger.events import FIRM, OTHER, logged, signed_log
from tests.postgresql import ADMINISTRATOR, asking_as

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def superuser() -> Iterator[Any]:
    """Statements past every trigger and policy."""
    if connection.vendor == "postgresql":
        with asking_as(ADMINISTRATOR) as asked:
            asked.execute("SET session_replication_role = replica")
            yield asked
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield cursor
        finally:
            for _, statement in triggers:
                cursor.execute(statement)


def tampered(*statements: str) -> None:
    with superuser() as cursor:
        for statement in statements:
            cursor.execute(statement)


def found(log: Log) -> list[str]:
    return list(verify(log))


BYTES = {"sqlite": "zeroblob({})", "postgresql": "decode(repeat('00', {}), 'hex')"}


def zeros(count: int) -> str:
    return BYTES[connection.vendor].format(count)


def test_an_honest_log_has_no_fault() -> None:
    log = signed_log(300)
    map_heads(log)
    sequence_all()
    checkpoint(log)
    assert found(log) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ('UPDATE ledger_entry SET entry = {118} WHERE "index" = 3', "entry 3"),
        ('UPDATE ledger_entry SET entry = {117} WHERE "index" = 3', "entry 3"),
        ('UPDATE ledger_entry SET leaf = {32} WHERE "index" = 3', "entry 3"),
        ('UPDATE ledger_entry SET number = 99 WHERE "index" = 3', "entry 3"),
        ('DELETE FROM ledger_entry WHERE "index" = 3', "entry 3 is missing"),
        ('DELETE FROM ledger_entry WHERE "index" = 5', "entry 5 is missing"),
        ('DELETE FROM ledger_entry WHERE "index" = 0', "entry 0 is missing"),
        ('UPDATE ledger_entry SET payload = {40} WHERE "index" = 3', "entry 3"),
        ('UPDATE ledger_entry SET salt = {32} WHERE "index" = 3', "entry 3"),
        ('UPDATE ledger_entry SET salt = NULL, payload = NULL, key = NULL WHERE "index" = 3', "entry 3 was emptied"),
        ('UPDATE ledger_entry SET payload = NULL, key = NULL WHERE "index" = 3', "entry 3: half"),
        ("UPDATE ledger_stream SET count = 2", "does not end as its entries do"),
        ("DELETE FROM ledger_cut", "the last cut has 0"),
        ("UPDATE ledger_cut SET root = {32}", "another root"),
        ("UPDATE ledger_checkpoint SET note = 'nothing'", "the checkpoint of 6"),
        ("DELETE FROM ledger_subjectkey", "entry 0"),
    ],
)
def test_a_change_of_the_superuser_is_found(statement: str, named: str) -> None:
    log = signed_log()
    for count in (32, 40, 117, 118):
        statement = statement.replace(f"{{{count}}}", zeros(count))
    tampered(*(["DELETE FROM ledger_checkpoint"] if "ledger_cut" in statement else []), statement)
    lines = found(log)
    assert any(named in line for line in lines), lines


def test_two_events_in_each_others_place_are_found() -> None:
    log = signed_log()
    tampered(
        'UPDATE ledger_entry SET "index" = 100 WHERE "index" = 2',
        'UPDATE ledger_entry SET "index" = 2 WHERE "index" = 3',
        'UPDATE ledger_entry SET "index" = 3 WHERE "index" = 100',
    )
    assert any("another root" in line for line in found(log))


def test_a_log_cut_short_with_everything_that_tells_of_it_is_found_by_what_was_published() -> None:
    log = signed_log()
    logged(FIRM)
    sequence_all()
    checkpoint(log)
    short = Cut.objects.get(size=6)
    stream = Stream.objects.get(pk=Row.objects.get(index=6).stream_id)
    tampered(
        "DELETE FROM ledger_checkpoint WHERE cut_id <> " + str(short.pk),
        f"DELETE FROM ledger_cut WHERE id <> {short.pk}",
        'DELETE FROM ledger_entry WHERE "index" = 6',
    )
    before = Row.objects.filter(stream=stream).order_by("-number").first()
    assert before is not None
    Head = {"sqlite": "x'{}'", "postgresql": "decode('{}', 'hex')"}[connection.vendor]  # noqa: N806
    tampered(
        f"UPDATE ledger_stream SET count = count - 1, head = {Head.format(bytes(before.leaf).hex())} WHERE id = {stream.pk}"
    )
    assert [line for line in found(log) if "published" in line]
    with pytest.raises(SigningRefused, match="7 entries were signed, the database has 6"):
        checkpoint(log)


def test_what_was_changed_before_it_was_signed_is_not_signed() -> None:
    log = signed_log()
    logged(FIRM, OTHER)
    sequence_all()
    tampered(f'UPDATE ledger_entry SET entry = {zeros(118)} WHERE "index" = 7')
    with pytest.raises(SigningRefused, match="entry 7"):
        checkpoint(log)
    assert Checkpoint.objects.count() == 1


def test_an_old_backup_signs_nothing_though_it_grew_past_what_was_signed() -> None:
    log = signed_log()
    seen = published(log)
    assert seen is not None
    everything = ("checkpoint", "cut", "entry", "subjectkey", "stream")
    tampered(*(f"DELETE FROM ledger_{table}" for table in everything))
    logged(*[OTHER] * 9)
    sequence_all()
    with pytest.raises(SigningRefused, match="at 6 entries another root was signed"):
        checkpoint(log)
    (logs.folder_of(log) / "checkpoint").unlink()
    with pytest.raises(SigningRefused):
        checkpoint(log, seen=seen[0])
    assert not Checkpoint.objects.exists()
    with pytest.raises(NothingToFollow, match="what was lost"):
        follow_lost(log, seen[0], " ")
    new = follow_lost(log, seen[0], "the night of 1 March")
    assert checkpoint(new) is not None
    told = json.loads(prove(new, 0)["payload"])
    assert told == {"act": "log.begin", "after": str(seen[0]), "lost": "the night of 1 March", "kept": 9}
    assert found(new) == []
    with pytest.raises(NothingToFollow, match="followed already"):
        follow_lost(log, seen[0], "once more")


def test_what_was_signed_but_not_published_is_published_the_next_time() -> None:
    log = signed_log()
    folder = logs.folder_of(log)
    note = (folder / "checkpoint").read_text(encoding="utf-8")
    (folder / "checkpoint").unlink()
    checkpoint(log)
    assert (folder / "checkpoint").read_text(encoding="utf-8") == note
    assert Checkpoint.objects.count() == 1


def test_lost_tiles_are_told_and_made_anew() -> None:
    log = signed_log(600)
    tile = logs.folder_of(log) / "tile" / "0" / "001"
    kept = tile.read_bytes()
    tile.unlink()
    with pytest.raises(TilesDamaged):
        prove(log, 300)
    checkpoint(log, rebuild=True)
    assert tile.read_bytes() == kept
    prove(log, 300)


def test_checkpoints_are_files_that_follow_each_other(published: Path) -> None:
    log = signed_log(5)
    for more in (1, 300, 256):
        logged(*[FIRM] * more)
        sequence_all()
        checkpoint(log)
    folder = logs.folder_of(log)
    assert folder.is_relative_to(published)
    assert {path.name for path in (folder / "checkpoints").iterdir()} == {"5", "6", "306", "562"}
    assert Told.of(Note.parsed((folder / "checkpoint").read_text(encoding="utf-8")).text).size == 562
    assert {str(path.relative_to(folder / "tile")) for path in (folder / "tile").rglob("*") if path.is_file()} == {
        "0/000",
        "0/001",
        "0/002.p/50",
        "1/000.p/1",
        "1/000.p/2",
    }
    assert found(log) == []


# ── erasure ──────────────────────────────────────────────────────────────────────────────────────────────────────────
WHO = {"basis": "个人信息保护法第四十七条", "by": "a", "approved_by": "b"}


def test_erasure_leaves_every_other_proof_as_it_was() -> None:
    log = signed_log()
    before = {index: prove(log, index) for index in range(6)}
    erase(log, 0, FIRM, **WHO)
    assert found(log) == []
    after = {index: prove(log, index) for index in range(6)}
    assert {index for index in range(6) if before[index] != after[index]} == {0}
    assert after[0] == before[0] | {"salt": "erased", "payload": "erased"}
    row = Row.objects.get(index=0)
    assert (row.salt, row.payload, row.key) == (None, None, None)
    sequence_all()
    checkpoint(log)
    assert found(log) == []
    told = json.loads(prove(log, 6)["payload"])
    assert told == {"act": "erase", "index": 0, **WHO}


def test_everything_of_a_subject_is_erased_with_its_key_and_the_log_goes_on() -> None:
    log = signed_log()
    assert erase_subject(log, FIRM, **WHO) == 3
    assert SubjectKey.objects.count() == 1
    assert found(log) == []
    logged(FIRM)
    sequence_all()
    checkpoint(log)
    assert found(log) == []
    assert prove(log, 6)["payload"] != "erased"
    assert erase_subject(log, FIRM, **WHO) == 1
    assert SubjectKey.objects.count() == 2
    sequence_all()
    assert found(log) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"by": "b"}, "own erasure"),
        ({"basis": ""}, "legal basis"),
        ({"index": 1}, "none of this subject"),
        ({"index": 99}, "none of this subject"),
    ],
)
def test_erasure_takes_two_and_a_basis(more: dict[str, Any], told: str) -> None:
    log = signed_log()
    arguments = {"index": 0, **WHO, **more}
    with pytest.raises(ErasureRefused, match=told):
        erase(log, arguments.pop("index"), FIRM, **arguments)
    assert found(log) == []


def test_an_erasure_is_not_erased() -> None:
    log = signed_log()
    erase(log, 0, FIRM, **WHO)
    sequence_all()
    for index, why in ((6, "not erased"), (0, "before")):
        with pytest.raises(ErasureRefused, match=why):
            erase(log, index, FIRM, **WHO)
