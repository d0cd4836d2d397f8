"""Two people at the same moment, with real transactions: nobody gets a firm twice, no code is used twice, nothing locks up."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine

from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import Entered, Outcome
from rongxin.accounts.permissions import Action
from rongxin.subjects.mandates import actions, proxies
from rongxin.subjects.mandates.actions import NotClaimable
from rongxin.subjects.mandates.models import Claim, Mandate
from rongxin.subjects.mandates.proxies import NoInvitation
from rongxin.subjects.mandates.queries import standing
from rongxin.workflow.actions import take_step
from rongxin.workflow.barring import NotPossible
from tests.factories import at
from tests.subjects.mandates.firms import Hall, a_firm, a_hall, a_login
from tests.workflow.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(transactional_db: None) -> Iterator[Hall]:
    with time_machine.travel(at("2026-11-12"), tick=False):
        yield a_hall()


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def test_of_two_claims_confirmed_at_once_one_wins(hall: Hall) -> None:
    firm = a_firm()
    claims = [hall.entered(a_login(), firm) for _ in range(2)]

    def confirms(claim: Claim, officer: Account) -> Callable[[], object]:
        return lambda: take_step(claim.case.number, "confirm", by=officer)

    outcomes = at_once(
        *(confirms(claim, officer) for claim, officer in zip(claims, (hall.lead, hall.second), strict=True))
    )
    assert refusals(outcomes) == [NotPossible]
    assert standing().filter(subject=firm).count() == 1


def test_one_code_of_an_invitation_makes_one_proxy(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    _, code = proxies.invite(holder, firm.uscc, scope=(Action.FILE_READ,), until=date(2027, 1, 1))

    def accepts(login: Account) -> Callable[[], object]:
        return lambda: proxies.accept(login, code)

    assert refusals(at_once(*(accepts(a_login()) for _ in range(4)))) == [NoInvitation] * 3


def test_nobody_becomes_the_proxy_of_a_holder_who_leaves_at_that_moment(hall: Hall) -> None:
    for _ in range(5):
        firm, holder, proxy = a_firm(), a_login(), a_login()
        hall.held(holder, firm)
        _, code = proxies.invite(holder, firm.uscc, scope=(Action.FILE_READ,), until=date(2027, 1, 1))
        at_once(
            lambda login=proxy, word=code: proxies.accept(login, word),
            lambda login=holder, uscc=firm.uscc: proxies.resign(login, uscc) or True,
        )
        assert not standing().filter(subject=firm).exists()
        assert all(mandate.end for mandate in Mandate.objects.filter(subject=firm))


def test_wrong_tries_at_once_are_all_counted(hall: Hall) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    hall.code(claim)
    outcomes = at_once(*(lambda: actions.enter_code(login, claim.case.number, "AAAA") for _ in range(6)))
    assert sorted(each.left for each in outcomes if isinstance(each, Entered)) == [0, 0, 1, 2, 3, 4]
    claim.refresh_from_db()
    assert (claim.tries, claim.digest) == (5, "")


def test_the_right_code_twice_at_once_goes_on_once(hall: Hall) -> None:
    login = a_login()
    claim = hall.claim(login, a_firm())
    code = hall.code(claim)
    outcomes = at_once(*(lambda: actions.enter_code(login, claim.case.number, code) for _ in range(2)))
    assert [each.outcome for each in outcomes if isinstance(each, Entered)] == [Outcome.RIGHT]
    assert refusals(outcomes) == [NotPossible]


def test_one_login_claims_a_firm_once(hall: Hall) -> None:
    login, firm = a_login(), a_firm()
    outcomes = at_once(*(lambda: hall.claim(login, firm) for _ in range(3)))
    assert refusals(outcomes) == [NotClaimable] * 2
