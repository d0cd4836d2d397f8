"""自主申报 at the desk: what is declared with its evidence on the page of the case, and the question whether it is false."""

import pytest
from django.urls import reverse

from rongxin.remedies.declarations.models import Falsehood
from rongxin.workflow.evidence import attach
from tests.desk.test_pages import as_officer
from tests.remedies.declared import PDF, Party, a_party
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall

GROUND = "发证机构公开的名录里没有这个证书编号"


@pytest.fixture
def party(hall: Hall) -> Party:  # noqa: F811
    return a_party(hall)


def test_the_office_finds_it_on_its_board_and_reads_it_with_its_evidence(party: Party) -> None:
    declaration = party.declares()
    attach(declaration.case, name="证书.pdf", content=PDF, by=party.login)
    client = as_officer(party.first)
    assert declaration.number in client.get("/desk/cases").content.decode()
    page = client.get(f"/desk/cases/{declaration.number}").content.decode()
    for words in ("示例认证有限公司", "自主申报 · 未核实", "认证证书的扫描件", "证书.pdf", "怎样核实的"):
        assert words in page
    answer = client.post(
        reverse("desk:case_take", args=[declaration.number]),
        {"step": "verify", "seen": str(declaration.case.position), "how": "issuer"},
    )
    assert answer.status_code == 302
    page = client.get(f"/desk/cases/{declaration.number}").content.decode()
    assert "自主申报 · 已核实" in page
    assert "向出具单位核实" in page


def test_it_is_asked_whether_it_is_false(party: Party) -> None:
    declaration = party.declares()
    client, address = as_officer(party.first), reverse("desk:declaration_examine", args=[declaration.number])
    assert "先告知企业依据和陈述申辩的权利" in client.get(address).content.decode()
    for ground, said in (("", "请写明情况"), ("法定代表人张建国说的", "张建国")):
        answer = client.post(address, {"ground": ground})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    answer = client.post(address, {"ground": GROUND})
    found = Falsehood.objects.get()
    assert answer["Location"] == reverse("desk:case", args=[found.case.number])
    page = client.get(answer["Location"]).content.decode()
    for words in (GROUND, "示例认证有限公司", "先把认为不实的依据作为材料交进本案", "正在查核"):
        assert words in page
    assert found.case.number in client.get(f"/desk/cases/{declaration.number}").content.decode()


def test_neither_another_case_nor_a_stranger_is_examined(party: Party) -> None:
    declaration = party.declares()
    address = reverse("desk:declaration_examine", args=[declaration.number])
    assert as_officer(party.stranger).get(address).status_code == 404
    claim = reverse("desk:declaration_examine", args=["认领-2026-0001"])
    assert as_officer(party.first).get(claim).status_code == 404
