"""What a login and its firms are told, in their own window."""

import pytest
from django.test import Client
from django.urls import reverse

from rongxin.accounts.models import Account
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import Notice, Receipt
from rongxin.workflow.actions import take_step
from tests.enterprise.test_pages import as_login, seen
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db
ASKED, CONFIRMED, REFUSED = "申请更换经办账号", "认领已确认", "不予认领"


def inbox(login: Account) -> str:
    return seen(as_login(login), "/enterprise/messages")


def test_an_empty_inbox_says_what_will_stand_there(hall: Hall) -> None:
    assert "还没有消息" in inbox(a_login())


def test_a_claim_tells_the_login_and_then_the_firm(hall: Hall) -> None:
    firm, holder, proxy, stranger = a_firm(), a_login(), a_login(), a_login()
    hall.held(holder, firm)
    a_proxy(holder, firm, proxy)
    make_notices.call_now()

    assert "验证码已发出" in inbox(holder)
    assert CONFIRMED in inbox(holder)
    assert CONFIRMED in inbox(proxy), "the firm was told, and the proxy reads its file"
    assert "还没有消息" in inbox(stranger)


def test_the_holder_hears_of_a_change_and_after_it_no_more_of_the_firm(hall: Hall) -> None:
    firm, holder, other = a_firm(), a_login(), a_login()
    hall.held(holder, firm)
    claim = hall.entered(other, firm)
    make_notices.call_now()
    assert ASKED in inbox(holder)
    assert ASKED not in inbox(other)

    take_step(claim.case.number, "consent", by=holder)
    take_step(claim.case.number, "confirm", by=hall.lead)
    make_notices.call_now()
    assert CONFIRMED in inbox(other)
    assert ASKED not in inbox(holder)


def test_a_refusal_tells_its_reason_to_the_login_alone(hall: Hall) -> None:
    firm, login = a_firm(), a_login()
    claim = hall.claim(login, firm)
    take_step(claim.case.number, "refuse", by=hall.window, reason="介绍信没有盖章")
    make_notices.call_now()
    notice = Notice.objects.get(name="claim_refused")
    page = seen(as_login(login), f"/enterprise/messages/{notice.pk}")
    assert "介绍信没有盖章" in page
    assert reverse("enterprise:claim", args=[claim.case.number]) in page
    assert as_login(a_login()).get(f"/enterprise/messages/{notice.pk}").status_code == 404


def test_opening_is_the_receipt_and_all_can_be_marked(hall: Hall) -> None:
    login = a_login()
    hall.held(login, a_firm())
    make_notices.call_now()
    client = as_login(login)
    unread = Notice.objects.filter(account=login).count() + Notice.objects.exclude(uscc="").count()
    first = Notice.objects.filter(account=login).first()
    assert first is not None

    client.get(f"/enterprise/messages/{first.pk}")
    assert not Receipt.objects.exists(), "looking ahead reads nothing"
    client.post(f"/enterprise/messages/{first.pk}/read")
    assert f"{unread - 1} 条未读" in seen(client, "/enterprise/messages")
    client.post("/enterprise/messages/read")
    assert "没有未读的消息" in seen(client, "/enterprise/messages")


def test_a_forged_receipt_is_refused(hall: Hall) -> None:
    login = a_login()
    client = Client(enforce_csrf_checks=True)
    client.force_login(login)
    assert client.post("/enterprise/messages/read").status_code == 403
