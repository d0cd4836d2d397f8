from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action, Role
from rongxin.accounts.queries import ProofTooOld
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.models import EndReason, Mandate, MandateEnd, ProxyInvitation
from rongxin.subjects.mandates.proxies import ActsAlready, BadProxy, NoInvitation, NotGiven
from rongxin.subjects.mandates.queries import NoMandate, demand, mandates_of
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy, acts
from tests.workflow.conftest import on

pytestmark = pytest.mark.django_db
READ = (Action.FILE_READ,)


def test_a_proxy_does_what_it_was_given_and_no_more(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy, Action.FILE_READ)
    assert acts(proxy, firm, Action.FILE_READ)
    assert not acts(proxy, firm, Action.FILE_DOWNLOAD)
    assert not acts(proxy, firm, Action.PROXY_KEEP)


def test_a_proxy_passes_nothing_on(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy, Action.FILE_READ, Action.FILE_DOWNLOAD)
    with pytest.raises(PermissionDenied, match="proxy:keep"):
        proxies.invite(proxy, firm.uscc, scope=READ, until=date(2027, 1, 1))
    with pytest.raises(NotGiven):
        proxies.invite(holder, firm.uscc, scope=(Action.PROXY_KEEP,), until=date(2027, 1, 1))


@pytest.mark.parametrize(("day", "holds"), [("2026-12-31", True), ("2027-01-01", False)])
def test_a_proxy_ends_with_its_last_day_though_no_job_runs(hall: Hall, day: str, holds: bool) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy, until=date(2026, 12, 31))
    with on(day, "23:59" if holds else "00:00"):
        assert acts(proxy, firm) == holds
        assert bool(mandates_of(proxy)) == holds


def test_the_holder_ends_a_proxy_at_once(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    mandate = a_proxy(holder, firm, proxy)
    proxies.revoke(holder, firm.uscc, mandate.pk)
    assert not acts(proxy, firm)
    assert MandateEnd.objects.get(mandate=mandate).why == EndReason.REVOKED


def test_nobody_ends_the_proxy_of_another_firm(hall: Hall) -> None:
    one, other, holder, stranger, proxy = a_firm(), a_firm("福州示例三坊文旅有限公司"), a_login(), a_login(), a_login()
    hall.held(holder, one)
    hall.held(stranger, other)
    mandate = a_proxy(holder, one, proxy)
    with pytest.raises(Mandate.DoesNotExist):
        proxies.revoke(stranger, other.uscc, mandate.pk)
    with pytest.raises(NoMandate):
        proxies.revoke(stranger, one.uscc, mandate.pk)
    invitation, _ = proxies.invite(holder, one.uscc, scope=READ, until=date(2027, 1, 1))
    with pytest.raises(ProxyInvitation.DoesNotExist):
        proxies.take_back(stranger, other.uscc, invitation.pk)


def test_a_holder_who_leaves_takes_its_proxies_along(hall: Hall) -> None:
    firm, holder, proxy, late = a_firm(), a_login(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy)
    _, code = proxies.invite(holder, firm.uscc, scope=READ, until=date(2027, 1, 1))
    proxies.resign(holder, firm.uscc)
    assert not acts(holder, firm)
    assert not acts(proxy, firm)
    with pytest.raises(NoInvitation):
        proxies.accept(late, code)


def test_a_proxy_may_leave(hall: Hall) -> None:
    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy)
    proxies.resign(proxy, firm.uscc)
    assert (acts(proxy, firm), acts(holder, firm)) == (False, True)


def test_an_invitation_is_used_once_and_within_its_time(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    _, code = proxies.invite(holder, firm.uscc, scope=READ, until=date(2027, 1, 1))
    with pytest.raises(ActsAlready):
        proxies.accept(holder, code)
    proxies.accept(a_login(), code)
    with pytest.raises(NoInvitation):
        proxies.accept(a_login(), code)
    _, late = proxies.invite(holder, firm.uscc, scope=READ, until=date(2027, 1, 1))
    taken_back, back = proxies.invite(holder, firm.uscc, scope=READ, until=date(2027, 1, 1))
    proxies.take_back(holder, firm.uscc, taken_back.pk)
    with pytest.raises(NoInvitation):
        proxies.accept(a_login(), back)
    with on("2026-11-15", "10:01"), pytest.raises(NoInvitation):
        proxies.accept(a_login(), late)


@pytest.mark.parametrize(
    ("scope", "until", "why"),
    [
        ((), date(2027, 1, 1), BadProxy.NO_ACTION),
        ((Action.BATCH_READ,), date(2027, 1, 1), BadProxy.NO_ACTION),
        (READ, date(2026, 11, 11), BadProxy.ENDS_TOO_SOON),
        (READ, date(2028, 11, 13), BadProxy.ENDS_TOO_LATE),
    ],
)
def test_a_proxy_has_a_scope_and_an_end(hall: Hall, scope: tuple[Action, ...], until: date, why: BadProxy) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    with pytest.raises(NotGiven) as refused:
        proxies.invite(holder, firm.uscc, scope=scope, until=until)
    assert refused.value.why == why


def test_giving_and_ending_ask_for_a_fresh_proof(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    holder.must_prove = True
    with pytest.raises(ProofTooOld):
        proxies.invite(holder, firm.uscc, scope=READ, until=date(2027, 1, 1))
    with pytest.raises(ProofTooOld):
        proxies.resign(holder, firm.uscc)
    demand(holder, firm.uscc, Action.FILE_READ)


def test_several_firms_under_one_login_stay_apart(hall: Hall) -> None:
    one, other, login = a_firm(), a_firm("福州示例三坊文旅有限公司"), a_login()
    keeper = a_login()
    hall.held(login, one)
    hall.held(keeper, other)
    a_proxy(keeper, other, login)
    assert {mandate.firm.uscc: mandate.role for mandate in mandates_of(login)} == {
        one.uscc: Role.ENTERPRISE,
        other.uscc: Role.PROXY,
    }
    assert acts(login, one, Action.PROXY_KEEP)
    assert not acts(login, other, Action.PROXY_KEEP)
    proxies.resign(login, one.uscc)
    assert acts(login, other)


def test_a_login_that_is_switched_off_acts_for_nobody(hall: Hall) -> None:
    firm, holder = a_firm(), a_login()
    hall.held(holder, firm)
    Account.objects.filter(pk=holder.pk).update(is_active=False)
    assert not acts(holder, firm)


@pytest.mark.parametrize("table", ["mandates_mandate", "mandates_mandateend"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET account_id = account_id", "UPDATE {} SET why = why"]
)
def test_the_database_keeps_who_acted_for_whom(hall: Hall, table: str, statement: str) -> None:
    from django.db import connection

    firm, holder, proxy = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    proxies.revoke(holder, firm.uscc, a_proxy(holder, firm, proxy).pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize(("role", "more"), [("enterprise", {"until": date(2027, 1, 1)}), ("proxy", {}), ("clerk", {})])
def test_a_mandate_is_a_holders_or_a_proxys(hall: Hall, role: str, more: dict[str, object]) -> None:
    from django.utils import timezone

    with pytest.raises(DatabaseError), transaction.atomic():
        Mandate.objects.create(subject=a_firm(), account=a_login(), role=role, began_at=timezone.now(), **more)
