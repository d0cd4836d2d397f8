"""自主申报 in the firm's window: what could be declared, a form that says what is wrong, versions, evidence, show and withdraw."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rongxin.accounts.permissions import Action
from rongxin.remedies.declarations.models import Declaration
from rongxin.subjects.mandates import proxies
from rongxin.workflow.models import Evidence
from tests.enterprise.test_routes import as_login
from tests.remedies.declared import CERTIFICATION, PDF, PRODUCTS, TAXES, Party, a_party
from tests.strict import assert_strict
from tests.subjects.mandates.firms import Hall, a_login, a_proxy


@pytest.fixture
def party(hall: Hall) -> Party:
    return a_party(hall)


@pytest.fixture
def firm(party: Party) -> Client:
    return as_login(party.login)


def at(party: Party, name: str, *arguments: object) -> str:
    return reverse(f"enterprise:{name}", args=[party.firm.uscc, *arguments])


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert_strict(answer)
    return answer.content.decode()


def test_it_says_what_could_be_declared_and_that_nothing_follows(party: Party, firm: Client) -> None:
    page = read(firm, at(party, "declarations"))
    for words in ("9 类可以申报，已申报 0 类", "不打分，不评等次，不和别的企业比", "还没有申报", "资质证书", "不收费"):
        assert words in page
    assert "自主申报" in read(firm, at(party, "firm"))


def test_it_is_declared_with_evidence_and_follows_in_the_list(party: Party, firm: Client) -> None:
    form = CERTIFICATION | {"until": "2027-03-01"}
    answer = firm.post(
        at(party, "declare", "certification"),
        form | {"evidence": SimpleUploadedFile("证书.pdf", PDF, "application/pdf")},  # type: ignore[dict-item]
    )
    declaration = Declaration.objects.get()
    assert answer["Location"] == at(party, "case", declaration.number)
    assert Evidence.objects.get().case == declaration.case
    page = read(firm, at(party, "case", declaration.number))
    for words in ("质量管理体系", "示例认证有限公司", "自主申报 · 未核实", "证书.pdf", "2027-03-01"):
        assert words in page
    assert "9 类可以申报，已申报 1 类" in read(firm, at(party, "declarations"))


def test_what_is_wrong_is_said_and_what_was_filled_in_stays(party: Party, firm: Client) -> None:
    answer = firm.post(at(party, "declare", "certification"), CERTIFICATION | {"issued_on": "2030-01-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能在今天以后" in page
    assert "示例认证有限公司" in page
    assert not Declaration.objects.exists()
    answer = firm.post(at(party, "declare", "certification"), CERTIFICATION | {"until": "nonsense"})
    assert "有效至请填今天到" in answer.content.decode()
    assert firm.get(at(party, "declare", "no_such_item")).status_code == 404


def test_a_name_is_asked_about_once(party: Party, firm: Client) -> None:
    form = CERTIFICATION | {"issued_by": "法定代表人张建国"}
    page = firm.post(at(party, "declare", "certification"), form)
    assert page.status_code == 422
    assert "张建国" in page.content.decode()
    assert firm.post(at(party, "declare", "certification"), form | {"names_nobody": "yes"}).status_code == 302
    assert Declaration.objects.get().needs_look


def test_it_is_shown_and_hidden_from_the_list_and_withdrawn_on_its_page(party: Party, firm: Client) -> None:
    declaration = party.declares("products", PRODUCTS)
    take = at(party, "declaration_take", declaration.number)
    for step, is_public in (("publish", True), ("publish", True), ("hide", False), ("publish", True)):
        assert firm.post(take, {"step": step})["Location"] == at(party, "declarations")
        assert Declaration.objects.get().is_public == is_public
    assert firm.post(take, {"step": "withdraw"}).status_code == 404
    declaration.case.refresh_from_db()
    withdrawal = {"step": "withdraw", "seen": str(declaration.case.position)}
    firm.post(at(party, "case_take", declaration.number), withdrawal)
    assert Declaration.objects.get().ended == "withdrawn"
    assert "已撤回" in read(firm, at(party, "declarations"))
    assert firm.post(take, {"step": "verify"}).status_code == 404


def test_a_new_version_begins_with_what_the_old_one_says(party: Party, firm: Client) -> None:
    old = party.declares()
    form = read(firm, at(party, "declaration_edit", old.number))
    assert "示例-Q-2026-0001" in form
    firm.post(at(party, "declaration_edit", old.number), CERTIFICATION | {"certificate_number": "示例-Q-2026-0009"})
    new = Declaration.objects.get(ended="")
    assert new.replaces == old
    assert "已有新的一版" in read(firm, at(party, "declarations"))


def test_an_item_that_is_never_public_offers_no_button(party: Party, firm: Client) -> None:
    party.declares("taxes_paid", TAXES)
    page = read(firm, at(party, "declarations"))
    assert 'value="publish"' not in page
    assert "撤回" in page


def test_a_proxy_sees_it_within_the_scope_and_nobody_after_the_end(party: Party) -> None:
    proxy, reader = a_login(), a_login()
    mandate = a_proxy(party.login, party.firm, proxy, Action.DECLARATION_MAKE, Action.FILE_READ)
    a_proxy(party.login, party.firm, reader)
    declaration = party.declares("products", PRODUCTS)
    assert as_login(proxy).get(at(party, "declarations")).status_code == 200
    assert as_login(reader).get(at(party, "declarations")).status_code == 403
    proxies.revoke(party.login, party.firm.uscc, mandate.pk)
    for address in (at(party, "declarations"), at(party, "declaration_edit", declaration.number)):
        assert as_login(proxy).get(address).status_code == 404
    answer = as_login(proxy).post(at(party, "declare", "honour"), {})
    assert answer.status_code == 404
