"""企业自主申报 on the public page: apart, marked, today only; and to machines at an address of its own."""

import pytest
import time_machine
from django.test import Client

from rongxin.remedies.declarations.actions import declare, examine
from rongxin.remedies.declarations.models import Declaration
from rongxin.subjects.mandates.queries import mandate_for
from rongxin.subjects.showing import shown_name
from rongxin.workflow.actions import take_step
from tests.factories import a_sole_trader, at
from tests.remedies.declared import CERTIFICATION, PRODUCTS, TAXES, Party, a_party
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall, a_login


@pytest.fixture
def party(hall: Hall) -> Party:  # noqa: F811
    return a_party(hall)


def page(party: Party) -> str:
    return Client().get(f"/s/{party.firm.uscc}").content.decode()


def told(party: Party) -> list[dict[str, object]]:
    answer = Client().get(f"/api/v1/subjects/{party.firm.uscc}/declarations").json()
    assert "不是部门认定的信息" in answer["note"]["zh"]
    found: list[dict[str, object]] = answer["declarations"]
    return found


def shown(party: Party, item: str = "products", given: dict[str, str] | None = None) -> str:
    declaration = party.declares(item, PRODUCTS if given is None else given)
    take_step(declaration.number, "publish", by=party.login)
    return declaration.number


def test_nothing_is_shown_that_the_firm_did_not_publish(party: Party) -> None:
    party.declares("products", PRODUCTS)
    party.declares("taxes_paid", TAXES)
    assert "企业自主申报" not in page(party)
    assert told(party) == []


def test_it_stands_apart_and_says_that_nobody_verified_it(party: Party) -> None:
    number = shown(party)
    text = page(party)
    for words in ("企业自主申报", "自主申报 · 未核实", "茶叶加工、包装和销售", "不计入信用记录"):
        assert words in text
    assert "自主申报 · 已核实" not in text
    (said,) = told(party)
    assert (said["number"], said["verified"], said["verified_by"]) == (number, False, None)


def test_verified_it_says_by_whom_and_examined_it_says_neither(party: Party) -> None:
    number = shown(party, "certification", CERTIFICATION)
    take_step(number, "verify", by=party.first, answers={"how": "system"})
    text = page(party)
    for words in ("自主申报 · 已核实", "福州市示例信用信息牵头办公室", "系统比对"):
        assert words in text
    (said,) = told(party)
    assert (said["verified"], said["verified_on"]) == (True, "2026-11-12")
    examine(Declaration.objects.get(), "名录里没有这个编号", by=party.first)
    text = page(party)
    assert "自主申报 · 未核实" in text
    assert "查核" not in text
    assert told(party)[0]["verified"] is False


def test_it_is_in_no_count_no_search_no_feed(party: Party) -> None:
    shown(party)
    assert party.firm.uscc not in Client().get("/search", {"q": "茶叶加工"}).content.decode()
    for address in ("/", "/newest", "/catalogue"):
        assert "自主申报" not in Client().get(address).content.decode()


def test_a_past_day_tells_of_records_alone(party: Party) -> None:
    shown(party)
    with time_machine.travel(at("2026-11-20"), tick=False):
        text = Client().get(f"/s/{party.firm.uscc}", {"as_of": "2026-11-20"}).content.decode()
        assert "企业自主申报" in text


def test_a_sole_trader_is_read_by_the_whole_code_alone(party: Party) -> None:
    trader, login = a_sole_trader(region="350102", address="福州市示例区示例路2号"), a_login()
    party.hall.held(login, trader)
    declaration = declare(mandate_for(login, trader.uscc), "products", {"products": "手工面条"})
    take_step(declaration.number, "publish", by=login)
    client = Client()
    assert "手工面条" in client.get(f"/s/{trader.uscc}").content.decode()
    assert client.get(f"/api/v1/subjects/{trader.uscc}/declarations").json()["declarations"]
    assert client.get(f"/api/v1/subjects/{trader.uscc[:17]}/declarations").status_code == 404
    assert trader.uscc not in client.get("/search", {"q": "手工面条"}).content.decode()
    assert declaration.case.title.startswith(shown_name(trader))


def test_an_unknown_code_is_unknown(party: Party) -> None:
    answer = Client().get("/api/v1/subjects/91990000MA00000000/declarations")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")
