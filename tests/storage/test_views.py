"""One consistent view of the database for many statements."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from rongxin.departments.models import Department
from rongxin.storage.views import one_view
from tests.factories import a_department

pytestmark = pytest.mark.django_db(transaction=True)


def beside(code: str) -> None:
    """Another connection writes."""

    def write() -> None:
        try:
            a_department(code)
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        threads.submit(write).result(30)


def test_what_others_write_meanwhile_is_not_seen_and_nobody_waits() -> None:
    with one_view():
        before = Department.objects.count()
        beside("one")
        assert Department.objects.count() == before
    assert Department.objects.count() == before + 1


def test_afterwards_transactions_begin_as_usual() -> None:
    with one_view():
        Department.objects.count()
    with transaction.atomic():
        before = Department.objects.count()
        if connection.vendor == "postgresql":
            beside("two")
            assert Department.objects.count() == before + 1
        else:
            a_department("two")


def test_inside_a_transaction_there_is_no_new_view() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), one_view():
        pass
