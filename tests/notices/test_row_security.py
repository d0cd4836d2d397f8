"""Whose addresses PostgreSQL shows: one's own, of the firm by one's own mandate, of departments to whoever keeps them."""

import pytest
from django.db import connection, transaction

from rongxin.accounts.askers import asker_of
from rongxin.accounts.permissions import Role
from rongxin.notices.confirming import ask_code
from rongxin.notices.models import CodeAsked, Contact
from rongxin.policy.notices import ChannelName
from rongxin.storage.askers import NOBODY, PORTAL, asks
from tests.factories import an_account
from tests.notices.conftest import confirmed
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db


def test_addresses_are_seen_by_whose_they_are(hall: Hall) -> None:  # noqa: F811
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no policies")
    firm, holder, proxy, stranger = a_firm(), a_login(), a_login(), a_login()
    held = hall.held(holder, firm)
    given = a_proxy(holder, firm, proxy)
    of = {
        "holder": confirmed(held, ChannelName.EMAIL, "office@tea.example.com", by=holder),
        "proxy": confirmed(given, ChannelName.EMAIL, "books@example.com", by=proxy),
        "lead": confirmed(hall.lead, ChannelName.EMAIL, "lead@example.gov.cn", by=hall.lead),
        "office": confirmed(hall.office, ChannelName.EMAIL, "hall@example.gov.cn", by=hall.window),
    }
    ask_code(of["holder"], by=holder)
    keeper = an_account(Role.SECURITY_ADMIN, hall.lead_office, "keeper")
    system = an_account(Role.SYSTEM_ADMIN, hall.lead_office, "system")
    for asker, seen in (
        (asker_of(holder), {"holder"}),
        (asker_of(proxy), {"proxy"}),
        (asker_of(stranger), set()),
        (asker_of(hall.lead), {"lead", "office"}),
        (asker_of(hall.window), {"office"}),
        (asker_of(keeper), {"office"}),
        (asker_of(system), set()),
        (PORTAL, set()),
        (NOBODY, set()),
    ):
        with asks(asker):
            assert set(Contact.objects.all()) == {of[each] for each in seen}, asker
            assert CodeAsked.objects.count() == (1 if asker == asker_of(holder) else 0)
    with asks(asker_of(proxy)):
        assert not Contact.objects.filter(pk=of["holder"].pk).delete()[0]
    with asks(asker_of(hall.lead)), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Contact.objects.filter(pk=of["office"].pk).update(failures=1)
