"""A look is told to the firm before anything is shown; where it cannot be told, nothing is shown."""

import json
import sqlite3
import threading
import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rongxin.accounts.access import PURPOSES, Access, Purpose, purpose_of
from rongxin.accounts.permissions import DataClass, Role
from rongxin.ledger.actions import NotLogged
from rongxin.ledger.entries import Kind
from rongxin.ledger.models import Pending
from tests.factories import a_department, an_account

FIRM, OTHER = "91990000MA0000015Q", "91990000MA0000023K"


def told() -> list[tuple[str, dict[str, object]]]:
    """Every look that waits to be sequenced: of whom, and what it says."""
    rows = Pending.objects.filter(kind=Kind.ACCESS).order_by("pk")
    return [(row.identifier, json.loads(row.payload)) for row in rows]


@pytest.mark.django_db
def test_a_look_says_who_what_for_and_how_much() -> None:
    officer = an_account(Role.CLERK, a_department("JC", "示例局"), "tax-0007")

    Access(officer, Purpose.CASE, "修复-2026-0001").look([FIRM, OTHER, FIRM], "record", fields=DataClass.PERSONAL)

    common = {
        "act": "read",
        "by": "tax-0007",
        "department": "JC",
        "role": "clerk",
        "purpose": "case",
        "case": "修复-2026-0001",
        "what": "record",
        "fields": "personal",
    }
    assert told() == [(FIRM, {**common, "count": 2}), (OTHER, {**common, "count": 1})]
    assert list(told()[0][1]) == [*common, "count"]


@pytest.mark.django_db
def test_a_firm_is_told_once_of_one_request() -> None:
    access = Access(an_account(Role.CLERK, a_department()), Purpose.CASE)

    access.look([FIRM], "case")
    access.look([FIRM, OTHER, ""], "told", act="print")

    assert [(firm, say["what"]) for firm, say in told()] == [(FIRM, "case"), (OTHER, "told")]


@pytest.mark.django_db
def test_a_look_at_many_firms_costs_as_many_statements_as_one_at_a_single_firm() -> None:
    officer, asked = an_account(Role.CLERK, a_department()), []
    for count in (1, 900):
        with CaptureQueriesContext(connection) as statements:
            Access(officer, Purpose.INTAKE).look([f"91990000MA{number:07}X" for number in range(count)], "batch")
        asked.append(len(statements))
    assert asked[0] == asked[1]
    assert len(told()) == 901


@pytest.mark.django_db
def test_nobody_is_told_where_no_firm_is_known() -> None:
    Access(an_account(Role.CLERK, a_department()), Purpose.INTAKE).look(["", ""], "batch")
    assert told() == []


@pytest.mark.django_db
def test_a_machine_says_so_and_an_enterprise_has_no_department() -> None:
    machine = an_account(Role.CLERK, a_department("JC", "示例局"), "jc-system")
    machine.speaks_by_key = True
    login = an_account(Role.ENTERPRISE, a_department("JC", "示例局"), "qy-1")

    Access(machine, Purpose.INTAKE, "B-1").look([FIRM], "batch", act="answer")
    Access(login, Purpose.OWN).look([FIRM], "file", act="export")

    (_, by_key), (_, own) = told()
    assert by_key["key"] is True
    assert "key" not in own
    assert (own["department"], own["role"], own["act"]) == ("", "enterprise", "export")


def test_every_purpose_has_a_title() -> None:
    assert set(PURPOSES) == set(Purpose)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "purpose"),
    [(Role.AUDITOR, Purpose.AUDIT), (Role.INSPECTOR, Purpose.SUPERVISION), (Role.CLERK, Purpose.CASE)],
)
def test_auditors_audit_and_inspectors_supervise(role: Role, purpose: Purpose) -> None:
    assert purpose_of(an_account(role, a_department()), Purpose.CASE) == purpose


@pytest.mark.django_db(transaction=True)
def test_a_look_is_never_part_of_a_transaction_that_may_be_undone() -> None:
    access = Access(an_account(Role.CLERK, a_department()), Purpose.CASE)
    with pytest.raises(RuntimeError), transaction.atomic():
        access.look([FIRM], "case")
    access.look([FIRM], "case")
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_look_behind_a_long_writer_is_refused_in_time() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has a single writer")
    access = Access(an_account(Role.CLERK, a_department()), Purpose.CASE)
    connection.ensure_connection()
    connection.cursor().execute("PRAGMA busy_timeout = 300")
    started, release = threading.Event(), threading.Event()

    def write() -> None:
        writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, uri=True)
        writer.execute("BEGIN IMMEDIATE")
        started.set()
        release.wait(10)
        writer.execute("ROLLBACK")
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    started.wait(10)
    before = time.monotonic()
    try:
        with pytest.raises(NotLogged):
            access.look([FIRM], "case")
        assert time.monotonic() - before < 5
    finally:
        release.set()
        thread.join()
        connection.close()
    access.look([FIRM], "case")
    assert len(told()) == 1
