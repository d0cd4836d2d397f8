"""Who delivers what the catalogue asks for: what was sent counts for its period, and who is silent is seen."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.departments import actions as departments
from rongxin.departments.duties import NoSuchItem, end_duty, enter_duty, say_nothing_new
from rongxin.departments.models import Duty
from rongxin.intake.duties import Reporting, delivered_by_item, duty_lines
from rongxin.policy.pack import Policy
from tests.intake.conftest import PASSWORD, Office
from tests.intake.tables import as_csv, penalties

PENALTY = "administrative_penalty"


@pytest.fixture
def item(policy: Policy) -> str:
    """The code of the item for penalties: weekly on this platform."""
    return next(each.item.code for each in policy.catalogue if each.item.kind == PENALTY)


@pytest.fixture
def duty(office: Office, policy: Policy, item: str) -> Duty:
    codes = [each.item.code for each in policy.catalogue]
    return enter_duty(
        office.department,
        item,
        known=codes,
        since=date(2026, 11, 2),
        by="demo-office",
        power_title="食品安全处罚（示例）",
    )


def state(policy: Policy, on: date) -> Reporting:
    (line,) = duty_lines(policy, on)
    return line.state


def test_a_department_that_never_sent_is_silent_after_its_first_period(policy: Policy, duty: Duty) -> None:
    (line,) = duty_lines(policy, date(2026, 11, 20))
    assert line.due is not None
    assert duty_lines(policy, line.due)[0].state == Reporting.DUE
    assert state(policy, line.due + timedelta(days=1)) == Reporting.SILENT


def test_what_was_sent_ends_the_silence(policy: Policy, duty: Duty, office: Office) -> None:
    assert state(policy, timezone.localdate()) == Reporting.SILENT
    office.send(as_csv(penalties(2)))
    assert state(policy, timezone.localdate()) == Reporting.DONE


def test_a_file_that_could_not_be_read_delivers_nothing(policy: Policy, duty: Duty, office: Office) -> None:
    office.send(b"")
    assert state(policy, timezone.localdate()) == Reporting.SILENT


def test_another_departments_file_delivers_nothing_for_this_one(policy: Policy, duty: Duty, office: Office) -> None:
    other = departments.enter("other", "福州市示例二局", region="990000")
    enter_duty(other, duty.item, known=[duty.item], since=date(2026, 11, 2), by="demo-office")
    office.send(as_csv(penalties(1)))
    assert [line.state for line in duty_lines(policy, timezone.localdate(), of=[other])] == [Reporting.SILENT]
    sums = delivered_by_item(duty_lines(policy, timezone.localdate()))
    assert (sums[duty.item].departments, sums[duty.item].silent) == (2, 1)


def test_saying_that_there_is_nothing_new_ends_the_silence_for_the_period(policy: Policy, duty: Duty) -> None:
    today = timezone.localdate()
    say_nothing_new(duty, on=today, by="demo-clerk")
    assert state(policy, today) == Reporting.DONE
    assert state(policy, today + timedelta(days=30)) == Reporting.SILENT


def test_an_ended_duty_asks_for_nothing(policy: Policy, duty: Duty) -> None:
    end_duty(duty, on=date(2026, 11, 10), by="demo-office")
    assert duty_lines(policy, date(2026, 11, 10)) != []
    assert duty_lines(policy, date(2026, 11, 11)) == []


def test_nothing_outside_the_catalogue_is_a_duty(office: Office) -> None:
    with pytest.raises(NoSuchItem):
        enter_duty(office.department, "X-99", known=["X-01"], since=date(2026, 11, 2), by="demo-office")


def test_the_clerk_sees_the_silence_and_says_that_there_is_nothing_new(
    duty: Duty, office: Office, client: Client
) -> None:
    client.force_login(office.clerk)
    assert "逾期" in client.get("/desk/duties").content.decode()
    answer = client.post(f"/desk/duties/{duty.pk}/nothing-new", follow=True)
    assert "本期已报" in answer.content.decode()
    assert "食品安全处罚（示例）" in client.get("/desk/duties.csv").content.decode()


def test_only_a_credit_office_enters_and_ends_duties(office: Office, item: str, client: Client) -> None:
    given = {"department": "demo", "item": item}
    client.force_login(office.clerk)
    assert client.post("/desk/duties/enter", given).status_code == 403
    lead = departments.enter("lead", "福州市示例牵头办", region="990000")
    lead_officer = open_account(
        "lead-officer", PASSWORD, display_name="管理员丙", department=lead, role=Role.CITY_OFFICE
    )
    client.force_login(lead_officer)
    assert client.post("/desk/duties/enter", {"department": "demo", "item": "X"}).status_code == 422
    assert client.post("/desk/duties/enter", given).status_code == 302
    duty = Duty.objects.get()
    assert client.post(f"/desk/duties/{duty.pk}/end").status_code == 302
    duty.refresh_from_db()
    assert duty.until == timezone.localdate()


def test_the_page_asks_the_database_no_more_for_many_duties(
    policy: Policy, office: Office, client: Client, django_assert_max_num_queries: object
) -> None:
    codes = [each.item.code for each in policy.catalogue]
    for number in range(12):
        other = departments.enter(f"d{number}", f"福州市示例{number}局", region="990000")
        enter_duty(other, codes[0], known=codes, since=date(2026, 11, 2), by="demo-office")
    lead = departments.enter("lead", "福州市示例牵头办", region="990000")
    lead_officer = open_account(
        "lead-officer", PASSWORD, display_name="管理员丙", department=lead, role=Role.CITY_OFFICE
    )
    client.force_login(lead_officer)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        assert client.get("/desk/duties").content.decode().count("福州市示例") >= 12


def test_the_public_catalogue_says_what_is_collected_and_who_is_silent(
    duty: Duty, office: Office, client: Client
) -> None:
    page = client.get("/catalogue").content.decode()
    assert "1 个单位逾期未报" in page
    assert "上级目录没有，本级增加" in page or "各级目录一致" in page or "→" in page
    table = client.get("/catalogue.csv").content.decode("utf-8-sig")
    assert table.splitlines()[0].startswith("目录编码,记录种类")
    assert PENALTY in table
