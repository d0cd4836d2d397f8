import csv
import io
from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client

from rongxin.accounts.models import Account, AccountEvent, SignUp
from rongxin.accounts.permissions import Action, Role
from rongxin.notices.jobs import make_notices
from rongxin.records.models import Effect
from rongxin.subjects.mandates import actions, proxies
from rongxin.subjects.mandates.models import Claim, Mandate, Way
from tests.factories import LICENCE, a_record, a_sole_trader, note
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-demonstration-password"


def as_login(login: Account) -> Client:
    client = Client()
    client.force_login(login)
    return client


def seen(client: Client, address: str, **more: object) -> str:
    answer = client.get(address, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.status_code
    page = unescape(answer.content.decode())
    return page[page.index("<main") : page.index("</main>")]


# ── signing up ───────────────────────────────────────────────────────────────────────────────────────────────────────
def form_of(page: str) -> dict[str, str]:
    """The name that the page gives, and the signature that goes with it."""
    return {
        "name": page.split('id="login_name"')[1].split('value="')[1].split('"', maxsplit=1)[0],
        "given_name": page.split('name="given_name"')[1].split('value="')[1].split('"', maxsplit=1)[0],
    }


def signs_up(client: Client, new: str = PASSWORD, again: str = PASSWORD, **more: str) -> HttpResponse:
    given = form_of(seen(client, "/enterprise/sign-up"))["given_name"]
    return client.post("/enterprise/sign-up", {"given_name": given, "new": new, "again": again, **more})


def test_signing_up_asks_for_a_password_and_nothing_else(hall: Hall) -> None:
    client = Client()
    page = seen(client, "/enterprise/sign-up")
    assert not client.cookies.get("rongxin_session")
    form = page[: page.index("</section>")]
    fields = sorted(part.split('"')[0] for part in form.split('name="')[1:])
    assert fields == ["again", "csrfmiddlewaretoken", "given_name", "new"]

    given = form_of(page)
    answer = client.post("/enterprise/sign-up", {**given, "new": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/login/setup"
    assert Account.objects.get(username=given["name"]).role == Role.ENTERPRISE
    assert client.get("/enterprise/").status_code == 302


@pytest.mark.parametrize(("new", "again"), [("short", "short"), (PASSWORD, "another"), ("", "")])
def test_a_password_that_will_not_do_opens_nothing_and_keeps_the_name(hall: Hall, new: str, again: str) -> None:
    before = Account.objects.count()
    client = Client()
    given = form_of(seen(client, "/enterprise/sign-up"))
    answer = client.post("/enterprise/sign-up", {**given, "new": new, "again": again})
    assert (answer.status_code, Account.objects.count()) == (422, before)
    assert form_of(answer.content.decode())["name"] == given["name"]


@pytest.mark.parametrize("forged", ["", "admin", "qy00000001:1w:abc"])
def test_nobody_chooses_a_name(hall: Hall, forged: str) -> None:
    answer = signs_up(Client(), given_name=forged)
    assert answer.status_code == 422
    assert "用户名已经换了一个" in answer.content.decode()


def test_a_name_that_was_taken_meanwhile_is_replaced(hall: Hall) -> None:
    client = Client()
    given = form_of(seen(client, "/enterprise/sign-up"))
    a_login(given["name"])
    answer = client.post("/enterprise/sign-up", {**given, "new": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 422
    again = form_of(answer.content.decode())
    assert again["name"] != given["name"]
    assert client.post("/enterprise/sign-up", {**again, "new": PASSWORD, "again": PASSWORD}).status_code == 302


def test_too_many_from_one_place_are_told_to_come_tomorrow(hall: Hall) -> None:
    for _ in range(10):
        assert signs_up(Client()).status_code == 302
    assert signs_up(Client()).status_code == 429
    assert SignUp.objects.count() == 10


def test_an_enterprise_logs_in_with_both_factors_and_comes_to_its_window(hall: Hall) -> None:
    from tests.entrance.conftest import Person
    from tests.logins import give_generator

    login = a_login()
    give_generator(login)
    person = Person(login)
    assert (
        person.client.post("/enterprise/login", {"username": login.username, "password": PASSWORD}).status_code == 302
    )
    assert person.client.get("/enterprise/").status_code == 302
    assert person.code()["Location"] == "/enterprise/"
    assert login.username in seen(person.client, "/enterprise/")
    assert person.client.get("/desk/").status_code == 403
    assert person.client.get("/account").status_code == 200
    assert person.client.post("/logout")["Location"] == "/enterprise/login"


def test_the_login_tells_nobody_which_names_exist(hall: Hall) -> None:
    login = a_login()
    answers = [
        Client().post("/enterprise/login", {"username": name, "password": "wrong-password-wrong"}).content.decode()
        for name in (login.username, "qy99999999")
    ]
    texts = [page[page.index('role="alert"') : page.index("</ul>")] for page in answers]
    assert texts[0] == texts[1]


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_claiming_step_by_step_on_the_pages(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    client = as_login(login)
    assert "还没有可以办理的企业" in seen(client, "/enterprise/")
    assert "按完整代码" in seen(client, "/enterprise/claim")

    page = seen(client, f"/enterprise/claim?code={firm.uscc[:2]} {firm.uscc[2:]}")
    assert firm.name in page
    assert hall.office.name in page
    answer = client.post("/enterprise/claim", {"code": firm.uscc, "way": "counter", "office": "hall"}, follow=True)
    claim = Claim.objects.get()
    assert "报认领编号" in answer.content.decode()
    assert claim.case.number in seen(client, "/enterprise/")

    code = hall.code(claim)
    address = f"/enterprise/claims/{claim.case.number}"
    assert "告知书上的验证码" in seen(client, address)
    wrong = client.post(f"{address}/code", {"claim_code": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 422
    assert "还可以试 4 次" in wrong.content.decode()
    client.post(f"{address}/code", {"claim_code": code})
    page = seen(client, address)
    assert "由另一人复核" in page
    assert hall.window.display_name not in page


@pytest.mark.parametrize("code", ["91350100M000100Y43", "福州示例榕海茶业有限公司", "'", "1" * 41])
def test_what_is_not_on_the_register_is_said_so(hall: Hall, code: str) -> None:
    answer = as_login(a_login()).get("/enterprise/claim", {"code": code})
    assert answer.status_code == 422


def test_the_claimant_of_a_sole_trader_learns_neither_name_nor_address(hall: Hall) -> None:
    trader, client = a_sole_trader("陈三", address="福州市示例区示例路2号"), as_login(a_login())
    page = seen(client, f"/enterprise/claim?code={trader.uscc}")
    client.post("/enterprise/claim", {"code": trader.uscc, "way": "letter", "office": "hall"})
    number = Claim.objects.get().case.number
    for text in (page, seen(client, "/enterprise/"), seen(client, f"/enterprise/claims/{number}")):
        assert "陈三" not in text
        assert "示例路2号" not in text


def test_the_holder_is_shown_what_is_claimed_and_objects(hall: Hall) -> None:
    firm, holder, other = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    claim = hall.entered(other, firm)
    client = as_login(holder)
    assert "有人申请更换经办账号" in seen(client, "/enterprise/")
    address = f"/enterprise/claims/{claim.case.number}"
    page = seen(client, address)
    assert other.username not in page
    assert client.post(f"{address}/take", {"step": "object", "seen": "9"}).status_code == 422
    client.post(f"{address}/take", {"step": "object", "seen": "9", "reason": "没有委托"})
    claim.case.refresh_from_db()
    assert claim.case.state == "contested"
    assert "没有委托" in seen(as_login(other), address)


def test_a_page_shown_before_somebody_acted_does_nothing(hall: Hall) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    hall.code(claim)
    client = as_login(login)
    client.post(f"/enterprise/claims/{claim.case.number}/take", {"step": "withdraw", "seen": "1"})
    claim.case.refresh_from_db()
    assert claim.case.state == "code_out"


@pytest.mark.parametrize("step", ["confirm", "hand_over", "enter", "lapse", "nothing", ""])
def test_the_page_takes_no_step_of_an_officer(hall: Hall, step: str) -> None:
    login = a_login()
    claim = hall.entered(login, a_firm())
    answer = as_login(login).post(f"/enterprise/claims/{claim.case.number}/take", {"step": step})
    assert answer.status_code == 404


def test_whoever_lost_a_firm_is_told_why(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    mandate = a_proxy(holder, firm, proxy)
    assert "不再办理的企业" not in seen(as_login(proxy), "/enterprise/")
    proxies.revoke(holder, firm.uscc, mandate.pk)
    page = seen(as_login(proxy), "/enterprise/")
    assert firm.name in page
    assert "企业终止" in page


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_file_shows_what_is_displayed_and_what_is_kept_but_nothing_sealed(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    hall.held(login, firm)
    shown, repaired, sealed = (a_record(firm, penalty_content=f"罚款{n}元") for n in (1000, 2000, 3000))
    a_record(a_firm("福州示例别家有限公司"), penalty_content="罚款4000元")
    note(repaired, Effect.REPAIRED)
    note(sealed, Effect.SEALED)
    client = as_login(login)
    page = seen(client, f"/enterprise/firms/{firm.uscc}")
    assert shown.document_number in page
    assert "已修复，停止公示" in page
    assert repaired.document_number in page
    assert sealed.document_number not in page
    assert "别家" not in page
    assert firm.address in page

    rows = list(
        csv.reader(io.StringIO(client.get(f"/enterprise/firms/{firm.uscc}/file.csv").content.decode("utf-8-sig")))
    )
    assert [(row[4], row[7]) for row in rows[1:]] == [
        (shown.document_number, "公示中"),
        (repaired.document_number, "已修复，停止公示"),
    ]


def test_an_old_penalty_stands_before_newer_licences_and_every_record_can_be_reached(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    hall.held(login, firm)
    penalty = a_record(firm, decided_on=date(2026, 6, 1))
    licences = [a_record(firm, kind=LICENCE, decided_on=date(2026, 10, day)) for day in range(1, 26)]
    withdrawn = [a_record(firm, decided_on=date(2026, 7, day)) for day in range(1, 23)]
    for each in withdrawn:
        note(each, Effect.WITHDRAWN)
    client, address = as_login(login), f"/enterprise/firms/{firm.uscc}"

    def numbers(query: str) -> set[str]:
        page = client.get(f"{address}{query}").content.decode()
        return {each.number for each in (penalty, *licences, *withdrawn) if f"{address}/records/{each.number}" in page}

    first = numbers("")
    assert penalty.number in first
    assert len(first) == 40
    assert len(first | numbers("?page=2") | numbers("?kept=2")) == 48
    assert numbers("?page=2&kept=2") == numbers("?page=99&kept=99")
    assert numbers("?page=x&kept=-1") == first


def test_the_file_costs_as_many_queries_for_many_records_as_for_few(
    hall: Hall, django_assert_max_num_queries: object
) -> None:
    firm, login = a_firm(), a_login()
    hall.held(login, firm)
    for _ in range(12):
        note(a_record(firm), Effect.WITHDRAWN)
        a_record(firm)
    client = as_login(login)
    client.get("/enterprise/")
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        assert client.get(f"/enterprise/firms/{firm.uscc}").status_code == 200


def test_a_record_is_read_once_for_its_page(hall: Hall, django_assert_max_num_queries: object) -> None:
    firm, login = a_firm(), a_login()
    hall.held(login, firm)
    client, record = as_login(login), a_record(firm)
    client.get("/enterprise/")
    with django_assert_max_num_queries(21):  # type: ignore[operator]
        assert client.get(f"/enterprise/firms/{firm.uscc}/records/{record.number}").status_code == 200


def test_the_switcher_shows_the_logins_own_firms_only(hall: Hall) -> None:
    one, other, foreign, login = a_firm(), a_firm("福州示例三坊文旅有限公司"), a_firm("福州示例别家有限公司"), a_login()
    hall.held(login, one)
    hall.held(login, other)
    hall.held(a_login(), foreign)
    page = seen(as_login(login), f"/enterprise/firms/{one.uscc}")
    assert other.name in page
    assert foreign.name not in page


# ── proxies ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_inviting_and_ending_on_the_pages(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    client, other = as_login(holder), as_login(proxy)
    listing = f"/enterprise/firms/{firm.uscc}/proxies"
    assert "没有代理人" in seen(client, listing)
    assert client.post(listing, {"scope": ["file:read"], "until": "2040-01-01"}).status_code == 422
    assert client.post(listing, {"until": "2027-01-01"}).status_code == 422
    invited = client.post(listing, {"scope": ["file:read"], "until": "2027-01-01"})
    assert "no-store" in invited["Cache-Control"]
    code = invited.content.decode().split('id="proxy-code"')[1].split("<b>")[1].split("</b>")[0]
    assert code not in seen(client, listing)

    assert other.post("/enterprise/accept", {"proxy_code": "AAAA"}).status_code == 422
    other.post("/enterprise/accept", {"proxy_code": code})
    assert proxy.username in seen(client, listing)
    assert other.get(f"/enterprise/firms/{firm.uscc}").status_code == 200
    assert other.get(f"/enterprise/firms/{firm.uscc}/file.csv").status_code == 403
    assert "由企业经办账号办理" in seen(other, "/enterprise/rights")

    mandate = Mandate.objects.get(account=proxy)
    client.post(f"{listing}/{mandate.pk}/end")
    assert other.get(f"/enterprise/firms/{firm.uscc}").status_code == 404
    assert "企业终止" in seen(client, listing)


def test_a_mandate_that_ends_while_a_page_is_open_ends_at_the_next_request(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    mandate = a_proxy(holder, firm, proxy, Action.FILE_READ)
    client = as_login(proxy)
    address = f"/enterprise/firms/{firm.uscc}"
    assert client.get(address).status_code == 200
    proxies.revoke(holder, firm.uscc, mandate.pk)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/leave").status_code == 404


def test_leaving_is_asked_first(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    client = as_login(holder)
    address = f"/enterprise/firms/{firm.uscc}/leave"
    assert "须重新认领" in seen(client, address)
    assert client.get(f"/enterprise/firms/{firm.uscc}").status_code == 200
    client.post(address)
    assert client.get(f"/enterprise/firms/{firm.uscc}").status_code == 404


# ── the workbench ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_window_prints_the_code_once_and_the_case_tells_what_is_claimed(hall: Hall) -> None:
    import base64

    from tests.subjects.mandates.firms import code_in

    firm, login = a_firm(), a_login()
    claim = hall.claim(login, firm)
    window = as_login(hall.window)
    address = f"/desk/cases/{claim.case.number}"
    assert claim.case.number in seen(window, "/desk/cases")
    page = seen(window, address)
    assert login.username in page
    assert f'action="{address}/claim-code#actions"'.replace("认领", "%E8%AE%A4%E9%A2%86") in page
    missing = window.post(f"{address}/claim-code", {"step": "hand_over", "seen": "1"})
    assert missing.status_code == 422
    answer = window.post(f"{address}/claim-code", {"step": "hand_over", "seen": "1", "papers": "licence_and_letter"})
    assert "no-store" in answer["Cache-Control"]
    paper = base64.b64decode(answer.content.decode().split("data:application/pdf;base64,")[1].split('"')[0])
    assert actions.enter_code(login, claim.case.number, code_in(paper)).outcome == "right"
    assert code_in(paper) not in seen(window, address)
    make_notices.call_now()
    assert seen(window, address), "the login of an enterprise has no department"
    assert login.username in seen(window, f"{address}/told")
    again = window.post(f"{address}/claim-code", {"step": "hand_over", "seen": "1", "papers": "licence_and_letter"})
    assert again.status_code == 302


@pytest.mark.parametrize("step", ["hand_over", "send_letter"])
def test_a_code_is_issued_at_its_own_address_only(hall: Hall, step: str) -> None:
    claim = hall.claim(a_login(), a_firm(), Way.LETTER)
    answer = as_login(hall.window).post(f"/desk/cases/{claim.case.number}/take", {"step": step})
    assert answer.status_code == 404
    assert (
        as_login(hall.window).post(f"/desk/cases/{claim.case.number}/claim-code", {"step": "refuse"}).status_code == 404
    )


def test_an_old_proof_issues_no_code(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = hall.claim(a_login(), a_firm())
    client = as_login(hall.window)
    monkeypatch.setattr("rongxin.entrance.sessions.is_proof_fresh", lambda request: False)
    answer = client.post(
        f"/desk/cases/{claim.case.number}/claim-code", {"step": "hand_over", "papers": "licence_and_letter"}
    )
    assert "请再验证一次" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.codes == 0


def test_nothing_of_a_claim_comes_into_the_log_of_accounts(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    hall.held(login, firm)
    assert {event.kind for event in AccountEvent.objects.filter(account=login)} == {"opened"}
