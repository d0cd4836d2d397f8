"""Telling columns and following the rounds of a batch, as a clerk does it on the page."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from rongxin.accounts.actions import open_account
from rongxin.accounts.permissions import Role
from rongxin.engine.layouts import detect
from rongxin.intake import files, jobs
from rongxin.intake.models import Batch, BatchState, HeadMapping
from tests.desk.test_pages import as_officer
from tests.intake.conftest import PASSWORD, Office, open_office
from tests.intake.tables import as_csv, penalty
from tests.intake.test_mapping import OWN_HEAD, own
from tests.intake.test_rounds import broken, mended


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def selects(page: str) -> dict[str, str]:
    """What each select of the page would send as it stands."""
    chosen = {}
    for name, inside in re.findall(r'<select id="(column-\d+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        selected = re.search(r'<option value="([^"]*)" selected>', inside)
        chosen[name] = selected.group(1) if selected else ""
    return chosen


def test_a_clerk_tells_the_columns_once_and_the_batch_goes_on(office: Office) -> None:
    client = as_officer(office.clerk)
    batch = office.send(as_csv([own()]))
    assert f"/desk/batches/{batch.number}/columns" in page_of(client, f"/desk/batches/{batch.number}")
    address = f"/desk/batches/{batch.number}/columns"
    page = page_of(client, address)
    assert OWN_HEAD in page
    assert "王示例" not in page

    wanting = client.post(address, dict.fromkeys(selects(page), ""))
    assert wanting.status_code == 422
    assert "还没有对应的列" in wanting.content.decode()
    column = re.search(rf'<label for="(column-\d+)">{OWN_HEAD}', page)
    assert column is not None
    answer = client.post(address, selects(page) | {column.group(1): "penalty_document_no"})

    assert answer["Location"] == f"/desk/batches/{batch.number}"
    jobs.check_batch.call_now(batch.number)
    batch.refresh_from_db()
    assert (batch.state, batch.accepted) == (BatchState.CHECKED, 1)
    assert client.get(address)["Location"] == f"/desk/batches/{batch.number}"


def test_another_department_and_a_reviewer_tell_nothing(office: Office) -> None:
    batch = office.send(as_csv([own()]))
    address = f"/desk/batches/{batch.number}/columns"

    assert as_officer(open_office("other").clerk).get(address).status_code == 404
    reader = as_officer(office.reviewer)
    assert "由本单位录入员对列" in page_of(reader, address)
    assert reader.post(address, selects(page_of(reader, address))).status_code in (403, 422)
    assert reader.post(f"/desk/batches/{batch.number}/as-kind", {"kind": "registration"}).status_code == 403
    assert HeadMapping.objects.count() == 0


def test_a_field_that_does_not_exist_is_no_answer(office: Office) -> None:
    batch = office.send(as_csv([own()]))
    assert (
        as_officer(office.clerk).post(f"/desk/batches/{batch.number}/columns", {"column-0": "nonsense"}).status_code
        == 404
    )


def test_a_wrong_kind_is_said_first_and_mended_with_one_click(office: Office) -> None:
    client = as_officer(office.clerk)
    table = as_csv([{"企业名称": "福州示例新设有限公司", "统一社会信用代码": "91990000MA0000023K", "注册号": ""}])
    batch = office.send(table)
    assert "这像是一份“登记注册信息”的表" in page_of(client, f"/desk/batches/{batch.number}/columns")

    client.post(f"/desk/batches/{batch.number}/as-kind", {"kind": "registration"})

    batch.refresh_from_db()
    assert (batch.kind, batch.state) == ("registration", BatchState.RECEIVED)
    assert client.post(f"/desk/batches/{batch.number}/as-kind", {"kind": "nonsense"}).status_code in (302, 404)


def test_what_was_said_is_listed_downloaded_and_taken_back(office: Office) -> None:
    client = as_officer(office.clerk)
    assert "还没有记住的列名" in page_of(client, "/desk/mappings")
    HeadMapping.objects.create(
        provider=office.department,
        kind="administrative_penalty",
        head="案卷标识",
        written="案卷标识",
        field="penalty_document_no",
        by=office.clerk,
        made_at="2026-11-20T10:00:00+08:00",
    )
    page = page_of(client, "/desk/mappings")
    assert "案卷标识" in page
    assert "行政处罚决定书文号" in page
    assert "案卷标识" in page_of(client, "/desk/mappings.csv")
    line = HeadMapping.objects.get()
    other = open_office("other")
    assert "案卷标识" not in page_of(as_officer(other.clerk), "/desk/mappings")
    assert as_officer(other.clerk).post(f"/desk/mappings/{line.pk}/forget").status_code == 404
    assert as_officer(office.reviewer).post(f"/desk/mappings/{line.pk}/forget").status_code == 403
    lead_officer = open_account(
        "lead-officer", PASSWORD, display_name="管理员丙", department=other.department, role=Role.CITY_OFFICE
    )
    assert "案卷标识" in page_of(as_officer(lead_officer), "/desk/mappings")

    client.post(f"/desk/mappings/{line.pk}/forget")

    assert HeadMapping.objects.count() == 0


def test_the_rounds_of_a_batch_are_one_story(office: Office) -> None:
    client = as_officer(office.clerk)
    first = office.release(office.send(as_csv(broken(3))))
    assert "同一批的几次报送" not in page_of(client, f"/desk/batches/{first.number}")
    second = office.send(mended(first, 2), name="改好.xlsx")

    for batch in (first, second):
        page = page_of(client, f"/desk/batches/{batch.number}")
        assert "首次报送 5 行 = 已收 4 + 拒收自然人 0 + 还要更正 1。" in page
        assert f"/desk/batches/{second.number}/returned.xlsx" in page
        assert f"/desk/upload?continues={first.number}" in page
    assert "原文件第 6 行" in page


def test_sending_again_from_the_batch_page_continues_the_batch(office: Office) -> None:
    client = as_officer(office.clerk)
    first = office.send(as_csv(broken(1)))
    page = page_of(client, f"/desk/upload?continues={first.number}")
    assert f'name="continues" value="{first.number}"' in page
    assert "行政许可" not in re.findall(r"<select id=\"kind\".*?</select>", page, re.DOTALL)[0]
    file = SimpleUploadedFile("整表.csv", as_csv([penalty(处罚决定日期="2026-11-17")]))
    client.post("/desk/upload", {"kind": "registration", "continues": first.number, "file": file})

    batch = Batch.objects.get(file_name="整表.csv")
    assert (batch.kind, batch.continues_id, batch.round) == (first.kind, first.pk, 2)
    assert as_officer(open_office("other").clerk).get(f"/desk/upload?continues={first.number}").status_code == 404


def test_a_converted_layout_is_said_on_the_page(office: Office) -> None:
    from tests.engine.test_layouts import PENALTY_2016

    batch = office.send(as_csv([PENALTY_2016]))
    page = page_of(as_officer(office.clerk), f"/desk/batches/{batch.number}")

    assert "2016 版版式，已换算" in page
    assert "处罚类别1、处罚类别2 → 处罚类别" in page


def test_the_template_has_lists_a_version_and_a_sample_that_is_not_read(office: Office) -> None:
    answer = as_officer(office.clerk).get("/desk/templates/administrative_licence.xlsx")
    book = load_workbook(io.BytesIO(answer.content))

    assert book["_rongxin"].sheet_state == "veryHidden"
    assert str(book.worksheets[0].cell(2, 1).value).startswith("【示例】")
    heads = [str(cell.value) for cell in book.worksheets[0][1]]
    from rongxin.rulebook import queries as rulebook

    layout = detect(heads, rulebook.current().kinds["administrative_licence"])
    assert layout is not None
    assert layout.name == "2018"


@pytest.mark.parametrize("address", ["/desk/mappings", "/desk/batches/{first}", "/desk/batches/{asks}/columns"])
def test_pages_cost_no_more_queries_with_more_rounds_and_lines(
    office: Office, address: str, django_assert_max_num_queries: object
) -> None:
    client = as_officer(office.clerk)
    first = office.send(as_csv(broken(2)))
    asks = office.send(as_csv([own()]))
    batch = first
    for number in range(3):
        batch = office.send(mended(batch, 0), name=f"{number}.xlsx")
        HeadMapping.objects.create(
            provider=office.department,
            kind="administrative_penalty",
            head=f"列{number}",
            written=f"列{number}",
            field="remark",
            by=office.clerk,
            made_at="2026-11-20T10:00:00+08:00",
        )
        with django_assert_max_num_queries(34):  # type: ignore[operator]
            page_of(client, address.format(first=first.number, asks=asks.number))
    assert files.return_path(first.number).exists()
