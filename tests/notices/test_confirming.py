"""Addresses are used once they are confirmed: codes are few, short-lived and kept by digest; and firms hear of messages."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from rongxin.accounts.events import ACCOUNTS
from rongxin.accounts.models import Account
from rongxin.accounts.one_time_codes import MOST_TRIES, Outcome
from rongxin.accounts.permissions import Action, Role
from rongxin.departments.actions import DEPARTMENTS
from rongxin.jobs.models import Run
from rongxin.ledger.models import Pending
from rongxin.notices import confirming, contacts, sending
from rongxin.notices.confirming import MOST_OF_ACCOUNT, MOST_TO_ADDRESS, TooManyCodes, ask_code, enter_code, send_code
from rongxin.notices.jobs import make_notices
from rongxin.notices.models import CodeAsked, Contact, ContactChange, Notice, Sending
from rongxin.policy.notices import ChannelName, Topic
from rongxin.storage.askers import PLATFORM, asks
from rongxin.subjects.mandates import proxies
from rongxin.subjects.mandates.ending import end
from rongxin.subjects.mandates.models import EndReason, Mandate
from tests.factories import a_department, an_account
from tests.ledger.told import Kind, of, told
from tests.notices.conftest import confirmed
from tests.notices.servers import Gateway, MailSink
from tests.subjects.mandates.conftest import hall  # noqa: F401
from tests.subjects.mandates.firms import Hall, a_firm, a_login, a_proxy

pytestmark = pytest.mark.django_db
ADDRESS = "office@tea.example.com"
CODE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}")


@pytest.fixture
def held(hall: Hall) -> Iterator[Mandate]:  # noqa: F811
    with asks(PLATFORM):
        yield hall.held(a_login(), a_firm())


@pytest.fixture
def contact(held: Mandate) -> Contact:
    found = contacts.set_contact(held, ChannelName.EMAIL, ADDRESS, by=held.account)
    assert found is not None
    return found


def asked(contact: Contact, mail: MailSink, by: Account) -> str:
    """The code in the newest mail."""
    ask_code(contact, by=by)
    assert send_code.call_now(contact.pk) == "sent"
    [code] = set(CODE.findall(mail.mails[-1].get_content()))  # type: ignore[attr-defined]
    return str(code)


def test_a_code_is_in_the_body_alone_and_confirms_once(contact: Contact, held: Mandate, mail: MailSink) -> None:
    code = asked(contact, mail, held.account)
    [letter] = mail.mails
    assert not CODE.search(f"{letter['Subject']}{letter['Message-ID']}")
    assert held.firm.name not in letter.get_content()  # type: ignore[attr-defined]
    kept = Contact.objects.get()
    assert code not in str(vars(kept))
    assert code.replace("-", "") not in str(vars(kept))
    assert code not in str(list(Run.objects.values()))
    assert enter_code(kept, code.lower()).outcome == Outcome.RIGHT
    assert Contact.objects.get().confirmed_at is not None
    assert enter_code(kept, code).outcome == Outcome.VOID


def test_wrong_ones_are_few_and_another_is_asked_for(contact: Contact, held: Mandate, mail: MailSink) -> None:
    code = asked(contact, mail, held.account)
    told = [enter_code(contact, "AAAA-BBBB-CCCC-DDDD") for _ in range(MOST_TRIES)]
    assert [each.left for each in told] == [4, 3, 2, 1, 0]
    assert enter_code(contact, code).outcome == Outcome.VOID
    assert enter_code(contact, asked(contact, mail, held.account)).outcome == Outcome.RIGHT


def test_a_code_lasts_half_an_hour(contact: Contact, held: Mandate, mail: MailSink) -> None:
    code = asked(contact, mail, held.account)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert enter_code(contact, code).outcome == Outcome.EXPIRED


def test_another_address_is_confirmed_anew_and_the_same_is_not(contact: Contact, held: Mandate, mail: MailSink) -> None:
    enter_code(contact, asked(contact, mail, held.account))
    assert contacts.set_contact(held, ChannelName.EMAIL, ADDRESS, by=held.account) is None
    assert contacts.set_contact(held, ChannelName.EMAIL, "other@tea.example.com", by=held.account) is not None
    assert Contact.objects.get().confirmed_at is None


def test_an_account_waits_after_many(contact: Contact, held: Mandate) -> None:
    for _ in range(MOST_OF_ACCOUNT):
        ask_code(contact, by=held.account)
    with pytest.raises(TooManyCodes):
        ask_code(contact, by=held.account)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        ask_code(contact, by=held.account)


def test_an_address_is_not_flooded_and_nothing_says_so(contact: Contact, held: Mandate, hall: Hall) -> None:  # noqa: F811
    """Who asks for a code to an address that got many is answered as anybody is, and so is a guess."""
    for _ in range(MOST_TO_ADDRESS):
        ask_code(contact, by=held.account)
    other = hall.held(a_login(), a_firm("福州示例三坊文旅有限公司"))
    mine = contacts.set_contact(other, ChannelName.EMAIL, ADDRESS.upper(), by=other.account)
    assert mine is not None
    before = Run.objects.count()
    ask_code(mine, by=other.account)
    assert Run.objects.count() == before
    mine.refresh_from_db()
    assert (mine.code_until is None, mine.code_reason) == (False, "")
    assert enter_code(mine, "AAAA-BBBB-CCCC-DDDD").left == MOST_TRIES - 1
    assert ADDRESS not in str(list(CodeAsked.objects.values()))


def test_a_code_that_cannot_be_sent_says_why_without_the_address(
    contact: Contact, held: Mandate, mail: MailSink, caplog: pytest.LogCaptureFixture
) -> None:
    mail.says["RCPT"] = f"550 no such user {ADDRESS}"
    ask_code(contact, by=held.account)
    assert send_code.call_now(contact.pk) == "address_refused"
    assert Contact.objects.get().code_reason == "address_refused"
    assert ADDRESS not in caplog.text


# ── what goes to a firm ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_firm_hears_outside_of_what_it_chose(held: Mandate, mail: MailSink, hall: Hall) -> None:  # noqa: F811
    confirmed(held, ChannelName.EMAIL, ADDRESS, by=held.account)
    contacts.choose_topics(held, [Topic.TERM])
    claim = hall.entered(a_login(), held.firm)
    make_notices.call_now()
    sending.send_due()
    assert Notice.objects.filter(uscc=held.firm.uscc).count() == 2
    [sent] = Sending.objects.all()
    assert (sent.mandate, sent.notice.name, sent.state) == (held, "claim_holder_may_object", "sent")
    [letter] = mail.mails
    text = f"{letter['Subject']}{letter.get_content()}"  # type: ignore[attr-defined]
    for inside in (claim.case.number, held.firm.name, held.firm.uscc, held.account.username, "认领", "更换"):
        assert inside not in text


def test_nothing_goes_to_what_nobody_confirmed(contact: Contact, mail: MailSink) -> None:
    make_notices.call_now()
    assert not Sending.objects.exists()
    assert not mail.mails


def test_only_whoever_reads_the_file_hears_of_it(held: Mandate, mail: MailSink) -> None:
    proxy = a_login()
    mandate = a_proxy(held.account, held.firm, proxy, Action.CONTACT_KEEP)
    confirmed(mandate, ChannelName.EMAIL, "accountant@example.com", by=proxy)
    make_notices.call_now()
    assert not Sending.objects.exists()
    assert not mail.mails


def test_the_address_goes_with_the_mandate(held: Mandate) -> None:
    proxy = a_login()
    mandate = a_proxy(held.account, held.firm, proxy, Action.FILE_READ)
    for each in (held, mandate):
        confirmed(each, ChannelName.EMAIL, ADDRESS, by=each.account)
    proxies.revoke(held.account, held.firm.uscc, mandate.pk)
    assert [each.mandate for each in Contact.objects.all()] == [held]
    end(held, EndReason.RESIGNED, by=held.account)
    assert not Contact.objects.exists()
    assert ContactChange.objects.filter(by=None, is_removal=True).count() == 2


def test_the_ledger_is_told_that_an_address_changed_and_never_the_address(held: Mandate) -> None:
    office, officer = a_department("own"), an_account(Role.CLERK, a_department("own"), "own-clerk")
    for owner, by in ((held, held.account), (office, officer), (officer, officer)):
        contacts.set_contact(owner, ChannelName.EMAIL, ADDRESS, by=by)
    contacts.set_contact(held, ChannelName.EMAIL, "", by=held.account)
    contacts.set_contact(held, ChannelName.SMS, "13800000000", by=held.account)
    contacts.forget_mandates([held])

    login = {"account": held.account.username}
    own = {**login, "channel": "email", "by": held.account.username}
    assert told(Kind.ADMIN, of(held.firm.uscc or ""), act="contact.") == [
        {"act": "contact.enter", **own},
        {"act": "contact.remove", **own},
        {"act": "contact.enter", **own, "channel": "sms"},
        {"act": "contact.remove", **login, "channel": "sms", "by": ""},
    ]
    entered = {"act": "contact.enter", "channel": "email", "by": "own-clerk"}
    assert told(Kind.ADMIN, DEPARTMENTS, act="contact.") == [entered | {"department": "own"}]
    assert told(Kind.ADMIN, ACCOUNTS, act="contact.") == [entered | {"account": "own-clerk"}]
    payloads = "".join(Pending.objects.values_list("payload", flat=True))
    assert ADDRESS not in payloads
    assert "13800000000" not in payloads


def test_what_ran_out_or_was_never_confirmed_is_forgotten(contact: Contact, held: Mandate) -> None:
    proxy = a_login()
    mandate = a_proxy(held.account, held.firm, proxy, Action.FILE_READ)
    confirmed(mandate, ChannelName.EMAIL, ADDRESS, by=proxy)
    ask_code(contact, by=held.account)
    assert contacts.forget_what_is_over() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert contacts.forget_what_is_over() == 1
    with time_machine.travel(timezone.now() + timedelta(days=800), tick=False):
        assert contacts.forget_what_is_over() == 1
    assert (Contact.objects.count(), CodeAsked.objects.count()) == (0, 0)


def test_an_address_that_takes_nothing_is_set_aside_until_it_is_confirmed(
    held: Mandate,
    mail: MailSink,
    hall: Hall,  # noqa: F811
) -> None:
    make_notices.call_now()
    kept = confirmed(held, ChannelName.EMAIL, ADDRESS, by=held.account)
    mail.says["RCPT"] = "550 no such user"
    for number in range(contacts.MOST_FAILURES):
        assert Contact.objects.get().set_aside_at is None, number
        hall.entered(a_login(), held.firm)
        make_notices.call_now()
        sending.send_due()
    assert Contact.objects.get().set_aside_at is not None
    client = Client()
    client.force_login(held.account)
    assert "连续几次收不到提醒，已经停用" in client.get("/enterprise/messages").content.decode()
    hall.entered(a_login(), held.firm)
    make_notices.call_now()
    assert Sending.objects.filter(mandate=held).count() == contacts.MOST_FAILURES
    mail.says.clear()
    enter_code(kept, asked(kept, mail, held.account))
    found = Contact.objects.get()
    assert (found.set_aside_at, found.failures) == (None, 0)


def test_what_arrives_makes_good_what_did_not(held: Mandate) -> None:
    kept = confirmed(held, ChannelName.EMAIL, ADDRESS, by=held.account)
    contacts.note_refused(kept)
    kept.refresh_from_db()
    assert kept.failures == 1
    contacts.note_taken(kept)
    kept.refresh_from_db()
    assert kept.failures == 0


def test_the_page_of_a_firm_tells_what_was_sent(held: Mandate, mail: MailSink, gateway: Gateway) -> None:
    client = Client()
    client.force_login(held.account)
    place = f"/enterprise/firms/{held.firm.uscc}/contacts"
    assert "不是个人档案" in client.get(place).content.decode()
    given = {"do": "keep", "email": ADDRESS, "sms": "138 0000 0000", "topics": ["mandate", "term"]}
    page = client.post(place, given, follow=True).content.decode()
    assert "o***@tea.example.com" in page
    assert "138****0000" in page
    assert ADDRESS not in page
    for contact in Contact.objects.all():
        assert contact.topics == ["mandate", "term"]
        send_code.call_now(contact.pk)
    code = CODE.findall(mail.mails[-1].get_content())[0]  # type: ignore[attr-defined]
    wrong = client.post(place, {"do": "code", "channel": "sms", "contact_code": code})
    assert (wrong.status_code, "还可以试 4 次" in wrong.content.decode()) == (422, True)
    page = client.post(place, {"do": "code", "channel": "email", "contact_code": code}, follow=True).content.decode()
    assert "使用中" in page
    make_notices.call_now()
    sending.send_due()
    page = client.get(place).content.decode()
    assert "邮件已发出" in page
    client.post(place, {"do": "remove", "channel": "email"})
    assert "o***@" not in client.get(place).content.decode()
    assert timedelta(minutes=30) == confirming.LASTS
    assert len(gateway.asked) == 1


def test_an_officer_sees_what_a_firm_was_told_in_cases_within_reach_alone(held: Mandate, hall: Hall) -> None:  # noqa: F811
    make_notices.call_now()
    elsewhere = an_account(Role.CITY_OFFICE, a_department("far", "厦门市示例办", region="350200"), "far")
    for officer, words in ((hall.lead, "认领已确认"), (elsewhere, "还没有告知过")):
        client = Client()
        client.force_login(officer)
        assert words in client.get(f"/desk/subjects/{held.firm.uscc}/told").content.decode()
    assert "认领已确认" not in client.get(f"/desk/subjects/{held.firm.uscc}/told").content.decode()
