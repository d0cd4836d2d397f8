"""How punctual the departments are, for everybody to see."""

from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.test import Client

from rongxin.policy.pack import Policy
from rongxin.records.models import Record
from rongxin.subjects.models import Subject
from tests.factories import LICENCE, a_department, a_record, a_subject, at, some_records
from tests.intake.coverage.batches import a_waiting_batch

pytestmark = pytest.mark.django_db

DECIDED = date(2026, 10, 9)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(at("2026-11-22"), tick=False):
        yield


@pytest.fixture
def subject(policy: Policy) -> Subject:
    subject = a_subject("福州示例榕海茶业有限公司")
    # The platform has been at work since January.
    a_record(subject, decided_on=date(2026, 1, 5), recorded_at=at("2026-01-06"))
    return subject


@pytest.fixture
def late(subject: Subject) -> Record:
    unit = a_department("slow", "福州市示例慢局", short_name="示例慢局", region="350102")
    some_records(3, subject, decided_on=DECIDED, recorded_at=at("2026-10-13"))
    a_record(subject, severity="minor", decided_on=DECIDED, recorded_at=at("2026-10-13"))
    return a_record(subject, department=unit, decided_on=DECIDED, recorded_at=at("2026-10-22"))


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return " ".join(unescape(answer.content.decode()).split())


def test_the_last_whole_month_is_told_in_a_sentence_a_drawing_and_a_table(client: Client, late: Record) -> None:
    page = text(client, "/punctuality")

    assert "已经公示或期限已到的决定共 4 件：按期公示 3 件，逾期 1 件" in page
    assert '<svg class="rx-trend" role="img" aria-label="各月及时率：2026-01 100.0%，2026-10 75.0%"' in page
    assert "style=" not in page[page.index("<main") : page.index("</main")]
    for words in ("示例慢局", "鼓楼区", "轻微失信信息依法不予公示", "本地设定", "转引，未读到原文"):
        assert words in page, words


def test_a_late_act_is_the_units_and_not_the_firms(client: Client, late: Record, subject: Subject) -> None:
    page = text(client, "/punctuality")

    assert f'href="/r/{late.number}"' in page
    assert "3 个工作日" in page
    assert subject.name not in page
    assert subject.uscc not in page


def test_a_month_can_be_looked_at_as_it_stood(client: Client, late: Record) -> None:
    page = text(client, "/punctuality?month=2026-10&as_of=2026-10-21")

    assert "用今天所知重新计算" in page
    assert "公示晚了 0，还没有公示 1" in page
    assert late.number not in page


def test_one_kind_alone(client: Client, late: Record) -> None:
    assert "没有需要统计的决定" in text(client, f"/punctuality?kind={LICENCE}")


def test_what_waits_for_release_counts_without_being_shown(client: Client, late: Record) -> None:
    batch = a_waiting_batch({"2026-10-09": {"public": 2}})

    page = text(client, "/punctuality")

    assert "还没有公示 2" in page
    assert batch.number not in page


@pytest.mark.parametrize("query", ["month=2026-12", "month=2025-11", "month=x", "kind=nothing", "as_of=2026-11-23"])
def test_what_cannot_be_asked_is_refused_in_words(client: Client, late: Record, query: str) -> None:
    assert "这样查不了" in text(client, f"/punctuality?{query}", 400)


def test_the_file_holds_what_the_page_shows(client: Client, late: Record) -> None:
    answer = client.get("/punctuality.csv?month=2026-10")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("单位代码,单位,地区,决定月份")
    assert "slow,福州市示例慢局,鼓楼区,2026-10,2026-11-22,0,1,0,0,0,0,0.0000" in lines
    assert answer["Cache-Control"] == "public, max-age=60"


def test_an_empty_platform_says_so(client: Client, policy: Policy) -> None:
    page = text(client, "/punctuality")

    assert "没有报送的，平台无从统计" in page
    assert "怎么算的" in page


def test_the_first_page_and_this_one_tell_the_same_share(client: Client, late: Record) -> None:
    assert "75.0%" in text(client, "/")
    assert "75.0%" in text(client, "/punctuality")


def test_both_languages(client: Client, late: Record) -> None:
    client.cookies["django_language"] = "en"
    assert '<html lang="en"' in text(client, "/punctuality")


@pytest.mark.parametrize("number", [1, 12])
def test_queries_do_not_grow(
    client: Client, late: Record, subject: Subject, number: int, django_assert_max_num_queries: object
) -> None:
    for index in range(number):
        unit = a_department(f"unit-{index}", f"示例第{index}局")
        a_record(subject, department=unit, decided_on=DECIDED, recorded_at=at("2026-10-30"))

    with django_assert_max_num_queries(7):  # type: ignore[operator]
        text(client, "/punctuality")
