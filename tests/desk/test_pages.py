import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from rongxin.intake.models import Batch, BatchState
from tests.intake.conftest import Office, open_office
from tests.intake.tables import CODE, PENALTY, as_csv, penalties, penalty

KIND = "administrative_penalty"


def as_officer(account: object) -> Client:
    client = Client()
    client.force_login(account)  # type: ignore[arg-type]
    return client


def test_every_page_of_the_workbench_asks_for_a_login(db: None) -> None:
    desk = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "desk")
    for pattern in desk.url_patterns:
        address = (
            f"/desk/{pattern.pattern}".replace("<slug:kind>", KIND)
            .replace("<str:number>", "B-20261120-0001")
            .replace("<int:pk>", "1")
            .replace("<slug:step>", "approve")
            .replace("<slug:prefix>", "rx1")
            .replace("<int:number>", "1")
            .replace("<slug:grade>", "d")
        )
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code in (302, 403), address
            assert answer.status_code == 403 or answer["Location"].startswith("/login"), address


def test_a_file_posted_becomes_a_batch(office: Office) -> None:
    client = as_officer(office.clerk)
    file = SimpleUploadedFile("C:\\本周\\行政处罚.csv", as_csv(penalties(2)))
    answer = client.post("/desk/upload", {"kind": KIND, "provider": "demo", "file": file})

    batch = Batch.objects.get()
    assert answer["Location"] == f"/desk/batches/{batch.number}"
    assert batch.file_name == "行政处罚.csv"
    assert "处理" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("given", [{}, {"kind": "nonsense"}])
def test_an_upload_without_file_or_kind_is_told_so(office: Office, given: dict[str, str]) -> None:
    file = {"file": SimpleUploadedFile("a.csv", b"x")} if given else {}
    answer = as_officer(office.clerk).post("/desk/upload", {**given, **file})
    assert answer.status_code == 422
    assert Batch.objects.count() == 0


def test_a_reviewer_sends_nothing_and_another_department_sees_nothing(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    other = open_office("other")

    assert as_officer(office.reviewer).get("/desk/upload").status_code == 403
    for verb in ("", "/progress", "/returned.xlsx"):
        assert as_officer(other.clerk).get(f"/desk/batches/{batch.number}{verb}").status_code == 404
    for verb in ("release", "send-back", "stop"):
        assert as_officer(other.reviewer).post(f"/desk/batches/{batch.number}/{verb}").status_code == 404


def test_release_by_page_needs_a_second_person(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    assert as_officer(office.clerk).post(f"/desk/batches/{batch.number}/release").status_code == 403
    as_officer(office.reviewer).post(f"/desk/batches/{batch.number}/release")
    batch.refresh_from_db()
    assert batch.state == BatchState.RELEASED


def test_sending_back_needs_a_reason(office: Office) -> None:
    batch = office.send(as_csv(penalties(1)))
    client = as_officer(office.reviewer)
    assert client.post(f"/desk/batches/{batch.number}/send-back", {"reason": " "}).status_code == 422
    client.post(f"/desk/batches/{batch.number}/send-back", {"reason": "文号与决定书不符"})
    batch.refresh_from_db()
    assert (batch.state, batch.return_reason) == (BatchState.RETURNED, "文号与决定书不符")
    assert "文号与决定书不符" in client.get(f"/desk/batches/{batch.number}").content.decode()


def form_of(row: dict[str, str], policy: object) -> dict[str, object]:
    kind = policy.kinds[KIND]  # type: ignore[attr-defined]
    values = {field.name: row.get(field.title, "") for field in kind.table.fields}
    return {**values, "penalty_category": [values["penalty_category"]]}


def test_one_record_typed_in_is_a_batch_of_one(office: Office, policy: object) -> None:
    answer = as_officer(office.clerk).post(f"/desk/record?kind={KIND}", form_of(PENALTY, policy))

    batch = Batch.objects.get()
    assert answer["Location"] == f"/desk/batches/{batch.number}"
    assert (batch.state, batch.rows, batch.accepted) == (BatchState.CHECKED, 1, 1)


def test_what_is_wrong_stands_at_the_field_and_nothing_is_kept(office: Office, policy: object) -> None:
    wrong = form_of(penalty(处罚决定日期="2026-02-31", **{CODE: "91990000MA0000015"}), policy)
    answer = as_officer(office.clerk).post(f"/desk/record?kind={KIND}", wrong)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "日历上没有这一天" in text
    assert "2026-02-31" in text
    assert Batch.objects.count() == 0


def test_a_template_comes_back_readable(office: Office) -> None:
    answer = as_officer(office.clerk).get(f"/desk/templates/{KIND}.xlsx")
    batch = office.send(answer.content, name="模板.xlsx")
    assert batch.findings[0]["code"] == "head_only"


@pytest.mark.parametrize("address", ["/desk/", "/desk/batches", "/desk/upload", "/desk/record"])
def test_pages_cost_no_more_queries_with_more_batches(
    office: Office,
    address: str,
    django_assert_max_num_queries: object,
) -> None:
    client = as_officer(office.clerk)
    for count in (1, 6):
        for index in range(count):
            office.send(as_csv(penalties(index + count)), name=f"{count}-{index}.csv")
        with django_assert_max_num_queries(13):  # type: ignore[operator]
            assert client.get(address).status_code == 200
