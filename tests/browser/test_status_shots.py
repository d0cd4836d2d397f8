"""``make shots``: the status lists, the bulk files, and what the administrator sees when lists are late."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine

from config.environment import environment
from rongxin.accounts.permissions import Role
from rongxin.disclosure.bulk_making import make_edition
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.records.models import Effect
from tests import logins
from tests.browser.shots import shoot
from tests.factories import PASSWORD, a_department, a_subject, an_account, at, note, some_records, the_rules

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.shots, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = "2026-11-22"


def test_pages_of_the_status_lists(
    page: "Page", live_server: object, transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "var", tmp_path)
    address = str(live_server)
    with time_machine.travel(at(NOW), tick=True) as clock:
        the_rules()
        subject = a_subject()
        shoot(page, f"{address}/status/", "120-status-nothing-yet")
        shoot(page, f"{address}/bulk/", "121-bulk-nothing-yet")
        records = some_records(12, subject, decided_on=date(2026, 11, 10), recorded_at=at("2026-11-13"))
        keep_status_lists.call_now()
        make_edition()
        clock.shift(timedelta(days=1))
        note(records[0], Effect.WITHDRAWN, reason="重复。")
        note(records[1], Effect.DISPUTED)
        keep_status_lists.call_now()
        make_edition()
        shoot(page, f"{address}/status/", "122-status")
        shoot(page, f"{address}/bulk/", "123-bulk")
        shoot(page, f"{address}/r/{records[2].number}", "124-record-with-entry")
        clock.shift(timedelta(minutes=40))
        shoot(page, f"{address}/status/", "125-status-late")
        clock.shift(timedelta(minutes=40))
        shoot(page, f"{address}/status/", "126-status-expired")
        an_account(Role.SYSTEM_ADMIN, a_department(), "keeper")
        page.set_viewport_size({"width": 1440, "height": 900})
        logins.log_in(page, address, "keeper", PASSWORD)
        shoot(page, f"{address}/administration/work", "127-work-alarm")
