from datetime import date

import polars as pl
import pytest
from django.db import connection, transaction

from rongxin.departments.models import Department
from rongxin.storage.bulk import wide_cache
from rongxin.storage.loading import load, reserved_keys
from rongxin.subjects.models import Subject

pytestmark = pytest.mark.django_db

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
