"""Every route of the enterprise's window as every role, for the own firm and for another's: each number in an address swapped.

What is expected follows from the permission matrix alone: which action a route asks for stands in ROUTES, and a route that is
not there fails.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from rongxin.accounts.matrix import matrix
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Face, Role, Scope
from rongxin.ledger.entries import Of, Subject
from rongxin.ledger.reading import books_of
from rongxin.notices.models import Notice
from rongxin.records.models import Effect
from rongxin.remedies.declarations.actions import declare
from rongxin.remedies.repairs.actions import apply
from rongxin.remedies.repairs.models import Ground
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.queries import PROXY_ACTIONS, demand
from rongxin.workflow.actions import take_step
from rongxin.workflow.evidence import attach
from rongxin.workflow.papers import documents_of
from tests.classification.city import shown_run, two_officers
from tests.factories import a_department, a_record, an_account, at, note
from tests.intake.coverage.batches import an_officer
from tests.ledger.conftest import publish_to
from tests.ledger.looks import a_look, entered, looked_at, signed
from tests.ledger.told import demand_all_told
from tests.standing import db, standing  # noqa: F401
from tests.strict import assert_strict
from tests.subjects.mandates.firms import Hall, a_firm, a_hall, a_login, a_proxy

pytestmark = pytest.mark.usefixtures("db")
GET: Final = "get"
POST: Final = "post"
ANYBODY: Final = None
"""Whoever has a login; what the page lists is the login's own."""


@dataclass(frozen=True)
class Route:
    """What a route asks for. ``of``: what its address names."""

    action: Action | None
    method: Literal["get", "post"] = "get"
    of: Literal[
        "",
        "firm",
        "claim",
        "proxy",
        "invitation",
        "mandate",
        "notice",
        "book",
        "look",
        "change",
        "ended",
        "record",
        "case",
        "evidence",
        "paper",
        "item",
        "declaration",
        "run",
    ] = ""
    given: Mapping[str, str] = field(default_factory=dict)


ROUTES: Final = {
    "home": Route(ANYBODY),
    "rights": Route(ANYBODY),
    "accept": Route(ANYBODY),
    "messages": Route(ANYBODY),
    "messages_read": Route(ANYBODY, POST),
    "message": Route(Action.FILE_READ, of="notice"),
    "message_read": Route(Action.FILE_READ, POST, of="notice"),
    "claiming": Route(ANYBODY),
    "claim": Route(ANYBODY, of="claim"),
    "claim_code": Route(ANYBODY, POST, of="claim", given={"claim_code": "AAAA"}),
    "claim_take": Route(ANYBODY, POST, of="claim", given={"step": "withdraw"}),
    "firm": Route(Action.FILE_READ, of="firm"),
    "file_csv": Route(Action.FILE_DOWNLOAD, of="firm"),
    "class": Route(Action.CLASS_OBJECT, of="firm"),
    "class_object": Route(Action.CLASS_OBJECT, of="run"),
    "proxies": Route(Action.PROXY_KEEP, of="firm"),
    "proxy_end": Route(Action.PROXY_KEEP, POST, of="proxy"),
    "invitation_end": Route(Action.PROXY_KEEP, POST, of="invitation"),
    "contacts": Route(Action.CONTACT_KEEP, POST, of="firm", given={"do": "remove", "channel": "email"}),
    "missing": Route(Action.OBJECTION_MAKE, of="firm"),
    "record": Route(Action.FILE_READ, of="record"),
    "object": Route(Action.OBJECTION_MAKE, of="record"),
    "repair": Route(Action.REPAIR_APPLY, of="record"),
    "repair_notice": Route(Action.FILE_READ, of="record"),
    "effects": Route(Action.FILE_READ, of="record"),
    "cases": Route(Action.FILE_READ, of="firm"),
    "case": Route(Action.FILE_READ, of="case"),
    "case_take": Route(Action.FILE_READ, POST, of="case", given={"step": "withdraw"}),
    "case_hand_in": Route(Action.FILE_READ, POST, of="case"),
    "case_evidence": Route(Action.FILE_READ, of="evidence"),
    "case_paper": Route(Action.FILE_READ, of="paper"),
    "declarations": Route(Action.DECLARATION_MAKE, of="firm"),
    "declare": Route(Action.DECLARATION_MAKE, of="item"),
    "declaration_edit": Route(Action.DECLARATION_MAKE, of="declaration"),
    "declaration_take": Route(Action.DECLARATION_MAKE, POST, of="declaration", given={"step": "publish"}),
    "looks": Route(Action.LOOK_READ, of="firm"),
    "looks_csv": Route(Action.LOOK_READ, of="firm"),
    "changes": Route(Action.LOOK_READ, of="firm"),
    "looks_stream": Route(Action.LOOK_READ, of="book"),
    "look": Route(Action.LOOK_ASK, POST, of="look"),
    "look_proof": Route(Action.LOOK_READ, of="look"),
    "look_records": Route(Action.LOOK_READ, of="change"),
    "arrivals": Route(Action.FILE_READ, of="ended"),
    "sync_certificate": Route(Action.FILE_DOWNLOAD, of="ended"),
    "withdrawal_notice": Route(Action.FILE_DOWNLOAD, of="ended"),
    "leave": Route(ANYBODY, POST, of="mandate"),
}
OPEN_TO_ALL: Final = ("login", "sign_up")
COUNTED: Final = "routes of the enterprise's window called, as every role"


@dataclass(frozen=True)
class Things:
    """One object of every sort of one firm, by the arguments of its address; and who may."""

    holder: Account
    proxy: Account
    arguments: dict[str, list[object]]


def things_of(hall: Hall, name: str) -> Things:
    firm, holder, proxy, other = a_firm(name), a_login(), a_login(), a_login()
    hall.held(holder, firm)
    given = a_proxy(holder, firm, other)
    a_proxy(holder, firm, proxy, *PROXY_ACTIONS)
    invitation, _ = proxies.invite(holder, firm.uscc, scope=(Action.FILE_READ,), until=date(2027, 1, 1))
    claim = hall.claim(holder, a_firm(f"{name}分公司"))
    record = a_record(firm, decided_on=timezone.localdate() - timedelta(days=150))
    repair = apply(
        record.number,
        Ground.FULFILLED,
        "已经缴清。",
        has_committed=True,
        by=demand(holder, firm.uscc, Action.REPAIR_APPLY),
    )
    evidence = attach(repair.case, name="凭证.pdf", content=f"%PDF-1.7 {firm.uscc}".encode(), by=holder)
    clerk = an_officer(repair.case.owner, Role.CLERK, f"clerk-{firm.pk}")
    take_step(repair.case.number, "accept", by=clerk)
    (paper,) = (each.document for each in documents_of(repair.case))
    declaration = declare(demand(holder, firm.uscc, Action.DECLARATION_MAKE), "products", {"products": "示例"})
    ended = a_record(firm)
    note(ended, Effect.SUSPENDED)
    entered(firm, batch=f"B-{firm.uscc}")
    looked_at(firm.uscc, a_look(department=hall.office.code))
    signed()
    (book,) = books_of([Subject(Of.FIRM, firm.uscc)])
    name_of_log, (entry, looked) = book.log.origin.rpartition("/")[2], book.heads.events[-2:]
    return Things(
        holder,
        proxy,
        {
            "": [],
            "firm": [firm.uscc],
            "mandate": [firm.uscc],
            "claim": [claim.case.number],
            "proxy": [firm.uscc, given.pk],
            "invitation": [firm.uscc, invitation.pk],
            "notice": [a_notice(firm.uscc).pk],
            "book": [firm.uscc, name_of_log],
            "look": [firm.uscc, name_of_log, looked.number],
            "record": [firm.uscc, record.number],
            "ended": [firm.uscc, ended.number],
            "case": [firm.uscc, repair.case.number],
            "evidence": [firm.uscc, repair.case.number, evidence.pk],
            "paper": [firm.uscc, repair.case.number, paper.code],
            "item": [firm.uscc, "products"],
            "declaration": [firm.uscc, declaration.number],
            "change": [firm.uscc, name_of_log, entry.number],
        },
    )


def a_notice(uscc: str) -> Notice:
    words = {"title_zh": "示例", "title_en": "示例", "body_zh": "示例", "body_en": "示例"}
    return Notice.objects.create(key=uscc, name="toy", uscc=uscc, at=timezone.now(), **words)


@pytest.fixture(scope="module")
def firms(standing: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Things]]:  # noqa: F811
    """What two firms have, on Thursday, 12 November 2026, ten in the morning."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(at("2026-11-12"), tick=False):
        publish_to(tmp_path_factory.mktemp("ledger"), patch)
        hall = a_hall()
        found = {
            "own": things_of(hall, "福州示例榕海茶业有限公司"),
            "foreign": things_of(hall, "福州示例三坊文旅有限公司"),
        }
        run = shown_run(timezone.localdate(), *two_officers()).run
        for things in found.values():
            things.arguments["run"] = [*things.arguments["firm"], run.name]
        yield found
        demand_all_told()


def names() -> list[str]:
    face = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "enterprise")
    return [pattern.name for pattern in face.url_patterns if pattern.name not in OPEN_TO_ALL]


def test_every_route_says_which_action_it_asks_for() -> None:
    assert set(names()) == set(ROUTES)


def called(client: Client, name: str, arguments: list[object]) -> int:
    route = ROUTES[name]
    address = reverse(f"enterprise:{name}", args=arguments)
    # No transaction of its own: a look that is logged inside of one is refused.
    before = transaction.savepoint()
    try:
        answer = (client.get if route.method == GET else client.post)(address, dict(route.given))
    finally:
        transaction.savepoint_rollback(before)
    assert_strict(answer)
    return answer.status_code


def as_login(login: Account) -> Client:
    client = Client()
    client.force_login(login)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.PROXY])
def test_a_route_opens_for_the_own_firm_as_the_matrix_says(
    role: Role, firms: dict[str, Things], record_property: Callable[[str, int], None]
) -> None:
    own = firms["own"]
    client = as_login(own.holder if role == Role.ENTERPRISE else own.proxy)
    wrong: list[str] = []
    calls = 0
    for name, route in ROUTES.items():
        status = called(client, name, own.arguments[route.of])
        calls += 1
        may = route.action is None or Scope.ENTERPRISE in matrix().roles[role].scopes(route.action)
        # A claim is the login's that opened it, whatever else it may do.
        expected = may if route.of != "claim" else role == Role.ENTERPRISE
        if (status < 400 or status == 422) != expected or status >= 500:
            wrong.append(f"{name}: {status}")
    record_property(COUNTED, calls)
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("who", ["holder", "proxy", "nobody"])
def test_every_address_of_another_firm_is_not_found(
    who: str, firms: dict[str, Things], record_property: Callable[[str, int], None]
) -> None:
    own, foreign = firms["own"], firms["foreign"]
    client = as_login({"holder": own.holder, "proxy": own.proxy, "nobody": a_login()}[who])
    told = {name: called(client, name, foreign.arguments[route.of]) for name, route in ROUTES.items() if route.of}
    record_property(COUNTED, len(told))
    assert set(told.values()) == {404}, told


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("name", ["proxy_end", "invitation_end"])
def test_each_number_in_an_address_swapped_alone_is_not_found(name: str, part: int, firms: dict[str, Things]) -> None:
    own, foreign = firms["own"].arguments[ROUTES[name].of], firms["foreign"].arguments[ROUTES[name].of]
    swapped = [*own]
    swapped[part] = foreign[part]
    assert called(as_login(firms["own"].holder), name, swapped) == 404


@pytest.mark.parametrize("role", [role for role in Role if matrix().roles[role].face != Face.ENTERPRISE])
def test_no_route_opens_to_whoever_is_no_enterprise(
    role: Role, firms: dict[str, Things], record_property: Callable[[str, int], None]
) -> None:
    client = as_login(an_account(role, a_department("own", "福州市示例局", region="350100"), "visitor"))
    own = firms["own"].arguments
    told = {name: called(client, name, own[route.of]) for name, route in ROUTES.items()}
    record_property(COUNTED, len(told))
    assert set(told.values()) == {403}, told


def test_an_agency_has_no_firm(firms: dict[str, Things]) -> None:
    client = as_login(an_account(Role.AGENCY, a_department(), "agency"))
    own = firms["own"].arguments
    assert {called(client, name, own[route.of]) for name, route in ROUTES.items() if route.of} == {404}


def test_whoever_is_not_logged_in_is_led_to_the_login_of_enterprises(firms: dict[str, Things]) -> None:
    for name, route in ROUTES.items():
        address = reverse(f"enterprise:{name}", args=firms["own"].arguments[route.of])
        answer = (Client().get if route.method == GET else Client().post)(address)
        assert answer["Location"].startswith("/enterprise/login"), name
