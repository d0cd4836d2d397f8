"""The pages of recipients: the public figures, the firm's checklist, the workbench."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rongxin.exchange.recipients.models import Recipient, SpotCheck
from rongxin.records.models import Effect, Record
from tests.desk.test_pages import as_officer
from tests.exchange.conftest import CityOffice
from tests.factories import a_code, a_department, a_record, a_subject, note
from tests.strict import assert_strict

pytestmark = pytest.mark.django_db
Clock = Callable[[str, str], None]


@pytest.fixture
def ended(city: CityOffice, clock: Clock) -> Record:
    record = a_record(a_subject(), department=a_department(region="350102"))
    one = city.a_recipient()
    city.a_recipient("示例乙信息平台")
    clock("2026-11-21", "10:00")
    note(record, Effect.WITHDRAWN)
    clock("2026-11-21", "11:00")
    one.keep_up()
    clock("2026-11-22", "12:00")
    return record


def test_the_public_page_with_nobody_says_what_it_is_for(city: CityOffice, clock: Clock) -> None:
    page = Client().get("/recipients")
    assert_strict(page)
    assert "还没有登记的数据接收单位" in page.content.decode()


def test_the_public_page_tells_figures(ended: Record) -> None:
    page = Client().get("/recipients")
    assert_strict(page)
    text = page.content.decode()
    for part in ("示例甲信用服务机构", "示例乙信息平台", "从未确认", "1.0 小时", "rx-lags"):
        assert part in text
    rows = Client().get("/recipients.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert ",1,1,1.00,1.00,0,0,0," in rows[1] + rows[2]
    english = Client(headers={"accept-language": "en"}).get("/recipients").content.decode()
    assert "Never answered" in english or "从未确认" in english


def test_a_document_is_checked(ended: Record, city: CityOffice) -> None:
    for code, told in (("", "核验编号"), ("0" * 16, "没有这个核验编号的文书")):
        page = Client().get("/documents", {"code": code})
        assert_strict(page)
        assert told in page.content.decode()


def test_the_workbench_registers_in_two_steps(city: CityOffice, clock: Clock) -> None:
    first, second = as_officer(city.first), as_officer(city.second)
    assert first.get("/desk/recipients").status_code == 200
    wrong = {"name": "示例丙", "uscc": "1", "sort": "agency", "office": "示例部"}
    assert first.post("/desk/recipients/propose", wrong).status_code == 422
    first.post("/desk/recipients/propose", wrong | {"uscc": a_code()})
    made = Recipient.objects.get()
    first.post(f"/desk/recipients/{made.pk}/approve")
    made.refresh_from_db()
    assert made.registered_at is None
    second.post(f"/desk/recipients/{made.pk}/approve")
    made.refresh_from_db()
    assert made.is_registered
    page = first.post(f"/desk/recipients/{made.pk}/key")
    assert_strict(page)
    assert "只显示这一次" in page.content.decode()
    page = first.get(f"/desk/recipients/{made.pk}")
    assert_strict(page)
    assert "只显示这一次" not in page.content.decode()


def test_the_workbench_shows_who_dropped_it_and_takes_evidence(ended: Record, city: CityOffice) -> None:
    client = as_officer(city.first)
    address = f"/desk/records/{ended.number}/arrivals"
    page = client.get(address)
    assert_strict(page)
    assert "还没有来取停止公示的通知" in page.content.decode()
    given = {
        "recipient": Recipient.objects.get(name="示例甲信用服务机构").pk,
        "seen_at": "2026-11-22T09:00",
        "url": "https://show.example/a",
        "screenshot": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n x"),
    }
    client.post(f"/desk/records/{ended.number}/spots", given)
    assert SpotCheck.objects.count() == 1
    assert "确认以后抽查发现仍在展示" in client.get(address).content.decode()
