"""消息: whose, unread first, a receipt on opening, all at once; what did not go out; nobody else's."""

import pytest
from django.test import Client
from django.utils import timezone

from rongxin.accounts.permissions import Role
from rongxin.notices import queries, reading, sending
from rongxin.notices.contacts import set_contact
from rongxin.notices.models import Contact, Notice, Receipt, Sending, SendingState
from rongxin.notices.recipients import Recipient
from rongxin.notices.serving import Given, serve
from rongxin.notices.telling import tell
from rongxin.policy.notices import ChannelName, NoticeValue
from rongxin.rulebook import queries as rulebook
from rongxin.workflow.models import Case
from tests.factories import an_account
from tests.intake.coverage.batches import an_officer
from tests.notices.conftest import confirmed, give_address, tell_all
from tests.notices.servers import Gateway, MailSink
from tests.workflow.conftest import Bureau, on

MOBILE = "13800000000"


@pytest.fixture
def notice(bureau: Bureau, accepted: Case) -> Notice:
    tell_all()
    return Notice.objects.get()


@pytest.fixture
def reviewer(bureau: Bureau, client: Client) -> Client:
    client.force_login(bureau.reviewer)
    return client


def test_unread_first_and_read_on_opening(bureau: Bureau, notice: Notice, reviewer: Client) -> None:
    page = reviewer.get("/desk/messages").content.decode()
    assert "1 条未读" in page
    detail = reviewer.get(f"/desk/messages/{notice.pk}").content.decode()
    assert notice.case is not None
    assert f"/desk/cases/{notice.case.number}" in detail or "打开案件" in detail
    assert Receipt.objects.count() == 0  # looking ahead is not reading
    answer = reviewer.post(f"/desk/messages/{notice.pk}/read", headers={"HX-Request": "true"})
    assert "2026-11-12 10:00" in answer.content.decode()
    reviewer.post(f"/desk/messages/{notice.pk}/read")
    [receipt] = Receipt.objects.all()
    assert (receipt.account, receipt.notice) == (bureau.reviewer, notice)
    assert "没有未读的消息" in reviewer.get("/desk/messages?tab=unread").content.decode()


def test_whoever_did_it_need_not_read_it(bureau: Bureau, notice: Notice) -> None:
    assert queries.unread(queries.recipients_of(bureau.clerk), bureau.clerk).count() == 0
    assert queries.unread(queries.recipients_of(bureau.second), bureau.second).count() == 1


def test_all_at_once(bureau: Bureau, notice: Notice, reviewer: Client) -> None:
    for _ in range(3):
        bureau.take(bureau.open(), "accept")
    tell_all()
    page = reviewer.post("/desk/messages/read", follow=True).content.decode()
    assert "4 条消息标为已读" in page
    assert Receipt.objects.filter(account=bureau.reviewer).count() == 4


def test_anothers_message_is_not_there(bureau: Bureau, notice: Notice, client: Client) -> None:
    client.force_login(bureau.stranger)
    for address in (f"/desk/messages/{notice.pk}", f"/desk/messages/{notice.pk}/read"):
        call = client.post if address.endswith("read") else client.get
        assert call(address).status_code == 404
    assert "还没有消息" in client.get("/desk/messages").content.decode()
    with pytest.raises(Notice.DoesNotExist):
        reading.mark_read(notice.pk, [Recipient(uscc="91990000MA0000015Q")], bureau.stranger)


def test_what_is_old_is_unread_for_nobody_new(bureau: Bureau, notice: Notice) -> None:
    with on("2027-03-01"):
        new = an_officer(bureau.department, Role.CLERK, "new")
        assert queries.unread(queries.recipients_of(new), new).count() == 0
        [told] = queries.inbox(queries.recipients_of(new), new)
        assert not told.is_unread  # type: ignore[attr-defined]


def test_an_enterprise_has_the_same_inbox(bureau: Bureau) -> None:
    policy, firm = rulebook.current(), Recipient(uscc="91990000MA0000015Q")
    values = dict.fromkeys(NoticeValue, "示例")
    tell(policy, policy.notices["accepted"], key="示例", to=[firm], values=values)
    proxy = an_account(Role.PROXY, bureau.department, "proxy")
    [told] = queries.inbox([firm], proxy)
    reading.mark_read(told.pk, [firm], proxy)
    assert queries.unread([firm], proxy).count() == 0
    assert list(queries.inbox([Recipient(uscc="91990000MA0000016N")], proxy)) == []


def test_the_list_costs_the_same_however_long(
    bureau: Bureau, reviewer: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(15):
        bureau.take(bureau.open(), "accept")
    tell_all()
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert reviewer.get("/desk/messages").status_code == 200


def test_the_question_finds_by_case_number(notice: Notice, reviewer: Client) -> None:
    assert notice.case is not None
    assert notice.title.zh in reviewer.get(f"/desk/messages?q={notice.case.number}").content.decode()
    assert "没有符合条件的消息" in reviewer.get("/desk/messages?q=别的").content.decode()


# ── of a case, and what did not go out ───────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def given_up(bureau: Bureau, gateway: Gateway, accepted: Case) -> Sending:
    give_address(bureau, mobile=MOBILE)
    tell_all()
    gateway.status = 400
    sending.send_due()
    return Sending.objects.get(state=SendingState.GAVE_UP)


def test_the_case_says_who_was_told_and_who_read_it(
    bureau: Bureau, given_up: Sending, accepted: Case, reviewer: Client
) -> None:
    page = reviewer.get(f"/desk/cases/{accepted.number}").content.decode()
    assert "还没有人打开" in page
    assert "短信未发出" in page
    assert "对方服务器拒收" in page
    assert MOBILE not in page
    reviewer.post(f"/desk/messages/{given_up.notice.pk}/read")
    assert "2026-11-12 10:00</time> 已读" in reviewer.get(f"/desk/cases/{accepted.number}").content.decode()


def test_what_did_not_go_out_is_told_and_sent_again(
    bureau: Bureau, given_up: Sending, gateway: Gateway, client: Client
) -> None:
    client.force_login(bureau.lead_officer)
    assert "有 1 条邮件或短信没有发出" in client.get("/desk/messages").content.decode()
    assert "对方服务器拒收" in client.get("/desk/messages/failed").content.decode()
    gateway.status = 200
    client.post(f"/desk/messages/failed/{given_up.pk}/again")
    sending.send_due()
    assert len(set(gateway.keys)) == 1
    assert Sending.objects.get().state == SendingState.SENT
    assert "没有发不出的" in client.get("/desk/messages/failed").content.decode()
    client.force_login(bureau.stranger)
    assert client.post(f"/desk/messages/failed/{given_up.pk}/again").status_code == 404


def test_the_system_administrator_sees_why_and_no_case(
    bureau: Bureau, given_up: Sending, accepted: Case, client: Client
) -> None:
    client.force_login(an_officer(bureau.department, Role.SYSTEM_ADMIN, "system"))
    page = client.get("/administration/sendings").content.decode()
    assert "对方服务器拒收" in page
    for hidden in (accepted.number, accepted.title, MOBILE, given_up.notice.title.zh):
        assert hidden not in page
    client.post(f"/administration/sendings/{given_up.pk}/again")
    assert Sending.objects.get().state == SendingState.WAITING
    client.force_login(an_officer(bureau.department, Role.SECURITY_ADMIN, "security"))
    assert client.get("/administration/sendings").status_code == 403


@pytest.mark.usefixtures("mail", "gateway")
def test_addresses_are_entered_masked_and_removed(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.clerk)
    given = {"do": "keep", "email": "zhang.san@example.gov.cn", "sms": ""}
    page = client.post("/account/contacts", given, follow=True).content.decode()
    assert "z***@example.gov.cn" in page
    assert "zhang.san@" not in page
    assert "待确认" in page
    wrong = client.post("/account/contacts", {"do": "keep", "email": "", "sms": "12345"})
    assert (wrong.status_code, "手机号码是 11 位数字" in wrong.content.decode()) == (422, True)
    client.post("/account/contacts", {"do": "remove", "channel": "email"})
    assert "z***@" not in client.get("/account/contacts").content.decode()


def test_where_nothing_goes_out_no_address_is_taken(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.clerk)
    client.post("/account/contacts", {"do": "keep", "email": "zhang.san@example.gov.cn"})
    assert not Contact.objects.exists()
    assert "平台还没有开通这种提醒" in client.get("/account/contacts").content.decode()


def test_the_inbox_says_which_address_is_not_used(bureau: Bureau, client: Client) -> None:
    confirmed(bureau.clerk, ChannelName.EMAIL, "zhang.san@example.gov.cn", by=bureau.clerk)
    set_contact(bureau.department, ChannelName.SMS, MOBILE, by=bureau.reviewer)
    client.force_login(bureau.clerk)
    page = client.get("/desk/messages").content.decode()
    assert "138****0000还没有确认" in page
    assert "z***@" not in page
    Contact.objects.filter(account=bureau.clerk).update(set_aside_at=timezone.now())
    page = client.get("/desk/messages").content.decode()
    assert "z***@example.gov.cn连续几次收不到" in page
    assert 'href="/account/contacts"' in page


@pytest.mark.usefixtures("mail", "gateway")
def test_a_departments_addresses_are_the_security_administrators(bureau: Bureau, client: Client) -> None:
    place = f"/administration/contacts/{bureau.department.code}"
    client.force_login(an_officer(bureau.department, Role.SYSTEM_ADMIN, "system"))
    assert client.get(place).status_code == 403
    client.force_login(an_officer(bureau.department, Role.SECURITY_ADMIN, "security"))
    client.post(place, {"do": "keep", "email": "office@scjg.example.gov.cn", "sms": MOBILE})
    assert "138****0000" in client.get(place).content.decode()
    assert "已登记" in client.get("/administration/contacts").content.decode()
    assert timezone.localdate().isoformat() in client.get(place).content.decode()


def test_the_whole_of_a_case_in_the_order_of_time(bureau: Bureau, mail: MailSink, accepted: Case) -> None:
    give_address(bureau)
    tell_all()
    sending.send_due()
    reading.mark_all_read([Recipient(department=bureau.department)], bureau.clerk)
    given = Given(way="public", on=timezone.localdate(), document="榕示告〔2026〕1号")
    serve(accepted, given, by=bureau.reviewer)
    client = Client()
    client.force_login(bureau.reviewer)
    page = client.get(f"/desk/cases/{accepted.number}/told").content.decode()
    for told in ("站内消息", "已读", "邮件已发出", "公告送达", "期间是本地设定，不是法律规定", "data-print"):
        assert told in page
    assert "office@" not in page
    assert len(mail.mails) == 1
