"""A case in a real browser, under the real content security policy, by the keyboard alone."""

from typing import TYPE_CHECKING

import pytest

from tests import logins
from tests.intake.conftest import PASSWORD
from tests.workflow.conftest import in_force, open_bureau, rules

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page: "Page", words: str) -> None:
    """Press Tab until what has the focus says ``words``."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    pytest.fail(f"the keyboard does not reach {words}", pytrace=False)


@pytest.mark.usefixtures("toy_is_known")
def test_from_the_board_through_a_step_by_the_keyboard(page: "Page", live_server: "LiveServer") -> None:
    in_force(rules())
    bureau = open_bureau()
    bureau.reviewer.set_password(PASSWORD)
    bureau.reviewer.save()
    case = bureau.open()
    logins.log_in(page, live_server.url, "reviewer", PASSWORD)

    page.goto(f"{live_server.url}/desk/cases")
    tab_to(page, "办理")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/*")
    tab_to(page, "不予受理")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("不属于本单位职责")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("已办理：不予受理。").wait_for()
    case.refresh_from_db()
    assert case.state == "refused"
