"""报送对账: the department's own counts beside the platform's, and numbers missing in a series."""

import io
from datetime import date
from html import unescape

import openpyxl
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from rongxin.accounts.permissions import Role
from rongxin.departments.models import Department
from rongxin.intake.models import SourceCount
from tests.desk.test_pages import as_officer
from tests.factories import LICENCE, PENALTY, a_department, a_record, a_subject, at, some_records, the_rules
from tests.intake.coverage.batches import an_officer

pytestmark = pytest.mark.django_db

OCTOBER = "/desk/coverage?month=2026-10"


@pytest.fixture
def unit() -> Department:
    the_rules()
    unit = a_department()
    some_records(3, a_subject(), department=unit, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    return unit


def asked(client: Client, address: str = OCTOBER, status: int = 200) -> HttpResponse:
    with time_machine.travel(at("2026-11-22"), tick=False):
        answer = client.get(address)
    assert answer.status_code == status, address
    return answer


def text(client: Client, address: str = OCTOBER) -> str:
    return " ".join(unescape(asked(client, address).content.decode()).split())


def posted(client: Client, address: str = OCTOBER, **values: str) -> HttpResponse:
    with time_machine.travel(at("2026-11-22"), tick=False):
        return client.post(address, {name.replace("__", "-"): value for name, value in values.items()})


def test_a_clerk_files_and_sees_what_is_missing(unit: Department) -> None:
    client = as_officer(an_officer(unit))
    assert "1 种还没有填产生数量" in text(client)

    answer = posted(
        client,
        administrative_penalty__produced="9",
        administrative_penalty__own_published="5",
        administrative_penalty__unreported="2",
        administrative_penalty__unreported_basis="涉密，不报送",
    )

    assert answer["Location"] == OCTOBER
    line = SourceCount.objects.get()
    assert (line.kind, line.produced, line.unreported, line.month) == (PENALTY, 9, 2, date(2026, 10, 1))
    page = text(client)
    assert '<b class="is-red">4</b>' in page
    assert "全量率 42.8%" in page
    assert "示例经办人" in page
    assert "涉密，不报送" in page


def test_filing_again_replaces_and_a_blank_row_says_nothing(unit: Department) -> None:
    client = as_officer(an_officer(unit))
    for produced in ("9", "3"):
        posted(client, administrative_penalty__produced=produced, administrative_licence__produced="")

    assert [(line.kind, line.produced) for line in SourceCount.objects.all()] == [(PENALTY, 3)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"produced": "3", "own_published": "4"}, "不能多于产生数量"),
        ({"produced": "3", "unreported": "1"}, "有未报送的，请写明依据"),
        ({"produced": "3", "unreported_basis": "涉密"}, "请填未报送多少件"),
        ({"own_published": "3"}, "请填产生数量；没有就填 0"),
        ({"produced": "许多"}, "有的数要改，还没有保存"),
        ({"produced": "-1"}, "有的数要改，还没有保存"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    unit: Department, values: dict[str, str], words: str
) -> None:
    fields = {f"{PENALTY}__{name}": value for name, value in values.items()}
    answer = posted(as_officer(an_officer(unit)), **fields, **{f"{LICENCE}__produced": "5"})

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert not SourceCount.objects.exists()


def test_a_reviewer_reads_and_does_not_file(unit: Department) -> None:
    client = as_officer(an_officer(unit, Role.REVIEWER))

    assert "填写本单位的数" not in text(client)
    assert posted(client, administrative_penalty__produced="9").status_code == 403


def test_each_sees_the_own_department_and_a_credit_office_chooses(unit: Department) -> None:
    other = a_department("other", "福州市示例他局", short_name="示例他局")
    own = text(as_officer(an_officer(other)), f"{OCTOBER}&provider={unit.code}")
    lead_officer = as_officer(an_officer(other, Role.CITY_OFFICE))

    assert "福州市示例他局，" in own
    assert f"{unit.name}，" in text(lead_officer, f"{OCTOBER}&provider={unit.code}")
    asked(lead_officer, f"{OCTOBER}&provider=nobody", 404)
    assert (
        posted(lead_officer, f"{OCTOBER}&provider={unit.code}", administrative_penalty__produced="9").status_code == 403
    )


@pytest.mark.parametrize("query", ["month=2026-13", "month=2027-01", "month=x"])
def test_there_is_no_such_month(unit: Department, query: str) -> None:
    asked(as_officer(an_officer(unit)), f"/desk/coverage?{query}", 404)


def test_the_monthly_report_holds_the_own_row_and_all_for_a_credit_office(unit: Department) -> None:
    other = a_department("other", "福州市示例他局")
    for officer, units in (
        (an_officer(unit), [unit.name]),
        (an_officer(other, Role.CITY_OFFICE), [unit.name, other.name]),
    ):
        answer = asked(as_officer(officer), "/desk/coverage/report.xlsx?month=2026-10")
        page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sorted(page.cell(row, 1).value for row in range(7, page.max_row + 1)) == sorted(units)


def test_missing_numbers_are_listed_and_downloaded(unit: Department) -> None:
    subject = a_subject()
    for number in (4, 5, 9):
        a_record(
            subject,
            department=unit,
            decided_on=date(2026, 10, 9),
            recorded_at=at("2026-10-13"),
            penalty_document_no=f"示缺罚〔2026〕{number}号",
        )
    client = as_officer(an_officer(unit))

    page = text(client, "/desk/coverage/series?year=2026")
    assert "<span>6–8</span>" in page
    assert "1–3 号可能在平台启用之前" in page
    lines = asked(client, "/desk/coverage/series.csv?year=2026").content.decode("utf-8-sig").splitlines()
    assert f"{unit.name},示缺罚〔2026〕,2026,6,8,3" in lines
    assert "没有成系列的文号" in text(client, "/desk/coverage/series?year=2024")
    for query in ("year=2027", "year=x", "year=２０２６"):
        asked(client, f"/desk/coverage/series?{query}", 404)


@pytest.mark.parametrize("number", [1, 8])
def test_queries_do_not_grow(unit: Department, number: int, django_assert_max_num_queries: object) -> None:
    for index in range(number):
        other = a_department(f"unit-{index}", f"示例第{index}局")
        a_record(department=other, kind=LICENCE, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
        a_record(department=unit, kind=LICENCE, decided_on=date(2026, 10, 9), recorded_at=at("2026-10-13"))
    client = as_officer(an_officer(unit))

    with django_assert_max_num_queries(23):  # type: ignore[operator]
        text(client)
