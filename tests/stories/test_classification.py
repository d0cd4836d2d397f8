"""A law officer changes a weight without any programming, sees what it does, and a second person releases it; the run under the
new rules is shown to the enterprises, one objects, and the classes of the others come into use. In a real browser.
"""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Page, expect

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.classification.models import Adjustment, Trial, Use
from rongxin.classification.reading import How, held
from rongxin.classification.running import classify_on
from rongxin.classification.trying import try_draft
from rongxin.classification.using import current
from rongxin.governance.rules.workflow import bring_into_force
from rongxin.policy.indicators import RiskClass
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.keeping import keep_clocks
from tests import logins
from tests.factories import a_record, a_subject
from tests.intake.conftest import PASSWORD
from tests.intake.coverage.batches import an_officer
from tests.stories.keyboard import press, type_into
from tests.stories.test_main_job import log_out
from tests.subjects.mandates.firms import Hall, a_firm, a_hall, a_login

pytestmark = [pytest.mark.browser, pytest.mark.console_errors, pytest.mark.django_db(transaction=True)]
EACH, MOST = "risk/points/penalties_general.each", "risk/points/penalties_general.most"


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    """A credit office with two officers, a firm with its login, and two other firms, one without any record."""
    rulebook.forget()
    hall = a_hall()
    for name in ("law", "second"):
        officer = hall.second if name == "second" else an_officer(hall.lead_office, Role.CITY_OFFICE, name)
        Account.objects.filter(pk=officer.pk).update(
            password=make_password(PASSWORD), department=hall.lead_office, role=Role.CITY_OFFICE
        )
    return hall


def put(page: Page, field: str, number: str) -> None:
    page.locator(f"[name='{field}']").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(number)


def shoot(page: Page, name: str) -> None:
    for form, size in {"desktop": (1440, 900), "phone": (390, 844)}.items():
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.screenshot(path=f"var/shots/{name}-{form}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_weight_is_changed_tried_released_and_used(page: Page, live_server: object, hall: Hall) -> None:
    address, today = str(live_server), timezone.localdate()
    holder, firm = a_login(), a_firm()
    Account.objects.filter(pk=holder.pk).update(password=make_password(PASSWORD))
    hall.held(holder, firm)
    other = a_subject("福州示例三坊文旅有限公司", region="350102")
    a_subject("福州示例无记录有限公司", region="350102")
    for each in (firm, other):
        a_record(each, decided_on=today - timedelta(days=20))

    # The law officer changes a weight, and sees what that would do.
    logins.log_in(page, address, "law", PASSWORD)
    page.goto(f"{address}/desk/rules/weights")
    put(page, EACH, "32")
    put(page, MOST, "64")
    type_into(page, "reason", "按抽查结果校准")
    press(page, "保存为草案")
    expect(page.locator("main")).to_contain_text("每一项 8 → 32", timeout=60_000)
    press(page, "试算影响")
    expect(page.locator("progress.rx-progress")).to_be_visible()
    try_draft.call_now(Trial.objects.get().pk)
    expect(page.locator("main")).to_contain_text("户变差", timeout=30_000)
    expect(page.locator("main")).to_contain_text("2 户变差、0 户变好")
    shoot(page, "240-trial")
    case = page.url
    log_out(page)

    # A second person sees the same, and releases it.
    logins.log_in(page, address, "second", PASSWORD)
    page.goto(case)
    expect(page.locator("main")).to_contain_text("2 户变差、0 户变好")
    press(page, "复核通过并发布")
    page.locator("#approve-effective_on").fill(today.isoformat())
    press(page, "确认复核通过并发布")
    expect(page.locator("main")).to_contain_text("信规〔", timeout=60_000)
    bring_into_force()
    rulebook.forget()

    # A run under the new rules is proposed by one and shown by the other.
    run = classify_on(today, in_full=True)
    assert run.counts == {"a": 1, "b": 0, "c": 2, "d": 0}
    page.goto(f"{address}/desk/classes")
    press(page, "提请启用最近一次")
    expect(page.locator("main")).to_contain_text("须由另一人办理")
    use = Use.objects.select_related("case").get()
    log_out(page)
    logins.log_in(page, address, "law", PASSWORD)
    page.goto(f"{address}/desk/cases/{use.case.number}")
    press(page, "同意，进入申诉期")
    press(page, "确认同意，进入申诉期")
    expect(page.locator("main")).to_contain_text("企业申诉期", timeout=30_000)
    log_out(page)

    # The enterprise sees every reason before it is used, and objects.
    logins.log_in(page, address, holder.username, PASSWORD)
    page.goto(f"{address}/enterprise/firms/{firm.uscc}/class")
    expect(page.locator("main")).to_contain_text("32 分，属 C 类（30–59 分）")
    shoot(page, "241-own-class")
    press(page, "对类别提出申诉")
    expect(page.locator("h1")).to_contain_text("对类别提出申诉")
    type_into(page, "statement", "这项处罚正在申请行政复议。")
    press(page, "提出申诉")
    expect(page.locator("main")).to_contain_text("答复以前，这次的类别不对本企业使用")
    assert Adjustment.objects.get().subject == firm

    # The days are over: what nobody objected to is used.
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        keep_clocks()
        assert current() is not None
        holding = held([firm.pk, other.pk], timezone.localdate())
    assert (holding[other.pk].grade, holding[other.pk].how) == (RiskClass.C, How.IN_USE)
    assert (holding[firm.pk].grade, holding[firm.pk].how) == (None, How.OBJECTED)
