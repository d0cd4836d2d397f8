"""The pages of clearing and of withdrawal: the way through the queue, what they refuse, whom they let in."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from rongxin.accounts.actions import open_account
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.records.models import Clearing, Effect, Record, RecordEvent
from tests.factories import a_department, a_record, a_subject, at, some_records, the_rules

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"
FACTS = "经查，示例公司销售的茶叶未标注生产日期，经办人张某某在场。"
SPAN = f"{FACTS.index('张某某')}-{FACTS.index('张某某') + 3}"
NOW = "2026-11-22"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at(NOW), tick=False):
        yield


@pytest.fixture
def department(db: None) -> Department:
    the_rules()
    return a_department()


def as_officer(department: Department, role: Role = Role.REVIEWER) -> Client:
    name = f"{department.code}-{role}"
    account = Account.objects.filter(username=name).first() or open_account(
        name, PASSWORD, display_name="审核员乙", department=department, role=role
    )
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def record(department: Department) -> Record:
    return a_record(
        a_subject("福州示例榕海茶业有限公司"),
        department=department,
        decided_on=date(2026, 11, 10),
        recorded_at=at("2026-11-13"),
        penalty_document_no="榕示市监罚〔2026〕118号",
        violation_facts=FACTS,
        penalty_content="罚款8000元",
    )


@pytest.fixture
def reviewer(department: Department) -> Client:
    return as_officer(department)


def address(record: Record, field: str = "violation_facts") -> str:
    return reverse("desk:text", args=[record.number, field])


def words(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def digest(client: Client, record: Record, field: str = "violation_facts") -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', words(client.get(address(record, field))))
    assert found
    return found[1]


def decide(
    client: Client, record: Record, decision: str, field: str = "violation_facts", **more: object
) -> HttpResponse:
    asked = {"decision": decision, "digest": digest(client, record, field), **more}
    answer: HttpResponse = client.post(address(record, field), asked)
    return answer


# ── clearing ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_queue_shows_what_waits_and_where_nothing_is_suspected(reviewer: Client, record: Record) -> None:
    page = words(reviewer.get("/desk/texts"))
    assert page.count("榕示市监罚〔2026〕118号") >= 2
    assert "1 段未发现疑似个人信息" in page
    assert "没有待核对的文字" in words(as_officer(a_department("other", "福州市示例城市管理局")).get("/desk/texts"))


def test_a_text_stands_with_its_suggestions_marked(reviewer: Client, record: Record) -> None:
    page = words(reviewer.get(address(record)))
    assert f'<mark data-mark="{SPAN}">张某某</mark>' in page
    assert f'value="{SPAN}" checked' in re.sub(r"\s+", " ", page)


def test_one_decision_leads_to_the_next_text_and_the_last_to_the_queue(reviewer: Client, record: Record) -> None:
    first = decide(reviewer, record, "masked", mark=[SPAN])
    assert first["Location"] == address(record, "penalty_content")
    second = decide(reviewer, record, "as_filed", "penalty_content")
    assert second["Location"] == "/desk/texts"
    public = words(Client().get(f"/r/{record.number}"))
    assert "张某某" not in public
    assert "经办人〔已隐去〕在场" in public
    assert "罚款8000元" in public


def test_words_written_down_are_hidden_wherever_they_stand(reviewer: Client, record: Record) -> None:
    decide(reviewer, record, "masked", words="示例公司\n茶叶")
    assert Clearing.objects.get().text == FACTS.replace("示例公司", "〔已隐去〕").replace("茶叶", "〔已隐去〕")


def test_showing_a_suspected_text_as_filed_needs_a_word_of_confirmation(reviewer: Client, record: Record) -> None:
    refused = decide(reviewer, record, "as_filed")
    assert refused.status_code == 422
    assert "疑似个人信息" in words(refused)
    assert Clearing.objects.count() == 0
    assert decide(reviewer, record, "as_filed", names_nobody="on").status_code == 302


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"decision": "masked"}, "没有标出要隐去的内容"),
        ({"decision": "masked", "mark": ["x", "9-2", "-1-4", "99999999999999999999-4"]}, "没有标出要隐去的内容"),
        ({"decision": "masked", "mark": [SPAN], "digest": "0" * 64}, "刚刚被更正"),
        ({"decision": "reopened"}, "请选择怎样公开"),
        ({"decision": "nonsense"}, "请选择怎样公开"),
        ({}, "请选择怎样公开"),
    ],
)
def test_what_cannot_be_decided_says_why_and_keeps_nothing(
    reviewer: Client, record: Record, asked: dict[str, object], told: str
) -> None:
    answer = reviewer.post(address(record), {"digest": digest(reviewer, record), **asked})
    assert answer.status_code == 422
    assert told in words(answer)
    assert Clearing.objects.count() == 0


def test_marks_of_ones_own_survive_an_error(reviewer: Client, record: Record) -> None:
    answer = reviewer.post(
        address(record), {"digest": digest(reviewer, record), "decision": "as_filed", "mark": ["0-2"]}
    )
    page = re.sub(r"\s+", " ", words(answer))
    assert 'value="0-2" checked' in page
    assert f'value="{SPAN}"' in page
    assert f'value="{SPAN}" checked' not in page


def test_a_decision_is_taken_back_on_the_page(reviewer: Client, record: Record) -> None:
    decide(reviewer, record, "masked", mark=[SPAN])
    assert "公众现在看到的" in words(reviewer.get(address(record)))
    reviewer.post(f"{address(record)}/undo")
    assert [row.decision for row in Clearing.objects.order_by("pk")] == ["masked", "reopened"]
    assert "暂不公开" in words(Client().get(f"/r/{record.number}"))


def test_texts_without_suspicion_are_shown_together_after_reading(reviewer: Client, record: Record) -> None:
    some_records(11, a_subject(), department=record.provider, violation_facts="未按规定明码标价。")
    page = words(reviewer.get("/desk/texts/together"))
    values = re.findall(r'name="text"\s+value="([^"]+ [^"]+)"', page)
    assert len(values) == 23
    assert "张某某" not in page

    assert reviewer.post("/desk/texts/together", {"text": values}).status_code == 422
    reviewer.post("/desk/texts/together", {"text": values[1:], "read": "on"})

    assert Clearing.objects.filter(decision="as_filed").count() == 22
    reviewer.post("/desk/texts/together", {"text": ["nonsense", "a b c"], "read": "on"})
    assert Clearing.objects.count() == 22


def test_markup_in_a_text_stays_text(reviewer: Client, department: Department) -> None:
    facts = "<script>alert(1)</script>当事人张某某"
    record = a_record(a_subject(), department=department, violation_facts=facts)
    assert "<script>alert" not in reviewer.get(address(record)).content.decode()


def test_the_list_is_a_file_without_the_words(reviewer: Client, record: Record) -> None:
    answer = reviewer.get("/desk/texts.csv")
    table = answer.content.decode("utf-8-sig")
    assert len(table.splitlines()) == 3
    assert "2026-11-19" in table
    assert "张某某" not in table


def test_nobody_else_gets_in(record: Record) -> None:
    clerk = as_officer(record.provider, Role.CLERK)
    stranger = as_officer(a_department("other", "福州市示例城市管理局"))
    for place in ("/desk/texts", "/desk/texts.csv", "/desk/texts/together", address(record)):
        assert clerk.get(place).status_code == 403, place
    assert stranger.get(address(record)).status_code == 404
    assert stranger.post(f"{address(record)}/undo").status_code == 404
    assert stranger.get(reverse("desk:kept_record", args=[record.number])).status_code == 404
    assert stranger.post(reverse("desk:kept_record", args=[record.number]), {}).status_code == 404
    assert stranger.get(reverse("desk:withdraw_clock", args=[record.number])).status_code == 404


def test_a_credit_office_clears_everywhere_and_withdraws_nowhere(record: Record) -> None:
    lead_officer = as_officer(a_department("lead", "福州市示例牵头部门"), Role.CITY_OFFICE)
    assert decide(lead_officer, record, "withheld").status_code == 302
    place = reverse("desk:kept_record", args=[record.number])
    assert 'name="ground"' not in words(lead_officer.get(place))
    assert lead_officer.post(place, {"ground": "misfiled", "basis": "x"}).status_code == 403


@pytest.mark.parametrize("place", ["/desk/texts", "/desk/texts/together", "/desk/records", "text", "record"])
def test_pages_cost_no_more_queries_with_more_records(
    reviewer: Client,
    record: Record,
    place: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    place = {"text": address(record), "record": reverse("desk:kept_record", args=[record.number])}.get(place, place)
    some_records(25, a_subject(), department=record.provider)
    with django_assert_max_num_queries(27):
        assert reviewer.get(place).status_code == 200


# ── withdrawal ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_record_is_found_by_document_number_code_and_its_own_number(reviewer: Client, record: Record) -> None:
    for question in ("榕示市监罚〔2026〕118号", "榕示市监罚[2026]118号", record.party_code, record.number):
        assert record.number in words(reviewer.get("/desk/records", {"q": question})), question
    assert "本单位没有这样的记录" in words(reviewer.get("/desk/records", {"q": "榕示市监罚〔2026〕999号"}))
    stranger = as_officer(a_department("other", "福州市示例城市管理局"))
    assert f"/desk/records/{record.number}" not in words(stranger.get("/desk/records", {"q": record.number}))


def test_a_reviewer_withdraws_by_page(reviewer: Client, record: Record) -> None:
    place = reverse("desk:kept_record", args=[record.number])
    asked = {
        "ground": "annulled",
        "decided_on": "2026-11-20",
        "words": "复议机关撤销原决定",
        "basis": "榕示复决〔2026〕9号",
    }
    assert reviewer.post(place, asked)["Location"] == place

    event = RecordEvent.objects.get(effect=Effect.ANNULLED)
    assert event.reason == "原决定被依法撤销（2026-11-20）。复议机关撤销原决定。"
    page = words(reviewer.get(place))
    assert "已撤回" in page
    assert "榕示复决〔2026〕9号" in page
    assert 'name="ground"' not in page
    assert "复议机关撤销原决定" in words(reviewer.get("/desk/records"))
    assert "复议机关撤销原决定" in reviewer.get("/desk/records/withdrawn.csv").content.decode()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "请选择撤回的原因"),
        ({"ground": "nonsense", "basis": "x"}, "请选择撤回的原因"),
        ({"ground": "void", "basis": "x"}, "请填写新决定的日期"),
        ({"ground": "void", "basis": "x", "decided_on": "2026-13-40"}, "请填写新决定的日期"),
        ({"ground": "misfiled"}, "请填写内部依据"),
        ({"ground": "other", "basis": "x"}, "要向社会写明原因"),
        ({"ground": "misfiled", "basis": "x", "words": "经办人李某某录错"}, "可能写到个人：李某某"),
        ({"ground": "misfiled", "basis": "x", "words": "联系13900000000"}, "公开的说明里有号码"),
    ],
)
def test_a_withdrawal_that_is_refused_says_why(
    reviewer: Client, record: Record, asked: dict[str, str], told: str
) -> None:
    answer = reviewer.post(reverse("desk:kept_record", args=[record.number]), asked)
    assert answer.status_code == 422
    assert told in words(answer)
    assert not RecordEvent.objects.filter(effect=Effect.WITHDRAWN).exists()


def test_the_clock_counts_from_the_new_decision(reviewer: Client, record: Record) -> None:
    place = reverse("desk:withdraw_clock", args=[record.number])
    assert "2026-11-25" in words(reviewer.get(place, {"decided_on": "2026-11-20"}))
    assert "已逾期" in words(reviewer.get(place, {"decided_on": "2026-11-12"}))
    for nothing in ("", "x", "2026-11-01", "2027-01-01"):
        assert words(reviewer.get(place, {"decided_on": nothing})).strip() == ""
