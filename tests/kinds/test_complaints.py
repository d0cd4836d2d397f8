"""Consumer complaints: counted on the enterprise's page once they are settled, and never before."""

from collections.abc import Iterator
from datetime import date
from html import unescape

import polars as pl
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from rongxin.accounts.access import Access, Purpose
from rongxin.records import clearing
from rongxin.records.models import ClearingDecision, Record
from rongxin.rulebook import actions as rulebook
from rongxin.rulebook import queries
from rongxin.subjects.registration import register
from tests.factories import the_pack
from tests.intake.conftest import TODAY, Office, open_office
from tests.intake.tables import TEA, TEA_NAME, as_csv

pytestmark = pytest.mark.django_db

COMPLAINT = {
    "单位名称": TEA_NAME,
    "统一社会信用代码": TEA,
    "投诉编号": "示诉2026110200001",
    "投诉日期": "2026-11-02",
    "投诉类别": "商品质量",
    "投诉的商品或者服务": "茶叶",
    "办理状态": "办理中",
    "处理结果": "",
    "办结日期": "",
    "企业的回应": "我公司已更换包装。",
    "处理单位": "福州市示例市场监督管理局",
}
SETTLED = {"办理状态": "已办结", "处理结果": "和解", "办结日期": "2026-11-13"}


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    with time_machine.travel(TODAY, tick=True):
        cache.clear()
        queries.forget()
        rulebook.seed(the_pack()[0], {})
        register(pl.DataFrame({"uscc": [TEA], "name": [TEA_NAME]}), source="示例", on=date(2026, 1, 5))
        yield open_office()


def record(office: Office, *rows: dict[str, str]) -> None:
    office.release(office.send(as_csv([COMPLAINT | row for row in rows]), kind="complaint_result"))


def card(client: Client) -> str:
    """The words of the card on the enterprise's page; empty without one."""
    page = unescape(client.get(f"/s/{TEA}").content.decode())
    _, found, rest = page.partition("<h2>消费投诉</h2>")
    return " ".join(rest.partition("</section>")[0].split()) if found else ""


def test_a_complaint_is_not_counted_before_it_is_settled(office: Office, client: Client) -> None:
    record(office, {})
    assert card(client) == ""
    number = Record.objects.get().number
    assert client.get(f"/r/{number}").status_code == 410

    record(office, SETTLED)

    assert '<b class="rx-tn">1</b>' in card(client)
    assert client.get(f"/r/{number}").status_code == 200


def test_complaints_are_counted_by_outcome_and_category(office: Office, client: Client) -> None:
    record(
        office,
        SETTLED,
        SETTLED | {"投诉编号": "2", "投诉类别": "价格"},
        SETTLED | {"投诉编号": "3", "处理结果": "终止调解"},
        SETTLED | {"投诉编号": "4", "处理结果": "不予受理"},
        {"投诉编号": "5"},
    )
    told = card(client)
    assert '已办结 <b class="rx-tn">3</b> 件' in told
    assert '和解 <b class="rx-tn">2</b>' in told
    assert '终止调解 <b class="rx-tn">1</b>' in told
    assert '商品质量 <b class="rx-tn">2</b>' in told
    assert '价格 <b class="rx-tn">1</b>' in told
    assert "不予受理" not in told
    assert "不是对企业的认定" in told


@pytest.mark.parametrize("number", [1, 40])
def test_the_card_is_one_query_whatever_the_number(
    office: Office, client: Client, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/s/{TEA}")
    with django_assert_max_num_queries(100) as without:
        client.get(f"/s/{TEA}")
    record(office, *(SETTLED | {"投诉编号": f"示诉{serial}"} for serial in range(number)))
    with django_assert_max_num_queries(100) as with_card:
        assert f'<b class="rx-tn">{number}</b>' in card(client)
    summaries = [asked for asked in with_card.captured_queries if "complaint_category" in asked["sql"]]
    assert len(summaries) == 1
    assert len(with_card) <= len(without) + 3


def test_the_reply_is_the_firms_own_words_and_waits_until_it_is_cleared(office: Office, client: Client) -> None:
    record(office, SETTLED)
    number = Record.objects.get().number
    page = unescape(client.get(f"/r/{number}").content.decode())
    assert "企业的回应" in page
    assert "我公司已更换包装" not in page

    text = clearing.text_of(Access(office.reviewer, Purpose.CLEARING), number, "firm_reply", queries.current())
    assert text is not None
    clearing.clear(text, ClearingDecision.AS_FILED, by=office.reviewer, digest=text.digest)

    page = unescape(client.get(f"/r/{number}").content.decode())
    assert "我公司已更换包装" in page
    assert "企业自己的说法，原样刊登，未经核实" in page
