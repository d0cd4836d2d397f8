"""Firms whose entries the check of the ledger finds wrong are those of an incident; a superuser of the database changed them."""

import pytest

from rongxin.governance.incidents.actions import search
from rongxin.governance.incidents.jobs import search_ledger
from rongxin.governance.incidents.models import Affected, Why
from rongxin.ledger import logs
from rongxin.ledger.entries import Of, Subject
from rongxin.ledger.models import Pending
from rongxin.ledger.sequencing import sequence_all
from rongxin.ledger.signing import checkpoint
from tests.factories import a_subject, at
from tests.governance.offices import open_offices
from tests.ledger.conftest import published  # noqa: F401
from tests.ledger.events import logged
from tests.ledger.test_tampering import tampered
from tests.workflow.conftest import in_force, on, rules

pytestmark = pytest.mark.django_db(transaction=True)


def test_exactly_the_firms_of_the_entries_that_were_changed() -> None:
    with on("2026-11-27"):
        in_force(rules())
        offices = open_offices()
        codes = [a_subject(f"福州示例第{number}有限公司").uscc for number in range(6)]
        first = Pending.objects.count()
        logged(*(Subject(Of.FIRM, code) for code in codes), Subject(Of.SYSTEM, "rulebook"))
        sequence_all()
        checkpoint(logs.current())
        zeros = "decode(repeat('00', 32), 'hex')" if _is_postgresql() else "zeroblob(32)"
        tampered(
            f'UPDATE ledger_entry SET leaf = {zeros} WHERE "index" = {first + 1}',
            f'UPDATE ledger_entry SET salt = {zeros} WHERE "index" IN ({first + 4}, {first + 6})',
        )
        incident = offices.register(at("2026-11-27", "09:00"))
        asked = search(incident, offices.first, faulty=True)
        search_ledger.call_now(asked.pk)
        assert set(Affected.objects.values_list("uscc", "why")) == {(codes[1], Why.FAULTY), (codes[4], Why.FAULTY)}
        asked.refresh_from_db()
        assert (asked.found, asked.unknown) == (2, 1)


def _is_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"
