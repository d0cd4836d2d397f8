"""``make shots``: weights set anew, with mistakes and as a draft."""

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import make_password

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.rulebook import queries
from tests import logins
from tests.browser.shots import FOLDER, SIZES, shoot
from tests.factories import a_department, the_rules
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import an_officer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.shots,
    pytest.mark.browser,
    pytest.mark.console_errors,
    pytest.mark.django_db(transaction=True),
]


def test_pages_of_weights(page: "Page", live_server: object, transactional_db: None) -> None:
    queries.forget()
    the_rules()
    officer = an_officer(a_department("lead", "福州市示例信用信息牵头办公室"), Role.CITY_OFFICE, "drafter")
    Account.objects.filter(pk=officer.pk).update(password=make_password(PASSWORD))
    address = str(live_server)
    logins.log_in(page, address, "drafter", PASSWORD)
    shoot(page, f"{address}/desk/rules/weights", "230-weights")
    general = page.locator("[id='risk-points-penalties_general-each']")
    general.fill("12")
    page.locator("#risk-classes-b").fill("12")
    page.locator("#risk-classes-c").fill("34")
    page.locator("[id='risk-points-fines_amount-million']").fill("x")
    _both(page, "231-weights-changed")
    page.get_by_role("button", name="保存为草案").click()
    page.wait_for_selector("#errors")
    _both(page, "232-weights-wrong")
    page.locator("[id='risk-points-fines_amount-million']").fill("10")
    page.locator("#reason").fill("2026年上半年抽查发现，受过一般处罚的企业问题率明显较高，相应提高分值和起点")
    page.get_by_role("button", name="保存为草案").click()
    page.wait_for_selector("text=改了什么", timeout=60_000)
    shoot(page, page.url, "233-weights-draft")


def _both(page: "Page", name: str) -> None:
    """What is seen at once of the page as it stands, at its top and where a weight was changed."""
    for form, size in SIZES.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        page.screenshot(path=FOLDER / f"{name}-{form}.png")
        page.evaluate(
            "document.getElementById('risk-points-fines_amount-million').scrollIntoView({block: 'center', behavior: 'instant'})"
        )
        page.screenshot(path=FOLDER / f"{name}-below-{form}.png")
