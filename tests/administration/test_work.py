"""后台任务: the system administrator is told when the status lists are late or wrong."""

from datetime import date, timedelta

import pytest
import time_machine

from rongxin.accounts.permissions import Role
from rongxin.disclosure.models import StatusCheck
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.disclosure.status_lists import VALID
from tests.entrance.conftest import a_person
from tests.factories import a_subject, at, some_records, the_rules

pytestmark = pytest.mark.django_db


def test_the_alarm_of_the_status_lists() -> None:
    with time_machine.travel(at("2026-11-22"), tick=False) as clock:
        the_rules()
        some_records(1, a_subject(), decided_on=date(2026, 11, 10), recorded_at=at("2026-11-13"))
        keep_status_lists.call_now()
        person = a_person(Role.SYSTEM_ADMIN, "keeper")
        person.client.force_login(person.account)

        def page() -> str:
            answer = person.client.get("/administration/work")
            assert answer.status_code == 200
            return answer.content.decode()

        assert "状态清单" not in page()
        StatusCheck.objects.update(faults=["list 0: 1 acts on display without bit, 0 others with one"])
        assert "没有通过核对" in page()
        assert "list 0: 1 acts on display without bit" in page()
        StatusCheck.objects.update(faults=[])
        clock.shift(VALID / 2 + timedelta(seconds=1))
        person.client.force_login(person.account)
        assert "没有重签" in page()
