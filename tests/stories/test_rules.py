"""A change of the rules: drafted, compared, released by a second person, in force on its day; in a real browser."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.governance.rules.workflow import bring_into_force
from rongxin.rulebook import queries as rulebook
from tests import logins
from tests.factories import a_department, a_subject, the_rules
from tests.governance.test_rules import PLACE, shorter
from tests.intake.conftest import PASSWORD, Office, open_office
from tests.intake.coverage.batches import an_officer
from tests.intake.tables import TEA, TEA_NAME
from tests.stories.keyboard import press
from tests.stories.test_main_job import log_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db: None) -> Office:
    rulebook.forget()
    the_rules()
    a_subject(TEA_NAME, TEA)
    return open_office()


def test_a_change_of_the_rules_is_drafted_compared_and_released(
    page: Page, live_server: object, office: Office, tmp_path: Path
) -> None:
    address = str(live_server)
    lead = a_department("lead", "福州市示例信用信息牵头办公室")
    for name in ("drafter", "second"):
        officer = an_officer(lead, Role.CITY_OFFICE, name)
        Account.objects.filter(pk=officer.pk).update(password=make_password(PASSWORD))
    folder = tmp_path / "national.zip"
    with zipfile.ZipFile(folder, "w") as archive:
        archive.writestr(PLACE, shorter()[PLACE])

    logins.log_in(page, address, "drafter", PASSWORD)
    page.goto(f"{address}/desk/rules/draft")
    page.set_input_files("#files", folder)
    page.locator("#note").fill("批次发布时限改为二个工作日")
    press(page, "校验并提交复核")
    expect(page.locator("main")).to_contain_text("3 个工作日", timeout=60_000)
    expect(page.locator("main")).to_contain_text("须由另一人办理")
    log_out(page)

    logins.log_in(page, address, "second", PASSWORD)
    page.goto(f"{address}/desk/cases")
    press(page, "办理")
    expect(page.locator("main")).to_contain_text("2 个工作日")
    press(page, "复核通过并发布")
    page.locator("#approve-effective_on").fill(date.today().isoformat())
    press(page, "确认复核通过并发布")
    expect(page.locator("main")).to_contain_text("信规〔", timeout=60_000)
    bring_into_force()
    rulebook.forget()
    assert rulebook.current().value("intake/release_days", date.today()).count == 2
    page.reload()
    expect(page.locator("main")).to_contain_text("办结：已生效")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path="var/shots/70-rules-desktop.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path="var/shots/70-rules-phone.png", full_page=True)
