"""The pages of documents: the own department's only, as they were issued, withdrawn with a reason."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from rongxin.accounts.models import Account
from rongxin.documents import queries
from rongxin.documents.issuing import issue
from rongxin.documents.models import Document, Withdrawal
from rongxin.documents.typesetting import TypesettingFailed
from tests.documents.papers import content, values
from tests.intake.conftest import PASSWORD, Office, open_office
from tests.logins import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page


def as_officer(name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=name))
    return client


@pytest.fixture
def document(office: Office) -> Document:
    return issue("notice", values(), authority=office.department, by="审核员乙")


@pytest.fixture
def address(document: Document) -> str:
    return reverse("desk:document", args=[document.code])


def test_the_list_shows_the_departments_documents(office: Office, document: Document) -> None:
    page = as_officer("demo-clerk").get(reverse("desk:documents")).content.decode()
    assert document.number in page
    assert "补正材料通知书" in page


@pytest.mark.parametrize("question", ["榕信通〔2026〕1号", "补正", "by code"])
def test_a_document_is_found_by_number_title_or_code(office: Office, document: Document, question: str) -> None:
    asked = document.grouped_code.lower() if question == "by code" else question
    client = as_officer("demo-clerk")
    assert document.number in client.get(reverse("desk:documents"), {"q": asked}).content.decode()
    assert "没有这样的文书" in client.get(reverse("desk:documents"), {"q": "别的"}).content.decode()


def test_another_department_sees_nothing_of_it(office: Office, document: Document, address: str) -> None:
    open_office("other")
    client = as_officer("other-reviewer")
    pages = (address, reverse("desk:document_file", args=[document.code]))
    assert document.number not in client.get(reverse("desk:documents")).content.decode()
    assert {client.get(page).status_code for page in pages} == {404}
    assert client.get(reverse("desk:document_page", args=[document.code, 1])).status_code == 404
    withdrawal = client.post(reverse("desk:document_withdraw", args=[document.code]), {"reason": "别人的"})
    assert withdrawal.status_code == 404
    assert not Withdrawal.objects.exists()


def test_nobody_sees_it_without_login(document: Document, address: str) -> None:
    assert Client().get(address).status_code == 302


def test_the_page_says_what_it_is_in_text_too(document: Document, address: str) -> None:
    page = as_officer("demo-clerk").get(address).content.decode()
    for said in (document.number, document.grouped_code, "已签发", "请补齐材料。", document.sha256):
        assert said in page
    assert "撤销原因" not in page  # a clerk reads only


def test_the_pdf_comes_as_it_was_issued(document: Document) -> None:
    response = as_officer("demo-clerk").get(reverse("desk:document_file", args=[document.code]))
    assert response.content == content(document)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%A6%95")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_every_page_is_an_image_and_there_is_no_other(document: Document) -> None:
    client = as_officer("demo-clerk")
    first = client.get(reverse("desk:document_page", args=[document.code, 1]))
    assert first.content.startswith(b"<svg")
    assert first["Content-Type"] == "image/svg+xml"
    assert client.get(reverse("desk:document_page", args=[document.code, 2])).status_code == 404
    assert client.get(reverse("desk:document_page", args=[document.code, 0])).status_code == 404


def test_a_document_that_cannot_be_made_again_is_still_there(
    document: Document, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise TypesettingFailed([])

    monkeypatch.setattr(queries, "page_images", refused)
    client = as_officer("demo-clerk")
    assert "请下载 PDF" in client.get(address).content.decode()
    file = client.get(reverse("desk:document_file", args=[document.code]))
    assert file.content == content(document)


def test_a_reviewer_withdraws_with_a_reason(document: Document, address: str) -> None:
    client, withdraw = as_officer("demo-reviewer"), reverse("desk:document_withdraw", args=[document.code])
    without = client.post(withdraw, {"reason": " "})
    assert without.status_code == 422
    assert "请写明撤销的原因" in without.content.decode()
    assert client.post(withdraw, {"reason": "主送单位写错"}).url == address
    page = client.get(address).content.decode()
    assert "文书已撤销" in page
    assert "主送单位写错" in page
    assert "撤销原因" not in page
    again = client.post(withdraw, {"reason": "再来一次"})
    assert again.status_code == 422
    assert "已经撤销" in again.content.decode()


def test_a_clerk_does_not_withdraw(document: Document) -> None:
    withdraw = reverse("desk:document_withdraw", args=[document.code])
    assert as_officer("demo-clerk").post(withdraw, {"reason": "示例"}).status_code == 403
    assert not Withdrawal.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_officer_reads_downloads_and_withdraws(
    office: Office, document: Document, live_server: object, page: "Page"
) -> None:
    log_in(page, str(live_server), "demo-reviewer", PASSWORD)
    page.goto(f"{live_server}/desk/documents")
    page.get_by_role("link", name="榕信通〔2026〕1号", exact=True).click()
    image = page.get_by_role("img", name="榕信通〔2026〕1号 第 1 页")
    image.evaluate("image => image.decode()")
    assert image.evaluate("image => image.naturalWidth") > 500
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载 PDF").click()
    assert downloading.value.suggested_filename == "榕信通〔2026〕1号.pdf"
    page.get_by_label("撤销原因").fill("主送单位写错")
    page.get_by_role("button", name="撤销文书").click()
    assert page.get_by_text("文号保留，不再使用").is_visible()
    assert page.get_by_role("button", name="撤销文书").count() == 0
