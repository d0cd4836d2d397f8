"""What PostgreSQL shows to logins of enterprises: their own firms, whom they act with, their claims; of others nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from rongxin.accounts.askers import asker_of
from rongxin.accounts.models import Account
from rongxin.accounts.permissions import Action
from rongxin.notices.models import Notice, Receipt
from rongxin.records.models import RecordContent
from rongxin.storage.askers import asks
from rongxin.subjects.mandates.ending import end
from rongxin.subjects.mandates.models import EndReason, Mandate, MandateEnd, ProxyInvitation
from rongxin.workflow.models import Case, CaseEvent
from tests.factories import a_record
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no policies")


def withheld(firm: Any) -> int:
    return a_record(firm, severity="minor").pk


def test_a_login_reads_all_that_is_kept_of_its_own_firm_and_only_what_is_public_of_others(hall: Hall) -> None:
    own, other = a_firm(), a_firm("福州示例闽江茶业有限公司")
    login = a_login()
    hidden, public, foreign = withheld(own), a_record(other).pk, withheld(other)
    with asks(asker_of(login)):
        assert set(RecordContent.objects.values_list("pk", flat=True)) == {public}
    mandate = hall.held(login, own)
    with asks(asker_of(login)):
        assert set(RecordContent.objects.values_list("pk", flat=True)) == {public, hidden}
    end(mandate, EndReason.RESIGNED, by=login)
    with asks(asker_of(login)):
        assert set(RecordContent.objects.values_list("pk", flat=True)) == {public}
    assert foreign


def test_a_proxy_reads_the_firm_until_its_giver_has_gone(hall: Hall) -> None:
    own, holder, proxy = a_firm(), a_login("holder"), a_login("proxy")
    hidden = withheld(own)
    given_by = hall.held(holder, own)
    a_proxy(holder, own, proxy, Action.FILE_READ)
    with asks(asker_of(proxy)):
        assert RecordContent.objects.filter(pk=hidden).exists()
    end(given_by, EndReason.RESIGNED, by=holder)
    with asks(asker_of(proxy)):
        assert not RecordContent.objects.filter(pk=hidden).exists()


def test_the_last_day_of_a_proxy_counts_in_the_database(hall: Hall) -> None:
    own, holder, proxy = a_firm(), a_login("holder"), a_login("proxy")
    hidden = withheld(own)
    hall.held(holder, own)
    until = a_proxy(holder, own, proxy, Action.FILE_READ).until
    assert until is not None
    for day, is_seen in ((until, True), (until + timedelta(days=1), False), (None, False)):
        with asks(replace(asker_of(proxy), day=day)):
            assert RecordContent.objects.filter(pk=hidden).exists() == is_seen, day
            assert Mandate.objects.filter(account=proxy).exists(), "what one acted for is shown as past"
    with asks(replace(asker_of(holder), day=None)):
        assert RecordContent.objects.filter(pk=hidden).exists(), "a holder has no last day"


def test_mandates_invitations_and_ends_are_seen_by_whom_they_concern(hall: Hall) -> None:
    firm, other = a_firm(), a_firm("福州示例闽江茶业有限公司")
    holder, proxy, stranger = a_login("holder"), a_login("proxy"), a_login("stranger")
    held = hall.held(holder, firm)
    hall.held(stranger, other)
    given = a_proxy(holder, firm, proxy, Action.FILE_READ)
    for login, seen, invitations in ((holder, {held, given}, 1), (proxy, {held, given}, 0)):
        with asks(asker_of(login)):
            assert set(Mandate.objects.all()) == seen, login
            assert ProxyInvitation.objects.count() == invitations, login
    with asks(asker_of(stranger)):
        assert set(Mandate.objects.values_list("account", flat=True)) == {stranger.pk}
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            MandateEnd.objects.create(mandate_id=held.pk, why=EndReason.RESIGNED, by=stranger, at=timezone.now())
    with asks(asker_of(proxy)), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        MandateEnd.objects.create(mandate_id=held.pk, why=EndReason.RESIGNED, by=proxy, at=timezone.now())
    end(held, EndReason.RESIGNED, by=holder)
    with asks(asker_of(proxy)):
        assert {each.mandate_id for each in MandateEnd.objects.all()} == {held.pk, given.pk}
    with asks(asker_of(stranger)):
        assert not MandateEnd.objects.exists()


def test_messages_of_a_firm_are_seen_by_who_acts_for_it(hall: Hall) -> None:
    firm, holder, stranger = a_firm(), a_login("holder"), a_login("stranger")
    words = {"title_zh": "示例", "title_en": "示例", "body_zh": "示例", "body_en": "示例"}
    told = Notice.objects.create(key="示例", name="toy", uscc=firm.uscc, at=timezone.now(), **words)
    with asks(asker_of(holder)):
        assert not Notice.objects.filter(pk=told.pk).exists()
    hall.held(holder, firm)
    with asks(asker_of(holder)):
        assert Notice.objects.filter(pk=told.pk).exists()
        Receipt.objects.create(notice=told, account=holder, at=timezone.now())
    with asks(asker_of(stranger)):
        assert not Notice.objects.filter(pk=told.pk).exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Receipt.objects.create(notice_id=told.pk, account=stranger, at=timezone.now())


def test_what_was_merged_into_the_firm_is_its_own(hall: Hall) -> None:
    own, absorbed, login = a_firm(), a_firm("福州示例闽江茶业有限公司"), a_login()
    hidden = withheld(absorbed)
    hall.held(login, own)
    absorbed.merged_into = own
    absorbed.save()
    with asks(asker_of(login)):
        assert RecordContent.objects.filter(pk=hidden).exists()


def test_a_login_sees_its_own_claims_and_those_whom_it_acts_with(hall: Hall) -> None:
    first, second, stranger, proxy = (a_login(name) for name in ("login-1", "login-2", "login-3", "proxy"))
    firm = a_firm()
    hall.held(first, firm)
    a_proxy(first, firm, proxy, Action.FILE_READ)
    claim = hall.entered(second, firm)
    for login, cases, accounts in (
        (first, 2, {first, second, proxy}),
        (second, 1, {first, second}),
        (proxy, 0, {first, proxy}),
        (stranger, 0, {stranger}),
    ):
        with asks(asker_of(login)):
            assert Case.objects.count() == cases, login
            assert CaseEvent.objects.exists() == bool(cases)
            assert set(Account.objects.all()) == accounts, login
    assert claim.case.is_open
    assert Mandate.objects.count() == 2
