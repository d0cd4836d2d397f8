import sqlite3
import threading
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from rongxin.departments.models import Department
from rongxin.storage import bulk
from rongxin.storage.bulk import wide_cache
from rongxin.storage.frames import fetched
from rongxin.storage.loading import load, reserved_keys
from rongxin.storage.staging import staged
from rongxin.subjects.models import Subject

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
NAMES = ["福州示例榕海茶业有限公司", '带"引号",逗号\n换行的示例公司', "\\N"]


def test_a_frame_comes_out_of_the_table_as_it_went_in() -> None:
    frame = pl.DataFrame(
        {
            "uscc": [f"9199000000000000{number:02d}" for number in range(3)],
            "name": NAMES,
            "category": ["enterprise"] * 3,
            "status": ["active"] * 3,
            "legal_form": [""] * 3,
            "established_on": [date(2020, 2, 29), None, date(1999, 12, 31)],
            "region": [""] * 3,
            "address": [""] * 3,
            "business_scope": [""] * 3,
            "registered_capital": [""] * 3,
            "source": ["示例"] * 3,
            "source_on": [date(2026, 1, 5)] * 3,
        }
    )
    with transaction.atomic(), connection.cursor() as cursor:
        load(cursor, Subject._meta.db_table, frame)

    kept = Subject.objects.order_by("uscc").values_list("name", "established_on")
    assert list(kept) == list(frame.select("name", "established_on").iter_rows())


@given(
    st.lists(
        st.tuples(st.sampled_from(["'", "?", "%s", "\\N", ""]) | TEXTS, st.none() | st.integers(-(2**63), 2**63 - 1)),
        min_size=1,
        max_size=4,
    ),
    st.none() | TEXTS,
)
def test_what_is_the_same_in_all_rows_comes_out_as_what_differs(rows: list[tuple[str, int | None]], same: str) -> None:
    schema = {"text": pl.String, "number": pl.Int64, "same": pl.String}
    frame = pl.DataFrame([(*row, same) for row in rows], schema=schema, orient="row")
    with transaction.atomic(), staged(frame, "staged_same") as cursor:
        assert (
            fetched(cursor, schema, "SELECT text, number, same FROM staged_same")
            .sort(pl.all())
            .equals(frame.sort(pl.all()))
        )


def test_a_text_with_the_character_zero_is_not_cut() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps no character zero")
    frame = pl.DataFrame({"text": ["a\0b", "a\0b"]})
    with transaction.atomic(), staged(frame, "staged_zero") as cursor:
        cursor.execute("SELECT text FROM staged_zero")
        assert cursor.fetchall() == [("a\0b",), ("a\0b",)]


def test_reserved_keys_are_given_to_nobody_else() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        first = reserved_keys(cursor, Department, 3)
        load(
            cursor,
            Department._meta.db_table,
            pl.DataFrame(
                {"id": first, "code": ["a", "b", "c"], "name": ["甲", "乙", "丙"], "region": [""] * 3}
            ).with_columns(short_name="name", uscc=pl.lit(""), determines=pl.lit(True), provides=pl.lit(True)),
        )
        after = reserved_keys(cursor, Department, 2)
    by_django = Department.objects.create(code="d", name="丁", region="")

    assert len({*first, *after}) == 5
    assert list(first) == sorted(first)
    assert by_django.pk > max(first)


def test_the_wide_cache_ends_with_the_work() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has a cache of its own")

    def size() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size")
            return int(cursor.fetchone()[0])

    usual = size()
    with pytest.raises(RuntimeError), wide_cache():
        assert size() < usual
        raise RuntimeError
    assert size() == usual


def test_what_bulk_work_commits_is_brought_into_the_database_beside_it(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL checkpoints by itself")
    path = tmp_path / "bulk.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("CREATE TABLE kept (text TEXT)")
        with bulk.checkpoints_beside(path):
            writer.execute("INSERT INTO kept VALUES (?)", ["x" * 1_000_000])
            waits = time.monotonic() + 30
            while path.stat().st_size < 1_000_000 and time.monotonic() < waits:
                time.sleep(0.05)
        assert path.stat().st_size > 1_000_000
    assert not [each for each in threading.enumerate() if each.name == "checkpoints"]


def test_a_full_disk_under_the_checkpoints_is_left_to_the_writer_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "no database"
    path.write_bytes(b"x" * 4096)
    with bulk.checkpoints_beside(path):
        time.sleep(3 * bulk.PAUSE)
