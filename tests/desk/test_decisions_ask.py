"""Every decision of the workbench asks for the second factor anew, before anything is done."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from config.environment import environment
from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.intake.models import Batch, BatchState
from rongxin.records.models import Clearing, RecordEvent
from rongxin.subjects.models import Merge, Split, Succession
from tests.factories import a_record, a_subject
from tests.intake.conftest import PASSWORD, Office
from tests.intake.tables import as_csv, penalties

DECISIONS = [
    (Role.REVIEWER, "/desk/batches/{batch}/release"),
    (Role.REVIEWER, "/desk/batches/{batch}/send-back"),
    (Role.REVIEWER, "/desk/records/{record}"),
    (Role.REVIEWER, "/desk/texts/{record}/violation_facts"),
    (Role.REVIEWER, "/desk/texts/{record}/violation_facts/undo"),
    (Role.REVIEWER, "/desk/texts/together"),
    (Role.CITY_OFFICE, "/desk/subjects/compare?keep={one}&absorb={other}"),
    (Role.CITY_OFFICE, "/desk/subjects/split?origin={one}&other={other}"),
    (Role.CITY_OFFICE, "/desk/subjects/succeed?before={one}&after={other}"),
]
FORM = {"reason": "示例理由", "basis": "示例依据", "verdict": "same", "decision": "as_filed"}


@pytest.mark.parametrize(("role", "place"), DECISIONS)
def test_an_old_proof_decides_nothing(office: Office, role: Role, place: str) -> None:
    batch = office.send(as_csv(penalties(1)))
    one, other = a_subject("福州示例甲有限公司"), a_subject("福州示例乙有限公司")
    record = a_record(one, department=office.department)
    decider = open_account("decider", PASSWORD, display_name="丁", department=office.department, role=role)
    address = place.format(batch=batch.number, record=record.number, one=one.uscc, other=other.uscc)
    events = RecordEvent.objects.count()
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(decider)
        for _ in range(2):
            clock.shift(timedelta(minutes=environment.proof_minutes / 2, seconds=1))
            assert client.get("/account").status_code == 200
        answer = client.post(address, FORM)
    assert answer.status_code == 403
    assert "请再验证一次" in answer.content.decode()
    assert Batch.objects.get(pk=batch.pk).state == BatchState.CHECKED
    assert RecordEvent.objects.count() == events
    assert not Clearing.objects.exists()
    assert not any(kept.objects.exists() for kept in (Merge, Split, Succession))
