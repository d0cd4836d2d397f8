"""A removal from a list ends display when its batch is checked, without a second person; all else waits."""

import pytest
import time_machine
from django.test import Client

from rongxin.intake import jobs
from rongxin.intake.models import Batch, BatchState
from rongxin.intake.queries import waiting_rows
from rongxin.policy.pack import Policy
from rongxin.records.display import Moment, displayed
from rongxin.records.models import Record
from tests.intake.conftest import Office, open_office
from tests.intake.tables import TEA, TEA_NAME, as_csv

pytestmark = pytest.mark.django_db

DEBTOR = {
    "失信被执行人名称": TEA_NAME,
    "组织机构代码": TEA,
    "执行法院": "福州市示例区人民法院",
    "省份": "福建",
    "执行依据文号": "（2025）示0001民初9号",
    "立案时间": "2026-03-02",
    "案号": "（2026）示0001执1号",
    "做出执行依据单位": "福州市示例区人民法院",
    "生效法律文书确定的义务": "支付货款10万元",
    "被执行人的履行情况": "全部未履行",
    "失信被执行人行为具体情形": "有履行能力而拒不履行",
    "发布时间": "2026-11-10",
    "移出日期": "",
    "数据来源": "示例法院",
}
GONE = {"移出日期": "2026-11-20", "被执行人的履行情况": "全部履行"}


def debtor(case: int = 1, **changes: str) -> dict[str, str]:
    return DEBTOR | {"案号": f"（2026）示0001执{case}号"} | changes


@pytest.fixture
def court(office: Office) -> Office:
    """A provider that has recorded the entries of cases 1 and 2."""
    office.release(send(office, debtor(1), debtor(2)))
    return office


def send(office: Office, *rows: dict[str, str], kind: str = "judgment_debtor") -> Batch:
    return office.send(as_csv(rows), kind=kind)


def cases(policy: Policy) -> set[str]:
    return set(displayed(policy, Moment.now()).values_list("document_number", flat=True))


def told(batch: Batch) -> list[tuple[str, str]]:
    return [(finding["code"], finding["params"]["count"]) for finding in batch.findings]


def test_a_removal_ends_display_at_once_and_the_rest_of_its_batch_waits(court: Office, policy: Policy) -> None:
    batch = send(court, debtor(1, **GONE), debtor(3))

    assert cases(policy) == {"（2026）示0001执2号"}
    assert (batch.state, batch.accepted, batch.withheld, batch.recorded) == (BatchState.CHECKED, 2, 1, 1)
    assert [row.is_public for row in waiting_rows(batch, limit=9)] == [False, True]
    assert told(batch) == [("removals_in_effect", "1")]
    assert batch.decided_days == {"2026-11-10": {"public": 1}}

    batch = court.release(batch)
    assert cases(policy) == {"（2026）示0001执2号", "（2026）示0001执3号"}
    assert (batch.state, batch.recorded) == (BatchState.RECORDED, 2)
    assert Record.objects.filter(document_number="（2026）示0001执1号").count() == 2


def test_a_batch_of_removals_only_is_finished_when_it_is_checked(court: Office, policy: Policy) -> None:
    batch = send(court, debtor(1, **GONE), debtor(2, **GONE))

    assert (batch.state, batch.recorded) == (BatchState.RECORDED, 2)
    assert batch.finished_at is not None
    assert cases(policy) == set()
    assert jobs.check_batch.call_now(batch.number)["state"] == BatchState.RECORDED
    assert send(court, debtor(1, **GONE)).state == BatchState.NOTHING_NEW


def test_a_removed_entry_leaves_a_tombstone_without_content(court: Office, client: Client) -> None:
    number = Record.objects.get(document_number="（2026）示0001执1号").number
    assert client.get(f"/r/{number}").status_code == 200
    send(court, debtor(1, **GONE))

    answer = client.get(f"/r/{number}")
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "已移出名单" in page
    assert TEA_NAME not in page
    assert "示0001执" not in page
    assert client.get(f"/r/{number}?format=json").json()["state"] == "removed"
    assert client.get(f"/r/{number}?as_of=2026-11-20").status_code == 410


def test_a_removal_of_an_unknown_act_waits_and_is_never_displayed(court: Office, policy: Policy) -> None:
    batch = send(court, debtor(9, **GONE))
    assert (batch.state, told(batch)) == (BatchState.CHECKED, [("removals_without_entry", "1")])

    court.release(batch)
    court.release(send(court, debtor(9)))
    assert "（2026）示0001执9号" not in cases(policy)
    assert Record.objects.filter(document_number="（2026）示0001执9号").count() == 2


def test_another_departments_removal_waits_for_release(court: Office, policy: Policy) -> None:
    other = open_office("other")
    batch = send(other, debtor(1, **GONE))

    assert (batch.state, told(batch)) == (BatchState.CHECKED, [])
    assert "（2026）示0001执1号" in cases(policy)
    other.release(batch)
    assert "（2026）示0001执1号" not in cases(policy)


def test_what_would_bring_an_entry_back_waits_for_release(court: Office, policy: Policy) -> None:
    send(court, debtor(1, **GONE))
    again = send(court, debtor(1, 被执行人的履行情况="部分未履行"))

    assert again.state == BatchState.CHECKED
    assert "（2026）示0001执1号" not in cases(policy)


def test_the_entry_as_it_was_sent_before_does_not_bring_it_back(court: Office, policy: Policy) -> None:
    send(court, debtor(1, **GONE))

    assert send(court, debtor(1)).state == BatchState.NOTHING_NEW
    assert "（2026）示0001执1号" not in cases(policy)


def test_a_removal_sent_the_day_after_ends_display_on_that_day(court: Office, policy: Policy) -> None:
    with time_machine.travel("2026-11-23T09:00:00+08:00", tick=False):
        assert len(cases(policy)) == 2
        send(court, debtor(1, **GONE))
        assert cases(policy) == {"（2026）示0001执2号"}


def test_a_removal_from_a_good_list_waits_like_everything_else(office: Office, policy: Policy) -> None:
    entry = {
        "企业名称": TEA_NAME,
        "统一社会信用代码": TEA,
        "数据类别": "示例诚信企业",
        "认定时间": "2026-11-10",
        "认定单位": "福州市示例市场监督管理局",
        "移出日期": "",
        "数据来源": "示例数据中心",
    }
    office.release(send(office, entry, kind="trustworthy_list"))
    batch = send(office, entry | {"移出日期": "2026-11-20"}, kind="trustworthy_list")

    assert batch.state == BatchState.CHECKED
    assert displayed(policy, Moment.now()).count() == 1
    office.release(batch)
    assert displayed(policy, Moment.now()).count() == 0


def test_a_hidden_code_waits_for_a_person_and_leads_to_nobody(office: Office) -> None:
    batch = send(office, debtor(1, 组织机构代码="MA0000***"))

    assert (batch.accepted, batch.in_review) == (0, 1)
