"""Outside: once where the receiver heeds the id, tried again after growing pauses, given up and said so; nothing personal."""

import hashlib
import hmac
import json
import random
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone

from config.environment import environment
from rongxin.notices import sending
from rongxin.notices.channels.sms import SmsGateway
from rongxin.notices.contacts import set_contact
from rongxin.notices.models import Attempt, Contact, ContactChange, Notice, Sending, SendingState
from rongxin.policy.notices import ChannelName
from rongxin.workflow.models import Case
from tests.notices.conftest import SECRET, confirmed, give_address, tell_all, use_mail
from tests.notices.servers import Gateway, MailSink, mail_server
from tests.workflow.conftest import Bureau

MOBILE = "13800000000"


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def states() -> dict[str, str]:
    return dict(Sending.objects.values_list("channel", "state"))


def reasons() -> list[str]:
    return list(Attempt.objects.order_by("pk").values_list("reason", flat=True))


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_mail_says_that_something_waits_and_nothing_else(bureau: Bureau, mail: MailSink, accepted: Case) -> None:
    give_address(bureau)
    tell_all()
    assert sending.send_due() == {"sent": 1, "failed": 0, "given_up": 0}
    [letter] = mail.mails
    text = letter.get_content()  # type: ignore[attr-defined]
    assert letter["To"] == "office@scjg.example.gov.cn"
    assert letter["Subject"].strip() == "您有一条待阅消息"
    assert f"<{Sending.objects.get().message_id}@credit.example.gov.cn>" == letter["Message-ID"]
    assert "http://localhost/login" in text
    for inside in (accepted.number, accepted.title, "示例理由", "受理", "榕示市监罚"):
        assert inside not in f"{letter['Subject']}{text}"


def test_an_sms_is_signed_and_bears_its_key(bureau: Bureau, gateway: Gateway, accepted: Case) -> None:
    give_address(bureau, mobile=f"+86 {MOBILE}")
    tell_all()
    sending.send_due()
    [asked] = gateway.asked
    told = json.loads(asked.body)
    assert told == {"id": gateway.keys[0], "to": MOBILE, "text": told["text"]}
    assert accepted.number not in told["text"]
    assert accepted.title not in told["text"]
    signed = f"{asked.headers['X-Rongxin-Timestamp']}.".encode() + asked.body
    assert asked.headers["X-Rongxin-Signature"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


@pytest.mark.usefixtures("accepted")
def test_switched_off_nothing_is_planned(bureau: Bureau) -> None:
    give_address(bureau, mobile=MOBILE)
    tell_all()
    assert Notice.objects.count() == 1
    assert Sending.objects.count() == 0


@pytest.mark.usefixtures("accepted", "mail")
def test_what_is_old_stays_inside(bureau: Bureau) -> None:
    give_address(bureau)
    with later(60 * 24 * 4):
        tell_all()
    assert (Notice.objects.count(), Sending.objects.count()) == (1, 0)


@pytest.mark.usefixtures("accepted", "mail")
def test_officers_who_entered_an_address_hear_of_it_and_the_same_address_once(bureau: Bureau) -> None:
    give_address(bureau)
    confirmed(bureau.clerk, ChannelName.EMAIL, "clerk@example.gov.cn", by=bureau.clerk)
    confirmed(bureau.reviewer, ChannelName.EMAIL, "office@scjg.example.gov.cn", by=bureau.reviewer)
    confirmed(bureau.stranger, ChannelName.EMAIL, "stranger@example.gov.cn", by=bureau.stranger)
    tell_all()
    assert {(each.department, each.account) for each in Sending.objects.all()} == {
        (bureau.department, None),
        (None, bureau.clerk),
    }


# ── retries ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("accepted")
def test_a_server_that_is_down_gets_it_when_it_is_up(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    with mail_server() as gone:
        port = gone.port
    use_mail(monkeypatch, settings, port)
    give_address(bureau)
    tell_all()
    assert sending.send_due()["failed"] == 1
    assert sending.send_due()["failed"] == 0  # not before the pause is over
    with later(6):
        assert sending.send_due()["failed"] == 1
    with mail_server(port) as sink, later(6 + 16):
        assert sending.send_due()["sent"] == 1
        assert len(set(sink.ids)) == len(sink.mails) == 1
    assert reasons() == ["unreachable", "unreachable", ""]


@pytest.mark.usefixtures("accepted")
def test_a_dead_channel_costs_one_message_an_attempt_and_not_all(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    with mail_server() as gone:
        port = gone.port
    use_mail(monkeypatch, settings, port)
    give_address(bureau)
    for _ in range(3):
        bureau.take(bureau.open(), "accept")
    tell_all()
    assert sending.send_due()["failed"] == 1
    assert sorted(Sending.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1]


@pytest.mark.usefixtures("accepted")
def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(
    bureau: Bureau, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "notice_attempts", 3)
    give_address(bureau, mobile=MOBILE)
    tell_all()
    gateway.status = 500
    for hours in range(10):
        with later(hours * 60):
            sending.send_due()
    assert (len(gateway.asked), states()) == (3, {"sms": SendingState.GAVE_UP})
    gateway.status = 200
    sending.send_again(Sending.objects.get(), by=bureau.reviewer)
    with pytest.raises(sending.NotGivenUp):
        sending.send_again(Sending.objects.get(), by=bureau.reviewer)
    sending.send_due()
    assert states() == {"sms": SendingState.SENT}
    assert len(set(gateway.keys)) == 1
    assert reasons() == ["server_fault"] * 3 + ["", ""]


def test_pauses_grow_up_to_half_a_day() -> None:
    pauses = [sending.pause(attempts) for attempts in range(1, 20)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(minutes=5), timedelta(hours=12))


@pytest.mark.parametrize(
    ("status", "reason", "state"),
    [
        (302, "redirected", "waiting"),
        (401, "login_refused", "waiting"),
        (429, "busy", "waiting"),
        (409, "not_now", "waiting"),
        (400, "message_refused", "gave_up"),
        (503, "server_fault", "waiting"),
        (202, "", "sent"),
    ],
)
@pytest.mark.usefixtures("accepted")
def test_what_a_gateway_answers(bureau: Bureau, gateway: Gateway, status: int, reason: str, state: str) -> None:
    give_address(bureau, mobile=MOBILE)
    tell_all()
    gateway.status = status
    sending.send_due()
    assert (reasons(), states(), gateway.elsewhere) == ([reason], {"sms": state}, 0)


@pytest.mark.usefixtures("accepted")
def test_a_gateway_that_stalls_is_left_after_its_time(
    bureau: Bureau, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_address(bureau, mobile=MOBILE)
    tell_all()
    gateway.answers.clear()
    monkeypatch.setattr(sending, "channel", lambda name: SmsGateway(gateway.url, SECRET, timeout=0.2))
    sending.send_due()
    assert reasons() == ["timeout"]


@pytest.mark.parametrize(
    ("verb", "says", "reason", "state"),
    [
        ("RCPT", "550 no such user office@scjg.example.gov.cn", "address_refused", "gave_up"),
        ("RCPT", "450 try later", "not_now", "waiting"),
        ("DATA", "554 no", "message_refused", "gave_up"),
        ("DATA", "451 later", "not_now", "waiting"),
        ("MAIL", "530 log in first", "login_refused", "waiting"),
    ],
)
@pytest.mark.usefixtures("accepted")
def test_what_a_mail_server_says_and_no_address_is_kept_of_it(
    bureau: Bureau,
    mail: MailSink,
    verb: str,
    says: str,
    reason: str,
    state: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    give_address(bureau)
    tell_all()
    mail.says[verb] = says
    sending.send_due()
    assert (reasons(), states()) == ([reason], {"email": state})
    assert "office@" not in caplog.text


# ── never twice ──────────────────────────────────────────────────────────────────────────────────────────────────────
class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.usefixtures("accepted")
def test_whoever_dies_when_outside_there_is_one_for_each_id(
    bureau: Bureau, mail: MailSink, gateway: Gateway, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers die before and after the other side took it; mails double only then, and under the same Message-ID."""
    chance = random.Random(seed)
    give_address(bureau, mobile=MOBILE)
    for _ in range(2):
        bureau.take(bureau.open(), "accept")
    tell_all()
    deaths = {"before": 0, "after": 0}
    tried, ended = sending._try, sending._end

    def dies_before(*given: object) -> object:
        if chance.random() < 0.25:
            deaths["before"] += 1
            raise Killed
        return tried(*given)  # type: ignore[arg-type]

    def dies_after(*given: object) -> object:
        if chance.random() < 0.25:
            deaths["after"] += 1
            raise Killed
        return ended(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "_try", dies_before)
    monkeypatch.setattr(sending, "_end", dies_after)
    for turn in range(40):
        with later(turn * 10):
            try:
                sending.send_due()
            except Killed:
                continue
    assert set(Sending.objects.values_list("state", flat=True)) <= {SendingState.SENT, SendingState.GAVE_UP}
    ids = {str(each.message_id) for each in Sending.objects.filter(channel="email", state=SendingState.SENT)}
    assert ids <= {each.split("@")[0].strip("<") for each in mail.ids}
    keys = {str(each.message_id) for each in Sending.objects.filter(channel="sms", state=SendingState.SENT)}
    assert keys <= set(gateway.keys)
    assert len(mail.mails) + len(gateway.asked) <= Sending.objects.count() + deaths["after"]


@pytest.mark.usefixtures("accepted")
def test_a_server_that_breaks_off_after_taking_it_gets_it_again_under_the_same_id(
    bureau: Bureau, mail: MailSink
) -> None:
    give_address(bureau)
    tell_all()
    mail.breaks_off = True
    sending.send_due()
    mail.breaks_off = False
    with later(6):
        sending.send_due()
    assert len(mail.mails) == 2
    assert len(set(mail.ids)) == 1


@pytest.mark.usefixtures("accepted", "mail")
def test_a_claim_that_lapsed_is_another_workers_and_the_first_writes_nothing(bureau: Bureau) -> None:
    give_address(bureau)
    tell_all()
    first = sending.claim_next(ChannelName.EMAIL)
    assert first is not None
    assert sending.claim_next(ChannelName.EMAIL) is None
    with later(6):
        second = sending.claim_next(ChannelName.EMAIL)
        assert second is not None
        sending._end(first, None)
        assert states() == {"email": SendingState.TAKEN}
        sending._end(second, None)
    assert states() == {"email": SendingState.SENT}
    assert reasons() == ["stopped", ""]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_once(bureau: Bureau, gateway: Gateway) -> None:
    from tests.workflow.test_at_once import at_once

    give_address(bureau, mobile=MOBILE)
    for _ in range(4):
        bureau.take(bureau.open(), "accept")
    outcomes = at_once(tell_all, tell_all)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert Notice.objects.count() == 4
    outcomes = at_once(sending.send_due, sending.send_due)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    assert sorted(gateway.keys) == sorted(str(each.message_id) for each in Sending.objects.all())


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("accepted", "mail")
def test_an_address_is_sealed_removed_for_good_and_its_changes_stay(bureau: Bureau) -> None:
    give_address(bureau)
    assert "office" not in Contact.objects.get().sealed
    tell_all()
    set_contact(bureau.department, ChannelName.EMAIL, "", by=bureau.reviewer)
    assert Contact.objects.count() == 0
    sending.send_due()
    assert (states(), reasons()) == ({"email": SendingState.GAVE_UP}, ["no_address"])
    assert list(ContactChange.objects.values_list("is_removal", flat=True)) == [True, False]


def test_addresses_move_to_another_key_while_both_are_known(bureau: Bureau, settings: LazySettings) -> None:
    from rongxin.notices.contacts import address_of, seal_anew

    give_address(bureau)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "示例" * 40
    assert seal_anew() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert address_of(Contact.objects.get()) == "office@scjg.example.gov.cn"


def test_without_its_key_an_address_is_told_as_unreadable(
    bureau: Bureau, mail: MailSink, accepted: Case, settings: LazySettings
) -> None:
    give_address(bureau)
    settings.SECRET_KEY = "示例" * 40
    tell_all()
    sending.send_due()
    assert (reasons(), mail.mails) == (["unreadable"], [])
