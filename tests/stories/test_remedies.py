"""A penalty comes with its repair notice; the firm claims its file, objects and is refused with reasons, repairs, is approved, and
is rid of it everywhere; in real browsers, the firm on a phone.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rongxin.accounts.permissions import Role
from rongxin.disclosure.bulk import current, folder_of
from rongxin.disclosure.bulk_jobs import keep_bulk_files
from rongxin.disclosure.status import state_of
from rongxin.disclosure.status_jobs import keep_status_lists
from rongxin.notices.jobs import make_notices
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Record
from rongxin.records.supports import Ground as Support
from rongxin.records.supports import rest
from rongxin.remedies.following import follow_acts
from rongxin.remedies.objections.models import Objection
from rongxin.remedies.repairs.models import Repair
from rongxin.remedies.unwinding.jobs import find_affected, follow_records
from rongxin.remedies.unwinding.models import Unwinding
from rongxin.rulebook import queries as rulebook
from rongxin.subjects.mandates.queries import claim_of
from rongxin.workflow.actions import take_step
from rongxin.workflow.models import Case
from tests import logins
from tests.documents.papers import written
from tests.exchange.conftest import CityOffice
from tests.factories import PASSWORD as OFFICERS
from tests.factories import a_record, an_account
from tests.ledger.conftest import published  # noqa: F401
from tests.records.test_supports import LIST, ref
from tests.remedies.town import GRANT, Town, a_town, on
from tests.stories.keyboard import focused, press, type_into
from tests.stories.test_people import no_sideways_scroll, phone  # noqa: F401
from tests.subjects.mandates.firms import PASSWORD, a_firm, a_login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None, published: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: F811
    monkeypatch.setattr("config.environment.environment.var", tmp_path)
    with on("2026-11-12"):
        yield a_town()


def publish() -> None:
    """One run of each job that publishes copies."""
    keep_status_lists.call_now()
    keep_bulk_files.call_now()


def is_in_lists(record: Record) -> bool:
    found = state_of(record.number)
    return found is not None and found.is_shown_in_signed_list


def is_in_bulk(record: Record) -> bool:
    edition = current()
    return edition is not None and record.number in (folder_of(edition.version) / "full.jsonl").read_text("utf-8")


def is_shown(record: Record) -> bool:
    return displayed(rulebook.current(), Moment.now()).filter(number=record.number).exists()


def officer(page: Page, address: str, name: str, password: str = OFFICERS) -> None:
    page.context.clear_cookies()
    logins.log_in(page, address, name, password)


def step(page: Page, title: str, *, reason: str = "", **choices: str) -> None:
    """Take a step on the page of a case."""
    form = page.locator("details.rx-action", has=page.locator("summary", has_text=title)).first
    form.locator("summary").first.click()
    for name, value in choices.items():
        form.locator(f"select[name={name}]").select_option(value)
    if reason:
        form.locator("textarea[name=reason]").fill(reason)
    form.get_by_role("button", name="确认").click()
    expect(page.get_by_role("main")).to_contain_text("已办理")


def test_from_the_penalty_to_being_rid_of_it(page: Page, phone: Page, town: Town, live_server: Any) -> None:  # noqa: F811
    address, hall = str(live_server), town.hall
    firm, login = a_firm("福州示例闽都食品有限公司"), a_login()
    town.firm, town.login = firm, login
    record = town.penalty(penalty_document_no="榕示市监罚〔2026〕88号", violation_type="标签标注不符合规定")
    public = f"{address}/r/{record.number}"
    second = an_account(Role.CITY_OFFICE, hall.lead_office, "lead-two")
    copy = CityOffice(hall.lead_office, hall.lead, second).a_recipient("示例甲信用服务机构")
    entry = a_record(
        firm, kind=LIST, department=town.department, severity="serious", reason="依据榕示市监罚〔2026〕88号列入"
    )
    bears = Support(support=ref(record), ends_when_repaired=True, basis="列入决定写明依据该处罚")
    rest(ref(entry), bears, rulebook.current(), by="market-reviewer")
    publish()
    taken = copy.keep_up()
    assert (is_in_lists(record), is_in_bulk(record), is_shown(entry)) == (True, True, True)

    # The penalty is here, and its department prints the notice of how to repair it, to serve both together.
    officer(page, address, "market-reviewer")
    page.goto(f"{address}/desk/records/{record.number}")
    with page.expect_download() as download:
        page.get_by_role("link", name="信用修复告知书").click()
    assert "信修告〔2026〕1号" in download.value.suggested_filename

    # The firm claims its file: a code from the window, confirmed by a second officer.
    logins.log_in(phone, address, login.username, PASSWORD)
    phone.get_by_role("main").get_by_role("link", name="认领企业").first.click()
    phone.get_by_label("统一社会信用代码").fill(firm.uscc)
    phone.get_by_role("button", name="查找").click()
    phone.get_by_label("到服务窗口").check()
    phone.get_by_label("办理单位").select_option("hall")
    phone.get_by_role("button", name="提交认领").click()
    number = phone.locator("li b.rx-tn").inner_text()
    code = hall.code(claim_of(number))
    phone.goto(f"{address}/enterprise/claims/{number}")
    phone.get_by_label("告知书上的验证码").fill(code)
    phone.get_by_role("button", name="提交验证码").click()
    take_step(number, "confirm", by=hall.lead)

    # It reads of the record, why it is shown and until when, and what it can do, and objects.
    follow_acts.call_now()
    make_notices.call_now()
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}")
    phone.get_by_role("link", name="标签标注不符合规定").click()
    expect(phone.get_by_role("main")).to_contain_text("2027-06-01 以后自动停止公示")
    no_sideways_scroll(phone)
    phone.get_by_role("link", name="提出异议").click()
    phone.get_by_label("内容有误").check()
    phone.get_by_label("说明").fill("罚款金额与决定书不一致。")
    phone.get_by_role("button", name="提出异议").click()
    expect(phone.get_by_role("main")).to_contain_text("从现在起标注“异议中”")
    no_sideways_scroll(phone)
    objection = Objection.objects.get(record=record.number)
    page.goto(public)
    expect(page.get_by_role("main")).to_contain_text("异议中")
    assert page.request.get(f"{address}/api/v1/records/{record.number}").ok

    # Two people of the department answer that it is not founded, with reasons.
    officer(page, address, "market-clerk")
    page.goto(f"{address}/desk/cases/{objection.case.number}")
    step(page, "拟答复", outcome="unfounded", reason="决定书记载罚款8000元，与记录一致")
    officer(page, address, "market-reviewer")
    page.goto(f"{address}/desk/cases/{objection.case.number}")
    step(page, "批准并答复")
    page.goto(public)
    expect(page.get_by_role("main")).not_to_contain_text("企业已提出异议")
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/cases/{objection.case.number}")
    expect(phone.get_by_role("main")).to_contain_text("与记录一致")
    expect(phone.get_by_role("main")).to_contain_text("关于信用信息异议的答复")

    # So it repairs: one application, with its commitment; what is missing is told once.
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/records/{record.number}")
    phone.get_by_role("link", name="申请修复").click()
    expect(phone.get_by_role("main")).to_contain_text("提交的材料真实")
    expect(phone.get_by_role("main")).to_contain_text("依法设立的律师事务所")
    phone.get_by_label("说明").fill("罚款已于2026年7月1日缴清，标签已经全部更换。")
    phone.get_by_label("本企业作出上述承诺").check()
    no_sideways_scroll(phone)
    phone.get_by_role("button", name="提交申请").click()
    repair = Repair.objects.get(record=record.number)
    officer(page, address, "market-clerk")
    page.goto(f"{address}/desk/cases/{repair.case.number}")
    expect(page.get_by_role("main")).to_contain_text("罚款金额：8,000 元")
    step(page, "一次告知补正", lacks_proof="yes", reason="请提交缴款凭证。")
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/cases/{repair.case.number}")
    expect(phone.get_by_role("main")).to_contain_text("缺少义务履行完毕的证明")
    phone.locator("#evidence-file").set_input_files(
        {"name": "缴款凭证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 example"}
    )
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_role("main")).to_contain_text("缴款凭证.pdf")
    step(phone, "已补齐，提交")
    page.reload()
    step(page, "受理")
    step(page, "提出拟办意见", outcome="grant", verified="papers", reason="罚款已经缴清，违法行为已经纠正")
    officer(page, address, "market-reviewer")
    page.goto(f"{address}/desk/cases/{repair.case.number}")
    step(page, "批准：准予修复")

    # It is gone at once: from the site and the interface, and from the feed; the entry that rested on it with it.
    assert not is_shown(entry)
    assert page.request.get(public).status in (404, 410)
    assert page.request.get(f"{address}/api/v1/records/{record.number}").status == 410
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/records/{record.number}")
    expect(phone.get_by_role("main")).to_contain_text("已修复，停止公示")
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/cases/{repair.case.number}")
    with phone.expect_download() as decision:
        phone.get_by_role("link", name="准予信用修复决定书").click()
    assert "信修决〔2026〕1号" in decision.value.suggested_filename
    assert {item["change"] for item in copy.take(taken)["items"] if item["number"] == record.number} == {"DEL"}

    # After one run of its job no status list says it may be shown, and within the hour no file holds it.
    publish()
    assert not is_in_lists(record)
    with on("2026-11-12", "10:59"):
        publish()
        assert not is_in_bulk(record)

    # A case undoes what followed.
    follow_records.call_now()
    unwinding = Unwinding.objects.get(number=record.number)
    find_affected.call_now(unwinding.case.number)
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/records/{record.number}")
    phone.get_by_role("link", name="消除影响").click()
    expect(phone.get_by_role("main")).to_contain_text(entry.document_number)
    no_sideways_scroll(phone)

    # The firm sees who has dropped it, and takes the certificate along.
    phone.goto(f"{address}/enterprise/firms/{firm.uscc}/records/{record.number}")
    phone.get_by_role("link", name="谁已经撤下").click()
    expect(phone.get_by_role("main")).to_contain_text("1 家还没有确认")
    copy.keep_up(taken)
    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("1 家已确认撤下，0 家还没有确认")
    no_sideways_scroll(phone)
    with phone.expect_download() as certificate:
        phone.get_by_role("link", name="同步证明").click()
    with open(certificate.value.path(), "rb") as paper:
        assert "示例甲信用服务机构" in written(paper.read())


def states_of(town: Town) -> list[tuple[str, Case]]:
    """Four cases in each of five kinds of state, with what the reviewer does in each."""
    found: list[tuple[str, Case]] = []
    for number in range(20):
        record = town.penalty(violation_type=f"示例违法行为{number}")
        kind = number % 5
        if kind < 2:
            objection = town.object(record.number)
            if kind:
                town.take(objection, "draft", town.clerk, answers={"outcome": "unfounded"}, reason="与决定书一致")
            found.append((("draft", "answer")[kind], objection.case))
            continue
        repair = town.apply(record.number)
        if kind > 2:
            town.take(repair, "accept", town.clerk)
        if kind > 3:
            town.take(repair, "draft", town.clerk, answers=GRANT, reason="已经缴清")
        found.append((("accept", "propose", "grant")[kind - 2], repair.case))
    return found


@pytest.mark.soak
def test_twenty_cases_in_five_kinds_of_state_by_keyboard(page: Page, town: Town, live_server: Any) -> None:
    address, cases = str(live_server), states_of(town)
    officer(page, address, "market-reviewer")
    for what, case in cases:
        page.goto(f"{address}/desk/cases?q={case.number}")
        press(page, "办理")
        expect(page.get_by_role("main")).to_contain_text(case.number)
        _work(page, what)
        expect(page.get_by_role("main")).to_contain_text("已办理")
    assert sorted(Case.objects.filter(pk__in=[case.pk for _, case in cases]).values_list("state", flat=True)) == sorted(
        ["drafted"] * 4 + ["answered"] * 4 + ["accepted"] * 4 + ["drafted"] * 4 + ["granted"] * 4
    )


def _work(page: Page, what: str) -> None:
    titles = {
        "draft": "拟答复",
        "answer": "批准并答复",
        "accept": "受理",
        "propose": "提出拟办意见",
        "grant": "批准：准予修复",
    }
    press(page, titles[what])
    if what in ("draft", "propose"):
        _choose(page, "outcome", 5 if what == "draft" else 1)
    if what == "propose":
        _choose(page, "verified", 2)
    if what in ("draft", "propose"):
        type_into(page, "reason", "checked against the file")
    press(page, f"确认{titles[what]}")


def _choose(page: Page, field: str, down: int) -> None:
    focused(page, lambda text, name: name == field)
    for _ in range(down):
        page.keyboard.press("ArrowDown")
