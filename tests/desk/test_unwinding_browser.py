"""The checklist of 消除影响 in a real browser: an open item is settled by the keyboard alone, and nothing is wider than a phone."""

import os
from typing import TYPE_CHECKING

import pytest

from rongxin.records.supports import Ground, rest
from rongxin.remedies.unwinding.models import Item, ItemSort, Outcome, Redecision
from rongxin.rulebook import queries as rulebook
from tests import logins
from tests.desk.test_case_browser import tab_to
from tests.factories import a_subject
from tests.intake.conftest import PASSWORD
from tests.records.test_supports import ref
from tests.remedies.test_unwinding import Affair, a_paper, a_penalty, an_entry, the_unwinding, work
from tests.workflow.conftest import in_force, open_bureau, rules

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.mark.usefixtures("toy_is_known")
def test_a_document_is_settled_by_the_keyboard_and_the_page_fits_a_phone(
    page: "Page", live_server: "LiveServer"
) -> None:
    in_force(rules())
    bureau, firm = open_bureau(), a_subject("福州示例榕海茶业有限公司")
    bureau.reviewer.set_password(PASSWORD)
    bureau.reviewer.save()
    affair = Affair(firm, a_penalty(firm, bureau), an_entry(firm, bureau), bureau)
    rest(ref(affair.entry), Ground(support=ref(affair.penalty), basis="列入决定书载明"), rulebook.current(), by="clerk")
    a_paper(affair)
    affair.look(bureau.stranger)
    affair.falls()
    work()
    case = the_unwinding(affair.penalty).case
    logins.log_in(page, live_server.url, "reviewer", PASSWORD)
    page.goto(f"{live_server.url}/desk/cases/{case.number}")
    if folder := os.environ.get("UNWIND_SHOTS"):
        numbers = {
            "case": f"cases/{case.number}",
            "redecision": f"cases/{Redecision.objects.get().case.number}",
            "record": f"records/{affair.entry.number}",
            "penalty": f"records/{affair.penalty.number}",
        }
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for name, path in numbers.items():
                page.goto(f"{live_server.url}/desk/{path}")
                page.screenshot(path=f"{folder}/unwind-{name}-{width}.png", full_page=True)
        page.goto(f"{live_server.url}/desk/cases/{case.number}")
    page.get_by_label("理由（企业会看到）").focus()
    page.keyboard.type("所依据的决定已被撤销")
    tab_to(page, "撤回这份文书")
    page.keyboard.press("Enter")
    page.get_by_text("文书已撤回。").wait_for()
    assert Item.objects.get(sort=ItemSort.DOCUMENT).outcome == Outcome.WITHDRAWN
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for path in (f"cases/{case.number}", f"records/{affair.entry.number}"):
        page.goto(f"{live_server.url}/desk/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
